//! Five thousand events a second into a tab of the real page.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::load::{CUSTOM, Plugin};
use crate::report::{Report, Table, Verdict};
use crate::server::Server;
use crate::spread::{Spread, number};
use crate::{Done, say};

const EVENTS_PER_SECOND: u64 = 5_000;
const SECONDS: u64 = 60;
/// Events in one request.
const BATCH: u64 = 50;
/// A second in which so few arrive counts as dropped: less than a tenth of what was sent.
const DROPPED: f64 = 500.0;

/// Opens the page once; a minute is many rounds.
pub(crate) fn measure(root: &Path, binary: &Path, workspace: &Path, report: &mut Report) -> Done {
    let server = Server::start(binary, &root.join("tab"))?;
    let mut plugin = Plugin::new(&server, &server.token(&["admin"])?)?;
    let total = EVENTS_PER_SECOND * SECONDS;
    let mut tab = Command::new("node")
        .arg(workspace.join("bench/tab.mjs"))
        .args([server.link.as_str(), CUSTOM, &total.to_string(), &(SECONDS * 3).to_string()])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| format!("could not run node: {error}"))?;
    let mut lines = BufReader::new(tab.stdout.take().ok_or("the tab has no stdout")?).lines();
    let mut line = || Ok::<_, crate::Failure>(lines.next().ok_or("the tab ended early")??);
    let told = line()?;
    if told != "ready" {
        return Err(format!("the tab said {told:?}").into());
    }
    let before = server.processor()?;
    let took = plugin.publish_at(EVENTS_PER_SECOND, BATCH, total)?;
    let load = (server.processor()? - before).as_secs_f64() / took.as_secs_f64();
    let figures: Value = serde_json::from_str(&line()?)?;
    tab.wait()?;
    let value = |name: &str| {
        figures.get(name).and_then(Value::as_f64).ok_or_else(|| format!("the tab did not tell {name}"))
    };
    let values = |name: &str| -> Vec<f64> {
        let list = figures.get(name).and_then(Value::as_array);
        list.into_iter().flatten().filter_map(Value::as_f64).collect()
    };
    let (events, arrivals, frames) = (value("events")?, values("arrivals"), values("frames"));
    let dropped = arrivals.iter().filter(|events| **events < DROPPED).count();
    let sent = total as f64 / took.as_secs_f64();
    let arrived = Spread::of(&arrivals);
    say(&format!(
        "tab: {sent:.0} events/s sent, {} arrived a second, {dropped} seconds dropped",
        arrived.show(0)
    ));
    let mut table =
        Table::new("5,000 events/s into the page's own list of events in Chromium, for a minute", &["", ""]);
    table.row(vec!["published, events/s".to_owned(), number(sent, 0)]);
    table.row(vec!["arrived in each second, events".to_owned(), arrived.show(0)]);
    table.row(vec![
        "arrived in all".to_owned(),
        format!("{} of {}", number(events, 0), number(total as f64, 0)),
    ]);
    table.row(vec!["seconds with fewer than 500".to_owned(), dropped.to_string()]);
    table.row(vec!["longest silence, ms".to_owned(), number(value("silence")?, 0)]);
    table.row(vec!["paints in each second".to_owned(), Spread::of(&frames).show(0)]);
    table.row(vec!["longest time between paints, ms".to_owned(), number(value("longestFrame")?, 0)]);
    table.row(vec!["server, CPU s/s".to_owned(), format!("{load:.2}")]);
    report.table(table);
    report.verdict(Verdict::at_least("Events that arrived in the tab, of 300,000", events, total as f64, 0));
    report.verdict(Verdict::below(
        "Dropped seconds in the tab at 5,000 events/s",
        dropped as f64,
        1.0,
        "seconds",
    ));
    Ok(())
}
