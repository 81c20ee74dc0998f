//! Lists with counts, and an export of everything, through the REST API.

use std::time::Instant;

use serde_json::Value;

use super::loaded::{self, Folder};
use super::questions::{By, Questions};
use crate::report::{Report, Table};
use crate::rest::Rest;
use crate::spread::{Spread, number, percentile};
use crate::{Done, say};

/// Lists behind each filter, in one round.
const LISTED: usize = 50;
const SORTS: [&str; 4] = ["last_changed", "name", "kind", "last_seen"];

pub(crate) fn measure(
    folder: &Folder<'_>,
    rest: &mut Rest,
    questions: &mut Questions,
    rounds: usize,
    report: &mut Report,
) -> Done {
    let shown = number(folder.things as f64, 0);
    let mut table = Table::new(
        &format!("`GET /v1/resources` among {shown} things: 100 of them and the counts of all that fit"),
        &["filter", "p50, ms", "p99, ms"],
    );
    let mut columns: [[Vec<f64>; 2]; 4] = Default::default();
    for _ in 0..rounds {
        let mut times: [Vec<f64>; 4] = Default::default();
        for turn in 0..LISTED {
            for (by, times) in By::ALL.into_iter().zip(&mut times) {
                let mut path =
                    format!("/v1/resources?facets=true&limit=100&sort={}", SORTS[turn % SORTS.len()]);
                if let Some((name, value)) = by.filter(&questions.resource()) {
                    path.push_str(&format!("&{name}={}", loaded::encoded(&value)));
                }
                let begun = Instant::now();
                let body = rest.must("GET", &path, None)?;
                times.push(begun.elapsed().as_secs_f64() * 1e3);
                let total = body.pointer("/data/total").and_then(Value::as_u64);
                if total.is_none_or(|total| total == 0) {
                    return Err(format!("{path} listed {total:?} things").into());
                }
            }
        }
        for (columns, times) in columns.iter_mut().zip(&times) {
            let [p50, p99] = columns;
            p50.push(percentile(times, 0.5));
            p99.push(percentile(times, 0.99));
        }
    }
    for (by, columns) in By::ALL.into_iter().zip(&columns) {
        let [p50, p99] = columns.each_ref().map(|rounds| Spread::of(rounds));
        say(&format!("list, filter {}: p50 {} ms, p99 {} ms", by.name(), p50.show(1), p99.show(1)));
        table.row(vec![by.name().to_owned(), p50.show(1), p99.show(1)]);
    }
    report.table(table);
    export(folder, rest, rounds, report)
}

/// Reads everything, line by line.
fn export(folder: &Folder<'_>, rest: &mut Rest, rounds: usize, report: &mut Report) -> Done {
    let (mut rates, mut bytes) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        let (mut lines, mut read) = (0, 0);
        let begun = Instant::now();
        rest.read("/v1/resources/export?format=ndjson", |piece| {
            read += piece.len();
            lines += memchr::memchr_iter(b'\n', piece).count();
        })?;
        let seconds = begun.elapsed().as_secs_f64();
        if lines != folder.things {
            return Err(format!("{lines} of {} things were exported", folder.things).into());
        }
        rates.push(lines as f64 / seconds);
        bytes.push(read as f64 / 1e6 / seconds);
    }
    let (rates, bytes) = (Spread::of(&rates), Spread::of(&bytes));
    say(&format!("export: {} things/s", rates.show(0)));
    let shown = number(folder.things as f64, 0);
    let mut table =
        Table::new(&format!("`GET /v1/resources/export` of {shown} things as NDJSON"), &["things/s", "MB/s"]);
    table.row(vec![rates.show(0), bytes.show(1)]);
    report.table(table);
    Ok(())
}
