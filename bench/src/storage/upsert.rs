//! Keeping what scans find: new, unchanged and changed things, sealed, beside the same rows by SQLite alone.

use std::path::Path;
use std::time::Instant;

use groma_model::task::InventoryWrite as _;
use groma_model::{Clock as _, Finding, SystemClock, ThingId};

use super::estate;
use super::ground::{Ground, bytes};
use super::plain::Plain;
use crate::report::{Report, Table};
use crate::spread::{Spread, number};
use crate::{Done, say};

/// Things in one transaction.
pub(crate) const BATCH: usize = 100;
/// Things that are looked at again in one round, at most.
const AGAIN: usize = 20_000;

/// What a scan finds of things.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pass {
    /// Nobody knew them.
    New,
    /// They are as they were.
    Unchanged,
    /// Each is different.
    Changed,
}

impl Pass {
    const fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Unchanged => "unchanged",
            Self::Changed => "changed",
        }
    }

    /// Returns which batches a round takes: new things come one after the other, others from all over.
    fn batches(self, round: usize, rounds: usize, batches: usize) -> Vec<usize> {
        match self {
            Self::New => (round * batches / rounds..(round + 1) * batches / rounds).collect(),
            Self::Unchanged | Self::Changed => (round..batches).step_by(rounds).take(AGAIN / BATCH).collect(),
        }
    }

    /// Returns what is found in a batch, and of which things.
    fn findings(self, ground: &Ground, batch: usize) -> (Vec<Finding>, Vec<ThingId>) {
        let (look, now) = (usize::from(self == Self::Changed), SystemClock.now());
        let numbers = batch * BATCH..(batch + 1) * BATCH;
        let findings: Vec<Finding> = numbers.map(|number| estate::finding(number, look, now)).collect();
        let ids = findings.iter().filter_map(|finding| match finding {
            Finding::Thing(thing) => Some(thing.id),
            Finding::Host(host) => Some(ground.inventory.host_id(host.address)),
            Finding::Port(port) => {
                Some(ground.inventory.host_id(port.address).service(port.protocol, port.port))
            }
            Finding::Slice(_) => None,
        });
        let ids = ids.collect();
        (findings, ids)
    }
}

/// Fills the folder with things, and does nothing else.
pub(crate) async fn fill(ground: &Ground, things: usize) -> Done {
    say(&format!("recording {things} things"));
    let task = ground.begin().await?;
    for batch in 0..things / BATCH {
        ground.inventory.record(task, Pass::New.findings(ground, batch).0).await?;
    }
    ground.end(task).await
}

/// Fills the folder in as many parts as rounds, then looks at things again; the sides take turns batch by batch.
pub(crate) async fn measure(
    ground: &Ground,
    root: &Path,
    things: usize,
    rounds: usize,
    report: &mut Report,
) -> Done {
    let mut plain = Plain::open(&root.join("plain"))?;
    let shown = number(things as f64, 0);
    let mut table = Table::new(
        &format!(
            "Recording findings, {BATCH} in a transaction: from none to {shown} things, then among these"
        ),
        &["things", "sealed, things/s", "the same rows by bare SQLite, things/s", "sealed ÷ bare"],
    );
    let mut sizes = Vec::new();
    for pass in [Pass::New, Pass::Unchanged, Pass::Changed] {
        let mut columns: [Vec<f64>; 3] = Default::default();
        for round in 0..rounds {
            let (ours, theirs) =
                one(ground, &mut plain, pass, pass.batches(round, rounds, things / BATCH)).await?;
            let cells = [ours, theirs, ours / theirs];
            columns.iter_mut().zip(cells).for_each(|(column, cell)| column.push(cell));
        }
        let [ours, theirs, ratio] = columns.map(|rounds| Spread::of(&rounds));
        say(&format!("upsert, {}: {} things/s, ratio {}", pass.name(), ours.show(0), ratio.show(2)));
        table.row(vec![pass.name().to_owned(), ours.show(0), theirs.show(0), ratio.show(2)]);
        if pass == Pass::New {
            sizes = vec![bytes(&ground.reader)?, bytes(&plain.connection)?];
        }
    }
    report.table(table);
    let mut table = Table::new(
        &format!("The database with {shown} things after one scan: things, history, events; no meanings"),
        &["", "bytes per thing"],
    );
    for (name, size) in ["sealed", "the same rows in the clear"].iter().zip(&sizes) {
        table.row(vec![(*name).to_owned(), number(size / things as f64, 0)]);
    }
    if let [sealed, clear] = sizes.as_slice() {
        table.row(vec!["sealed ÷ in the clear".to_owned(), number(sealed / clear, 2)]);
    }
    report.table(table);
    Ok(())
}

/// One round of a pass, a task of its own; returns things a second, ours and by SQLite alone.
async fn one(ground: &Ground, plain: &mut Plain, pass: Pass, batches: Vec<usize>) -> Done<(f64, f64)> {
    let (mut ours, mut theirs) = (0.0, 0.0);
    let things = (batches.len() * BATCH) as f64;
    let task = ground.begin().await?;
    plain.begin(&ground.reader, task)?;
    for batch in batches {
        let (findings, ids) = pass.findings(ground, batch);
        let begun = Instant::now();
        ground.inventory.record(task, findings).await?;
        ours += begun.elapsed().as_secs_f64();
        let rows = plain.read(&ground.reader, task, &ids, pass)?;
        theirs += plain.write(pass, &rows)?.as_secs_f64();
    }
    ground.end(task).await?;
    Ok((things / ours, things / theirs))
}
