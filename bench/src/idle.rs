//! Ten thousand readers who are told nothing: what they cost.

use std::path::Path;
use std::time::Duration;

use crate::crowd::{Crowd, Source};
use crate::report::{Report, Table, Verdict};
use crate::server::Server;
use crate::{Done, pause, say};

const READERS: usize = 10_000;
const TARGET_MB: f64 = 500.0;
/// Two keep-alives of the server: by then every connection has used what it uses.
const SETTLED: Duration = Duration::from_secs(32);

/// Connects them once: memory of an idle connection does not vary.
pub(crate) fn measure(root: &Path, binary: &Path, report: &mut Report) -> Done {
    let server = Server::start(binary, &root.join("idle"))?;
    let token = server.token(&["read"])?;
    let alone = server.resident()? as f64 / 1e6;
    let crowd =
        Crowd::gather(server.address, Source::Events { path: "/v1/events", token: &token }, READERS, None)?;
    let joined = server.resident()? as f64 / 1e6;
    let before = server.processor()?;
    pause(SETTLED);
    let settled = server.resident()? as f64 / 1e6;
    let load = (server.processor()? - before).as_secs_f64() / SETTLED.as_secs_f64();
    drop(crowd);
    say(&format!("idle: {alone:.1} MB alone, {settled:.1} MB with {READERS} readers"));
    let mut table = Table::new("10,000 idle SSE clients", &["", ""]);
    table.row(vec!["resident memory before, MB".to_owned(), format!("{alone:.1}")]);
    table.row(vec!["once all are connected, MB".to_owned(), format!("{joined:.1}")]);
    table.row(vec!["after two keep-alives to each, MB".to_owned(), format!("{settled:.1}")]);
    table.row(vec!["kB per client".to_owned(), format!("{:.1}", (settled - alone) * 1e3 / READERS as f64)]);
    table.row(vec!["CPU s/s meanwhile".to_owned(), format!("{load:.3}")]);
    report.table(table);
    report.verdict(Verdict::below(
        "Resident memory with 10,000 idle SSE clients",
        settled.max(joined),
        TARGET_MB,
        "MB",
    ));
    Ok(())
}
