//! Bringing a backup back: aside first, compared with the backup, and swapped in at the very end.

mod aside;
mod place;
mod write;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use groma_database::apart;
use jiff::Timestamp;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use self::aside::Aside;
use self::place::Place;
use self::write::Writing;
use crate::error::BackupError;
use crate::fetch::{WAITING, fetch};
use crate::list::BackupInfo;
use crate::manifest::{Chunk, JournalHead, Manifest, Slice};
use crate::progress::{Meter, Phase, Progress};
use crate::repository::{Repository, read_keys};

/// Which backup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// The newest.
    Newest,
    /// The newest that was begun at that time or before.
    At(Timestamp),
    /// The one of that number.
    Number(u64),
}

/// What a restore may do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RestoreOptions {
    /// Whether a folder that is not empty may be replaced. What was in it is kept beside it.
    pub replace: bool,
    /// Whether it may be replaced although its history is newer than the backup's.
    pub over_newer: bool,
    /// The journal's head in the folder that is there, as far as that is known.
    pub there: Option<JournalHead>,
}

/// A restore that was done.
#[derive(Debug, Clone, PartialEq)]
pub struct RestoreReport {
    /// What was restored.
    pub backup: BackupInfo,
    /// Bytes of content that were fetched; the rest was there from a restore that was interrupted.
    pub fetched: u64,
    /// Where that lies what was in the folder before.
    pub previous: Option<PathBuf>,
}

/// What a restored folder says of where it comes from, for who opens it first: its history has to begin anew.
pub const RESTORED: &str = "restored.json";

impl Repository {
    /// Restores a backup to a folder that is not there, is empty, or may be replaced. Until the end, that folder is as it
    /// was; what an interrupted restore fetched spares the next one the fetching.
    ///
    /// # Errors
    /// When there is no such backup, it is not whole, something is in the way, the disk is full, or it is called off.
    pub async fn restore(
        &self,
        which: Which,
        into: &Path,
        options: RestoreOptions,
        progress: Arc<dyn Progress>,
        cancel: &CancellationToken,
    ) -> Result<RestoreReport, BackupError> {
        let meter = Meter::new(progress);
        meter.phase(Phase::Look, 0);
        let (aside, backup, fetched) = self.fetch_aside(which, into, options, &meter, cancel).await?;
        // From here on it takes a moment, and is not interrupted.
        let previous = on_a_thread(into, move || aside.swap_in()).await?;
        meter.end();
        Ok(RestoreReport { backup, fetched, previous })
    }

    async fn fetch_aside(
        &self,
        which: Which,
        into: &Path,
        options: RestoreOptions,
        meter: &Meter,
        cancel: &CancellationToken,
    ) -> Result<(Aside, BackupInfo, u64), BackupError> {
        let look = async {
            let number = self.choose(which).await?;
            let (manifest, keys_file) = self.manifest(number).await?;
            Ok::<_, BackupError>((number, manifest, read_keys(&self.store, keys_file).await?))
        };
        let look = cancel.run_until_cancelled(look).await;
        let (number, manifest, keys_file) = look.ok_or(BackupError::Cancelled)??;
        let backup = BackupInfo::of(number, &manifest);
        refuse_newer(into, options, &backup)?;
        meter.phase(Phase::Restore, manifest.bytes());
        let manifest = Arc::new(manifest);
        let (place, keys) = (Place::new(into, options.replace)?, self.keys.clone());
        let (of, tell, stop) = (Arc::clone(&manifest), meter.clone(), cancel.clone());
        let prepare = on_a_thread(into, move || {
            let aside = Aside::prepare(place, number, &of)?;
            let missing = aside.missing(&of, &keys, &tell, &stop)?;
            Ok((aside, missing))
        });
        let (aside, instances) = prepare.await?;
        meter.end();
        let chunks: Vec<Chunk> = instances.keys().copied().collect();
        let fetched = chunks.iter().map(|chunk| u64::from(chunk.bytes)).sum();
        let (sender, receiver) = mpsc::channel(WAITING);
        let writing = Writing {
            keys: self.keys.clone(),
            store: self.store.clone(),
            root: aside.path().to_owned(),
            manifest: Arc::clone(&manifest),
            chunks: chunks.clone(),
            instances,
            meter: meter.clone(),
        };
        let write = on_a_thread(into, move || writing.run(receiver));
        // Each ends when the other does. Both are waited for: whoever tries again at once must not meet the first try.
        let fetching = cancel.run_until_cancelled(fetch(&self.store, chunks, sender));
        let (fetching, written) = tokio::join!(fetching, write);
        fetching.ok_or(BackupError::Cancelled)??;
        written?;
        meter.phase(Phase::Compare, manifest.bytes());
        let (tell, stop, told) = (meter.clone(), cancel.clone(), backup.clone());
        let compare = on_a_thread(into, move || {
            aside.compare(&manifest, &tell, &stop)?;
            aside.complete(&manifest, &keys_file, &told)?;
            Ok(aside)
        });
        Ok((compare.await?, backup, fetched))
    }

    async fn choose(&self, which: Which) -> Result<u64, BackupError> {
        let (wanted, time) = match which {
            Which::Number(number) => return Ok(number),
            Which::Newest => ("backup that can be read".to_owned(), Timestamp::MAX),
            Which::At(time) => (format!("backup of {time} or before"), time),
        };
        let listed = self.list().await?;
        let mut readable = listed.into_iter().filter_map(|listed| listed.backup.ok());
        let found = readable.find(|backup| backup.created <= time);
        found
            .map(|backup| backup.number)
            .ok_or_else(|| BackupError::NoBackup { wanted, target: self.store.shown() })
    }
}

fn refuse_newer(into: &Path, options: RestoreOptions, backup: &BackupInfo) -> Result<(), BackupError> {
    let Some(there) = options.there.filter(|_| !options.over_newer) else { return Ok(()) };
    if backup.journal.is_some_and(|journal| there <= journal) {
        return Ok(());
    }
    let shown = backup.journal.map_or_else(|| "which is not known".to_owned(), |journal| journal.to_string());
    Err(BackupError::Newer {
        path: into.to_owned(),
        there: there.to_string(),
        number: backup.number,
        backup: shown,
    })
}

/// Where in which files each chunk is to be written.
pub(crate) type Instances = HashMap<Chunk, Vec<(usize, Slice)>>;

/// Returns the parts of files of which each place of the manifest's list of chunks is made.
pub(crate) fn by_place(manifest: &Manifest) -> Vec<Vec<(usize, Slice)>> {
    let mut places = vec![Vec::new(); manifest.chunks.len()];
    for (index, file) in manifest.files.iter().enumerate() {
        for slice in file.slices(&manifest.chunks) {
            if let Some(place) = places.get_mut(slice.chunk) {
                place.push((index, slice));
            }
        }
    }
    places
}

async fn on_a_thread<T: Send + 'static>(
    into: &Path,
    work: impl FnOnce() -> Result<T, BackupError> + Send + 'static,
) -> Result<T, BackupError> {
    let done = apart("backup-restore", work).await;
    done.map_err(|error| BackupError::io("start a thread to restore to", into, error))?
}
