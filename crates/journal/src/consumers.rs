//! Registered readers: events are kept for them, until they have not been heard of for long.

use std::sync::Arc;

use groma_api::{ApiError, Consumer, ConsumerRequest, ErrorCode};
use groma_database::OpError;
use groma_database::rusqlite::{self, Connection, OptionalExtension as _};
use groma_model::{Sequence, Timestamp};
use groma_seal::{Keyring, Place};

use crate::journal::Journal;
use crate::refuse;
use crate::retention::{Hold, expiry_seconds};
use crate::storage;

const COLUMN: &str = "consumers.name";
const NAME_CHARACTERS_MAX: usize = 100;
const CONSUMERS_MAX: i64 = 1_000;

/// A row of the table.
struct Row {
    name: String,
    position: u64,
    created: Timestamp,
    seen: Timestamp,
}

impl Journal {
    /// Registers a consumer or tells its position; either way it was heard of.
    ///
    /// # Errors
    /// When the position goes back or is none of this history, there are too many, or storage refuses.
    pub async fn put_consumer(self: &Arc<Self>, request: ConsumerRequest) -> Result<Consumer, ApiError> {
        let ConsumerRequest { name, position } = request;
        check_name(&name)?;
        let journal = Arc::clone(self);
        let put = self.database.write(move |tx| {
            let connection = tx.connection();
            let (head, _) = storage::newest(connection)?;
            let told = position.map(|position| journal.number(position, head)).transpose();
            let told = told.map_err(OpError::Refused)?;
            let id = journal.keyring.lookup(COLUMN, name.as_bytes());
            let now = journal.clock.now();
            let found = connection
                .prepare_cached("SELECT position, created FROM consumers WHERE id = ?1")?
                .query_row([id], |row| Ok((row.get::<_, i64>(0)?.max(0) as u64, row.get::<_, i64>(1)?)))
                .optional()?;
            let (position, created) = match found {
                Some((position, created)) => {
                    let told = told.unwrap_or(position);
                    if told < position {
                        return Err(OpError::Refused(ApiError::new(
                            ErrorCode::Conflict,
                            format!(
                                "consumer {name} told {} before, which lies behind the position given: it cannot go back; \
                                 delete it to register it again",
                                Sequence::new(journal.origin.epoch, position)
                            ),
                        ).at("position")));
                    }
                    (told, Timestamp::from_micros(created))
                }
                None => {
                    let count: i64 = connection.query_row("SELECT count(*) FROM consumers", [], |row| row.get(0))?;
                    if count >= CONSUMERS_MAX {
                        return Err(OpError::Refused(ApiError::new(
                            ErrorCode::Conflict,
                            format!("there are {CONSUMERS_MAX} consumers already: delete one that is not needed"),
                        )));
                    }
                    (told.unwrap_or(head), now)
                }
            };
            let sealed = journal.keyring.seal(Place::new(COLUMN, &id), name.as_bytes());
            connection
                .prepare_cached(
                    "INSERT INTO consumers (id, position, created, seen, name_sealed) VALUES (?1, ?2, ?3, ?4, ?5)
                     ON CONFLICT (id) DO UPDATE SET position = excluded.position, seen = excluded.seen",
                )?
                .execute((id, position as i64, created.micros(), now.micros(), sealed))?;
            let row = Row { name, position, created, seen: now };
            Ok(journal.consumer(row, head, expiry_seconds(connection)?))
        });
        put.await.map_err(refuse::written)
    }

    /// Lists consumers, by name.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn consumers(self: &Arc<Self>) -> Result<Vec<Consumer>, ApiError> {
        let journal = Arc::clone(self);
        let read = move |connection: &Connection| {
            let snapshot = connection.unchecked_transaction()?;
            let (head, _) = storage::newest(&snapshot)?;
            let expiry = expiry_seconds(&snapshot)?;
            let rows = rows(&snapshot, &journal.keyring)?.into_iter();
            Ok(rows.map(|row| journal.consumer(row, head, expiry)).collect::<Vec<_>>())
        };
        let mut all = self.database.read(read).await.map_err(refuse::read)?;
        all.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(all)
    }

    /// Forgets a consumer.
    ///
    /// # Errors
    /// When there is none of that name, or storage refuses.
    pub async fn delete_consumer(&self, name: &str) -> Result<(), ApiError> {
        let (id, shown) = (self.keyring.lookup(COLUMN, name.as_bytes()), name.to_owned());
        let delete = self.database.write(move |tx| {
            match tx.connection().execute("DELETE FROM consumers WHERE id = ?1", [id])? {
                0 => Err(OpError::Refused(ApiError::new(
                    ErrorCode::NotFound,
                    format!("no consumer is called {shown}: `groma consumers list` shows all"),
                ))),
                _ => Ok(()),
            }
        });
        delete.await.map_err(refuse::written)
    }

    fn consumer(&self, row: Row, head: u64, expiry: i64) -> Consumer {
        Consumer {
            name: row.name,
            position: Sequence::new(self.origin.epoch, row.position),
            behind: head.saturating_sub(row.position),
            created_at: row.created,
            seen_at: row.seen,
            expires_at: row.seen.plus_seconds(expiry),
        }
    }

    /// Reads a position of this history.
    fn number(&self, position: Sequence, head: u64) -> Result<u64, ApiError> {
        if position.epoch == self.origin.epoch && position.number <= head {
            return Ok(position.number);
        }
        let detail = format!(
            "{position} is no position of this journal, whose newest is {}: take one from an event",
            Sequence::new(self.origin.epoch, head)
        );
        Err(ApiError::invalid("position", detail))
    }
}

/// Returns for whom events are held at `now`.
pub(crate) fn holds(
    connection: &Connection,
    keyring: &Keyring,
    (epoch, now): (groma_model::Epoch, Timestamp),
) -> rusqlite::Result<Vec<Hold>> {
    let expiry = expiry_seconds(connection)?;
    let rows = rows(connection, keyring)?.into_iter();
    let heard_of = rows.filter(|row| row.seen.plus_seconds(expiry) > now);
    let hold = |row: Row| Hold {
        who: format!("consumer {}", row.name),
        through: Sequence::new(epoch, row.position),
    };
    Ok(heard_of.map(hold).collect())
}

/// Returns the number above which events are held by a consumer.
pub(crate) fn held_above(connection: &Connection, now: Timestamp) -> rusqlite::Result<u64> {
    let since = now.plus_seconds(-expiry_seconds(connection)?);
    let lowest: Option<i64> = connection
        .prepare_cached("SELECT min(position) FROM consumers WHERE seen > ?1")?
        .query_row([since.micros()], |row| row.get(0))?;
    Ok(lowest.map_or(u64::MAX, |lowest| lowest.max(0) as u64))
}

fn rows(connection: &Connection, keyring: &Keyring) -> rusqlite::Result<Vec<Row>> {
    let mut statement =
        connection.prepare_cached("SELECT id, position, created, seen, name_sealed FROM consumers")?;
    let read = statement.query_map([], |row| {
        let (id, sealed): ([u8; 16], Vec<u8>) = (row.get(0)?, row.get(4)?);
        // One whose name is damaged holds its events all the same.
        let name = keyring.open_sealed(Place::new(COLUMN, &id), &sealed).ok();
        let name = name.and_then(|name| String::from_utf8(name).ok());
        Ok(Row {
            name: name.unwrap_or_else(|| "(damaged)".to_owned()),
            position: row.get::<_, i64>(1)?.max(0) as u64,
            created: Timestamp::from_micros(row.get(2)?),
            seen: Timestamp::from_micros(row.get(3)?),
        })
    })?;
    read.collect()
}

fn check_name(name: &str) -> Result<(), ApiError> {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-');
    if !name.is_empty() && name.len() <= NAME_CHARACTERS_MAX && name.bytes().all(allowed) {
        return Ok(());
    }
    let detail =
        format!("a consumer's name has 1 to {NAME_CHARACTERS_MAX} letters, digits, `.`, `_` and `-`");
    Err(ApiError::invalid("name", detail))
}
