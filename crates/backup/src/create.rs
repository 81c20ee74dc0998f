//! Making a backup: capture, read, send what is not there, look for everything once more, and only then say that it exists.

mod commit;
mod draft;
mod read;
mod send;

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use groma_database::apart;
use groma_seal::Keyring;
use jiff::Timestamp;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::bundle::{Group, group};
use crate::capture::{Captured, capture};
use crate::error::BackupError;
use crate::keys::sha256;
use crate::list::BackupInfo;
use crate::manifest::JournalHead;
use crate::name::Blob;
use crate::progress::{Meter, Phase, Progress};
use crate::repository::{KEYS_BYTES_MAX, Repository};
use crate::source::{Source, SourceFile};
use crate::stock::Stock;

/// What is in the captured database, for the drill that compares it with what is restored.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Facts {
    /// The journal's head in it.
    pub journal: Option<JournalHead>,
    /// What there is how often.
    pub counts: Value,
    /// Queries and their answers.
    pub facts: Value,
}

/// Looks into the captured database, so that what it says is true of the backup and not of a moment later.
pub trait Witness: Send + Sync {
    /// Looks into the database at `captured`, which must only be read. Blocks.
    ///
    /// # Errors
    /// When it cannot be read; then there is no backup.
    fn look(&self, captured: &Path) -> Result<Facts, String>;
}

impl<F: Fn(&Path) -> Result<Facts, String> + Send + Sync> Witness for F {
    fn look(&self, captured: &Path) -> Result<Facts, String> {
        self(captured)
    }
}

/// A backup to be made.
#[derive(Clone)]
pub struct Request {
    /// Of what.
    pub source: Source,
    /// The time now.
    pub created: Timestamp,
    /// The version of Groma.
    pub version: String,
    /// Says what is in the database.
    pub witness: Arc<dyn Witness>,
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("source", &self.source)
            .field("created", &self.created)
            .finish_non_exhaustive()
    }
}

/// A backup that was made.
#[derive(Debug, Clone, PartialEq)]
pub struct Made {
    /// The backup, as it is listed.
    pub backup: BackupInfo,
    /// Chunks that it is made of, each counted once.
    pub chunks: u64,
    /// Chunks among these that were there already: from earlier backups, or from one that was interrupted.
    pub reused: u64,
    /// Bytes of content of these.
    pub reused_bytes: u64,
    /// Bytes that were sent as chunks.
    pub sent_bytes: u64,
}

/// Files that change while they are read are read anew this often.
const TRIES: u32 = 3;

impl Repository {
    /// Makes a backup. If it is called off or fails, what was sent stays and spares the next one the sending.
    ///
    /// # Errors
    /// When the folder cannot be read, the store refuses, or it is called off. Then there is no new backup; but when the
    /// connection breaks in the very last step, there may be one, which is whole.
    pub async fn create(
        &self,
        request: &Request,
        progress: Arc<dyn Progress>,
        cancel: &CancellationToken,
    ) -> Result<Made, BackupError> {
        let meter = Meter::new(progress);
        let mut changed = BackupError::Cancelled;
        for _ in 0..TRIES {
            match self.attempt(request, &meter, cancel).await {
                Err(error @ BackupError::Changed { .. }) => changed = error,
                outcome => return outcome,
            }
        }
        Err(changed)
    }

    async fn attempt(
        &self,
        request: &Request,
        meter: &Meter,
        cancel: &CancellationToken,
    ) -> Result<Made, BackupError> {
        cancel.run_until_cancelled(self.try_out()).await.ok_or(BackupError::Cancelled)??;
        // Not left to itself: what it makes in the folder must be gone when this is over.
        let taken = take(request, meter, cancel).await?;
        meter.phase(Phase::Look, 0);
        let stock = cancel.run_until_cancelled(Stock::look(self)).await.ok_or(BackupError::Cancelled)??;
        let groups = group(taken.files.clone(), self.config.chunk_bytes);
        let groups = std::iter::once(Group::Large(taken.database())).chain(groups).collect();
        let mut draft = self.upload(groups, stock, taken.keys.clone(), meter, cancel).await?;
        meter.phase(Phase::Commit, 0);
        let (number, manifest) = self.commit(&mut draft, request, &taken, cancel).await?;
        meter.end();
        let backup = BackupInfo::of(number, &manifest);
        Ok(draft.made(backup))
    }
}

/// What is backed up, as it was at one moment.
struct Taken {
    captured: Captured,
    facts: Facts,
    files: Vec<SourceFile>,
    /// The file of keys.
    keys: Arc<Vec<u8>>,
}

impl Taken {
    fn database(&self) -> SourceFile {
        let place = self.captured.database.clone();
        let bytes = std::fs::metadata(&place).map_or(0, |metadata| metadata.len());
        SourceFile { path: groma_database::Database::FILE.to_owned(), place, bytes }
    }

    fn keys_blob(&self, generation: u64) -> Blob {
        Blob { digest: sha256(&self.keys), generation }
    }
}

async fn take(request: &Request, meter: &Meter, cancel: &CancellationToken) -> Result<Taken, BackupError> {
    meter.phase(Phase::Capture, 0);
    let (request, meter, cancel) = (request.clone(), meter.clone(), cancel.clone());
    let folder = request.source.folder.clone();
    let taken = apart("backup-capture", move || {
        let source = &request.source;
        let captured = capture(source, &meter, &cancel)?;
        let facts = request.witness.look(&captured.database).map_err(BackupError::Witness)?;
        // Logs and archives only after the database: what it names is there for as long as it names it.
        let files = source.scan()?;
        let path = source.folder.join(Keyring::FILE);
        let keys = std::fs::read(&path).map_err(|error| BackupError::io("read", &path, error))?;
        if keys.len() as u64 > KEYS_BYTES_MAX {
            return Err(BackupError::io("read", &path, std::io::ErrorKind::FileTooLarge.into()));
        }
        Ok(Taken { captured, facts, files, keys: Arc::new(keys) })
    });
    taken.await.map_err(|error| BackupError::io("start a thread for the backup of", &folder, error))?
}

/// Bytes that are cut into chunks.
fn content_bytes(groups: &[Group]) -> u64 {
    let of = |group: &Group| match group {
        Group::Large(file) => file.bytes,
        Group::Bundle(files) => files.iter().map(|file| file.bytes).sum(),
    };
    groups.iter().map(of).sum()
}
