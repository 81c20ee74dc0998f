//! The inventory against a simple model in memory, over random histories of scans, slices and discards: what is there,
//! what was, what is told, and the index that was kept up to date all the while.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test's helpers fail like the test itself"
)]

mod compare;
mod index;
mod model;
mod step;
mod told;
mod world;

use groma_model::TaskId;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed};

use crate::index::Live;
use crate::model::{Model, Scan, host_slot};
use crate::step::{Seen, Step, step};
use crate::world::{World, finding, thing};

/// The same histories every time; more, and others, with `PROPTEST_CASES`.
fn cases(usual: u32) -> Config {
    let asked = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    let cases = asked.unwrap_or(usual);
    let rng_seed = if asked.is_some() { RngSeed::Random } else { RngSeed::Fixed(11) };
    Config { cases, rng_seed, failure_persistence: None, max_shrink_iters: 2_000, ..Config::default() }
}

/// Scans open at once.
const OPEN_MAX: usize = 2;

/// The inventory and the model of it, which live the same.
struct Twins {
    world: World,
    model: Model,
    tasks: Vec<TaskId>,
    open: Vec<Scan>,
}

impl Twins {
    async fn new() -> Self {
        let world = World::new().await;
        let model = Model::new(world.segment);
        Self { world, model, tasks: Vec::new(), open: Vec::new() }
    }

    async fn take(&mut self, step: &Step) {
        let now = self.model.tick();
        self.world.set(now);
        match step {
            Step::Begin if self.open.len() < OPEN_MAX => self.begin().await,
            Step::Begin => {}
            Step::Record { which, seen } => {
                if self.open.is_empty() {
                    self.begin().await;
                }
                let scan = self.open[which % self.open.len()];
                self.record(scan, seen).await;
            }
            Step::End { .. } if self.open.is_empty() => {}
            Step::End { which, how } => {
                let scan = self.open.remove(which % self.open.len());
                self.world.end(self.tasks[scan], *how).await;
                self.model.scans[scan].ended = Some(*how);
            }
            Step::Discard { which } => {
                let scans = self.model.scans.iter().enumerate();
                let ended = scans
                    .filter(|(_, scan)| scan.ended.is_some() && !scan.discarded && scan.discards.is_none());
                let ended: Vec<Scan> = ended.map(|(scan, _)| scan).collect();
                if !ended.is_empty() {
                    let old = ended[which % ended.len()];
                    self.tasks.push(self.world.discard(self.tasks[old]).await);
                    self.model.discard(old);
                }
            }
        }
    }

    async fn begin(&mut self) {
        self.tasks.push(self.world.begin().await);
        self.open.push(self.model.begin());
    }

    /// Records in one transaction.
    async fn record(&mut self, scan: Scan, seen: &[Seen]) {
        let mut findings = Vec::new();
        for seen in seen {
            let now = self.model.tick();
            let parent = match seen {
                Seen::Thing { number, look } => self.model.parent(*number, look).map(thing),
                // Engines tell a host before its ports.
                Seen::Port { host, .. } if !self.model.things[host_slot(*host)].is_known() => continue,
                _ => None,
            };
            findings.push(finding(seen, parent, now));
            self.model.record(scan, seen);
        }
        self.world.record(self.tasks[scan], findings).await;
    }

    async fn compare(&self) {
        compare::all(&self.world, &self.model, &self.tasks).await;
    }
}

fn run(steps: &[Step], warm: usize) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut twins = Twins::new().await;
        let live = Live::new(&twins.world);
        for (number, step) in steps.iter().enumerate() {
            if number == warm {
                live.load().await;
            }
            twins.take(step).await;
        }
        twins.compare().await;
        live.compare(&twins.world).await;
    });
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn every_history_leaves_what_the_model_has(steps in vec(step(), 1..16), warm in 0_usize..16) {
        run(&steps, warm);
    }
}
