//! Durable emit: events sealed, numbered and committed through the writer, beside the same rows by bare SQLite.

mod bare;

use std::path::Path;
use std::time::Instant;

use futures::future::try_join_all;
use groma_model::TaskId;

use crate::report::{Report, Table, Verdict};
use crate::spread::{Spread, number};
use crate::world::World;
use crate::{Done, sample, say};

/// Events per transaction, and transactions timed per round.
const SIZES: [(usize, usize); 4] = [(1, 300), (100, 60), (1_000, 25), (10_000, 6)];
const TARGET: f64 = 0.5;

/// Who writes.
#[derive(Debug, Clone, Copy)]
enum Side {
    /// One operation appends the whole batch.
    OneOperation,
    /// As many operations as events, all waiting at once: the writer gathers them.
    ManyOperations,
    /// Plain rows, one transaction.
    Bare,
}

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
        for round in 0..rounds {
            let mut order = [Side::OneOperation, Side::ManyOperations, Side::Bare];
            // Nobody always has the warmer or the fuller disk.
            order.rotate_left(round % 3);
            for side in order {
                let rate = match side {
                    Side::OneOperation => one_operation(&ours, size, transactions).await?,
                    Side::ManyOperations => many_operations(&many, size, transactions).await?,
                    Side::Bare => bare.measure(size, transactions)?,
                };
                if let Some(rates) = rates.get_mut(side as usize) {
                    rates.push(rate);
                }
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

async fn one_operation(world: &World, size: usize, transactions: usize) -> Done<f64> {
    let scan = TaskId::now();
    let batches: Vec<_> = (0..transactions).map(|_| sample::events(scan, size)).collect();
    let begun = Instant::now();
    for batch in batches {
        world.emit(batch).await?;
    }
    Ok((size * transactions) as f64 / begun.elapsed().as_secs_f64())
}

async fn many_operations(world: &World, size: usize, transactions: usize) -> Done<f64> {
    let scan = TaskId::now();
    let batches: Vec<_> = (0..transactions).map(|_| sample::events(scan, size)).collect();
    let begun = Instant::now();
    for batch in batches {
        try_join_all(batch.into_iter().map(|event| world.emit(vec![event]))).await?;
    }
    Ok((size * transactions) as f64 / begun.elapsed().as_secs_f64())
}
