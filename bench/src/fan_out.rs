//! Fan-out: many readers in one process, each on its own cursor, while a producer commits.

use std::path::Path;
use std::time::Instant;

use groma_journal::{Cursor, Start};
use groma_model::{EventFilter, TaskId};

use crate::report::{Report, Table, Verdict};
use crate::spread::{Spread, number};
use crate::world::World;
use crate::{Done, sample, say};

const READERS: usize = 1_000;
/// Events per operation, as a busy scan emits them, and operations per round.
const SIZES: [(usize, usize); 2] = [(10, 1_000), (100, 200)];
const TARGET: f64 = 300_000.0;

/// Measures all sizes in all rounds.
pub(crate) async fn measure(root: &Path, rounds: usize, report: &mut Report) -> Done {
    let mut table = Table::new(
        "Fan-out to 1,000 readers in the process, each given every event as a frame, while a producer commits",
        &["events per operation", "deliveries/s", "events/s committed meanwhile"],
    );
    let world = World::open(&root.join("fan-out")).await?;
    let mut lowest = f64::INFINITY;
    for (size, operations) in SIZES {
        let (mut deliveries, mut commits) = (Vec::new(), Vec::new());
        for _ in 0..rounds {
            let (delivered, committed) = round(&world, size, operations).await?;
            deliveries.push(delivered);
            commits.push(committed);
        }
        let deliveries = Spread::of(&deliveries);
        say(&format!("fan-out {size}: {} deliveries/s", deliveries.show(0)));
        lowest = lowest.min(deliveries.median);
        table.row(vec![number(size as f64, 0), deliveries.show(0), Spread::of(&commits).show(0)]);
    }
    world.close()?;
    report.table(table);
    report.verdict(Verdict::at_least("Fan-out, lowest median of deliveries/s", lowest, TARGET, 0));
    Ok(())
}

/// Returns deliveries and commits of events per second.
async fn round(world: &World, size: usize, operations: usize) -> Done<(f64, f64)> {
    let events = size * operations;
    let scan = TaskId::now();
    let batches: Vec<_> = (0..operations).map(|_| sample::events(scan, size)).collect();
    let mut readers = tokio::task::JoinSet::new();
    for _ in 0..READERS {
        let cursor = world.journal.cursor(Start::Live, EventFilter::default()).await?;
        readers.spawn(read(cursor, events));
    }
    let begun = Instant::now();
    for batch in batches {
        world.emit(batch).await?;
    }
    let committed = begun.elapsed();
    while let Some(reader) = readers.join_next().await {
        reader??;
    }
    let delivered = begun.elapsed();
    Ok(((events * READERS) as f64 / delivered.as_secs_f64(), events as f64 / committed.as_secs_f64()))
}

/// Reads until every event has come as a frame.
async fn read(mut cursor: Cursor, events: usize) -> Done {
    let (mut seen, mut bytes) = (0, 0);
    while seen < events {
        for frame in cursor.next().await?.frames() {
            seen += usize::from(frame.sequence.is_some());
            bytes += frame.json.len();
        }
    }
    match seen == events && bytes > 0 {
        true => Ok(()),
        false => Err(format!("a reader was given {seen} events instead of {events}").into()),
    }
}
