//! The words of all documents, in SQLite's FTS5 over a database in memory.
//!
//! FTS5 keeps no text here (it is contentless), only where words are. Texts are cut into words on this side, by the same
//! function for documents and queries, and every word of a query is quoted: what users type is never read as FTS5's
//! syntax. Ranking by BM25 costs about a microsecond per document that a query matches, so how many are ranked is
//! bounded: words that are in too many documents only add to those found by rarer ones.

mod plan;
mod rank;
mod text;
mod vocabulary;

use std::sync::Arc;

use parking_lot::{Mutex, RwLock};
use rusqlite::functions::FunctionFlags;
use rusqlite::{Connection, MAIN_DB};

use crate::bitmap::Bitmap;
use crate::document::Document;
pub(crate) use plan::{Class, Plan};
pub(crate) use rank::Ranked;
use vocabulary::Vocabulary;

/// The one table; a snapshot's must be the same to the letter.
const TABLE: &str = "CREATE VIRTUAL TABLE words USING fts5(name, identifiers, kind, tags, place, text, \
     content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 2')";

/// The words of documents by ordinal.
#[derive(Debug)]
pub(crate) struct Words {
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    connection: Connection,
    vocabulary: Vocabulary,
    /// What the SQL function `allowed` looks into while a search runs.
    allowed: Arc<RwLock<Option<Arc<Bitmap>>>>,
}

impl Inner {
    fn new(connection: Connection, vocabulary: Vocabulary) -> rusqlite::Result<Self> {
        let allowed: Arc<RwLock<Option<Arc<Bitmap>>>> = Arc::default();
        let within = Arc::clone(&allowed);
        connection.execute_batch(
            "PRAGMA temp_store = MEMORY; PRAGMA journal_mode = MEMORY; PRAGMA trusted_schema = OFF;",
        )?;
        // Asked once per matching document, before it is ranked.
        let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DIRECTONLY;
        connection.create_scalar_function("allowed", 1, flags, move |context| {
            let ordinal = u32::try_from(context.get::<i64>(0)?).unwrap_or(u32::MAX);
            Ok(within.read().as_ref().is_none_or(|allowed| allowed.contains(ordinal)))
        })?;
        Ok(Self { connection, vocabulary, allowed })
    }
}

impl Words {
    /// Makes an empty index.
    pub(crate) fn new() -> rusqlite::Result<Self> {
        let inner = Inner::new(Connection::open_in_memory()?, Vocabulary::default())?;
        inner.connection.execute_batch(TABLE)?;
        Ok(Self { inner: Mutex::new(inner) })
    }

    /// Puts documents in, in place of those of the same ordinals, in one transaction.
    pub(crate) fn replace<'a>(
        &self,
        documents: impl Iterator<Item = (u32, &'a Document)>,
    ) -> rusqlite::Result<()> {
        let mut inner = self.inner.lock();
        let Inner { connection, vocabulary, .. } = &mut *inner;
        let transaction = connection.transaction()?;
        {
            let mut insert = transaction.prepare_cached(
                "REPLACE INTO words (rowid, name, identifiers, kind, tags, place, text) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?;
            for (ordinal, document) in documents {
                let columns = text::columns(document);
                vocabulary.count(&columns);
                let [name, identifiers, kind, tags, place, text] = columns;
                insert.execute((ordinal, name, identifiers, kind, tags, place, text))?;
            }
        }
        transaction.commit()
    }

    /// Takes documents out.
    pub(crate) fn remove(&self, ordinals: &[u32]) -> rusqlite::Result<()> {
        let mut inner = self.inner.lock();
        let transaction = inner.connection.transaction()?;
        {
            let mut delete = transaction.prepare_cached("DELETE FROM words WHERE rowid = ?1")?;
            for ordinal in ordinals {
                delete.execute([ordinal])?;
            }
        }
        transaction.commit()
    }

    /// Merges the index's parts into one, which is read faster.
    pub(crate) fn optimize(&self) -> rusqlite::Result<()> {
        self.inner.lock().connection.execute("INSERT INTO words (words) VALUES ('optimize')", ())?;
        Ok(())
    }

    /// Returns how a query's text is looked up.
    pub(crate) fn plan(&self, text: &str) -> Plan {
        plan::plan(text, &self.inner.lock().vocabulary)
    }

    /// Estimates what it takes of memory.
    pub(crate) fn bytes(&self) -> usize {
        let inner = self.inner.lock();
        let pages = |name: &str| {
            inner.connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0)).unwrap_or_default()
        };
        usize::try_from(pages("page_count") * pages("page_size")).unwrap_or_default()
            + inner.vocabulary.bytes()
    }

    /// Returns the database and the vocabulary, as a snapshot keeps them.
    pub(crate) fn save(&self) -> rusqlite::Result<(Vec<u8>, Vec<(String, u32)>)> {
        let mut inner = self.inner.lock();
        let database = inner.connection.serialize(MAIN_DB)?.to_vec();
        Ok((database, inner.vocabulary.entries().map(|(word, count)| (word.to_owned(), count)).collect()))
    }

    /// Takes them up again. `None` when the database holds anything else, or is damaged.
    pub(crate) fn load(
        database: Vec<u8>,
        vocabulary: Vec<(String, u32)>,
        counted: u32,
    ) -> rusqlite::Result<Option<Self>> {
        let mut connection = Connection::open_in_memory()?;
        let size = database.len();
        connection.deserialize_read_exact(MAIN_DB, database.as_slice(), size, false)?;
        let inner = Inner::new(connection, Vocabulary::from_entries(vocabulary, counted))?;
        if !sound(&inner.connection)? {
            return Ok(None);
        }
        Ok(Some(Self { inner: Mutex::new(inner) }))
    }

    /// Returns how many documents were ever counted in the vocabulary.
    pub(crate) fn counted(&self) -> u32 {
        self.inner.lock().vocabulary.counted()
    }
}

/// Tells whether a database that was loaded is one of ours: the tables that FTS5 makes for our one, and a file that
/// SQLite and FTS5 find in order.
fn sound(connection: &Connection) -> rusqlite::Result<bool> {
    let schema = |connection: &Connection| -> rusqlite::Result<Vec<Option<String>>> {
        let mut select = connection.prepare("SELECT sql FROM sqlite_schema ORDER BY name")?;
        select.query_map((), |row| row.get(0))?.collect()
    };
    let ours = Connection::open_in_memory()?;
    ours.execute_batch(TABLE)?;
    if schema(connection)? != schema(&ours)? {
        return Ok(false);
    }
    let check: String = connection.query_row("PRAGMA quick_check(1)", (), |row| row.get(0))?;
    if check != "ok" {
        return Ok(false);
    }
    connection.execute("INSERT INTO words (words) VALUES ('integrity-check')", ())?;
    Ok(true)
}

#[cfg(test)]
mod tests;
