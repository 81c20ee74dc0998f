//! The binary from outside: how soon `groma serve` is ready on an empty folder, what it needs while idle, its size.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::report::{Report, Table, Verdict};
use crate::server::Server;
use crate::spread::Spread;
use crate::{Done, pause, say};

const READY_TARGET_MS: f64 = 300.0;
const RSS_TARGET_MB: f64 = 60.0;
/// Quiet for so long counts as idle.
const IDLE: Duration = Duration::from_secs(2);

/// Starts the binary in fresh folders, one after another.
pub(crate) fn measure(root: &Path, binary: &Path, rounds: usize, report: &mut Report) -> Done {
    let (mut ready, mut idle) = (Vec::new(), Vec::new());
    for round in 0..rounds {
        let begun = Instant::now();
        let server = Server::start(binary, &root.join(format!("start-{round}")))?;
        server.await_ready()?;
        ready.push(begun.elapsed().as_secs_f64() * 1e3);
        pause(IDLE);
        idle.push(server.resident()? as f64 / 1e6);
    }
    let (ready, idle) = (Spread::of(&ready), Spread::of(&idle));
    let size = fs::metadata(binary)?.len() as f64 / 1e6;
    say(&format!(
        "start: ready after {} ms, idle with {} MB, binary {size:.1} MB",
        ready.show(1),
        idle.show(1)
    ));
    let mut table = Table::new("`groma serve` on an empty folder, and its binary", &["", ""]);
    table.row(vec!["from start until `/readyz` says so, ms".to_owned(), ready.show(1)]);
    table.row(vec!["resident memory while idle, MB".to_owned(), idle.show(1)]);
    table.row(vec!["size of the binary with the page inside, MB".to_owned(), format!("{size:.1}")]);
    report.table(table);
    report.verdict(Verdict::below(
        "Start to ready on an empty folder, median",
        ready.median,
        READY_TARGET_MS,
        "ms",
    ));
    report.verdict(Verdict::below("Resident memory while idle, median", idle.median, RSS_TARGET_MB, "MB"));
    Ok(())
}
