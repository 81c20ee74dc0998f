//! The same rows by SQLite alone: same file, settings, table and index; the data in the clear and encoded beforehand.

use std::path::Path;
use std::time::{Duration, Instant};

use groma_database::rusqlite::{Connection, TransactionBehavior};
use groma_journal::NewEvent;
use groma_model::{Clock as _, EventId, SystemClock};

use crate::Done;

/// A database of Groma's schema in nobody's hands but ours.
#[derive(Debug)]
pub(crate) struct Bare {
    connection: Connection,
    next: i64,
}

struct Row {
    at: i64,
    code: u16,
    subject_kind: Option<u8>,
    subject: Option<[u8; 16]>,
    id: [u8; 16],
    data: Vec<u8>,
}

impl Bare {
    pub(crate) fn open(root: &Path) -> Done<Self> {
        let connection = crate::bare::open(root)?;
        Ok(Self { connection, next: 1 })
    }

    /// Writes the rows of a batch in one transaction; returns how long that took.
    pub(crate) fn transaction(&mut self, batch: &[NewEvent]) -> Done<Duration> {
        let rows = batch.iter().map(Row::of).collect::<Done<Vec<_>>>()?;
        let begun = Instant::now();
        self.insert(&rows)?;
        Ok(begun.elapsed())
    }

    fn insert(&mut self, rows: &[Row]) -> Done {
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        {
            let mut statement = transaction.prepare_cached(
                "INSERT INTO journal (sequence, at, type, subject_kind, subject, id, data_sealed) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?;
            for row in rows {
                let Row { at, code, subject_kind, subject, id, data } = row;
                statement.execute((self.next, at, code, subject_kind, subject, id, data))?;
                self.next += 1;
            }
        }
        transaction.commit()?;
        Ok(())
    }
}

impl Row {
    fn of(event: &NewEvent) -> Done<Self> {
        Ok(Self {
            at: SystemClock.now().micros(),
            code: event.payload.event_type().code,
            subject_kind: event.subject.map(|subject| subject.kind.code()),
            subject: event.subject.map(|subject| subject.id.into_bytes()),
            id: EventId::now().uuid().into_bytes(),
            data: serde_json::to_vec(&event.payload)?,
        })
    }
}
