//! Writers, deleters and forgetters at once, with no patience at all: grace and youth are zero.

use std::sync::Arc;

use object_store::ObjectStore;

use super::faulty::{Fault, Faulty};
use super::world::*;
use crate::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_happens_at_once_every_backup_that_is_listed_restores() {
    for seed in 0..24_u64 {
        let world = World::new(seed, 40, 4);
        let store = memory();
        world.backup(&world.open(&store).await.unwrap()).await.unwrap();
        let mut tasks = tokio::task::JoinSet::new();
        for writer in 0..2 {
            let (clone, store) = (world.clone_as("clone"), view(&store, seed, writer));
            tasks.spawn(async move {
                for round in 0..3 {
                    clone.add_rows(seed * 100 + round, 4);
                    if let Ok(repository) = clone.open(&store).await {
                        // It may be interrupted.
                        let _ = clone.backup(&repository).await;
                    }
                }
            });
        }
        for deleter in 2..4 {
            let (clone, store) = (world.clone_as("clone"), view(&store, seed, deleter));
            tasks.spawn(async move {
                let repository = clone.open(&store).await;
                for _ in 0..4 {
                    let Ok(repository) = &repository else { return };
                    let last = Retention { last: 2, ..Retention::default() };
                    let _ = repository.forget(&last, &jiff::tz::TimeZone::UTC, false).await;
                    let _ = prune(repository, NOW).await;
                }
            });
        }
        while let Some(done) = tasks.join_next().await {
            done.unwrap();
        }
        let repository = world.open(&store).await.unwrap();
        let report = verify(&repository, Depth::Full).await;
        assert!(report.is_sound(), "seed {seed}: {report:?}");
        for listed in repository.list().await.unwrap() {
            drill(&repository, listed.number, None).await;
        }
    }
}

/// One process's view of the store: half of them die somewhere.
fn view(store: &Arc<dyn ObjectStore>, seed: u64, number: u64) -> Arc<dyn ObjectStore> {
    let inner = Arc::clone(store);
    let faults = [Fault::DiesBefore, Fault::DiesAfter, Fault::FailsBefore, Fault::FailsAfter];
    match (seed + number) % 2 {
        0 => Arc::new(Faulty::never(inner)),
        _ => Arc::new(Faulty::at(inner, rand::random_range(0..120), faults[(seed / 2 % 4) as usize])),
    }
}

/// A writer that began before phase one, and ends after phase two.
#[tokio::test]
async fn a_writer_that_relied_on_what_was_deleted_sends_it_again() {
    let world = World::new(30, 100, 8);
    let store = memory();
    let repository = world.open(&store).await.unwrap();
    world.backup(&repository).await.unwrap();
    let slow = Pausing::new(&world, &store).await;
    // Everything was read and relied on; now all of it is forgotten, condemned and deleted.
    repository.forget_numbers(&[1]).await.unwrap();
    let report = prune(&repository, NOW).await.unwrap();
    assert!(report.deleted > 20, "{report:?}");
    let made = slow.goes_on().await;
    assert_eq!(made.reused, 0, "{made:?}");
    assert!(verify(&repository, Depth::Full).await.is_sound());
    drill(&repository, made.backup.number, Some(&logs(&world.folder))).await;
}

/// Deletes that were asked for and arrive when everything was sent again.
#[tokio::test]
async fn a_delete_that_is_late_meets_nothing_that_is_relied_on() {
    let world = World::new(31, 100, 8);
    let store = memory();
    let repository = world.open(&store).await.unwrap();
    world.backup(&repository).await.unwrap();
    repository.forget_numbers(&[1]).await.unwrap();
    let stuck = Arc::new(Faulty::with_stuck_deletes(Arc::clone(&store)));
    let late: Arc<dyn ObjectStore> = stuck.clone();
    let report = prune(&world.open(&late).await.unwrap(), NOW).await.unwrap();
    assert!(report.deleted == 0 && report.refused.len() > 20, "{report:?}");
    let made = world.backup(&repository).await.unwrap();
    assert_eq!(made.reused, 0, "what is condemned is not relied on: {made:?}");
    assert!(prune(&repository, NOW).await.unwrap().deleted > 20);
    stuck.release().await;
    assert!(verify(&repository, Depth::Full).await.is_sound());
    drill(&repository, made.backup.number, Some(&logs(&world.folder))).await;
}

/// A backup that waits with its last look until it is told.
struct Pausing {
    task: tokio::task::JoinHandle<std::io::Result<Made>>,
    go: std::sync::mpsc::Sender<()>,
}

impl Pausing {
    async fn new(world: &World, store: &Arc<dyn ObjectStore>) -> Self {
        let (go, wait) = std::sync::mpsc::channel();
        let (here, arrived) = tokio::sync::oneshot::channel();
        let state = std::sync::Mutex::new(Some((wait, here)));
        let progress = move |step: &Step| {
            if step.phase == Phase::Commit
                && let Some((wait, here)) = state.lock().unwrap().take()
            {
                here.send(()).unwrap();
                wait.recv().unwrap();
            }
        };
        let (clone, store) = (world.clone_as("slow"), Arc::clone(store));
        // On a runtime of its own, as it blocks.
        let task = tokio::spawn(groma_database::apart("slow", move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let repository = clone.open(&store).await.unwrap();
                let cancel = tokio_util::sync::CancellationToken::new();
                repository.create(&clone.request(), Arc::new(progress), &cancel).await.unwrap()
            })
        }));
        arrived.await.unwrap();
        Self { task, go }
    }

    async fn goes_on(self) -> Made {
        self.go.send(()).unwrap();
        self.task.await.unwrap().unwrap()
    }
}
