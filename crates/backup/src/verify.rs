//! Looking whether backups are whole.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;
use std::sync::Arc;

use groma_database::apart;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::entry::{Body, Entry, Objects};
use crate::error::BackupError;
use crate::fetch::{Fetched, WAITING, fetch};
use crate::keys::BackupKeys;
use crate::log::{self, Appended, State};
use crate::manifest::Chunk;
use crate::name::{self, Blob};
use crate::progress::{Meter, Phase, Progress};
use crate::repository::{Repository, read_keys};
use crate::stock::listed;

/// How closely is looked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// Whether every object is there, and has its size.
    Quick,
    /// Every object is read back, opened, and its digest compared.
    Full,
}

/// What looking found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VerifyReport {
    /// Backups that were looked at.
    pub backups: u64,
    /// Objects that they need, each counted once.
    pub checked: u64,
    /// Bytes of content of these.
    pub bytes: u64,
    /// Objects that are not there.
    pub missing: Vec<String>,
    /// Objects that are not what was written, and what is wrong with them.
    pub damaged: Vec<(String, String)>,
    /// Backups that need something that is missing or damaged; the others restore.
    pub affected: BTreeSet<u64>,
    /// Numbers that cannot be read, and why: they may be backups.
    pub unreadable: BTreeMap<u64, String>,
    /// Whether it was noted what is damaged, so that the next backup writes it anew as far as the content is still there.
    pub noted: bool,
}

impl VerifyReport {
    /// Returns whether everything is as it should be.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.missing.is_empty() && self.damaged.is_empty() && self.unreadable.is_empty()
    }
}

/// What backups need, and which ones.
#[derive(Default)]
struct Needs {
    chunks: HashMap<Chunk, Vec<u64>>,
    keys: HashMap<Blob, Vec<u64>>,
    keys_file: Option<Blob>,
    head: u64,
}

impl Repository {
    /// Looks whether backups are whole: one, or all.
    ///
    /// # Errors
    /// When there is no such backup, the store refuses, or it is called off. What is missing or damaged is no error.
    pub async fn verify(
        &self,
        number: Option<u64>,
        depth: Depth,
        progress: Arc<dyn Progress>,
        cancel: &CancellationToken,
    ) -> Result<VerifyReport, BackupError> {
        let meter = Meter::new(progress);
        let work = self.look_through(number, depth, &meter);
        cancel.run_until_cancelled(work).await.ok_or(BackupError::Cancelled)?
    }

    async fn look_through(
        &self,
        number: Option<u64>,
        depth: Depth,
        meter: &Meter,
    ) -> Result<VerifyReport, BackupError> {
        meter.phase(Phase::Look, 0);
        let mut report = VerifyReport::default();
        let needs = self.needs(number, &mut report).await?;
        report.checked = (needs.chunks.len() + needs.keys.len()) as u64;
        report.bytes = needs.chunks.keys().map(|chunk| u64::from(chunk.bytes)).sum();
        meter.phase(Phase::Verify, report.bytes);
        let chunks: Vec<Chunk> = needs.chunks.keys().copied().collect();
        let faults = match depth {
            Depth::Quick => self.quick(&chunks, meter).await?,
            Depth::Full => self.full(chunks, meter).await?,
        };
        for (chunk, fault) in &faults {
            report.affected.extend(needs.chunks.get(chunk).into_iter().flatten());
            let place = chunk.blob.chunk();
            match fault {
                None => report.missing.push(place),
                Some(why) => report.damaged.push((place, why.clone())),
            }
        }
        for (blob, numbers) in &needs.keys {
            match read_keys(&self.store, *blob).await {
                Ok(_) => {}
                Err(BackupError::Damaged { object, why, .. }) => {
                    report.affected.extend(numbers);
                    report.damaged.push((object, why));
                }
                Err(error) => return Err(error),
            }
        }
        report.missing.sort_unstable();
        report.damaged.sort_unstable();
        let damaged =
            faults.iter().filter(|(_, fault)| fault.is_some()).map(|(chunk, _)| chunk.blob).collect();
        report.noted = self.note_damaged(damaged, &needs).await;
        meter.end();
        Ok(report)
    }

    async fn needs(&self, wanted: Option<u64>, report: &mut VerifyReport) -> Result<Needs, BackupError> {
        let mut needs = Needs::default();
        let mut found = wanted.is_none();
        needs.head = log::each(&self.store, &self.keys, |slot| {
            let is_wanted = wanted.is_none_or(|wanted| wanted == slot.number);
            match slot.state {
                State::Entry(entry, keys_file) => {
                    let Body::Backup(manifest) = entry.body else { return };
                    needs.keys_file = Some(keys_file);
                    if !is_wanted {
                        return;
                    }
                    found = true;
                    report.backups += 1;
                    needs.keys.entry(keys_file).or_default().push(slot.number);
                    for chunk in manifest.chunks.iter().collect::<std::collections::HashSet<_>>() {
                        needs.chunks.entry(*chunk).or_default().push(slot.number);
                    }
                }
                State::Unreadable(why) if is_wanted => {
                    found = true;
                    report.unreadable.insert(slot.number, why);
                }
                State::Unreadable(_) | State::Empty => {}
            }
        })
        .await?;
        match (found, wanted) {
            (false, Some(number)) => {
                Err(BackupError::NoBackup { wanted: format!("backup {number}"), target: self.store.shown() })
            }
            _ => Ok(needs),
        }
    }

    async fn quick(
        &self,
        chunks: &[Chunk],
        meter: &Meter,
    ) -> Result<Vec<(Chunk, Option<String>)>, BackupError> {
        let there = listed(&self.store).await?;
        let mut faults = Vec::new();
        for chunk in chunks {
            match there.get(&chunk.blob) {
                None => faults.push((*chunk, None)),
                Some(have) if have.bytes != chunk.object_bytes() => {
                    let why =
                        format!("it has {} bytes, and should have {}", have.bytes, chunk.object_bytes());
                    faults.push((*chunk, Some(why)));
                }
                Some(_) => meter.chunk(u64::from(chunk.bytes), false),
            }
        }
        Ok(faults)
    }

    async fn full(
        &self,
        chunks: Vec<Chunk>,
        meter: &Meter,
    ) -> Result<Vec<(Chunk, Option<String>)>, BackupError> {
        let (sender, receiver) = mpsc::channel(WAITING);
        let (keys, meter, of) = (self.keys.clone(), meter.clone(), chunks.clone());
        let check = async {
            let check = apart("backup-check", move || check(&keys, &of, receiver, &meter)).await;
            check.map_err(|error| BackupError::io("start a thread to check", Path::new("."), error))
        };
        let ((), faults) = tokio::try_join!(fetch(&self.store, chunks, sender), check)?;
        Ok(faults)
    }

    /// Writes down what is damaged; best effort, as keys that may only read should be able to verify.
    async fn note_damaged(&self, chunks: Vec<Blob>, needs: &Needs) -> bool {
        let Some(keys_file) = needs.keys_file.filter(|_| !chunks.is_empty()) else { return false };
        let body = Body::Damaged(Objects { chunks, keys: Vec::new() });
        let entry = Entry { id: Uuid::new_v4(), body };
        let mut number = needs.head + 1;
        loop {
            match log::append(&self.store, &self.keys, keys_file, &entry, number).await {
                Ok(Appended::Ours) => return true,
                Ok(Appended::Taken(_)) => number += 1,
                Err(error) => {
                    tracing::warn!(%error, entry = name::entry(number), "what is damaged could not be noted");
                    return false;
                }
            }
        }
    }
}

/// Opens chunks and compares their digests. Blocks.
fn check(
    keys: &BackupKeys,
    chunks: &[Chunk],
    mut receiver: mpsc::Receiver<(usize, Fetched)>,
    meter: &Meter,
) -> Vec<(Chunk, Option<String>)> {
    let mut faults = Vec::new();
    while let Some((index, fetched)) = receiver.blocking_recv() {
        let Some(chunk) = chunks.get(index) else { continue };
        match fetched {
            Fetched::Missing => faults.push((*chunk, None)),
            Fetched::Damaged(why) => faults.push((*chunk, Some(why))),
            Fetched::Content(content) => {
                let mut content = Vec::from(content);
                let digest = &chunk.blob.digest;
                match keys.open_chunk(digest, &mut content).map(|plain| keys.name(plain)) {
                    Some(found) if found == *digest => meter.chunk(u64::from(chunk.bytes), false),
                    Some(_) => {
                        faults.push((*chunk, Some("its content is not what its name says".to_owned())));
                    }
                    None => faults.push((*chunk, Some("it was changed".to_owned()))),
                }
            }
        }
    }
    faults
}
