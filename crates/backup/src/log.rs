//! The log of a repository, and with it the order in which writers and deleters, who know nothing of each other, agree.
//!
//! Entries are numbered 1, 2, 3, …, and an entry is written only if there is none of its number (If-None-Match), by somebody who
//! has read every entry before it. So all see the same order, without locks and without comparing clocks. Three kinds of
//! entry matter:
//!
//! - **A backup** names its chunks. It is written last: it says that all of them were there.
//! - **Trash** (phase one of deleting) names objects that no backup before it needs, and condemns them: no later backup may
//!   rely on them. Phase two deletes them after a time of grace.
//! - **Damaged** names chunks that were found so; they are written anew, in place, by whoever has their content.
//!
//! A chunk's name is the keyed digest of its content and a *generation*: the last entry that its writer knew when the name was
//! chosen. Why that is safe:
//!
//! *A writer that began before phase one and ends after phase two.* It cannot write its entry without having read the trash
//! entry, because it must write the number after it. It then finds condemned what it relied on, sends it again under a name of
//! the newer generation, and only then tries the next number. Trash with number n names generations below n only, and who
//! knows n chooses n or above: a name is never given again, so that a deleter that is late (a paused process, a request stuck on
//! its way) can only delete what nobody relies on.
//!
//! *Concurrent writers.* Equal content gets equal names at equal generations; the second is told that it exists. Of two entries
//! with one number one is written; the other writer reads it and goes on. *Concurrent deleters* condemn the same twice at worst.
//!
//! *Killed at any point.* Before its entry is there, a backup does not exist; what was sent is found by the next try, and
//! condemned some days later if nobody takes it up. After, it is whole. A deleter that dies leaves its trash entry, from which
//! anybody goes on.
//!
//! *Lost answers.* "Exists" may speak of our own write: an entry has a random id by which its writer knows it. When writing fails
//! for good, the entry is looked for all the same. A chunk that "exists" is believed only once a listing shows it with its size.
//!
//! *Before the entry is written*, all chunks and the file of keys are looked for once more, by name and size. What is missing is
//! sent again. If things keep vanishing, the writer gives up: there is never an entry that was not true when it was written.
//!
//! *Clocks.* No decision of safety compares clocks of two machines. Times of grace compare times of the store with each other.
//! The one bound that is left: an entry of trash is kept for [`crate::prune::KEEP_NUMBERS`] after its work is done, and a writer
//! that has been running for longer than half of that gives up.
//!
//! *An entry that cannot be read* may be trash: everything of generations below it is not relied on. It may be a backup: nothing
//! is condemned until somebody forgets it by its number. *A number that is missing* between others counts as unreadable. Numbers
//! are never free again: forgetting a backup leaves an empty object in its place; only the oldest run of empty ones is deleted.
//!
//! *A store that refuses deletes* (Object Lock, a policy) loses nothing: what was condemned stays condemned, and is tried again.
//!
//! What this needs of a store: writing an object only if there is none of its name, and reading and listing what was written
//! before. The first is tried out before every backup.

use std::collections::{BTreeMap, HashMap, HashSet};

use bytes::Bytes;
use futures::StreamExt as _;

use crate::entry::{self, Body, Entry};
use crate::error::BackupError;
use crate::keys::BackupKeys;
use crate::name::{self, Blob};
use crate::store::{Created, Found, Store};

/// What stands at a number.
#[derive(Debug)]
pub(crate) enum State {
    /// Forgotten.
    Empty,
    /// Missing, damaged, or of a later version.
    Unreadable(String),
    /// An entry, and the file of keys that goes with it.
    Entry(Box<Entry>, Blob),
}

/// A number of the log.
#[derive(Debug)]
pub(crate) struct Slot {
    pub(crate) number: u64,
    /// When it was written, in Unix milliseconds by the store's clock; 0 if it is missing.
    pub(crate) modified: i64,
    pub(crate) state: State,
}

/// Entries that are read at once: each may be as large as a backup has chunks.
const AT_ONCE: usize = 4;

/// Lists the numbers that there are.
pub(crate) async fn numbers(store: &Store) -> Result<BTreeMap<u64, Found>, BackupError> {
    let listed = store.list(name::LOG).await?;
    Ok(listed.into_iter().filter_map(|found| Some((name::entry_number(&found.name)?, found))).collect())
}

/// Reads all of the log, oldest first; returns its head, 0 if there is nothing.
pub(crate) async fn each(
    store: &Store,
    keys: &BackupKeys,
    mut act: impl FnMut(Slot),
) -> Result<u64, BackupError> {
    let numbers = numbers(store).await?;
    let (Some(first), Some(head)) = (numbers.keys().next().copied(), numbers.keys().next_back().copied())
    else {
        return Ok(0);
    };
    let mut slots = futures::stream::iter(first..=head)
        .map(|number| {
            let found = numbers.get(&number);
            async move {
                let modified = found.map_or(0, |found| found.modified);
                let state = match found {
                    Some(found) if found.bytes == 0 => Ok(Some(State::Empty)),
                    _ => read(store, keys, number).await,
                };
                let missing = || State::Unreadable("it is missing".to_owned());
                state.map(|state| Slot { number, modified, state: state.unwrap_or_else(missing) })
            }
        })
        .buffered(AT_ONCE);
    while let Some(slot) = slots.next().await {
        act(slot?);
    }
    Ok(head)
}

/// Reads one entry; `None` if there is none.
pub(crate) async fn read(
    store: &Store,
    keys: &BackupKeys,
    number: u64,
) -> Result<Option<State>, BackupError> {
    let bytes = match store.get(&name::entry(number), entry::BYTES_MAX).await {
        Ok(Some(bytes)) => bytes,
        Ok(None) => return Ok(None),
        Err(BackupError::Damaged { why, .. }) => return Ok(Some(State::Unreadable(why))),
        Err(error) => return Err(error),
    };
    if bytes.is_empty() {
        return Ok(Some(State::Empty));
    }
    Ok(Some(match Entry::open(keys, number, bytes.into()) {
        Ok((entry, keys_file)) => State::Entry(Box::new(entry), keys_file),
        Err(why) => State::Unreadable(why.to_owned()),
    }))
}

/// How writing an entry came out.
#[derive(Debug)]
pub(crate) enum Appended {
    /// It stands there, and reads as it was written.
    Ours,
    /// Somebody else's stands there.
    Taken(State),
}

/// Writes an entry at a number, of which everything before was read.
pub(crate) async fn append(
    store: &Store,
    keys: &BackupKeys,
    keys_file: Blob,
    entry: &Entry,
    number: u64,
) -> Result<Appended, BackupError> {
    for _ in 0..TRIES {
        let sealed = Bytes::from(entry.seal(keys, keys_file, number));
        let written = store.create(&name::entry(number), sealed).await;
        // Read back in any case: an answer can get lost, ours or that of an earlier try.
        match (written, read(store, keys, number).await) {
            (_, Ok(Some(State::Entry(found, _)))) if found.id == entry.id => return Ok(Appended::Ours),
            (Ok(Created::New), Ok(Some(_))) => {
                return Err(store.damaged(&name::entry(number), "it does not read as it was just written"));
            }
            (Ok(Created::Exists), Ok(Some(state))) => return Ok(Appended::Taken(state)),
            // Somebody else was writing at the same moment, and did not succeed.
            (Ok(Created::Exists), Ok(None)) => {}
            (Ok(Created::New), Ok(None)) => {
                return Err(store.damaged(&name::entry(number), "it is gone right after it was written"));
            }
            (Err(error), _) | (Ok(_), Err(error)) => return Err(error),
        }
    }
    Err(BackupError::Unsettled { target: store.shown() })
}

const TRIES: u32 = 5;

/// What may be relied on, as far as the log was read.
#[derive(Debug, Default)]
pub(crate) struct Trust {
    /// The last number that was read.
    pub(crate) head: u64,
    condemned: HashSet<Blob>,
    /// Everything of lower generations may have been condemned by an entry that cannot be read.
    condemned_below: u64,
    /// When chunks were found damaged, by the store's clock.
    damaged: HashMap<Blob, i64>,
    /// The newest name by which backups need a content.
    needed: HashMap<[u8; 32], u64>,
}

impl Trust {
    /// Takes note of the next number.
    pub(crate) fn note(&mut self, slot: &Slot) {
        self.head = self.head.max(slot.number);
        match &slot.state {
            State::Empty => {}
            State::Unreadable(_) => self.condemned_below = self.condemned_below.max(slot.number),
            State::Entry(entry, _) => match &entry.body {
                Body::Backup(manifest) => {
                    for chunk in &manifest.chunks {
                        let generation = self.needed.entry(chunk.blob.digest).or_default();
                        *generation = (*generation).max(chunk.blob.generation);
                    }
                }
                Body::Trash(objects) => {
                    self.condemned.extend(objects.chunks.iter().chain(&objects.keys).copied());
                }
                Body::Damaged(objects) => {
                    self.damaged.extend(objects.chunks.iter().map(|blob| (*blob, slot.modified)));
                }
            },
        }
    }

    /// Returns whether an object that is there may be relied on as far as deleting goes.
    pub(crate) fn stays(&self, blob: Blob) -> bool {
        blob.generation >= self.condemned_below && !self.condemned.contains(&blob)
    }

    /// Returns whether a chunk was found damaged, and not written since then.
    pub(crate) fn is_damaged(&self, blob: Blob, modified: i64) -> bool {
        self.damaged.get(&blob).is_some_and(|found| modified <= *found)
    }

    /// Returns the name by which a backup needs a content that is not there, or not as it should be.
    pub(crate) fn needed(&self, digest: [u8; 32]) -> Option<Blob> {
        let blob = Blob { digest, generation: *self.needed.get(&digest)? };
        self.stays(blob).then_some(blob)
    }
}
