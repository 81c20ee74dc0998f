//! Searching a running server through its REST API, one question after another.

use std::path::Path;
use std::time::Instant;

use serde_json::Value;

use super::loaded::{self, Folder};
use super::questions::{By, Class, Question, Questions};
use crate::report::{Report, Table, Verdict};
use crate::rest::Rest;
use crate::spread::{Spread, number, percentile};
use crate::{Done, say};

/// Questions of each kind behind each filter, in one round.
const ASKED: usize = 100;
/// There are not texts without end.
const ROUNDS_MAX: usize = 10;
pub(crate) const P50_MS: f64 = 20.0;
pub(crate) const P99_MS: f64 = 50.0;

/// The figures of one kind of question behind one filter, round by round.
#[derive(Debug, Default)]
struct Cell {
    p50: Vec<f64>,
    p99: Vec<f64>,
    inside: Vec<f64>,
}

/// Asks, lists and exports.
pub(crate) fn measure(folder: &Folder<'_>, binary: &Path, rounds: usize, report: &mut Report) -> Done {
    let server = folder.serve(binary)?;
    let mut rest = Rest::new(server.address, Some(&server.token(&["read"])?));
    let meaning = loaded::await_whole(&mut rest)?;
    let mut questions = Questions::new(folder.things);
    let cells: Vec<(Class, By)> =
        Class::ALL.into_iter().flat_map(|class| By::ALL.map(|by| (class, by))).collect();
    let mut figures: Vec<Cell> = cells.iter().map(|_| Cell::default()).collect();
    for _ in 0..rounds.min(ROUNDS_MAX) {
        // Everybody's turn comes once in a while: whatever else the machine does meets all of them.
        let mut times = vec![[const { Vec::new() }; 2]; cells.len()];
        for _ in 0..ASKED {
            for ((class, by), [outside, inside]) in cells.iter().zip(&mut times) {
                let question = questions.next(*class, *by);
                let (took, told) = ask(&mut rest, &question)?;
                outside.push(took);
                inside.push(told);
            }
        }
        for (cell, [outside, inside]) in figures.iter_mut().zip(&times) {
            cell.p50.push(percentile(outside, 0.5));
            cell.p99.push(percentile(outside, 0.99));
            cell.inside.push(percentile(inside, 0.5));
        }
    }
    let shown = number(folder.things as f64, 0);
    let mut table = Table::new(
        &format!("`GET /v1/search` among {shown} things, one client; {}", loaded::told(&meaning)),
        &["what is asked", "filter", "p50, ms", "p99, ms", "p50 within the search, ms"],
    );
    let (mut p50, mut p99) = (0.0_f64, 0.0_f64);
    for ((class, by), cell) in cells.iter().zip(&figures) {
        let [middle, late, inside] = [&cell.p50, &cell.p99, &cell.inside].map(|rounds| Spread::of(rounds));
        (p50, p99) = (p50.max(middle.median), p99.max(late.median));
        table.row(vec![
            class.name().to_owned(),
            by.name().to_owned(),
            middle.show(1),
            late.show(1),
            inside.show(1),
        ]);
    }
    report.table(table);
    say(&format!("search: slowest kind of question p50 {p50:.1} ms, p99 {p99:.1} ms"));
    let verdict = |what: &str, value, target| {
        Verdict::below(
            &format!("Search among {shown} things, {what} of the slowest kind of question"),
            value,
            target,
            "ms",
        )
    };
    report.verdict(verdict("p50", p50, P50_MS));
    report.verdict(verdict("p99", p99, P99_MS));
    super::list::measure(folder, &mut rest, &mut questions, rounds, report)?;
    let resident = server.resident()? as f64 / 1e6;
    say(&format!("the server has {resident:.0} MB after all of that"));
    report.table({
        let mut table =
            Table::new(&format!("The server after these questions, with {shown} things"), &["", ""]);
        table.row(vec!["resident memory, MB".to_owned(), number(resident, 0)]);
        table
    });
    Ok(())
}

/// Asks one question; returns the milliseconds until the answer was read, and those that it tells of itself.
fn ask(rest: &mut Rest, question: &Question) -> Done<(f64, f64)> {
    let mut path = format!("/v1/search?q={}", loaded::encoded(&question.text));
    if let Some((name, value)) = &question.filter {
        path.push_str(&format!("&{name}={}", loaded::encoded(value)));
    }
    let begun = Instant::now();
    let body = rest.must("GET", &path, None)?;
    let took = begun.elapsed().as_secs_f64() * 1e3;
    let answer = body.get("data").ok_or("an answer without data")?;
    let first = answer.pointer("/hits/0/resource/id").and_then(Value::as_str);
    // What is wrong may be as quick as it likes.
    if question.finds && first.is_none() {
        return Err(format!("{path} found nothing").into());
    }
    if let Some(sought) = question.sought
        && first != Some(sought.to_string().as_str())
    {
        return Err(format!("{path} found {first:?} first instead of {sought}").into());
    }
    let told = answer.get("took_ms").and_then(Value::as_f64).ok_or("an answer that tells no time")?;
    Ok((took, told))
}
