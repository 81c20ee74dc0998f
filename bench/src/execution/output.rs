//! How fast output is taken in, and what that needs.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use super::side::{Measured, Side, measure, shell};
use crate::report::{Report, Table, Verdict};
use crate::spread::Spread;
use crate::{Done, say};

/// With its line feed.
const LINE_BYTES: usize = 100;
const OF_TEE: f64 = 0.7;
const OF_CAT: f64 = 0.5;
const RESIDENT_MB: f64 = 50.0;

/// Output of 100-byte lines: with a log beside `tee`, without one beside `cat`, and processkit's capture.
pub(crate) fn rates(root: &Path, rounds: usize, megabytes: u64, report: &mut Report) -> Done {
    let lines = lines(root, megabytes)?;
    let shown = lines.display();
    let copy = root.join("copy");
    let (mut logged, mut plain, mut of_tee, mut of_cat, mut of_peer) =
        (vec![], vec![], vec![], vec![], vec![]);
    for _ in 0..rounds {
        // Who keeps nothing counts nothing.
        let rate = |measured: Measured| megabytes as f64 / measured.seconds;
        let run = |side| measure(side, root, &cat(&lines, 1));
        let kept = run(Side::Engine)?;
        if kept.bytes != megabytes * 1_000_000 {
            return Err(format!("the log has {} bytes of {megabytes} MB", kept.bytes).into());
        }
        let (with, without) = (rate(kept), rate(run(Side::EngineBare)?));
        let tee = shell(&format!("cat '{shown}' | tee '{}' >/dev/null", copy.display()))?;
        std::fs::remove_file(&copy)?;
        let cat = shell(&format!("cat '{shown}' | cat >/dev/null"))?;
        let peer = rate(run(Side::Processkit)?);
        logged.push(with);
        plain.push(without);
        of_tee.push(with / (megabytes as f64 / tee.as_secs_f64()));
        of_cat.push(without / (megabytes as f64 / cat.as_secs_f64()));
        of_peer.push(without / peer);
    }
    std::fs::remove_file(&lines)?;
    let [logged, plain, of_tee, of_cat, of_peer] =
        [logged, plain, of_tee, of_cat, of_peer].map(|rounds| Spread::of(&rounds));
    say(&format!("output: {} MB/s with a log, {} MB/s without", logged.show(0), plain.show(0)));
    let title = format!("{megabytes} MB of lines of {LINE_BYTES} bytes through the engine");
    let mut table = Table::new(&title, &["", "MB/s", "beside", "ratio"]);
    let row = |what: &str, rate: Spread, peer: &str, ratio: Spread| {
        vec![what.to_owned(), rate.show(0), peer.to_owned(), ratio.show(2)]
    };
    table.row(row("with log and events", logged, "`cat │ tee FILE >/dev/null`", of_tee));
    table.row(row("without log", plain, "`cat │ cat >/dev/null`", of_cat));
    table.row(row("without log", plain, "processkit, captured in memory", of_peer));
    report.table(table);
    report.verdict(Verdict::at_least("Output with log ÷ `tee`", of_tee.median, OF_TEE, 2));
    report.verdict(Verdict::at_least("Output without log ÷ `cat`", of_cat.median, OF_CAT, 2));
    Ok(())
}

/// The most memory over much output, with a log.
pub(crate) fn memory(root: &Path, gigabytes: u64, report: &mut Report) -> Done {
    let lines = lines(root, 1000)?;
    let measured = measure(Side::Engine, root, &cat(&lines, gigabytes))?;
    std::fs::remove_file(&lines)?;
    let resident = measured.resident_max as f64 / 1e6;
    say(&format!("memory: at most {resident:.1} MB over {gigabytes} GB"));
    let what = format!("Resident memory over {gigabytes} GB of output");
    report.verdict(Verdict::below(&what, resident, RESIDENT_MB, "MB"));
    Ok(())
}

/// Writes a file of so many lines.
fn lines(root: &Path, megabytes: u64) -> Done<PathBuf> {
    let path = root.join("lines");
    let mut file = BufWriter::with_capacity(1 << 20, File::create(&path)?);
    for number in 0..megabytes * 1_000_000 / LINE_BYTES as u64 {
        writeln!(file, "{number:0>width$}", width = LINE_BYTES - 1)?;
    }
    file.into_inner()?.sync_all()?;
    Ok(path)
}

/// Returns the arguments of a part that writes the file out so often.
fn cat(file: &Path, times: u64) -> Vec<String> {
    let file = file.to_string_lossy().into_owned();
    let mut args = vec!["--".to_owned(), "cat".to_owned()];
    args.extend((0..times).map(|_| file.clone()));
    args
}
