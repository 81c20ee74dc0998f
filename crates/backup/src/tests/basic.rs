use std::fs;
use std::sync::Mutex;

use futures::TryStreamExt as _;
use object_store::ObjectStoreExt as _;

use super::world::*;
use crate::*;

#[tokio::test]
async fn what_was_backed_up_comes_back() {
    let world = World::new(1, 300, 40);
    let store = memory();
    let repository = world.open(&store).await.unwrap();
    let made = world.backup(&repository).await.unwrap();
    assert_eq!((made.backup.number, made.reused), (1, 0));
    assert_eq!(made.backup.counts["rows"], 300);
    let sound = verify(&repository, Depth::Full).await;
    assert!(sound.is_sound(), "{sound:?}");
    drill(&repository, 1, Some(&logs(&world.folder))).await;
    let left: Vec<_> = tree(&world.folder).into_keys().filter(|name| name.contains("backup")).collect();
    assert_eq!(left, Vec::<String>::new());
}

#[tokio::test]
async fn the_second_backup_sends_what_changed_alone() {
    let world = World::new(2, 2000, 200);
    let repository = world.open(&memory()).await.unwrap();
    let first = world.backup(&repository).await.unwrap();
    world.add_rows(99, 5);
    world.write("executions/zzz.log.sealed", b"a new log");
    let before = logs(&world.folder);
    let second = world.backup(&repository).await.unwrap();
    assert!(second.sent_bytes * 10 < first.sent_bytes, "{second:?} after {first:?}");
    assert!(second.reused * 10 > second.chunks * 9, "{second:?}");
    let listed = repository.list().await.unwrap();
    assert_eq!(listed.iter().map(|listed| listed.number).collect::<Vec<_>>(), [2, 1]);
    assert_eq!(listed[0].backup.as_ref().unwrap(), &second.backup);
    drill(&repository, 1, None).await;
    drill(&repository, 2, Some(&before)).await;
}

#[tokio::test]
async fn nothing_of_it_can_be_read_in_the_store() {
    let world = World::new(3, 100, 10);
    let store = memory();
    let repository = world.open(&store).await.unwrap();
    world.backup(&repository).await.unwrap();
    prune(&repository, NOW).await.unwrap();
    let objects: Vec<_> = store.list(None).try_collect().await.unwrap();
    assert!(objects.len() > 10);
    for object in objects {
        let content = store.get(&object.location).await.unwrap().bytes().await.unwrap();
        for text in [MARKER, "SQLite format", "executions", "rows", "0.0.0-test"] {
            assert!(
                !content.windows(text.len()).any(|part| part == text.as_bytes()),
                "{text} in {}",
                object.location
            );
            assert!(!object.location.to_string().contains(text));
        }
    }
}

#[tokio::test]
async fn a_new_machine_needs_the_recovery_key_alone() {
    let world = World::new(4, 50, 3);
    let (_, recovery) = world.keyring.renew_recovery().unwrap();
    let target = Target::Local { path: world.path("bucket") };
    let repository = Repository::open(&target, world.keys(), Some(SMALL)).await.unwrap();
    world.backup(&repository).await.unwrap();
    let keys = unlock(&target, &groma_seal::Unlock::Recovery(recovery.clone())).await.unwrap();
    let elsewhere = Repository::open(&target, keys, None).await.unwrap();
    let into = world.path("new");
    restore(&elsewhere, Which::Newest, &into, RestoreOptions::default()).await.unwrap();
    let again = groma_seal::Keyring::open(&into, &groma_seal::Unlock::Recovery(recovery), false).unwrap();
    assert_eq!(again.folder(), world.keyring.folder());
    let wrong = zeroize::Zeroizing::new("wrong passphrase indeed".to_owned());
    let refused = unlock(&target, &groma_seal::Unlock::Passphrase(wrong)).await.unwrap_err();
    assert!(matches!(refused, BackupError::Keys(_)), "{refused}");
}

#[tokio::test]
async fn the_repository_of_another_folder_is_left_alone() {
    let (one, other) = (World::new(5, 5, 0), World::new(6, 5, 0));
    let store = memory();
    one.backup(&one.open(&store).await.unwrap()).await.unwrap();
    assert!(matches!(other.open(&store).await, Err(BackupError::Foreign { .. })));
    let empty = Repository::in_store(memory(), one.keys(), None).await;
    assert!(matches!(empty, Err(BackupError::NoRepository { .. })));
}

#[tokio::test]
async fn a_restore_takes_nothing_away_unless_told() {
    let world = World::new(7, 60, 5);
    let repository = world.open(&memory()).await.unwrap();
    world.backup(&repository).await.unwrap();
    let created = repository.list().await.unwrap()[0].backup.as_ref().unwrap().created;
    world.add_rows(8, 10);
    let before = tree(&world.folder);
    let into = world.folder.clone();
    let refused = restore(&repository, Which::Newest, &into, RestoreOptions::default()).await.unwrap_err();
    assert!(matches!(refused, BackupError::NotEmpty { .. }), "{refused}");
    let there = Some(JournalHead { epoch: 1, number: 70 });
    let replace = RestoreOptions { replace: true, there, ..RestoreOptions::default() };
    let refused = restore(&repository, Which::Newest, &into, replace).await.unwrap_err();
    assert!(matches!(refused, BackupError::Newer { .. }), "{refused}");
    let held = groma_database::Folder::take(&into).unwrap();
    let told = RestoreOptions { over_newer: true, ..replace };
    let refused = restore(&repository, Which::Newest, &into, told).await.unwrap_err();
    assert!(matches!(refused, BackupError::Busy { .. }), "{refused}");
    drop(held);
    let mut now = tree(&into);
    now.insert("groma.lock".to_owned(), before["groma.lock"].clone());
    assert_eq!(now, before);
    let early = Which::At(created - jiff::SignedDuration::from_secs(1));
    let refused = restore(&repository, early, &into, told).await.unwrap_err();
    assert!(matches!(refused, BackupError::NoBackup { .. }), "{refused}");
    let report = restore(&repository, Which::At(created), &into, told).await.unwrap();
    let mut previous = tree(&report.previous.unwrap());
    previous.insert("groma.lock".to_owned(), before["groma.lock"].clone());
    assert_eq!(previous, before, "what was there is kept");
    let rows: i64 = world.database().query_row("SELECT count(*) FROM t", [], |row| row.get(0)).unwrap();
    assert_eq!(rows, 60);
}

#[tokio::test]
async fn forgotten_backups_give_their_room_back_after_the_time_of_grace() {
    let world = World::new(9, 200, 20);
    let store = memory();
    let repository = world.open(&store).await.unwrap();
    world.backup(&repository).await.unwrap();
    world.database().execute_batch("DELETE FROM t; VACUUM").unwrap();
    fs::remove_dir_all(world.folder.join("executions")).unwrap();
    world.add_rows(10, 100);
    world.backup(&repository).await.unwrap();
    let none = repository.forget(&Retention::default(), &jiff::tz::TimeZone::UTC, false).await;
    assert!(matches!(none, Err(BackupError::KeepsNothing)));
    let last = Retention { last: 1, ..Retention::default() };
    let dry = repository.forget(&last, &jiff::tz::TimeZone::UTC, true).await.unwrap();
    assert_eq!((dry.forgotten.as_slice(), repository.list().await.unwrap().len()), ([1].as_slice(), 2));
    repository.forget(&last, &jiff::tz::TimeZone::UTC, false).await.unwrap();
    let young = prune(&repository, PrunePolicy::default()).await.unwrap();
    assert_eq!(young, PruneReport::default(), "what is young stays");
    let patient = PrunePolicy { grace: std::time::Duration::from_secs(1000), ..NOW };
    let report = prune(&repository, patient).await.unwrap();
    assert!(report.condemned > 30 && report.waiting == report.condemned && report.deleted == 0, "{report:?}");
    let report = prune(&repository, NOW).await.unwrap();
    assert!(report.deleted > 30 && report.condemned == 0 && report.refused.is_empty(), "{report:?}");
    assert!(verify(&repository, Depth::Full).await.is_sound());
    drill(&repository, 2, Some(&logs(&world.folder))).await;
    let objects: Vec<_> = store.list(Some(&"chunks".into())).try_collect().await.unwrap();
    assert_eq!(objects.len() as u64 + 1, verify(&repository, Depth::Quick).await.checked);
}

#[tokio::test]
async fn writers_are_not_held_up_while_the_database_is_captured() {
    let world = World::new(11, 3000, 0);
    let repository = world.open(&memory()).await.unwrap();
    let database = Mutex::new(world.database());
    let folder = world.folder.clone();
    let steps = move |step: &Step| {
        if step.phase == Phase::Capture {
            let database = database.lock().unwrap();
            database.busy_timeout(std::time::Duration::ZERO).unwrap();
            database.execute("INSERT INTO t (v) VALUES (zeroblob(5000))", []).unwrap();
            assert!(folder.exists());
        }
    };
    let cancel = tokio_util::sync::CancellationToken::new();
    let made = repository.create(&world.request(), std::sync::Arc::new(steps), &cancel).await.unwrap();
    // The first step is told before the moment is fixed, the others after.
    assert_eq!(made.backup.counts["rows"], 3001);
    drill(&repository, 1, None).await;
}

#[tokio::test]
async fn ten_thousand_short_logs_are_few_objects() {
    let world = World::new(12, 10, 0);
    for number in 0..10_000_u32 {
        let path = world.folder.join(format!("executions/{number:06}.sealed"));
        fs::write(path, number.to_le_bytes().repeat(10)).unwrap();
    }
    let repository = Repository::in_store(memory(), world.keys(), Some(Layout::default())).await.unwrap();
    let made = world.backup(&repository).await.unwrap();
    assert!(made.chunks < 20, "{made:?}");
    let into = world.path("restored");
    restore(&repository, Which::Newest, &into, RestoreOptions::default()).await.unwrap();
    assert_eq!(fs::read_dir(into.join("executions")).unwrap().count(), 10_001);
    assert_eq!(logs(&into), logs(&world.folder));
}

#[tokio::test]
async fn a_store_that_overwrites_is_refused() {
    let world = World::new(13, 10, 0);
    let store: std::sync::Arc<dyn object_store::ObjectStore> =
        std::sync::Arc::new(super::faulty::Faulty::unconditional(memory()));
    let repository = world.open(&store).await.unwrap();
    let refused = world.backup(&repository).await.unwrap_err();
    assert!(matches!(refused, BackupError::Unconditional { .. }), "{refused}");
}

#[tokio::test]
async fn numbers_that_are_done_with_are_cleared_after_a_long_time_and_never_given_again() {
    let world = World::new(14, 40, 2);
    let inner = memory();
    let repository = world.open(&inner).await.unwrap();
    for round in 0..3 {
        world.add_rows(round, 10);
        world.backup(&repository).await.unwrap();
    }
    repository.forget_numbers(&[1, 2]).await.unwrap();
    prune(&repository, NOW).await.unwrap();
    world.add_rows(9, 10);
    world.backup(&repository).await.unwrap();
    repository.forget_numbers(&[3]).await.unwrap();
    prune(&repository, NOW).await.unwrap();
    let numbers = || async {
        let found: Vec<_> = inner.list(Some(&"log".into())).try_collect().await.unwrap();
        let mut found: Vec<_> =
            found.iter().filter_map(|found| crate::name::entry_number(found.location.as_ref())).collect();
        found.sort_unstable();
        found
    };
    assert_eq!(numbers().await, [1, 2, 3, 4, 5, 6]);
    let days = |days: u64| std::time::Duration::from_secs(days * 24 * 3600);
    for (age, left) in [(29, vec![1, 2, 3, 4, 5, 6]), (31, vec![5, 6])] {
        let old: std::sync::Arc<dyn object_store::ObjectStore> =
            std::sync::Arc::new(super::faulty::Faulty::of_long_ago(std::sync::Arc::clone(&inner), days(age)));
        let repository = world.open(&old).await.unwrap();
        // Trash is emptied by the first, and gone with the second.
        prune(&repository, PrunePolicy::default()).await.unwrap();
        prune(&repository, PrunePolicy::default()).await.unwrap();
        assert_eq!(numbers().await, left, "after {age} days");
    }
    assert!(verify(&repository, Depth::Full).await.is_sound());
    assert_eq!(world.backup(&repository).await.unwrap().backup.number, 7);
    drill(&repository, 5, None).await;
}
