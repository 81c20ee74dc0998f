//! The last step: everything is looked for once more, and the entry is written at the next number. See [`crate::log`].

use std::collections::HashMap;
use std::path::Path;
use std::time::{Duration, Instant};

use groma_database::apart;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::draft::Draft;
use super::read::again;
use super::{Request, Taken};
use crate::entry::{Body, Entry};
use crate::error::BackupError;
use crate::log::{self, Appended, Slot};
use crate::manifest::{Chunk, Manifest};
use crate::name::{self, Blob};
use crate::prune::KEEP_NUMBERS;
use crate::repository::Repository;
use crate::stock::{Have, listed};

/// How often what vanished is sent again before giving up.
const ROUNDS: u32 = 5;
/// How often another entry may be first.
const TRIES: u32 = 1000;

impl Repository {
    /// Writes the backup's entry; returns its number and what it says.
    pub(super) async fn commit(
        &self,
        draft: &mut Draft,
        request: &Request,
        taken: &Taken,
        cancel: &CancellationToken,
    ) -> Result<(u64, Manifest), BackupError> {
        let begun = Instant::now();
        let id = Uuid::new_v4();
        self.settle(draft, taken).await?;
        for _ in 0..TRIES {
            if cancel.is_cancelled() {
                return Err(BackupError::Cancelled);
            }
            self.in_time(request, begun)?;
            let manifest = manifest(draft, request, taken);
            let entry = Entry { id, body: Body::Backup(Box::new(manifest)) };
            let number = draft.trust.head + 1;
            match log::append(&self.store, &self.keys, draft.keys_file, &entry, number).await? {
                Appended::Ours => {
                    let Body::Backup(manifest) = entry.body else { unreachable!("it was just made") };
                    return Ok((number, *manifest));
                }
                Appended::Taken(state) => {
                    let found = self.store.head(&name::entry(number)).await?;
                    let modified = found.map_or(i64::MAX, |found| found.modified);
                    draft.trust.note(&Slot { number, modified, state });
                    if !self.relies_on_what_stays(draft) {
                        self.settle(draft, taken).await?;
                    }
                }
            }
        }
        Err(BackupError::Unsettled { target: self.store.shown() })
    }

    /// Numbers that were done with may be gone by the time when a writer that takes so long looks at them.
    fn in_time(&self, request: &Request, begun: Instant) -> Result<(), BackupError> {
        let bound = KEEP_NUMBERS / 2;
        let by_clock = jiff::Timestamp::now().duration_since(request.created);
        if begun.elapsed() > bound || by_clock > jiff::SignedDuration::try_from(bound).unwrap_or_default() {
            return Err(BackupError::Unsettled { target: self.store.shown() });
        }
        Ok(())
    }

    fn relies_on_what_stays(&self, draft: &Draft) -> bool {
        let sound = |chunk: &Chunk| {
            let blob = chunk.blob;
            draft.trust.stays(blob) && (draft.written.contains(&blob) || !draft.trust.is_damaged(blob, 0))
        };
        draft.trust.stays(draft.keys_file) && draft.content.chunks.iter().all(sound)
    }

    /// Looks whether everything is there and may be relied on, and sends again what is not, until it is.
    async fn settle(&self, draft: &mut Draft, taken: &Taken) -> Result<(), BackupError> {
        for _ in 0..ROUNDS {
            let there = listed(&self.store).await?;
            let missing = missing(draft, &there);
            let keys_there = draft.trust.stays(draft.keys_file) && self.keys_there(draft, taken).await?;
            if missing.is_empty() && keys_there {
                return Ok(());
            }
            for index in missing {
                self.send_again(draft, index).await?;
            }
            if !keys_there {
                draft.keys_file = taken.keys_blob(draft.trust.head);
                self.store.overwrite(&draft.keys_file.keys(), taken.keys.to_vec().into()).await?;
            }
        }
        Err(BackupError::Unsettled { target: self.store.shown() })
    }

    async fn keys_there(&self, draft: &Draft, taken: &Taken) -> Result<bool, BackupError> {
        let found = self.store.head(&draft.keys_file.keys()).await?;
        Ok(found.is_some_and(|found| found.bytes == taken.keys.len() as u64))
    }

    async fn send_again(&self, draft: &mut Draft, index: usize) -> Result<(), BackupError> {
        let Some((chunk, parts)) = draft.content.chunks.get(index).zip(draft.content.parts.get(index)) else {
            return Ok(());
        };
        let (chunk, parts, keys) = (*chunk, parts.clone(), self.keys.clone());
        let path =
            parts.first().map_or_else(|| Path::new(".").to_owned(), |part| part.place.as_ref().clone());
        let failed = |error| BackupError::io("start a thread to read", &path, error);
        let read = apart("backup-read", move || {
            let plain = again(&parts)?;
            if keys.name(&plain) != chunk.blob.digest {
                let path = parts.first().map(|part| part.place.as_ref().clone()).unwrap_or_default();
                return Err(BackupError::Changed { path });
            }
            Ok(keys.seal_chunk(&chunk.blob.digest, &plain))
        });
        let sealed = read.await.map_err(failed)??;
        let blob = match draft.trust.stays(chunk.blob) {
            true => chunk.blob,
            false => Blob { digest: chunk.blob.digest, generation: draft.trust.head },
        };
        draft.sent += sealed.len() as u64;
        self.store.overwrite(&blob.chunk(), sealed.into()).await?;
        draft.written.insert(blob);
        draft.content.reused.remove(&blob.digest);
        for chunk in draft.content.chunks.iter_mut().filter(|chunk| chunk.blob.digest == blob.digest) {
            chunk.blob = blob;
        }
        Ok(())
    }
}

/// Returns which chunks are not there as they should be, each content once.
fn missing(draft: &Draft, there: &HashMap<Blob, Have>) -> Vec<usize> {
    let mut seen = std::collections::HashSet::new();
    let sound = |chunk: &Chunk| {
        let Some(have) = there.get(&chunk.blob) else { return false };
        let mended =
            draft.written.contains(&chunk.blob) || !draft.trust.is_damaged(chunk.blob, have.modified);
        have.bytes == chunk.object_bytes() && draft.trust.stays(chunk.blob) && mended
    };
    let chunks = draft.content.chunks.iter().enumerate();
    chunks
        .filter(|(_, chunk)| !sound(chunk) && seen.insert(chunk.blob.digest))
        .map(|(index, _)| index)
        .collect()
}

fn manifest(draft: &Draft, request: &Request, taken: &Taken) -> Manifest {
    Manifest {
        created: request.created,
        version: request.version.clone(),
        schema: taken.captured.schema,
        journal: taken.facts.journal,
        counts: taken.facts.counts.clone(),
        facts: taken.facts.facts.clone(),
        chunks: draft.content.chunks.clone(),
        files: draft.content.files.clone(),
    }
}

const _: () = assert!(KEEP_NUMBERS.as_secs() > Duration::from_secs(7 * 24 * 3600).as_secs());
