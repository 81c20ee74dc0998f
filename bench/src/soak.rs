//! `groma-bench soak`: random load and random trouble for as long as is wanted, in rounds. At the end of each round
//! everything is counted: what was acknowledged is in the journal, and every reader was given what is in the journal,
//! or was told why not.

mod arena;
mod item;
mod publisher;
mod reader;
mod scanner;
mod segment;
mod summary;
mod transport;
mod trouble;
mod truth;
mod verdict;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use clap::Args;
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};

use self::arena::Arena;
use self::summary::Summary;
use crate::{Done, descriptors, pause, say};

/// Run the server under random load and trouble, and count at the end
#[derive(Debug, Args)]
pub(crate) struct Soak {
    /// For how long, in hours
    #[arg(long, conflicts_with = "minutes")]
    hours: Option<f64>,
    /// For how long, in minutes; 3 unless told
    #[arg(long)]
    minutes: Option<f64>,
    /// Chooses what happens; the same seed makes the same choices
    #[arg(long)]
    seed: Option<u64>,
    /// How long a round is, in seconds
    #[arg(long, default_value_t = 45)]
    round: u64,
    /// Where the data folder is made, on a small disk in memory if this is run by root
    #[arg(long, value_name = "FOLDER")]
    folder: Option<PathBuf>,
    /// The binary; the one built beside this program unless told otherwise
    #[arg(long, value_name = "FILE")]
    binary: Option<PathBuf>,
}

/// What the actors of a round share.
struct Stage<'a> {
    arena: &'a Arena,
    seed: u64,
    /// No more load.
    over: AtomicBool,
    /// The last event that there will be in this round, once that is known.
    last: AtomicU64,
    summary: &'a Summary,
}

const READERS: u64 = 12;
const PUBLISHERS: u64 = 3;
/// How long readers may take to reach the end of the journal once nothing is added to it.
const CATCHING_UP: Duration = Duration::from_secs(120);
/// Events of one folder, roughly: then another is begun.
const EVENTS_PER_FOLDER: u64 = 600_000;

impl Soak {
    pub(crate) fn run(self) -> Done {
        descriptors::raise()?;
        let minutes = self.hours.map(|hours| hours * 60.0).or(self.minutes).unwrap_or(3.0);
        let end = Instant::now() + Duration::from_secs_f64(minutes * 60.0);
        let seed = self.seed.unwrap_or_else(rand::random);
        let binary = match &self.binary {
            Some(binary) => binary.clone(),
            None => std::env::current_exe()?.with_file_name("groma"),
        };
        let root = match &self.folder {
            Some(folder) => tempfile::tempdir_in(folder)?,
            None => tempfile::tempdir()?,
        };
        say(&format!("soak: seed {seed}, {minutes} minutes, in {}", root.path().display()));
        let summary = Summary::default();
        let soaked = self.rounds(root.path(), &binary, seed, end, &summary);
        say(&summary.to_string());
        if let Err(error) = soaked {
            let kept = root.keep();
            return Err(format!("{error}\nseed {seed}; the folders are kept in {}", kept.display()).into());
        }
        Ok(())
    }

    fn rounds(&self, root: &Path, binary: &Path, seed: u64, end: Instant, summary: &Summary) -> Done {
        let mut random = StdRng::seed_from_u64(seed);
        let (mut folder, mut round) = (0, 0);
        while Instant::now() < end {
            folder += 1;
            let arena = Arena::open(binary, &root.join(format!("folder-{folder}")))?;
            let mut start = arena.head()?;
            while Instant::now() < end && start < EVENTS_PER_FOLDER {
                round += 1;
                let left = end.saturating_duration_since(Instant::now());
                let time = Duration::from_secs(self.round).min(left.max(Duration::from_secs(5)));
                let stage = Stage {
                    arena: &arena,
                    seed: random.random(),
                    over: AtomicBool::new(false),
                    last: AtomicU64::new(0),
                    summary,
                };
                let head = stage.play(start, time).map_err(|error| format!("round {round}: {error}"))?;
                say(&format!(
                    "round {round}: {} events, all accounted for; the server has {} MB",
                    head - start,
                    arena.resident()? / 1_000_000
                ));
                start = head;
            }
            arena.close()?;
        }
        Ok(())
    }
}

impl Stage<'_> {
    /// Plays one round on the events behind `start`; returns the last one's number.
    fn play(&self, start: u64, time: Duration) -> Done<u64> {
        std::thread::scope(|scope| {
            let seed = |actor: u64| StdRng::seed_from_u64(self.seed.wrapping_add(actor));
            let readers: Vec<_> = (0..READERS)
                .map(|index| scope.spawn(move || reader::read(self, index, start, seed(index))))
                .collect();
            let publishers: Vec<_> = (0..PUBLISHERS)
                .map(|index| scope.spawn(move || publisher::publish(self, index, seed(100 + index))))
                .collect();
            let scanner = scope.spawn(move || scanner::scan(self, &self.arena.ports, seed(200)));
            let trouble = scope.spawn(move || trouble::make(self, seed(300)));

            let _end = End(self);
            pause(time);
            self.over.store(true, Ordering::Relaxed);
            trouble.join().map_err(|_| "trouble panicked")??;
            scanner.join().map_err(|_| "the scanner panicked")?;
            // Only now: nothing takes the server away any more.
            scanner::end_all(self)?;
            let mut published = Vec::new();
            for publisher in publishers {
                published.push(publisher.join().map_err(|_| "a publisher panicked")??);
            }
            let head = self.arena.head()?;
            self.last.store(head, Ordering::Relaxed);
            let mut read = Vec::new();
            for reader in readers {
                read.push(reader.join().map_err(|_| "a reader panicked")??);
            }
            let truth = truth::read(self.arena, start)?;
            let faults = verdict::judge(&truth, start, head, &published, &read);
            read.iter().for_each(|reader| self.summary.add_reader(reader));
            match faults.len() {
                0 => Ok(head),
                count => {
                    let shown: Vec<_> = faults.into_iter().take(20).collect();
                    Err(format!("{count} violations, the first of them:\n{}", shown.join("\n")).into())
                }
            }
        })
    }

    fn is_over(&self) -> bool {
        self.over.load(Ordering::Relaxed)
    }

    /// Waits, unless it is over sooner.
    fn pause(&self, time: Duration) {
        const STEP: Duration = Duration::from_millis(50);
        let end = Instant::now() + time;
        while !self.is_over() && Instant::now() < end {
            pause(STEP.min(time));
        }
    }
}

/// Ends the others when one fails.
struct End<'a>(&'a Stage<'a>);

impl Drop for End<'_> {
    fn drop(&mut self) {
        self.0.over.store(true, Ordering::Relaxed);
        // Nothing is behind it, so nobody waits for more; a round that came to its end is not touched.
        let _ = self.0.last.compare_exchange(0, u64::MAX, Ordering::Relaxed, Ordering::Relaxed);
    }
}
