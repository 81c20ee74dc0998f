//! What things mean: vectors by the language model, kept sealed under a digest of the text they are of, and the queue of
//! things that wait for theirs, which survives a restart.

use std::collections::BTreeMap;

use groma_database::rusqlite::{self, Connection, OptionalExtension as _};
use groma_database::{WriteTx, apart};
use groma_embedding::{Embedder, EmbeddingError};
use groma_model::ThingId;
use groma_seal::{Keyring, Place};
use half::f16;
use half::slice::HalfFloatSliceExt as _;
use uuid::Uuid;

use super::SearchIndex;
use super::document::text;
use crate::InventoryError;
use crate::error::OpResult;
use crate::inventory::Inventory;
use crate::things::{self, Thing};

/// Things looked at together (document 003).
pub const BATCH: usize = 100;
const VECTOR: &str = "embeddings.vector";

/// How many things have a meaning, and how many wait for one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Embedded {
    /// Things that have one by this embedder.
    pub embedded: u64,
    /// Things that wait.
    pub queued: u64,
}

/// A thing that waits, and what its text is.
struct Waiting {
    id: ThingId,
    /// Of the thing when it was read: another one later means another text.
    thing: [u8; 16],
    digest: [u8; 16],
    text: String,
    /// A vector of the same text, if there is one.
    known: Option<Vec<f32>>,
}

impl SearchIndex {
    /// Gives up to [`BATCH`] waiting things their meanings; returns how many waited.
    ///
    /// # Errors
    /// When storage or the model refuses; nothing of the batch is lost.
    pub async fn embed_some(&self) -> Result<usize, InventoryError> {
        let embedder = self.embedder();
        let (inventory, usual_name, id) = (self.inventory.clone(), self.usual_name, embedder.id().to_owned());
        let wanted = id.clone();
        let waiting = inventory.read(move |inventory, connection| {
            let sql = "SELECT thing FROM embedding_queue ORDER BY thing LIMIT ?1";
            let mut statement = connection.prepare_cached(sql)?;
            let ids = statement.query_map([BATCH as i64], |row| row.get::<_, [u8; 16]>(0))?;
            let ids: Vec<[u8; 16]> = ids.collect::<Result<_, _>>()?;
            let mut waiting = Vec::with_capacity(ids.len());
            for id in ids {
                let id = ThingId::from_uuid(Uuid::from_bytes(id));
                if let Some(thing) = things::find(connection, &inventory.keyring, id)? {
                    waiting.push(look(
                        connection,
                        &inventory.keyring,
                        &thing,
                        text(&thing, usual_name),
                        &wanted,
                    )?);
                }
            }
            Ok(waiting)
        });
        let waiting = waiting.await?;
        if waiting.is_empty() {
            return Ok(0);
        }
        let count = waiting.len();
        let failed = |why: String| InventoryError::Storage(format!("failed to embed {count} things: {why}"));
        let made = apart("embed", move || embed(&*embedder, waiting)).await;
        let made =
            made.map_err(|error| failed(error.to_string()))?.map_err(|error| failed(error.to_string()))?;
        let vectors = inventory.write(move |inventory, tx| inventory.keep_vectors(tx, &id, made)).await?;
        if self.is_loaded() {
            self.learn(vectors);
        }
        Ok(count)
    }

    /// Has every thing looked at anew: another model was installed.
    ///
    /// # Errors
    /// When storage refuses.
    pub async fn embed_all_again(&self) -> Result<(), InventoryError> {
        let embedder = self.embedder().id().to_owned();
        let op = move |_: &Inventory, tx: &mut WriteTx<'_>| {
            let sql = "INSERT OR IGNORE INTO embedding_queue (thing) SELECT id FROM things WHERE deleted IS NULL AND NOT EXISTS \
                       (SELECT 1 FROM embeddings WHERE thing = things.id AND embedder = ?1)";
            tx.connection().execute(sql, [&embedder])?;
            Ok(())
        };
        self.inventory.write(op).await
    }

    /// Returns how many things wait, counted up to `most`.
    pub(super) async fn waiting(&self, most: usize) -> Result<usize, InventoryError> {
        let query = move |_: &Inventory, connection: &Connection| {
            let sql = "SELECT count(*) FROM (SELECT 1 FROM embedding_queue LIMIT ?1)";
            connection.prepare_cached(sql)?.query_row([most as i64], |row| row.get::<_, i64>(0))
        };
        Ok(usize::try_from(self.inventory.read(query).await?).unwrap_or_default())
    }

    /// Returns how many things have a meaning and how many wait.
    ///
    /// # Errors
    /// When storage refuses.
    pub async fn embedded(&self) -> Result<Embedded, InventoryError> {
        let embedder = self.embedder().id().to_owned();
        let query = move |_: &Inventory, connection: &Connection| {
            let count = |sql: &str, parameters: &[&dyn rusqlite::ToSql]| {
                connection.prepare_cached(sql)?.query_row(parameters, |row| row.get::<_, i64>(0))
            };
            let embedded = count("SELECT count(*) FROM embeddings WHERE embedder = ?1", &[&embedder])?;
            let queued = count("SELECT count(*) FROM embedding_queue", &[])?;
            Ok(Embedded { embedded: embedded.max(0) as u64, queued: queued.max(0) as u64 })
        };
        self.inventory.read(query).await
    }
}

fn look(
    connection: &Connection,
    keyring: &Keyring,
    thing: &Thing,
    text: String,
    embedder: &str,
) -> rusqlite::Result<Waiting> {
    let digest = keyring.lookup("embeddings.text", text.as_bytes());
    let sql = "SELECT thing, vector_sealed FROM embeddings WHERE text = ?1 AND embedder = ?2 LIMIT 1";
    let known = connection.prepare_cached(sql)?.query_row((digest, embedder), |row| {
        let other: [u8; 16] = row.get(0)?;
        Ok(open(keyring, &other, row.get_ref(1)?.as_blob()?))
    });
    let known = known.optional()?.flatten();
    Ok(Waiting { id: thing.id, thing: thing.digest(keyring), digest, text, known })
}

/// Makes the vectors that are not known yet; equal texts are looked at once.
fn embed(embedder: &dyn Embedder, mut waiting: Vec<Waiting>) -> Result<Vec<Waiting>, EmbeddingError> {
    let mut new: BTreeMap<[u8; 16], &str> = BTreeMap::new();
    for thing in waiting.iter().filter(|thing| thing.known.is_none()) {
        new.insert(thing.digest, &thing.text);
    }
    let texts: Vec<&str> = new.values().copied().collect();
    let vectors = if texts.is_empty() { Vec::new() } else { embedder.embed(&texts)? };
    let made: BTreeMap<[u8; 16], Vec<f32>> = new.into_keys().zip(vectors).collect();
    for thing in &mut waiting {
        if thing.known.is_none() {
            thing.known = made.get(&thing.digest).cloned();
        }
    }
    Ok(waiting)
}

impl Inventory {
    fn keep_vectors(
        &self,
        tx: &WriteTx<'_>,
        embedder: &str,
        made: Vec<Waiting>,
    ) -> OpResult<Vec<(ThingId, Vec<f32>)>> {
        let mut kept = Vec::with_capacity(made.len());
        // Who changed meanwhile waits on.
        let done = "DELETE FROM embedding_queue WHERE thing = ?1 AND EXISTS \
                    (SELECT 1 FROM things WHERE id = ?1 AND digest = ?2)";
        let keep = "INSERT INTO embeddings (thing, embedder, text, vector_sealed) VALUES (?1, ?2, ?3, ?4) \
                    ON CONFLICT (thing) DO UPDATE SET embedder = ?2, text = ?3, vector_sealed = ?4";
        for Waiting { id, thing, digest, known, .. } in made {
            let key = id.uuid().into_bytes();
            let current = tx.connection().prepare_cached(done)?.execute((key, thing))? == 1;
            let Some(vector) = known.filter(|_| current) else { continue };
            let sealed = self.keyring.seal(Place::new(VECTOR, &key), &halves(&vector));
            tx.connection().prepare_cached(keep)?.execute((key, embedder, digest, sealed))?;
            kept.push((id, vector));
        }
        Ok(kept)
    }
}

/// Returns vectors by one embedder, by the things' ids, behind `after`.
pub(crate) fn page(
    connection: &Connection,
    keyring: &Keyring,
    embedder: &str,
    after: Option<ThingId>,
    limit: usize,
) -> rusqlite::Result<Vec<(ThingId, Vec<f32>)>> {
    let sql = "SELECT thing, vector_sealed FROM embeddings WHERE thing > ?1 AND embedder = ?2 ORDER BY thing LIMIT ?3";
    let mut statement = connection.prepare_cached(sql)?;
    let after = after.map(|id| id.uuid().into_bytes().to_vec()).unwrap_or_default();
    let rows = statement.query_map((after, embedder, limit as i64), |row| {
        let id: [u8; 16] = row.get(0)?;
        let vector = open(keyring, &id, row.get_ref(1)?.as_blob()?).unwrap_or_default();
        Ok((ThingId::from_uuid(Uuid::from_bytes(id)), vector))
    })?;
    rows.collect()
}

/// Opens a vector; `None` if it is damaged: it is made anew.
fn open(keyring: &Keyring, thing: &[u8; 16], sealed: &[u8]) -> Option<Vec<f32>> {
    let opened = keyring.open_sealed(Place::new(VECTOR, thing), sealed).ok()?;
    let (halves, []) = opened.as_chunks::<2>() else { return None };
    let halves: Vec<f16> = halves.iter().map(|bytes| f16::from_le_bytes(*bytes)).collect();
    let mut vector = vec![0.0; halves.len()];
    halves.as_slice().convert_to_f32_slice(&mut vector);
    Some(vector)
}

fn halves(vector: &[f32]) -> Vec<u8> {
    vector.iter().flat_map(|number| f16::from_f32(*number).to_le_bytes()).collect()
}
