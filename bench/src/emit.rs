//! Durable emit: events sealed, numbered and committed through the writer, beside the same rows by bare SQLite.

mod bare;

use std::path::Path;
use std::time::{Duration, Instant};

use futures::future::try_join_all;
use groma_journal::NewEvent;
use groma_model::TaskId;

use crate::report::{Report, Table, Verdict};
use crate::spread::{Spread, number};
use crate::world::World;
use crate::{Done, sample, say};

/// Events per transaction, and transactions timed per round.
const SIZES: [(usize, usize); 4] = [(1, 300), (100, 60), (1_000, 25), (10_000, 6)];
const TARGET: f64 = 0.5;

/// Measures all sizes in all rounds.
pub(crate) async fn measure(root: &Path, rounds: usize, report: &mut Report) -> Done {
    let mut table = Table::new(
        "Durable emit with sealing, beside bare SQLite",
        &[
            "events per transaction",
            "one operation, events/s",
            "an operation per event, events/s",
            "bare SQLite, rows/s",
            "ratio (one operation)",
            "ratio (operation per event)",
        ],
    );
    let mut lowest = f64::INFINITY;
    for (size, transactions) in SIZES {
        let mut rates = [Vec::new(), Vec::new(), Vec::new()];
        let ours = World::open(&root.join(format!("emit-one-{size}"))).await?;
        let many = World::open(&root.join(format!("emit-many-{size}"))).await?;
        let mut bare = bare::Bare::open(&root.join(format!("emit-bare-{size}")))?;
        for _ in 0..rounds {
            let mut took = [Duration::ZERO; 3];
            // They take turns transaction by transaction: whatever else the machine does meets all of them.
            for _ in 0..transactions {
                let scan = TaskId::now();
                let sides = [
                    one_operation(&ours, sample::events(scan, size)).await?,
                    many_operations(&many, sample::events(scan, size)).await?,
                    bare.transaction(&sample::events(scan, size))?,
                ];
                took.iter_mut().zip(sides).for_each(|(sum, side)| *sum += side);
            }
            for (rates, took) in rates.iter_mut().zip(took) {
                rates.push((size * transactions) as f64 / took.as_secs_f64());
            }
        }
        ours.close()?;
        many.close()?;
        let [one, many, bare] = rates;
        let ratio = |ours: &[f64]| {
            let pairs = ours.iter().zip(&bare).map(|(ours, bare)| ours / bare);
            Spread::of(&pairs.collect::<Vec<_>>())
        };
        let (of_one, of_many) = (ratio(&one), ratio(&many));
        say(&format!("emit {size}: ratio {} and {}", of_one.show(2), of_many.show(2)));
        lowest = lowest.min(of_one.median);
        table.row(vec![
            number(size as f64, 0),
            Spread::of(&one).show(0),
            Spread::of(&many).show(0),
            Spread::of(&bare).show(0),
            of_one.show(2),
            of_many.show(2),
        ]);
    }
    report.table(table);
    report.verdict(Verdict::at_least(
        "Durable emit against bare SQLite, lowest median ratio",
        lowest,
        TARGET,
        2,
    ));
    Ok(())
}

/// One operation appends the whole batch.
async fn one_operation(world: &World, batch: Vec<NewEvent>) -> Done<Duration> {
    let begun = Instant::now();
    world.emit(batch).await?;
    Ok(begun.elapsed())
}

/// As many operations as events, all waiting at once: the writer gathers them.
async fn many_operations(world: &World, batch: Vec<NewEvent>) -> Done<Duration> {
    let begun = Instant::now();
    try_join_all(batch.into_iter().map(|event| world.emit(vec![event]))).await?;
    Ok(begun.elapsed())
}
