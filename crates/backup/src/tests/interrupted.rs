//! Backups, pruning and restores that end at any operation, before or after that took effect.

use std::sync::Arc;

use object_store::ObjectStore;

use super::faulty::{Fault, Faulty};
use super::world::*;
use crate::*;

const FAULTS: [Fault; 4] = [Fault::DiesBefore, Fault::DiesAfter, Fault::FailsBefore, Fault::FailsAfter];

/// Everything that is listed is whole; returns how many there are.
async fn sound(world: &World, store: &Arc<dyn ObjectStore>) -> usize {
    let repository = world.open(store).await.unwrap();
    let report = verify(&repository, Depth::Full).await;
    assert!(report.is_sound(), "{report:?}");
    repository.list().await.unwrap().len()
}

#[tokio::test]
async fn a_backup_that_is_interrupted_anywhere_is_whole_or_not_there_and_the_next_one_goes_on() {
    let world = World::new(20, 60, 6);
    let counting = Arc::new(Faulty::never(memory()));
    let store: Arc<dyn ObjectStore> = counting.clone();
    world.backup(&world.open(&store).await.unwrap()).await.unwrap();
    for at in 0..counting.count() {
        for fault in FAULTS {
            let inner = memory();
            let faulty: Arc<dyn ObjectStore> = Arc::new(Faulty::at(Arc::clone(&inner), at, fault));
            let outcome = match world.open(&faulty).await {
                Ok(repository) => world.backup(&repository).await,
                Err(error) => Err(error),
            };
            let listed = sound(&world, &inner).await;
            if outcome.is_ok() {
                assert_eq!(listed, 1, "at {at} {fault:?}");
            }
            let repository = world.open(&inner).await.unwrap();
            let made = world.backup(&repository).await.unwrap();
            assert_eq!(sound(&world, &inner).await, listed + 1, "at {at} {fault:?}");
            if listed == 1 {
                assert!(made.reused + 1 >= made.chunks, "{made:?}");
            }
        }
    }
}

#[tokio::test]
async fn pruning_that_is_interrupted_anywhere_deletes_nothing_that_is_needed() {
    let world = World::new(21, 60, 6);
    let prepared = || async {
        let store = memory();
        let repository = world.open(&store).await.unwrap();
        world.backup(&repository).await.unwrap();
        world.add_rows(rand::random(), 20);
        world.backup(&repository).await.unwrap();
        repository.forget_numbers(&[1]).await.unwrap();
        store
    };
    let inner = prepared().await;
    let counting = Arc::new(Faulty::never(Arc::clone(&inner)));
    let store: Arc<dyn ObjectStore> = counting.clone();
    prune(&world.open(&store).await.unwrap(), NOW).await.unwrap();
    for at in 0..counting.count() {
        for fault in FAULTS {
            let inner = prepared().await;
            let faulty: Arc<dyn ObjectStore> = Arc::new(Faulty::at(Arc::clone(&inner), at, fault));
            if let Ok(repository) = world.open(&faulty).await {
                // Fails or not: what counts is what is left.
                let _ = prune(&repository, NOW).await;
            }
            assert_eq!(sound(&world, &inner).await, 1);
            let repository = world.open(&inner).await.unwrap();
            let report = prune(&repository, NOW).await.unwrap();
            assert!(report.refused.is_empty(), "{report:?}");
            assert_eq!(sound(&world, &inner).await, 1);
            world.backup(&repository).await.unwrap();
            assert_eq!(sound(&world, &inner).await, 2);
        }
    }
}

#[tokio::test]
async fn a_restore_that_is_interrupted_anywhere_leaves_the_folder_as_it_was_and_goes_on() {
    let world = World::new(22, 60, 6);
    let inner = memory();
    world.backup(&world.open(&inner).await.unwrap()).await.unwrap();
    let wanted = logs(&world.folder);
    let mut at = 0;
    loop {
        let faulty: Arc<dyn ObjectStore> = Arc::new(Faulty::at(Arc::clone(&inner), at, Fault::DiesBefore));
        let into = world.path(&format!("restored-{at}"));
        if at % 2 == 0 {
            std::fs::create_dir(&into).unwrap();
        }
        let outcome = match world.open(&faulty).await {
            Ok(repository) => restore(&repository, Which::Newest, &into, RestoreOptions::default()).await,
            Err(error) => Err(error),
        };
        if outcome.is_ok() {
            assert!(at > 10, "it was over after {at} operations");
            return;
        }
        assert_eq!(into.exists(), at % 2 == 0);
        let repository = world.open(&inner).await.unwrap();
        let report = restore(&repository, Which::Newest, &into, RestoreOptions::default()).await.unwrap();
        assert!(at < 12 || report.fetched < report.backup.bytes, "at {at}: {report:?}");
        assert_eq!(logs(&into), wanted);
        at += 1;
    }
}
