//! Real processes that are killed while they back up or restore.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use groma_seal::{Keyring, Unlock};
use object_store::ObjectStore;
use object_store::local::LocalFileSystem;

use super::faulty::Faulty;
use super::world::*;
use crate::*;

const DOES: &str = "GROMA_BACKUP_TEST_DOES";
const FOLDER: &str = "GROMA_BACKUP_TEST_FOLDER";
const KEY: &str = "GROMA_BACKUP_TEST_KEY";
const BUCKET: &str = "GROMA_BACKUP_TEST_BUCKET";
const INTO: &str = "GROMA_BACKUP_TEST_INTO";

fn bucket(path: &Path) -> Arc<dyn ObjectStore> {
    std::fs::create_dir_all(path).unwrap();
    Arc::new(LocalFileSystem::new_with_prefix(path).unwrap())
}

/// What the killed process does: this very test, started with the environment that the parent sets.
#[tokio::test]
async fn child() {
    let Ok(does) = std::env::var(DOES) else { return };
    let path = |name: &str| PathBuf::from(std::env::var(name).unwrap());
    let keyring = Keyring::open(&path(FOLDER), &Unlock::KeyFile(path(KEY)), false).unwrap();
    let store: Arc<dyn ObjectStore> = Arc::new(Faulty::telling(bucket(&path(BUCKET))));
    let repository = Repository::in_store(store, BackupKeys::of(&keyring), Some(SMALL)).await.unwrap();
    if does == "create" {
        let request = request(&path(FOLDER));
        let cancel = tokio_util::sync::CancellationToken::new();
        repository.create(&request, Arc::new(Quiet), &cancel).await.unwrap();
    } else {
        restore(&repository, Which::Newest, &path(INTO), RestoreOptions::default()).await.unwrap();
    }
    println!("done");
}

fn start(does: &str, world: &World, bucket: &Path, into: &Path) -> Child {
    let Unlock::KeyFile(key) = &world.unlock else { unreachable!() };
    Command::new(std::env::current_exe().unwrap())
        .args(["tests::killed::child", "--exact", "--nocapture"])
        .env(DOES, does)
        .env(FOLDER, &world.folder)
        .env(KEY, key)
        .env(BUCKET, bucket)
        .env(INTO, into)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Kills the process after so many operations; returns whether it had come to its end.
fn kill_after(mut child: Child, operations: usize) -> bool {
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let mut left = operations;
    let mut ended = false;
    for line in lines {
        ended |= line.ends_with("done");
        if line.ends_with("operation") {
            if left == 0 {
                break;
            }
            left -= 1;
        }
    }
    child.kill().unwrap();
    child.wait().unwrap();
    ended
}

#[tokio::test]
async fn a_killed_backup_is_whole_or_not_there_and_the_next_one_goes_on() {
    let world = World::new(50, 60, 6);
    let bucket_path = world.path("bucket");
    let mut operations = 0;
    loop {
        std::fs::remove_dir_all(&bucket_path).ok();
        let ended = kill_after(start("create", &world, &bucket_path, Path::new("/none")), operations);
        let store = bucket(&bucket_path);
        let repository = world.open(&store).await.unwrap();
        let report = verify(&repository, Depth::Full).await;
        assert!(report.is_sound(), "after {operations}: {report:?}");
        let listed = repository.list().await.unwrap().len();
        let made = world.backup(&repository).await.unwrap();
        assert_eq!(made.backup.number as usize, listed + 1);
        assert!(verify(&repository, Depth::Full).await.is_sound());
        let left = tree(&world.folder).into_keys().filter(|name| name.contains("backup")).count();
        assert_eq!(left, 0, "what the killed one left is swept");
        if ended {
            assert!(operations > 20, "{operations}");
            return;
        }
        operations += 3;
    }
}

#[tokio::test]
async fn a_killed_restore_leaves_the_folder_as_it_was_or_whole() {
    let world = World::new(51, 60, 6);
    let bucket_path = world.path("bucket");
    let repository = world.open(&bucket(&bucket_path)).await.unwrap();
    world.backup(&repository).await.unwrap();
    let wanted = logs(&world.folder);
    let mut operations = 0;
    loop {
        let into = world.path(&format!("restored-{operations}"));
        let ended = kill_after(start("restore", &world, &bucket_path, &into), operations);
        if into.exists() {
            assert_eq!(logs(&into), wanted);
        } else {
            restore(&repository, Which::Newest, &into, RestoreOptions::default()).await.unwrap();
            assert_eq!(logs(&into), wanted);
        }
        if ended {
            assert!(operations > 10, "{operations}");
            return;
        }
        operations += 3;
    }
}
