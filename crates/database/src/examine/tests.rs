use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;
use std::time::SystemTime;

use rusqlite::Connection;

use super::examine;
use crate::{Database, Folder, Look};

/// Every file of the folder: what is in it, and when it was changed.
fn state(folder: &Path) -> BTreeMap<OsString, (Vec<u8>, SystemTime)> {
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    files
        .map(|file| {
            let changed = file.metadata().unwrap().modified().unwrap();
            (file.file_name(), (std::fs::read(file.path()).unwrap(), changed))
        })
        .collect()
}

async fn filled(folder: &Path) {
    let held = Folder::take(folder).unwrap();
    let (database, _, thread) = Database::open(&held, 1).unwrap();
    database.close().await;
    drop(database);
    thread.join().unwrap();
}

#[tokio::test]
async fn a_sound_file_is_told_and_nothing_is_changed() {
    // A name that an address cannot hold as it is.
    let outer = tempfile::tempdir().unwrap();
    let folder = outer.path().join("a b?c#d%20é");
    filled(&folder).await;
    let before = state(&folder);
    let examined = examine(&folder).unwrap().unwrap();
    assert_eq!((examined.schema, &examined.damage), (examined.schema_known, &None));
    assert_eq!(state(&folder), before);
}

#[tokio::test]
async fn what_a_killed_process_left_is_read_and_left() {
    let (left, copy) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    filled(left.path()).await;
    let connection = Connection::open(left.path().join(Database::FILE)).unwrap();
    connection.execute_batch("CREATE TABLE only_in_the_log (a)").unwrap();
    connection.pragma_update(None, "user_version", 99).unwrap();
    // As a kill leaves them: the log is not folded in.
    for entry in std::fs::read_dir(left.path()).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), copy.path().join(entry.file_name())).unwrap();
    }
    for with_index in [true, false] {
        if !with_index {
            std::fs::remove_file(copy.path().join("groma.db-shm")).unwrap();
        }
        let before = state(copy.path());
        let examined = examine(copy.path()).unwrap().unwrap();
        assert!(examined.wal_bytes > 0);
        assert_eq!((examined.schema, examined.damage), (99, None), "the log was not read");
        assert_eq!(state(copy.path()), before);
    }
}

#[tokio::test]
async fn damage_is_named_and_left() {
    let folder = tempfile::tempdir().unwrap();
    filled(folder.path()).await;
    let path = folder.path().join(Database::FILE);
    let sound = std::fs::read(&path).unwrap();
    let mut holed = sound.clone();
    holed[4096..12288].fill(0xa5);
    for bytes in [&holed[..], &sound[..5000], b"no database at all, and long enough to be looked at"] {
        std::fs::write(&path, bytes).unwrap();
        let before = state(folder.path());
        let examined = examine(folder.path()).unwrap().unwrap();
        assert!(examined.damage.is_some(), "{examined:?}");
        assert_eq!(state(folder.path()), before);
    }
}

#[test]
fn who_holds_a_folder_is_told_without_taking_it() {
    let outer = tempfile::tempdir().unwrap();
    let folder = outer.path().join("data");
    assert_eq!(Folder::look(&folder).unwrap(), Look::Unused);
    assert!(!folder.exists());
    let held = Folder::take(&folder).unwrap();
    assert_eq!(Folder::look(&folder).unwrap(), Look::Held(None));
    drop(held);
    assert_eq!(Folder::look(&folder).unwrap(), Look::Free);
    assert!(examine(&folder).unwrap().is_none());
}
