//! From an event to a thousand readers outside: how long it takes, through the real server on loopback.

use std::path::Path;

use serde_json::Value;

use crate::crowd::{Crowd, Source};
use crate::load::{CUSTOM, Plugin};
use crate::report::{Report, Table, Verdict};
use crate::server::Server;
use crate::spread::{Spread, number};
use crate::{Done, say};

/// Readers at once.
pub(crate) const READERS: usize = 1_000;
const EVENTS_PER_SECOND: u64 = 1_000;
/// Events in one request: as a program that makes a thousand a second would send them, and one by one for comparison.
const BATCHES: [u64; 3] = [50, 10, 1];
const SECONDS: u64 = 10;
const TARGET_MS: f64 = 20.0;

/// Measures all sizes of requests in all rounds.
pub(crate) fn measure(root: &Path, binary: &Path, rounds: usize, report: &mut Report) -> Done {
    let server = Server::start(binary, &root.join("delivery"))?;
    let token = server.token(&["read", "operate", "admin"])?;
    let mut plugin = Plugin::new(&server, &token)?;
    let mut table = Table::new(
        "From publishing an event to each of 1,000 SSE clients, 1,000 events/s, clients on the same machine",
        &[
            "events per request",
            "p50, ms",
            "p90, ms",
            "p99, ms",
            "p99.9, ms",
            "deliveries/s",
            "server, CPU s/s",
            "clients, CPU s/s",
        ],
    );
    for batch in BATCHES {
        let mut columns: [Vec<f64>; 7] = Default::default();
        for _ in 0..rounds {
            let total = EVENTS_PER_SECOND * SECONDS;
            let path = format!("/v1/events?types={CUSTOM}");
            let source = Source::Events { path: &path, token: &token };
            let crowd = Crowd::gather(server.address, source, READERS, Some(total))?;
            let before = server.processor()?;
            plugin.publish_at(EVENTS_PER_SECOND, batch, total)?;
            let figures = crowd.figures()?;
            let seconds = figure(&figures, "seconds")?;
            let ms = |name| Ok::<_, crate::Failure>(figure(&figures, name)? / 1e3);
            let cells = [
                ms("p50")?,
                ms("p90")?,
                ms("p99")?,
                ms("p999")?,
                figure(&figures, "deliveries")? / seconds,
                (server.processor()? - before).as_secs_f64() / seconds,
                figure(&figures, "processor")? / seconds,
            ];
            columns.iter_mut().zip(cells).for_each(|(column, cell)| column.push(cell));
        }
        let spreads = columns.each_ref().map(|column| Spread::of(column));
        let [p50, p90, p99, p999, deliveries, server_load, client_load] = spreads;
        say(&format!("delivery, {batch} per request: p50 {} ms, p99 {} ms", p50.show(1), p99.show(1)));
        table.row(vec![
            number(batch as f64, 0),
            p50.show(1),
            p90.show(1),
            p99.show(1),
            p999.show(1),
            deliveries.show(0),
            server_load.show(2),
            client_load.show(2),
        ]);
        if batch == BATCHES[0] {
            report.verdict(Verdict::below(
                "Publishing to 1,000 SSE clients at 1,000 events/s, median p99",
                p99.median,
                TARGET_MS,
                "ms",
            ));
        }
    }
    report.table(table);
    Ok(())
}

/// Reads one of the readers' figures.
pub(crate) fn figure(figures: &Value, name: &str) -> Done<f64> {
    figures.get(name).and_then(Value::as_f64).ok_or_else(|| format!("the readers did not tell {name}").into())
}
