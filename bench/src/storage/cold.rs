//! A folder that nobody has open: a search without a server, and a server that has just begun, with and without the copy
//! of the index that a process before has left.

use std::path::Path;
use std::process::Stdio;
use std::time::Instant;

use serde_json::Value;

use super::loaded::{self, Folder};
use super::questions::{By, Class, Question, Questions};
use crate::report::{Report, Table};
use crate::rest::Rest;
use crate::spread::{Spread, number};
use crate::{Done, say, server};

pub(crate) fn measure(folder: &Folder<'_>, binary: &Path, rounds: usize, report: &mut Report) -> Done {
    let bytes = disk(&folder.data())? / folder.things as f64;
    let mut questions = Questions::new(folder.things);
    let (mut first, mut exact, mut words, mut ways) = (vec![], vec![], vec![], vec![]);
    for _ in 0..rounds {
        folder.without_copy()?;
        let (took, _) = search(folder, binary, &questions.next(Class::Words, By::Nothing))?;
        first.push(took);
        let (took, _) = search(folder, binary, &questions.next(Class::Exact, By::Nothing))?;
        exact.push(took);
        let (took, way) = search(folder, binary, &questions.next(Class::Words, By::Nothing))?;
        words.push(took);
        ways.push(way);
    }
    ways.sort();
    ways.dedup();
    let (mut names, mut whole, mut resident, mut meaning) = (vec![], vec![], vec![], String::new());
    let mut anew = Vec::new();
    for _ in 0..rounds {
        // The index made anew, and then from its copy, which the first of the two servers leaves.
        folder.without_copy()?;
        let server = folder.serve(binary)?;
        let mut rest = Rest::new(server.address, Some(&server.token(&["read"])?));
        let begun = Instant::now();
        loaded::await_whole(&mut rest)?;
        anew.push(begun.elapsed().as_secs_f64() * 1e3);
        server.stop(loaded::PATIENCE)?;
        let server = folder.serve(binary)?;
        let mut rest = Rest::new(server.address, Some(&server.token(&["read"])?));
        let begun = Instant::now();
        // Nothing loads the index before somebody asks; a list waits for names, a search for words and meanings too.
        rest.must("GET", "/v1/resources?limit=1", None)?;
        names.push(begun.elapsed().as_secs_f64() * 1e3);
        meaning = loaded::await_whole(&mut rest)?;
        whole.push(begun.elapsed().as_secs_f64() * 1e3);
        resident.push(server.resident()? as f64 / 1e6);
    }
    let [first, exact, words, names, whole, anew, resident] =
        [first, exact, words, names, whole, anew, resident].map(|rounds| Spread::of(&rounds));
    say(&format!(
        "cold: exact id {} ms, words {} ms, whole after {} ms",
        exact.show(0),
        words.show(0),
        whole.show(0)
    ));
    let shown = number(folder.things as f64, 0);
    let mut table = Table::new(
        &format!("A folder of {shown} things that nobody has open; {}", loaded::told(&meaning)),
        &["", ""],
    );
    let mut row = |what: &str, value: String| table.row(vec![what.to_owned(), value]);
    let by = ways.join(" or ");
    row(
        "`groma search` without a server, from start to end: several words, no copy of the index yet, ms",
        first.show(0),
    );
    row(&format!("the same with the copy that it left, found by {by}, ms"), words.show(0));
    row("the same with the copy, an exact id, ms", exact.show(0));
    row("in a server, from the first question until everything is there, no copy yet, ms", anew.show(0));
    row("the same with the copy, until all names are there, ms", names.show(0));
    row("and until words and meanings are there, and the model is loaded, ms", whole.show(0));
    row("resident memory of the server then, MB", resident.show(0));
    row("the data folder without the copy, bytes per thing", number(bytes, 0));
    let copy = std::fs::metadata(folder.copy())?.len() as f64 / folder.things as f64;
    row("the copy of the index, bytes per thing", number(copy, 0));
    match folder.vectors {
        Some(rate) => row("synthetic vectors kept in batches of 100, /s", number(rate, 0)),
        None => row("vectors", "not had: the model is not there".to_owned()),
    }
    report.table(table);
    Ok(())
}

/// Searches in a process of its own; returns the milliseconds that it took, and what found.
fn search(folder: &Folder<'_>, binary: &Path, question: &Question) -> Done<(f64, String)> {
    let mut command = server::command(binary, folder.root, &folder.data());
    command.args(["--output", "json", "search", "--", &question.text]).stdin(Stdio::null());
    let begun = Instant::now();
    let output = command.output()?;
    let took = begun.elapsed().as_secs_f64() * 1e3;
    if !output.status.success() {
        let why = String::from_utf8_lossy(&output.stderr);
        return Err(format!("`groma search` ended with {}: {why}", output.status).into());
    }
    let answer: Value = serde_json::from_slice(&output.stdout)?;
    let first = answer.pointer("/hits/0/resource/id").and_then(Value::as_str);
    if let Some(sought) = question.sought
        && first != Some(sought.to_string().as_str())
    {
        return Err(format!("`groma search` found {first:?} first instead of {sought}").into());
    }
    let way =
        answer.get("meaning").and_then(Value::as_str).ok_or("a search that does not tell what found")?;
    Ok((took, way.to_owned()))
}

/// Adds up the files below a folder.
fn disk(folder: &Path) -> Done<f64> {
    let mut sum = 0.0;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let found = entry.metadata()?;
        sum += if found.is_dir() { disk(&entry.path())? } else { found.len() as f64 };
    }
    Ok(sum)
}
