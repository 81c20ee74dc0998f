//! A data folder to be backed up, and how it is compared with what comes back.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use groma_seal::{Keyring, Unlock};
use jiff::Timestamp;
use object_store::ObjectStore;
use object_store::memory::InMemory;
use rand::rngs::StdRng;
use rand::{Rng as _, RngCore as _, SeedableRng as _};
use rusqlite::Connection;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::hex::Hex;
use crate::keys::sha256;
use crate::{
    BackupError, BackupKeys, Depth, Facts, JournalHead, Layout, Made, PrunePolicy, PruneReport, Quiet,
    Repository, Request, RestoreOptions, RestoreReport, Source, VerifyReport, Which,
};

/// Stands in many places of the folder, in the open.
pub(crate) const MARKER: &str = "the-marker-that-must-not-leak";
pub(crate) const SMALL: Layout = Layout { chunk_bytes: 4096 };
pub(crate) const NOW: PrunePolicy =
    PrunePolicy { grace: std::time::Duration::ZERO, young: std::time::Duration::ZERO };

pub(crate) struct World {
    pub(crate) folder: PathBuf,
    pub(crate) keyring: Keyring,
    pub(crate) unlock: Unlock,
    dir: tempfile::TempDir,
}

impl World {
    /// Makes a folder with a database of `rows` rows of some 400 bytes, and `logs` logs.
    pub(crate) fn new(seed: u64, rows: u32, logs: u32) -> Self {
        let dir = folder();
        let folder = dir.path().join("data");
        fs::create_dir(&folder).unwrap();
        let unlock = Unlock::KeyFile(dir.path().join("the.key"));
        let keyring = Keyring::open(&folder, &unlock, true).unwrap();
        let world = Self { folder, keyring, unlock, dir };
        let database = world.database();
        database.execute_batch("PRAGMA journal_mode = WAL; PRAGMA user_version = 1; CREATE TABLE t (id INTEGER PRIMARY KEY, v BLOB)").unwrap();
        drop(database);
        world.add_rows(seed, rows);
        let mut random = StdRng::seed_from_u64(seed);
        for number in 0..logs {
            let mut log = MARKER.as_bytes().to_vec();
            log.resize(random.random_range(0..6000), b'.');
            random.fill_bytes(log.get_mut(30..).unwrap_or_default());
            world.write(&format!("executions/{number:05}.log.sealed"), &log);
        }
        world.write("archive/0000000000005-00000000000000000001.ndjson.gz.sealed", MARKER.as_bytes());
        world.write("epoch", b"1700000000000");
        world.write("groma.lock", b"not to be backed up");
        world.write("executions/empty", b"");
        world
    }

    /// A folder with the same keys and content, as on a machine that was cloned.
    pub(crate) fn clone_as(&self, name: &str) -> Self {
        let dir = folder();
        let folder = dir.path().join(name);
        copy(&self.folder, &folder);
        let keyring = Keyring::open(&folder, &self.unlock, false).unwrap();
        Self { folder, keyring, unlock: self.unlock.clone(), dir }
    }

    pub(crate) fn database(&self) -> Connection {
        Connection::open(self.folder.join("groma.db")).unwrap()
    }

    pub(crate) fn add_rows(&self, seed: u64, rows: u32) {
        let mut random = StdRng::seed_from_u64(seed);
        let mut database = self.database();
        let transaction = database.transaction().unwrap();
        for _ in 0..rows {
            let mut value = vec![0; 400];
            random.fill_bytes(&mut value);
            value[..MARKER.len()].copy_from_slice(MARKER.as_bytes());
            transaction.execute("INSERT INTO t (v) VALUES (?1)", [value]).unwrap();
        }
        transaction.commit().unwrap();
    }

    pub(crate) fn write(&self, path: &str, content: &[u8]) {
        let path = self.folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    pub(crate) fn keys(&self) -> BackupKeys {
        BackupKeys::of(&self.keyring)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub(crate) async fn open(&self, store: &Arc<dyn ObjectStore>) -> Result<Repository, BackupError> {
        Repository::in_store(Arc::clone(store), self.keys(), Some(SMALL)).await
    }

    pub(crate) fn request(&self) -> Request {
        request(&self.folder)
    }

    pub(crate) async fn backup(&self, repository: &Repository) -> Result<Made, BackupError> {
        repository.create(&self.request(), Arc::new(Quiet), &CancellationToken::new()).await
    }
}

pub(crate) fn request(folder: &Path) -> Request {
    Request {
        source: Source::data_folder(folder),
        created: Timestamp::now(),
        version: "0.0.0-test".to_owned(),
        witness: Arc::new(witness),
    }
}

fn witness(captured: &Path) -> Result<Facts, String> {
    let digest = Hex(&sha256(&fs::read(captured).map_err(|error| error.to_string())?)).to_string();
    let rows: i64 = Connection::open(captured)
        .and_then(|database| database.query_row("SELECT count(*) FROM t", [], |row| row.get(0)))
        .map_err(|error| error.to_string())?;
    let journal = Some(JournalHead { epoch: 1, number: u64::try_from(rows).unwrap() });
    Ok(Facts {
        journal,
        counts: json!({ "rows": rows }),
        facts: json!({ "sha256": digest, "marker": MARKER }),
    })
}

pub(crate) fn memory() -> Arc<dyn ObjectStore> {
    Arc::new(InMemory::new())
}

pub(crate) async fn verify(repository: &Repository, depth: Depth) -> VerifyReport {
    repository.verify(None, depth, Arc::new(Quiet), &CancellationToken::new()).await.unwrap()
}

pub(crate) async fn prune(repository: &Repository, policy: PrunePolicy) -> Result<PruneReport, BackupError> {
    repository.prune(policy, Arc::new(Quiet), &CancellationToken::new()).await
}

pub(crate) async fn restore(
    repository: &Repository,
    which: Which,
    into: &Path,
    options: RestoreOptions,
) -> Result<RestoreReport, BackupError> {
    repository.restore(which, into, options, Arc::new(Quiet), &CancellationToken::new()).await
}

/// A folder in memory, where that can be had: what is on disk at the end is not what these tests look at.
fn folder() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory).unwrap() } else { tempfile::tempdir().unwrap() }
}

/// All files of a folder, by path.
pub(crate) fn tree(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
                found.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    found
}

fn copy(from: &Path, to: &Path) {
    for (path, content) in tree(from) {
        let path = to.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
}

/// Restores a backup somewhere, and compares it with what was backed up: `logs` are the files besides the database.
pub(crate) async fn drill(repository: &Repository, number: u64, logs: Option<&BTreeMap<String, Vec<u8>>>) {
    let dir = folder();
    let into = dir.path().join("restored");
    let report = restore(repository, Which::Number(number), &into, RestoreOptions::default()).await.unwrap();
    let mut found = tree(&into);
    let database = found.remove("groma.db").unwrap();
    assert_eq!(report.backup.facts["sha256"], Hex(&sha256(&database)).to_string());
    assert!(found.remove("keys.json").is_some());
    assert!(found.remove(crate::RESTORED).is_some());
    if let Some(logs) = logs {
        assert_eq!(&found, logs);
    }
    assert_eq!(
        tree(dir.path()).keys().filter(|name| !name.starts_with("restored/")).count(),
        0,
        "nothing is left beside it"
    );
}

/// The files of a folder that come back byte by byte.
pub(crate) fn logs(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = tree(folder);
    found
        .retain(|path, _| path.starts_with("executions/") || path.starts_with("archive/") || path == "epoch");
    found
}
