//! Replay: a cursor from the oldest event through a file that memory holds nothing of. Nothing is decoded.

use std::path::Path;
use std::time::Instant;

use groma_journal::{Delivery, Start};
use groma_model::{EventFilter, TaskId};

use crate::report::{Report, Table, Verdict};
use crate::spread::{Spread, number};
use crate::world::World;
use crate::{Done, sample, say};

const BATCH: usize = 10_000;
const TARGET: f64 = 500_000.0;

/// Measures both ways in all rounds.
pub(crate) async fn measure(root: &Path, rounds: usize, events: usize, report: &mut Report) -> Done {
    let root = root.join("replay");
    let world = World::open(&root).await?;
    let scan = TaskId::now();
    let mut left = events;
    while left > 0 {
        let size = left.min(BATCH);
        world.emit(sample::events(scan, size)).await?;
        left -= size;
    }
    world.close()?;
    // Opened again, the journal's memory is empty: all comes from the file.
    let world = World::open(&root).await?;
    let (mut frames, mut heads) = (Vec::new(), Vec::new());
    for round in 0..rounds {
        for with_frames in [round % 2 == 0, round % 2 != 0] {
            let rate = replay(&world, events, with_frames).await?;
            if with_frames { frames.push(rate) } else { heads.push(rate) }
        }
    }
    world.close()?;
    let (frames, heads) = (Spread::of(&frames), Spread::of(&heads));
    say(&format!("replay: {} frames/s, {} events/s without frames", frames.show(0), heads.show(0)));
    let title = format!("Undecoded replay of {} events from the file, one reader", number(events as f64, 0));
    let mut table = Table::new(&title, &["", "events/s"]);
    table.row(vec!["as frames: the JSON as it is sent".to_owned(), frames.show(0)]);
    table.row(vec!["opened, without assembling frames".to_owned(), heads.show(0)]);
    report.table(table);
    report.verdict(Verdict::at_least(
        "Undecoded replay as frames, median of events/s",
        frames.median,
        TARGET,
        0,
    ));
    Ok(())
}

async fn replay(world: &World, events: usize, with_frames: bool) -> Done<f64> {
    let begun = Instant::now();
    let mut cursor = world.journal.cursor(Start::Oldest, EventFilter::default()).await?;
    let (mut seen, mut bytes) = (0, 0);
    while let Some(delivery) = cursor.poll().await? {
        if with_frames {
            for frame in delivery.frames() {
                seen += usize::from(frame.sequence.is_some());
                bytes += frame.json.len();
            }
        } else if let Delivery::Events(slice) = &delivery {
            seen += slice.len();
            bytes += slice.iter().map(|event| event.data().len()).sum::<usize>();
        }
    }
    let took = begun.elapsed();
    match seen == events && bytes > 0 {
        true => Ok(events as f64 / took.as_secs_f64()),
        false => Err(format!("the replay gave {seen} events instead of {events}").into()),
    }
}
