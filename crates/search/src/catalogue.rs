//! What is there: scopes, times, tags, folded names and identifiers of every document, by ordinal.

pub(crate) mod tags;

use std::collections::{BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};

use groma_model::ThingId;
use smallvec::SmallVec;

use crate::arena::{Arena, Span};
use crate::bitmap::Bitmap;
use crate::document::Document;
use crate::interner::Interner;
use crate::restriction::Restriction;
use tags::Tags;

/// In what a document is placed; each has its own table of texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    Kind,
    State,
    Account,
    Region,
    Connection,
    Subnet,
}

/// How many scopes there are: those above, and the segment, which nothing asks for by itself yet.
pub(crate) const SCOPES: usize = 7;

/// What is kept of one document. Scopes and tags are numbers of interned texts.
#[derive(Debug, Clone, Default)]
pub(crate) struct Row {
    pub(crate) first_seen: i64,
    pub(crate) last_seen: i64,
    pub(crate) last_changed: i64,
    pub(crate) span: Span,
    /// Beside the rest, for all that have no more than is usual: every filter by tags looks at them.
    pub(crate) tags: SmallVec<[u32; 6]>,
    pub(crate) scopes: [u32; SCOPES],
    pub(crate) alive: bool,
    pub(crate) deleted: bool,
    pub(crate) version: [u8; 16],
}

/// Every document by ordinal. Ordinals of removed documents are given out again.
#[derive(Debug, Default)]
pub(crate) struct Catalogue {
    pub(crate) ids: Vec<ThingId>,
    pub(crate) rows: Vec<Row>,
    free: Vec<u32>,
    by_id: HashMap<ThingId, u32>,
    pub(crate) scopes: [Interner; SCOPES],
    pub(crate) tags: Tags,
    pub(crate) arena: Arena,
    /// A hash of each folded name and identifier, with whose it is: what is equal has equal hashes.
    exact: BTreeSet<(u32, u32)>,
}

/// Returns the hash under which a folded text is found.
fn hash(text: &str) -> u32 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    // The upper half is as good as any.
    u32::try_from(hasher.finish() >> 32).unwrap_or_default()
}

impl Catalogue {
    /// Returns how many documents there are.
    pub(crate) fn len(&self) -> usize {
        self.by_id.len()
    }

    /// Returns the ordinal of a thing.
    pub(crate) fn ordinal(&self, id: ThingId) -> Option<u32> {
        self.by_id.get(&id).copied()
    }

    /// Notes when a thing was last seen.
    pub(crate) fn seen(&mut self, id: ThingId, at: i64) {
        let row = self.by_id.get(&id).and_then(|ordinal| self.rows.get_mut(*ordinal as usize));
        if let Some(row) = row {
            row.last_seen = row.last_seen.max(at);
        }
    }

    /// Notes when a thing was last seen, as a later sight was taken back.
    pub(crate) fn seen_before(&mut self, id: ThingId, at: i64) {
        let row = self.by_id.get(&id).and_then(|ordinal| self.rows.get_mut(*ordinal as usize));
        if let Some(row) = row {
            row.last_seen = at;
        }
    }

    /// Puts a document in, in place of the one of the same id, and returns its ordinal.
    pub(crate) fn upsert(&mut self, document: &Document) -> u32 {
        let ordinal = self.place(document.id);
        let span = self.arena.push(ordinal, &document.name, &document.identifiers);
        let optional = |value: &Option<String>| value.clone().unwrap_or_default();
        let scopes = [
            document.kind.clone(),
            document.state.clone(),
            optional(&document.account),
            optional(&document.region),
            optional(&document.connection),
            optional(&document.subnet),
            optional(&document.segment),
        ];
        let mut row = Row {
            first_seen: document.first_seen,
            last_seen: document.last_seen,
            last_changed: document.last_changed,
            span,
            tags: document.tags.iter().map(|(key, value)| self.tags.acquire(key, value)).collect(),
            scopes: [0; SCOPES],
            alive: true,
            deleted: document.deleted,
            version: document.version,
        };
        for (at, text) in scopes.iter().enumerate() {
            row.scopes[at] = self.scopes[at].acquire(text);
        }
        self.rows[ordinal as usize] = row;
        self.enter(ordinal);
        self.tidy();
        ordinal
    }

    /// Gives a thing its ordinal; what was there is given up.
    fn place(&mut self, id: ThingId) -> u32 {
        if let Some(ordinal) = self.ordinal(id) {
            self.empty(ordinal);
            return ordinal;
        }
        let ordinal = self.free.pop().unwrap_or_else(|| {
            self.ids.push(id);
            self.rows.push(Row::default());
            u32::try_from(self.rows.len() - 1).unwrap_or(u32::MAX)
        });
        self.ids[ordinal as usize] = id;
        self.by_id.insert(id, ordinal);
        ordinal
    }

    /// Takes a row in as a snapshot has it, at the next ordinal, for an id that is not there yet.
    pub(crate) fn restore(&mut self, id: ThingId, mut row: Row, text: &str) {
        let ordinal = u32::try_from(self.rows.len()).unwrap_or(u32::MAX);
        row.span = self.arena.push_raw(ordinal, text);
        self.ids.push(id);
        self.rows.push(row);
        self.by_id.insert(id, ordinal);
        self.enter(ordinal);
    }

    /// Takes a free ordinal in as a snapshot has it, at the next place.
    pub(crate) fn restore_free(&mut self) {
        let ordinal = u32::try_from(self.rows.len()).unwrap_or(u32::MAX);
        self.ids.push(ThingId::from_uuid(uuid::Uuid::nil()));
        self.rows.push(Row::default());
        self.free.push(ordinal);
    }

    /// Removes a thing and returns the ordinal it had.
    pub(crate) fn remove(&mut self, id: ThingId) -> Option<u32> {
        let ordinal = self.by_id.remove(&id)?;
        self.empty(ordinal);
        self.free.push(ordinal);
        self.tidy();
        Some(ordinal)
    }

    fn enter(&mut self, ordinal: u32) {
        let hashes: Vec<u32> = self.fields(ordinal).filter(|field| !field.is_empty()).map(hash).collect();
        self.exact.extend(hashes.into_iter().map(|hash| (hash, ordinal)));
    }

    fn empty(&mut self, ordinal: u32) {
        let hashes: Vec<u32> = self.fields(ordinal).map(hash).collect();
        for hash in hashes {
            self.exact.remove(&(hash, ordinal));
        }
        let row = std::mem::take(&mut self.rows[ordinal as usize]);
        self.arena.give_up(row.span);
        for (at, &number) in row.scopes.iter().enumerate() {
            self.scopes[at].release(number);
        }
        for &tag in &row.tags {
            self.tags.release(tag);
        }
    }

    /// Moves the texts together when much of the arena was given up.
    fn tidy(&mut self) {
        if !self.arena.wasteful() {
            return;
        }
        let old = std::mem::take(&mut self.arena);
        for (ordinal, row) in (0u32..).zip(&mut self.rows).filter(|(_, row)| row.alive) {
            row.span = self.arena.push_raw(ordinal, old.text(row.span));
        }
    }

    /// Returns a document's text in the arena.
    pub(crate) fn text(&self, ordinal: u32) -> &str {
        let span = self.rows.get(ordinal as usize).map(|row| row.span).unwrap_or_default();
        self.arena.text(span)
    }

    /// Returns the folded name and identifiers of a document; the name comes first.
    pub(crate) fn fields(&self, ordinal: u32) -> impl Iterator<Item = &str> {
        let span = self.rows.get(ordinal as usize).map(|row| row.span).unwrap_or_default();
        self.arena.fields(span)
    }

    /// Returns a document's folded name.
    pub(crate) fn name(&self, ordinal: u32) -> &str {
        self.fields(ordinal).next().unwrap_or_default()
    }

    /// Returns whose name or identifier a folded text is, ascending by ordinal.
    pub(crate) fn exactly(&self, folded: &str) -> Vec<u32> {
        if folded.is_empty() {
            return Vec::new();
        }
        let hash = hash(folded);
        let same = self.exact.range((hash, 0)..=(hash, u32::MAX)).map(|&(_, ordinal)| ordinal);
        same.filter(|&ordinal| self.fields(ordinal).any(|field| field == folded)).collect()
    }

    /// Returns the living documents in whose name or identifiers a folded text is, each with where it first is.
    pub(crate) fn containing(&self, folded: &str, found: &mut dyn FnMut(u32, usize)) {
        self.arena.find(folded, &mut |ordinal, start, offset| {
            let row = self.rows.get(ordinal as usize);
            if row.is_some_and(|row| row.alive && row.span.start == start) {
                found(ordinal, offset);
            }
        });
    }

    /// Returns the living documents that a restriction lets pass.
    pub(crate) fn allowed(&self, restriction: &Restriction) -> Bitmap {
        let mut allowed = Bitmap::new(self.rows.len());
        for (ordinal, row) in (0u32..).zip(&self.rows) {
            if row.alive && restriction.passes(ordinal, row) {
                allowed.insert(ordinal);
            }
        }
        allowed
    }

    /// Estimates what it takes of memory.
    pub(crate) fn bytes(&self) -> usize {
        let rows = self.rows.capacity() * size_of::<Row>() + self.ids.capacity() * size_of::<ThingId>();
        let spilled = self.rows.iter().filter(|row| row.tags.spilled());
        let tags: usize = spilled.map(|row| row.tags.capacity() * 4 + 16).sum();
        let maps = self.by_id.capacity() * (size_of::<(ThingId, u32)>() + 1) + self.exact.len() * 12;
        let scopes: usize = self.scopes.iter().map(Interner::bytes).sum();
        rows + tags + maps + scopes + self.tags.bytes() + self.arena.bytes()
    }
}
