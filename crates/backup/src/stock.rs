//! What lies in a repository, and under which name content is to be had or sent.

use std::collections::HashMap;

use crate::error::BackupError;
use crate::log::{self, Trust};
use crate::manifest::Chunk;
use crate::name::{self, Blob};
use crate::repository::Repository;
use crate::store::Store;

/// An object that is there.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Have {
    pub(crate) bytes: u64,
    pub(crate) modified: i64,
}

/// What lies in a repository.
#[derive(Debug)]
pub(crate) struct Stock {
    pub(crate) trust: Trust,
    chunks: HashMap<[u8; 32], Vec<(u64, Have)>>,
}

/// How content comes to be in the repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Choice {
    /// It is there.
    Reuse(Blob),
    /// It is to be written.
    Write(Blob),
    /// It is to be written in place of something that is not what it should be.
    Mend(Blob),
}

impl Stock {
    /// Looks up what there is: first what may be relied on, then what is there.
    pub(crate) async fn look(repository: &Repository) -> Result<Self, BackupError> {
        let mut trust = Trust::default();
        log::each(&repository.store, &repository.keys, |slot| trust.note(&slot)).await?;
        let mut chunks: HashMap<_, Vec<_>> = HashMap::new();
        for (blob, have) in listed(&repository.store).await? {
            if trust.stays(blob) {
                chunks.entry(blob.digest).or_default().push((blob.generation, have));
            }
        }
        Ok(Self { trust, chunks })
    }

    /// Chooses the name of a chunk. What is chosen to be written counts as there from now on.
    pub(crate) fn choose(&mut self, digest: [u8; 32], bytes: u32) -> Choice {
        let blob = |generation| Blob { digest, generation };
        let wanted = Chunk { blob: blob(0), bytes }.object_bytes();
        let there = self.chunks.entry(digest).or_default();
        let sound = |(generation, have): &&(u64, Have)| {
            have.bytes == wanted && !self.trust.is_damaged(blob(*generation), have.modified)
        };
        if let Some((generation, _)) = there.iter().filter(sound).max_by_key(|(generation, _)| *generation) {
            return Choice::Reuse(blob(*generation));
        }
        let choice = match self.trust.needed(digest) {
            // Mended in place, older backups are whole again too.
            Some(needed) => Choice::Mend(needed),
            None if there.iter().any(|(generation, _)| *generation == self.trust.head) => {
                Choice::Mend(blob(self.trust.head))
            }
            None => Choice::Write(blob(self.trust.head)),
        };
        let (Choice::Reuse(chosen) | Choice::Write(chosen) | Choice::Mend(chosen)) = choice;
        there.retain(|(generation, _)| *generation != chosen.generation);
        there.push((chosen.generation, Have { bytes: wanted, modified: i64::MAX }));
        choice
    }
}

/// Lists the chunks that are there.
pub(crate) async fn listed(store: &Store) -> Result<HashMap<Blob, Have>, BackupError> {
    let found = store.list(name::CHUNKS).await?;
    let have = found.into_iter().filter_map(|found| {
        let blob = name::blob(&found.name)?;
        Some((blob, Have { bytes: found.bytes, modified: found.modified }))
    });
    Ok(have.collect())
}
