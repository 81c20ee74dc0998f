//! The index as a whole: who may read and write when.
//!
//! The catalogue is behind a lock of readers and writers. Batches are taken in some hundred documents at a time, which
//! holds readers up for about a millisecond; a snapshot swapped as a whole would hold up nobody, but copy everything
//! for each batch. Words and vectors have such locks too. Writers are one at a time: what was
//! written last is last everywhere. Nobody who holds the words or the vectors waits for the catalogue.

use std::collections::VecDeque;
use std::sync::Arc;

use groma_model::ThingId;
use parking_lot::{Mutex, RwLock};

use crate::catalogue::Catalogue;
use crate::cursor::{Cursor, Sort};
use crate::document::Document;
use crate::facets::{self, Facets};
use crate::filter::Filter;
use crate::fold::fold;
use crate::list::{self, Listing};
use crate::query::{Answer, Query};
use crate::restriction::Restriction;
use crate::search::{self, Sources};
use crate::vectors::{Approximate, ApproximateStanding, VectorIndex, VectorLimits, build_in_background};
use crate::words::Words;

/// So many documents are taken in at a time.
const BATCH: usize = 256;

/// What of the words is still to be taken in.
#[derive(Debug, Default)]
pub(crate) struct Pending {
    /// Whether words are taken in as documents come; before the first build they are kept for it.
    pub(crate) live: bool,
    pub(crate) documents: VecDeque<(u32, Document)>,
}

/// What is there of one thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    /// Which thing.
    pub id: ThingId,
    /// The version that its owner gave it.
    pub version: [u8; 16],
    /// When it was first seen, in microseconds since 1970.
    pub first_seen: i64,
    /// When it was last seen, in microseconds since 1970.
    pub last_seen: i64,
    /// When it last changed, in microseconds since 1970.
    pub last_changed: i64,
    /// Whether it is known to be gone.
    pub deleted: bool,
}

/// How the index stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// How many documents there are, deleted things among them.
    pub documents: usize,
    /// How many of them have a vector.
    pub vectors: usize,
    /// Whether the words of all are taken in.
    pub words_ready: bool,
    /// How the approximate index of vectors stands.
    pub approximate: ApproximateStanding,
}

/// The index of the inventory, in memory. Shared between threads; readers do not wait for each other.
#[derive(Debug)]
pub struct Index {
    pub(crate) catalogue: RwLock<Catalogue>,
    pub(crate) words: RwLock<Words>,
    pub(crate) vectors: Arc<RwLock<Approximate>>,
    pub(crate) writer: Mutex<Pending>,
}

impl Default for Index {
    fn default() -> Self {
        Self::new()
    }
}

impl Index {
    /// Makes an empty index.
    #[must_use]
    pub fn new() -> Self {
        Self::with_limits(VectorLimits::default())
    }

    /// Makes an empty index with other limits of the approximate index.
    #[must_use]
    pub fn with_limits(limits: VectorLimits) -> Self {
        Self {
            catalogue: RwLock::default(),
            words: RwLock::default(),
            vectors: Arc::new(RwLock::new(Approximate::new(limits))),
            writer: Mutex::default(),
        }
    }

    /// Puts documents in, in place of those of the same ids. A vector stays until another is set. Before the first
    /// [`build_words`](Self::build_words), words are only kept for it.
    pub fn upsert(&self, documents: Vec<Document>) {
        let mut documents = documents.into_iter();
        loop {
            let batch: Vec<Document> = documents.by_ref().take(BATCH).collect();
            if batch.is_empty() {
                return;
            }
            let mut pending = self.writer.lock();
            let ordinals: Vec<u32> = {
                let mut catalogue = self.catalogue.write();
                batch.iter().map(|document| catalogue.upsert(document)).collect()
            };
            if pending.live && pending.documents.is_empty() {
                self.take_in(&ordinals.iter().copied().zip(&batch).collect::<Vec<_>>());
            } else {
                pending.documents.extend(ordinals.into_iter().zip(batch));
            }
        }
    }

    fn take_in(&self, documents: &[(u32, &Document)]) {
        let mut words = self.words.write();
        for (ordinal, document) in documents {
            words.replace(*ordinal, document);
        }
    }

    /// Removes things.
    pub fn remove(&self, ids: &[ThingId]) {
        for ids in ids.chunks(BATCH) {
            let _writer = self.writer.lock();
            let ordinals: Vec<u32> = {
                let mut catalogue = self.catalogue.write();
                ids.iter().filter_map(|id| catalogue.remove(*id)).collect()
            };
            let mut words = self.words.write();
            ordinals.iter().for_each(|ordinal| words.remove(*ordinal));
            drop(words);
            let mut vectors = self.vectors.write();
            ordinals.iter().for_each(|ordinal| vectors.remove(*ordinal));
        }
        build_in_background(&self.vectors);
    }

    /// Returns what is there and in which version, by id.
    #[must_use]
    pub fn known(&self) -> Vec<Known> {
        let catalogue = self.catalogue.read();
        let rows = catalogue.ids.iter().zip(&catalogue.rows).filter(|(_, row)| row.alive);
        let known = rows.map(|(id, row)| Known {
            id: *id,
            version: row.version,
            first_seen: row.first_seen,
            last_seen: row.last_seen,
            last_changed: row.last_changed,
            deleted: row.deleted,
        });
        let mut known: Vec<Known> = known.collect();
        known.sort_unstable_by_key(|known| known.id);
        known
    }

    /// Returns whether a thing has a vector.
    #[must_use]
    pub fn has_vector(&self, id: ThingId) -> bool {
        let ordinal = self.catalogue.read().ordinal(id);
        ordinal.is_some_and(|ordinal| self.vectors.read().exact().vector(ordinal).is_some())
    }

    /// Notes when things were last seen, in microseconds since 1970; a time never goes back.
    pub fn seen(&self, things: &[(ThingId, i64)]) {
        for things in things.chunks(BATCH) {
            let mut catalogue = self.catalogue.write();
            for (id, at) in things {
                catalogue.seen(*id, *at);
            }
        }
    }

    /// Sets when things were last seen, even if that is before what is known, in microseconds since 1970.
    pub fn seen_before(&self, things: &[(ThingId, i64)]) {
        for things in things.chunks(BATCH) {
            let mut catalogue = self.catalogue.write();
            for (id, at) in things {
                catalogue.seen_before(*id, *at);
            }
        }
    }

    /// Sets vectors of [`DIMENSIONS`](crate::DIMENSIONS) numbers; those of unknown things are left out, and a vector
    /// that is none takes away the one there was.
    pub fn set_vectors(&self, vectors: Vec<(ThingId, Vec<f32>)>) {
        for batch in vectors.chunks(BATCH) {
            let _writer = self.writer.lock();
            let catalogue = self.catalogue.read();
            let mut index = self.vectors.write();
            for (id, vector) in batch {
                if let Some(ordinal) = catalogue.ordinal(*id) {
                    index.replace(ordinal, vector);
                }
            }
        }
        build_in_background(&self.vectors);
    }

    /// Takes in the words of all documents that came so far; those that come later are taken in at once. Others read
    /// and write meanwhile.
    pub fn build_words(&self) {
        while self.build_some_words() {}
    }

    /// Does some of what [`build_words`](Self::build_words) does; returns whether there is more to do.
    pub fn build_some_words(&self) -> bool {
        let mut pending = self.writer.lock();
        let count = pending.documents.len().min(BATCH);
        if count == 0 {
            pending.live = true;
            return false;
        }
        let batch: Vec<(u32, Document)> = pending.documents.drain(..count).collect();
        let current: Vec<(u32, &Document)> = {
            let catalogue = self.catalogue.read();
            let is_there =
                |(ordinal, document): &&(u32, Document)| catalogue.ordinal(document.id) == Some(*ordinal);
            batch.iter().filter(is_there).map(|(ordinal, document)| (*ordinal, document)).collect()
        };
        self.take_in(&current);
        true
    }

    /// Returns a page of what the filter lets pass, in order. A cursor of another sort is taken for none.
    pub fn list(&self, filter: &Filter, sort: Sort, after: Option<&Cursor>, limit: usize) -> Listing {
        let catalogue = self.catalogue.read();
        let restriction = Restriction::new(filter, &catalogue);
        list::list(&catalogue, &restriction, sort, after, limit)
    }

    /// Counts what the filter lets pass, by kind, state, place and tag.
    pub fn facets(&self, filter: &Filter) -> Facets {
        let catalogue = self.catalogue.read();
        let restriction = Restriction::new(filter, &catalogue);
        facets::count(&catalogue, &restriction)
    }

    /// Searches. No text is an error.
    pub fn search(&self, query: &Query<'_>) -> Answer {
        let words_ready = self.words_ready();
        let catalogue = self.catalogue.read();
        let words = self.words.read();
        let vectors = self.vectors.read();
        let sources = Sources { catalogue: &catalogue, words: &words, vectors: &*vectors, words_ready };
        sources.search(query)
    }

    fn words_ready(&self) -> bool {
        let pending = self.writer.lock();
        pending.live && pending.documents.is_empty()
    }

    /// Returns how the index stands.
    pub fn standing(&self) -> Standing {
        let words_ready = self.words_ready();
        let documents = self.catalogue.read().len();
        let vectors = self.vectors.read();
        Standing { documents, vectors: vectors.len(), words_ready, approximate: vectors.standing() }
    }

    /// Returns about how many bytes of memory it takes. Looks at everything there is.
    pub fn bytes(&self) -> usize {
        self.words.read().bytes() + self.catalogue.read().bytes() + self.vectors.read().bytes()
    }

    /// Returns the things whose id, name or one of whose identifiers this is, without case, or the one whose id begins
    /// with these eight or more digits; sorted by id.
    pub fn lookup(&self, text: &str) -> Vec<ThingId> {
        let folded = fold(text);
        let catalogue = self.catalogue.read();
        let mut found = catalogue.exactly(&folded);
        found.extend(search::by_id(&catalogue, &folded));
        let mut ids: Vec<ThingId> =
            found.into_iter().map(|ordinal| catalogue.ids[ordinal as usize]).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }
}
