//! Objects that are missing, changed or cut; disks that are full.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use bytes::Bytes;
use futures::TryStreamExt as _;
use object_store::{ObjectStore, ObjectStoreExt as _, PutPayload};
use tokio_util::sync::CancellationToken;

use super::world::*;
use crate::*;

type Store = Arc<dyn ObjectStore>;

async fn objects(store: &Store, folder: &str) -> Vec<object_store::path::Path> {
    let mut found: Vec<_> =
        store.list(Some(&folder.into())).map_ok(|object| object.location).try_collect().await.unwrap();
    found.sort();
    found
}

async fn read(store: &Store, path: &object_store::path::Path) -> Vec<u8> {
    store.get(path).await.unwrap().bytes().await.unwrap().into()
}

async fn write(store: &Store, path: &object_store::path::Path, content: Vec<u8>) {
    store.put(path, PutPayload::from_bytes(Bytes::from(content))).await.unwrap();
}

#[derive(Debug, Clone, Copy)]
enum Harm {
    Missing,
    Flipped,
    Cut,
    Grown,
    Emptied,
    Swapped,
}

const HARMS: [Harm; 6] = [Harm::Missing, Harm::Flipped, Harm::Cut, Harm::Grown, Harm::Emptied, Harm::Swapped];

async fn harm(store: &Store, path: &object_store::path::Path, other: &object_store::path::Path, harm: Harm) {
    let mut content = read(store, path).await;
    match harm {
        Harm::Missing => return store.delete(path).await.unwrap(),
        Harm::Flipped => {
            let at = rand::random_range(0..content.len());
            content[at] ^= 1 << rand::random_range(0..8);
        }
        Harm::Cut => content.truncate(rand::random_range(1..content.len())),
        Harm::Grown => content.push(7),
        Harm::Emptied => content.clear(),
        Harm::Swapped => content = read(store, other).await,
    }
    write(store, path, content).await;
}

#[tokio::test]
async fn a_damaged_chunk_is_found_told_and_mended_by_the_next_backup() {
    for what in HARMS {
        let world = World::new(40, 100, 8);
        let store = memory();
        let repository = world.open(&store).await.unwrap();
        world.backup(&repository).await.unwrap();
        let chunks = objects(&store, "chunks").await;
        harm(&store, &chunks[5], &chunks[6], what).await;
        let quick = verify(&repository, Depth::Quick).await;
        if matches!(what, Harm::Missing | Harm::Cut | Harm::Grown | Harm::Emptied) {
            assert!(!quick.is_sound() && quick.affected.contains(&1), "{what:?}: {quick:?}");
        }
        let full = verify(&repository, Depth::Full).await;
        assert_eq!(full.affected.iter().copied().collect::<Vec<_>>(), [1], "{what:?}: {full:?}");
        assert_eq!(full.missing.len() + full.damaged.len(), 1, "{full:?}");
        assert_eq!(full.noted, !matches!(what, Harm::Missing));
        let into = world.path("restored");
        let refused =
            restore(&repository, Which::Number(1), &into, RestoreOptions::default()).await.unwrap_err();
        assert!(matches!(refused, BackupError::Damaged { .. }), "{refused}");
        assert!(!into.exists());
        // What the folder still has is written anew, and that mends the old backup too, as far as it has it.
        let made = world.backup(&repository).await.unwrap();
        let full = verify(&repository, Depth::Full).await;
        assert!(!full.affected.contains(&made.backup.number), "{what:?}: {full:?}");
        drill(&repository, made.backup.number, Some(&logs(&world.folder))).await;
        if full.affected.is_empty() {
            drill(&repository, 1, Some(&logs(&world.folder))).await;
        }
    }
}

#[tokio::test]
async fn a_log_is_mended_in_place() {
    let world = World::new(41, 10, 30);
    let store = memory();
    let repository = world.open(&store).await.unwrap();
    world.backup(&repository).await.unwrap();
    for chunk in objects(&store, "chunks").await {
        harm(&store, &chunk, &chunk, Harm::Flipped).await;
    }
    let full = verify(&repository, Depth::Full).await;
    assert_eq!(full.damaged.len() as u64 + 1, full.checked, "{full:?}");
    world.backup(&repository).await.unwrap();
    // Nothing but pages of the database changed since, at most.
    let full = verify(&repository, Depth::Full).await;
    assert!(full.damaged.len() <= 2, "{full:?}");
}

#[tokio::test]
async fn a_damaged_entry_is_listed_as_such_and_stops_deleting_until_it_is_forgotten() {
    for what in HARMS {
        let world = World::new(42, 100, 8);
        let store = memory();
        let repository = world.open(&store).await.unwrap();
        for _ in 0..3 {
            world.add_rows(rand::random(), 3);
            world.backup(&repository).await.unwrap();
        }
        let log = objects(&store, "log").await;
        harm(&store, &log[1], &log[0], what).await;
        let listed = repository.list().await.unwrap();
        if matches!(what, Harm::Emptied) {
            // Whoever may write there may also forget backups.
            assert_eq!(listed.iter().map(|listed| listed.number).collect::<Vec<_>>(), [3, 1]);
            continue;
        }
        assert_eq!(listed.len(), 3);
        assert!(
            listed[1].backup.is_err() && listed[0].backup.is_ok() && listed[2].backup.is_ok(),
            "{listed:?}"
        );
        let report = verify(&repository, Depth::Full).await;
        assert_eq!(report.unreadable.keys().copied().collect::<Vec<_>>(), [2], "{report:?}");
        assert!(report.affected.is_empty(), "{report:?}");
        let refused = prune(&repository, NOW).await.unwrap_err();
        assert!(matches!(refused, BackupError::Unknown { number: 2, .. }), "{refused}");
        // It may have condemned what came before: nothing of that is relied on.
        let made = world.backup(&repository).await.unwrap();
        assert!(made.reused < made.chunks / 4, "{made:?}");
        drill(&repository, made.backup.number, Some(&logs(&world.folder))).await;
        drill(&repository, 1, None).await;
        repository.forget_numbers(&[2]).await.unwrap();
        prune(&repository, NOW).await.unwrap();
        assert!(verify(&repository, Depth::Full).await.is_sound());
        assert_eq!(repository.list().await.unwrap().len(), 3);
    }
}

#[tokio::test]
async fn a_damaged_file_of_keys_is_found_and_an_older_one_opens_as_well() {
    let world = World::new(43, 10, 0);
    let (_, recovery) = world.keyring.renew_recovery().unwrap();
    let path = world.path("bucket");
    let target = Target::Local { path: path.clone() };
    let repository = Repository::open(&target, world.keys(), Some(SMALL)).await.unwrap();
    world.backup(&repository).await.unwrap();
    world.keyring.renew().unwrap();
    world.backup(&repository).await.unwrap();
    let newest = crate::keys::sha256(&fs::read(world.folder.join("keys.json")).unwrap());
    let newest = crate::hex::Hex(&newest).to_string();
    let file = fs::read_dir(path.join("keys")).unwrap().map(|entry| entry.unwrap().path());
    let file = file.into_iter().find(|file| file.to_str().unwrap().contains(&newest)).unwrap();
    let mut content = fs::read(&file).unwrap();
    content[100] ^= 1;
    fs::write(&file, content).unwrap();
    let report = verify(&repository, Depth::Quick).await;
    assert_eq!((report.affected.len(), report.damaged.len()), (1, 1), "{report:?}");
    let opens = groma_seal::Unlock::Recovery(recovery);
    let keys = unlock(&target, &opens).await.unwrap();
    let elsewhere = Repository::open(&target, keys, None).await.unwrap();
    restore(&elsewhere, Which::Number(1), &world.path("new"), RestoreOptions::default()).await.unwrap();
}

#[tokio::test]
async fn a_changed_config_and_a_later_format_are_refused() {
    let world = World::new(44, 10, 0);
    let store = memory();
    let repository = world.open(&store).await.unwrap();
    world.backup(&repository).await.unwrap();
    let config = "config".into();
    let content = String::from_utf8(read(&store, &config).await).unwrap();
    write(&store, &config, content.replace("4096", "8192").into_bytes()).await;
    assert!(matches!(world.open(&store).await, Err(BackupError::Damaged { .. })));
    write(&store, &config, b"{\"format\":2,\"new\":true}".to_vec()).await;
    assert!(matches!(world.open(&store).await, Err(BackupError::TooNew { found: 2, .. })));
}

/// A small disk in memory.
struct Disk(tempfile::TempDir);

impl Disk {
    fn of_megabytes(size: u32) -> Self {
        let at = tempfile::tempdir().unwrap();
        let options = format!("mode=700,size={size}m");
        let mount =
            Command::new("mount").args(["-t", "tmpfs", "-o", &options, "tmpfs"]).arg(at.path()).output();
        let mount = mount.unwrap();
        let told = String::from_utf8_lossy(&mount.stderr).into_owned();
        assert!(mount.status.success(), "this test mounts a small disk: run it as root ({told})");
        Self(at)
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.0.path()).output();
    }
}

fn fill(folder: &Path) {
    let mut filler = fs::File::create(folder.join("filler")).unwrap();
    for size in [65_536, 4096, 1] {
        while std::io::Write::write_all(&mut filler, &vec![b'.'; size]).is_ok() {}
    }
}

#[tokio::test]
async fn a_full_disk_is_told_before_or_while_restoring_and_a_later_try_goes_on() {
    let world = World::new(45, 6000, 100);
    let repository = world.open(&memory()).await.unwrap();
    let made = world.backup(&repository).await.unwrap();
    let small = Disk::of_megabytes(8);
    let into = small.0.path().join("restored");
    let refused = restore(&repository, Which::Newest, &into, RestoreOptions::default()).await.unwrap_err();
    assert!(matches!(refused, BackupError::NoSpace { .. }), "{refused}");
    let disk = Disk::of_megabytes(30);
    let (into, folder) = (disk.0.path().join("restored"), disk.0.path().to_owned());
    let filler = folder.clone();
    let told = std::sync::atomic::AtomicU32::new(0);
    // The first step is told before it is looked for room, the second after.
    let progress = move |step: &Step| {
        if step.phase == Phase::Restore && told.fetch_add(1, std::sync::atomic::Ordering::Relaxed) == 1 {
            fill(&filler);
        }
    };
    let cancel = CancellationToken::new();
    let outcome = repository
        .restore(Which::Newest, &into, RestoreOptions::default(), Arc::new(progress), &cancel)
        .await;
    let refused = outcome.unwrap_err();
    assert!(crate::error::whole(&refused).contains("disk is full"), "{refused}");
    assert!(!into.exists());
    fs::remove_file(folder.join("filler")).unwrap();
    let report = restore(&repository, Which::Newest, &into, RestoreOptions::default()).await.unwrap();
    assert_eq!(report.backup, made.backup);
    assert_eq!(logs(&into), logs(&world.folder));
}

#[tokio::test]
async fn a_full_disk_while_the_database_is_captured_leaves_nothing() {
    let disk = Disk::of_megabytes(12);
    let mut world = World::new(46, 3000, 0);
    let moved = disk.0.path().join("data");
    let copied = Command::new("cp").arg("-r").arg(&world.folder).arg(&moved).status().unwrap();
    assert!(copied.success());
    world.folder = moved.clone();
    fill(disk.0.path());
    let repository = world.open(&memory()).await.unwrap();
    let refused = world.backup(&repository).await.unwrap_err();
    assert!(crate::error::whole(&refused).contains("full"), "{refused}");
    fs::remove_file(disk.0.path().join("filler")).unwrap();
    let left = tree(&moved).into_keys().filter(|name| name.contains("backup")).count();
    assert_eq!(left, 0);
    world.backup(&repository).await.unwrap();
}

#[tokio::test]
async fn calling_off_leaves_nothing_half() {
    let world = World::new(47, 500, 20);
    let store = memory();
    let repository = world.open(&store).await.unwrap();
    let phases = [Phase::Capture, Phase::Look, Phase::Upload, Phase::Commit];
    for phase in phases {
        let cancel = CancellationToken::new();
        let stop = cancel.clone();
        let progress = move |step: &Step| {
            if step.phase == phase {
                stop.cancel();
            }
        };
        let outcome = repository.create(&world.request(), Arc::new(progress), &cancel).await;
        assert!(matches!(outcome, Err(BackupError::Cancelled)), "{phase:?}: {outcome:?}");
        assert!(repository.list().await.unwrap().is_empty());
    }
    let made = world.backup(&repository).await.unwrap();
    assert!(made.reused + 1 >= made.chunks, "{made:?}");
    let into = world.path("restored");
    for phase in [Phase::Look, Phase::Restore, Phase::Compare] {
        let cancel = CancellationToken::new();
        let stop = cancel.clone();
        let progress = move |step: &Step| {
            if step.phase == phase {
                stop.cancel();
            }
        };
        let options = RestoreOptions::default();
        let outcome = repository.restore(Which::Newest, &into, options, Arc::new(progress), &cancel).await;
        assert!(matches!(outcome, Err(BackupError::Cancelled)), "{phase:?}: {outcome:?}");
        assert!(!into.exists());
    }
    drill(&repository, 1, Some(&logs(&world.folder))).await;
}
