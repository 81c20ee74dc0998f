//! The journal's table: appending inside the writer's transaction, reading pages.

use bytes::Bytes;
use groma_database::rusqlite::{self, Connection, OptionalExtension as _, Row};
use groma_model::{EventId, EventType, Subject, SubjectKind, Timestamp};
use groma_seal::{Keyring, Place};
use uuid::Uuid;

use crate::Event;

const COLUMN: &str = "journal.data";

/// A row that is an event, or the number of one that does not open.
#[derive(Debug)]
pub(crate) enum Stored {
    Event(Event),
    Damaged(u64),
}

/// Returns number and time of the newest row; zeros if there is none.
pub(crate) fn newest(connection: &Connection) -> rusqlite::Result<(u64, Timestamp)> {
    let newest = connection
        .prepare_cached("SELECT sequence, at FROM journal ORDER BY sequence DESC LIMIT 1")?
        .query_row([], |row| Ok((row.get::<_, i64>(0)?.max(0) as u64, Timestamp::from_micros(row.get(1)?))))
        .optional()?;
    Ok(newest.unwrap_or((0, Timestamp::UNIX_EPOCH)))
}

/// Returns the number of the oldest row; one above the newest possible if there is none.
pub(crate) fn oldest(connection: &Connection) -> rusqlite::Result<Option<u64>> {
    connection
        .prepare_cached("SELECT sequence FROM journal ORDER BY sequence LIMIT 1")?
        .query_row([], |row| Ok(row.get::<_, i64>(0)?.max(0) as u64))
        .optional()
}

/// Returns the first number whose event was appended at or after `at`; appending time never goes back.
pub(crate) fn first_since(connection: &Connection, at: Timestamp) -> rusqlite::Result<u64> {
    let (newest, _) = newest(connection)?;
    let (mut low, mut high) = (oldest(connection)?.unwrap_or(1), newest + 1);
    let mut probe =
        connection.prepare_cached("SELECT at FROM journal WHERE sequence >= ?1 ORDER BY sequence LIMIT 1")?;
    while low < high {
        let middle = low + (high - low) / 2;
        let found: Option<i64> = probe.query_row([middle as i64], |row| row.get(0)).optional()?;
        if found.is_some_and(|found| found < at.micros()) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Ok(low)
}

/// Writes one event.
pub(crate) fn insert(connection: &Connection, keyring: &Keyring, event: &Event) -> rusqlite::Result<()> {
    let number = event.number as i64;
    let sealed = keyring.seal(Place::new(COLUMN, &number.to_be_bytes()), &event.data);
    let mut statement = connection.prepare_cached(
        "INSERT INTO journal (sequence, at, type, subject_kind, subject, id, data_sealed) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?;
    statement.execute((
        number,
        event.at.micros(),
        event.event_type.code,
        event.subject.map(|subject| subject.kind.code()),
        event.subject.map(|subject| subject.id.into_bytes()),
        event.id.uuid().into_bytes(),
        sealed,
    ))?;
    Ok(())
}

/// Which rows to read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Range {
    /// The lowest number.
    pub(crate) from: u64,
    /// One above the highest number.
    pub(crate) below: u64,
    /// Only this subject, found by its index.
    pub(crate) subject: Option<Subject>,
    /// Newest first.
    pub(crate) backwards: bool,
}

/// Reads rows in order and hands each to `take` until that returns `false`.
pub(crate) fn scan(
    connection: &Connection,
    keyring: &Keyring,
    range: Range,
    wanted: impl Fn(&'static EventType, Option<Subject>) -> bool,
    mut take: impl FnMut(Stored) -> bool,
) -> rusqlite::Result<()> {
    let order = if range.backwards { "DESC" } else { "ASC" };
    let by_subject = if range.subject.is_some() { "AND subject = ?3" } else { "AND ?3 IS NULL" };
    let sql = format!(
        "SELECT sequence, at, type, subject_kind, subject, id, data_sealed FROM journal \
         WHERE sequence >= ?1 AND sequence < ?2 {by_subject} ORDER BY sequence {order}"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let subject = range.subject.map(|subject| subject.id.into_bytes());
    let below = range.below.min(i64::MAX as u64) as i64;
    let mut rows = statement.query((range.from as i64, below, subject))?;
    while let Some(row) = rows.next()? {
        if let Some(stored) = read(row, keyring, &wanted)?
            && !take(stored)
        {
            break;
        }
    }
    Ok(())
}

fn read(
    row: &Row<'_>,
    keyring: &Keyring,
    wanted: &impl Fn(&'static EventType, Option<Subject>) -> bool,
) -> rusqlite::Result<Option<Stored>> {
    let number: i64 = row.get(0)?;
    let damaged = Ok(Some(Stored::Damaged(number.max(0) as u64)));
    let Some(event_type) = EventType::from_code(row.get(2)?) else { return damaged };
    let subject = match (row.get::<_, Option<u8>>(3)?, row.get::<_, Option<[u8; 16]>>(4)?) {
        (Some(kind), Some(id)) => match SubjectKind::from_code(kind) {
            Some(kind) => Some(Subject { kind, id: Uuid::from_bytes(id) }),
            None => return damaged,
        },
        _ => None,
    };
    if !wanted(event_type, subject) {
        return Ok(None);
    }
    let sealed = row.get_ref(6)?.as_blob().unwrap_or_default();
    let Ok(data) = keyring.open_sealed(Place::new(COLUMN, &number.to_be_bytes()), sealed) else {
        return damaged;
    };
    let at = Timestamp::from_micros(row.get(1)?);
    let id = EventId::from_uuid(Uuid::from_bytes(row.get(5)?));
    Ok(Some(Stored::Event(Event::new(number.max(0) as u64, at, event_type, subject, id, Bytes::from(data)))))
}
