//! Logs sealed by the key of their run, in a folder in which there may be plain ones too.
//!
//! A sealed part is `<name>.sealed`: 8 bytes that say what it is, then frames of
//! `length (4 bytes, little endian) · nonce (12) · AES-256-GCM ciphertext and tag` (NIST SP 800-38D). Each part has a key
//! of its own (HKDF-SHA-256, RFC 5869, over the run's key, the execution and the part), and each frame is bound to where
//! its bytes begin: none can be moved, left out or repeated. A torn last frame counts as not written.

mod append;
mod frame;
mod read;

use std::collections::HashMap;
use std::fs::{DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use groma_execution::{AppendLog, LogPart, LogSink, PlainLogs, ReadLog};
use groma_inventory::LogKey;
use parking_lot::RwLock;
use uuid::Uuid;

use self::append::SealedAppend;
use self::frame::PartKey;
use self::read::SealedRead;

const ENDING: &str = ".sealed";

/// The logs of the executions whose keys it was given.
#[derive(Debug)]
pub(crate) struct SealedLogs {
    folder: PathBuf,
    plain: PlainLogs,
    /// Whether new logs are plain.
    write_plain: bool,
    keys: RwLock<HashMap<Uuid, LogKey>>,
}

impl SealedLogs {
    /// Returns the logs in a folder; nothing is made or looked at yet.
    pub(crate) fn new(folder: &Path, write_plain: bool) -> Self {
        let plain = PlainLogs::new(folder);
        Self { folder: folder.to_owned(), plain, write_plain, keys: RwLock::default() }
    }

    /// Returns the log of one execution, to be read.
    pub(crate) fn of_one(folder: &Path, id: Uuid, key: LogKey) -> Arc<Self> {
        let logs = Self::new(folder, false);
        logs.know(std::iter::once(id), &key);
        Arc::new(logs)
    }

    /// Takes over the key of executions.
    pub(crate) fn know(&self, ids: impl Iterator<Item = Uuid>, key: &LogKey) {
        self.keys.write().extend(ids.map(|id| (id, key.clone())));
    }

    /// Deletes all of the log of an execution, without its key.
    ///
    /// # Errors
    /// When the folder cannot be read, or a file in it not be deleted.
    pub(crate) fn delete(folder: &Path, id: Uuid) -> io::Result<()> {
        let begin = format!("{id}.");
        for name in names(folder)? {
            if name.starts_with(&begin) {
                gone(std::fs::remove_file(folder.join(name)))?;
            }
        }
        Ok(())
    }

    /// Returns what the log of each execution takes on disk, in bytes.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub(crate) fn sizes(folder: &Path) -> io::Result<HashMap<Uuid, u64>> {
        let mut sizes = HashMap::new();
        for name in names(folder)? {
            let id = name.split('.').next().and_then(|id| Uuid::try_parse(id).ok());
            let bytes = std::fs::metadata(folder.join(&name)).map_or(0, |found| found.len());
            if let Some(id) = id {
                *sizes.entry(id).or_default() += bytes;
            }
        }
        Ok(sizes)
    }

    fn key(&self, id: Uuid, part: LogPart) -> io::Result<PartKey> {
        match self.keys.read().get(&id) {
            Some(key) => PartKey::derive(key, id, part),
            None => Err(io::Error::new(
                io::ErrorKind::NotFound,
                format!("the key of the log of {id} is not at hand"),
            )),
        }
    }

    fn place(&self, id: Uuid, part: LogPart) -> PathBuf {
        let name = match part {
            LogPart::Index => format!("{id}.index{ENDING}"),
            LogPart::Output { segment: 0 } => format!("{id}.log{ENDING}"),
            LogPart::Output { segment } => format!("{id}.log.{segment}{ENDING}"),
        };
        self.folder.join(name)
    }
}

impl LogSink for SealedLogs {
    fn create(&self, id: Uuid, part: LogPart) -> io::Result<Box<dyn AppendLog>> {
        if self.write_plain {
            return self.plain.create(id, part);
        }
        let key = self.key(id, part)?;
        let path = self.place(id, part);
        let make = || OpenOptions::new().append(true).create_new(true).mode(0o600).open(&path);
        let file = match make() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                DirBuilder::new().recursive(true).mode(0o700).create(&self.folder)?;
                make()?
            }
            made => made?,
        };
        Ok(Box::new(SealedAppend::begin(file, key)?))
    }

    fn open(&self, id: Uuid, part: LogPart) -> io::Result<Box<dyn ReadLog>> {
        match File::open(self.place(id, part)) {
            Ok(file) => Ok(Box::new(SealedRead::new(file, self.key(id, part)?))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => self.plain.open(id, part),
            Err(error) => Err(error),
        }
    }

    fn resume(&self, id: Uuid, part: LogPart) -> io::Result<Box<dyn AppendLog>> {
        let path = self.place(id, part);
        let read = match File::open(&path) {
            Ok(file) => SealedRead::new(file, self.key(id, part)?),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return self.plain.resume(id, part),
            Err(error) => return Err(error),
        };
        let file = OpenOptions::new().append(true).open(&path)?;
        Ok(Box::new(SealedAppend::resume(file, read)?))
    }

    fn remove(&self, id: Uuid, part: LogPart) -> io::Result<()> {
        gone(std::fs::remove_file(self.place(id, part)))?;
        self.plain.remove(id, part)
    }

    fn list(&self) -> io::Result<Vec<Uuid>> {
        let index = format!(".index{ENDING}");
        let found = names(&self.folder)?;
        let sealed = found.iter().filter_map(|name| Uuid::try_parse(name.strip_suffix(&index)?).ok());
        let mut ids: Vec<Uuid> = sealed.chain(self.plain.list()?).collect();
        // What it has no key of is none of its business.
        let keys = self.keys.read();
        ids.retain(|id| keys.contains_key(id));
        Ok(ids)
    }

    fn path(&self, id: Uuid) -> Option<PathBuf> {
        match self.write_plain {
            true => self.plain.path(id),
            false => Some(self.place(id, LogPart::Output { segment: 0 })),
        }
    }
}

fn names(folder: &Path) -> io::Result<Vec<String>> {
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    entries.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect()
}

/// What is not there needs not be deleted.
fn gone(outcome: io::Result<()>) -> io::Result<()> {
    match outcome {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        outcome => outcome,
    }
}

#[cfg(test)]
mod tests;
