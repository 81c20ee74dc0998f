//! Deleting what no backup needs, in two phases. See [`crate::log`].

mod numbers;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::entry::{Body, Entry, Objects};
use crate::error::{BackupError, whole};
use crate::log::{self, Appended, Slot, State};
use crate::name::{self, Blob};
use crate::progress::{Meter, Phase, Progress};
use crate::repository::Repository;
use crate::store::Found;

/// How long a number that is done with is kept: longer than any backup takes to be made.
pub(crate) const KEEP_NUMBERS: Duration = Duration::from_secs(30 * 24 * 3600);

/// How patient deleting is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PrunePolicy {
    /// How long objects are kept after they were condemned: whoever is reading a backup that was just forgotten can finish.
    pub grace: Duration,
    /// How long objects that no backup needs yet are kept: they are what is left of a backup that was interrupted, or of
    /// one that is being made.
    pub young: Duration,
}

impl Default for PrunePolicy {
    fn default() -> Self {
        const DAY: Duration = Duration::from_secs(24 * 3600);
        Self { grace: DAY, young: DAY.saturating_mul(7) }
    }
}

/// What deleting did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PruneReport {
    /// Objects that were condemned now.
    pub condemned: u64,
    /// Their bytes.
    pub condemned_bytes: u64,
    /// Objects that were deleted.
    pub deleted: u64,
    /// Their bytes.
    pub deleted_bytes: u64,
    /// Objects that are condemned, and whose time of grace is not over.
    pub waiting: u64,
    /// Objects that the store refused to delete, with its reason. It is tried again the next time.
    pub refused: Vec<(String, String)>,
}

/// Objects deleted between two looks at whether to stop.
const BATCH: usize = 512;

impl Repository {
    /// Condemns what no backup needs, and deletes what was condemned long enough ago.
    ///
    /// # Errors
    /// When the store refuses, it is called off, or an entry cannot be read: then it is not known what is needed, and nothing
    /// is deleted.
    pub async fn prune(
        &self,
        policy: PrunePolicy,
        progress: Arc<dyn Progress>,
        cancel: &CancellationToken,
    ) -> Result<PruneReport, BackupError> {
        let meter = Meter::new(progress);
        meter.phase(Phase::Look, 0);
        self.try_out().await?;
        let mut pruning = Pruning::look(self).await?;
        let mut report = PruneReport::default();
        pruning.condemn(policy.young, &mut report).await?;
        meter.phase(Phase::Delete, 0);
        pruning.delete(policy.grace, &meter, cancel, &mut report).await?;
        pruning.clear_numbers().await?;
        meter.end();
        Ok(report)
    }
}

/// What is known while deleting.
struct Pruning<'a> {
    repository: &'a Repository,
    /// What the store's clock says, in Unix milliseconds.
    now: i64,
    head: u64,
    chunks: HashSet<Blob>,
    keys: HashSet<Blob>,
    /// The file of keys of the newest backup.
    keys_file: Blob,
    trash: Vec<Trash>,
    damaged: Vec<Trash>,
    there: HashMap<String, Found>,
}

/// An entry that names objects.
struct Trash {
    number: u64,
    modified: i64,
    objects: Objects,
}

impl<'a> Pruning<'a> {
    async fn look(repository: &'a Repository) -> Result<Self, BackupError> {
        let mut pruning = Self {
            repository,
            now: now(repository).await?,
            head: 0,
            chunks: HashSet::new(),
            keys: HashSet::new(),
            keys_file: Blob { digest: [0; 32], generation: 0 },
            trash: Vec::new(),
            damaged: Vec::new(),
            there: HashMap::new(),
        };
        let mut unknown = None;
        let head = log::each(&repository.store, &repository.keys, |slot| {
            if let Err(error) = pruning.note(slot) {
                unknown.get_or_insert(error);
            }
        })
        .await?;
        if let Some(error) = unknown {
            return Err(error);
        }
        pruning.head = head;
        for folder in [name::CHUNKS, name::KEYS] {
            let found = repository.store.list(folder).await?;
            pruning.there.extend(found.into_iter().map(|found| (found.name.clone(), found)));
        }
        Ok(pruning)
    }

    fn note(&mut self, slot: Slot) -> Result<(), BackupError> {
        let Slot { number, modified, state } = slot;
        self.head = self.head.max(number);
        match state {
            State::Empty => {}
            State::Unreadable(why) => {
                return Err(BackupError::Unknown { number, target: self.repository.store.shown(), why });
            }
            State::Entry(entry, keys_file) => match entry.body {
                Body::Backup(manifest) => {
                    self.chunks.extend(manifest.chunks.iter().map(|chunk| chunk.blob));
                    self.keys.insert(keys_file);
                    self.keys_file = keys_file;
                }
                Body::Trash(objects) => self.trash.push(Trash { number, modified, objects }),
                Body::Damaged(objects) => self.damaged.push(Trash { number, modified, objects }),
            },
        }
        Ok(())
    }

    /// Phase one.
    async fn condemn(&mut self, young: Duration, report: &mut PruneReport) -> Result<(), BackupError> {
        let id = Uuid::new_v4();
        loop {
            let objects = self.unneeded(young);
            if objects == Objects::default() {
                return Ok(());
            }
            let entry = Entry { id, body: Body::Trash(objects) };
            let number = self.head + 1;
            let repository = self.repository;
            let appended =
                log::append(&repository.store, &repository.keys, self.keys_file, &entry, number).await?;
            let found = repository.store.head(&name::entry(number)).await?;
            let modified = found.map_or(i64::MAX, |found| found.modified);
            match appended {
                Appended::Taken(state) => self.note(Slot { number, modified, state })?,
                Appended::Ours => {
                    let Body::Trash(objects) = entry.body else { unreachable!("it was just made") };
                    let bytes = |name| self.there.get(&name).map_or(0, |found| found.bytes);
                    report.condemned = (objects.chunks.len() + objects.keys.len()) as u64;
                    report.condemned_bytes = objects.names().map(bytes).sum();
                    self.now = self.now.max(modified);
                    self.head = number;
                    self.trash.push(Trash { number, modified, objects });
                    return Ok(());
                }
            }
        }
    }

    fn unneeded(&self, young: Duration) -> Objects {
        let condemned: HashSet<String> = self.trash.iter().flat_map(|trash| trash.objects.names()).collect();
        let mut objects = Objects::default();
        for found in self.there.values() {
            let Some(blob) = name::blob(&found.name) else { continue };
            // A name of a later generation was given by somebody who knows more than we do.
            if blob.generation > self.head
                || condemned.contains(&found.name)
                || !self.is_past(found.modified, young)
            {
                continue;
            }
            let (needed, list) = match found.name.starts_with(name::KEYS) {
                true => (self.keys.contains(&blob), &mut objects.keys),
                false => (self.chunks.contains(&blob), &mut objects.chunks),
            };
            if !needed {
                list.push(blob);
            }
        }
        objects.chunks.sort_unstable();
        objects.keys.sort_unstable();
        objects
    }

    /// Phase two.
    async fn delete(
        &mut self,
        grace: Duration,
        meter: &Meter,
        cancel: &CancellationToken,
        report: &mut PruneReport,
    ) -> Result<(), BackupError> {
        let mut due = Vec::new();
        for trash in &self.trash {
            let left: Vec<String> =
                trash.objects.names().filter(|name| self.there.contains_key(name)).collect();
            if self.is_past(trash.modified, grace) {
                due.extend(left);
            } else {
                report.waiting += left.len() as u64;
            }
        }
        // No backup may need them, as the log is kept; should one all the same, it matters more.
        due.retain(|name| {
            let needed = name::blob(name).is_some_and(|blob| match name.starts_with(name::KEYS) {
                true => self.keys.contains(&blob),
                false => self.chunks.contains(&blob),
            });
            if needed {
                let why = "a backup needs it although it was condemned: is another program writing here?";
                report.refused.push((name.clone(), why.to_owned()));
            }
            !needed
        });
        due.sort_unstable();
        due.dedup();
        for batch in due.chunks(BATCH) {
            if cancel.is_cancelled() {
                return Err(BackupError::Cancelled);
            }
            let refused = self.repository.store.delete(batch.to_vec()).await;
            let kept: HashSet<&str> = refused.iter().map(|(name, _)| name.as_str()).collect();
            for name in batch.iter().filter(|name| !kept.contains(name.as_str())) {
                let bytes = self.there.remove(name).map_or(0, |found| found.bytes);
                report.deleted += 1;
                report.deleted_bytes += bytes;
                meter.chunk(bytes, false);
            }
            report.refused.extend(refused.into_iter().map(|(name, error)| (name, whole(&error))));
        }
        Ok(())
    }

    /// Returns whether something of the store's past is at least as long ago.
    fn is_past(&self, modified: i64, time: Duration) -> bool {
        let age = self.now.saturating_sub(modified);
        age >= i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
    }
}

/// Asks the store for its time, by writing something.
async fn now(repository: &Repository) -> Result<i64, BackupError> {
    const CLOCK: &str = "clock";
    repository.store.overwrite(CLOCK, bytes::Bytes::from_static(b"what time is it")).await?;
    let found = repository.store.head(CLOCK).await?;
    found
        .map(|found| found.modified)
        .ok_or_else(|| repository.store.damaged(CLOCK, "it is gone right after it was written"))
}
