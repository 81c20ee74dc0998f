//! The journal: where events are appended, and where cursors begin.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use groma_api::EventStatistics;
use groma_database::rusqlite::{self, Connection};
use groma_database::{Database, ReadError, WriteTx};
use groma_model::{
    Clock, Epoch, EventFilter, EventId, EventType, Frame, NodeId, Payload, Sequence, Subject, Timestamp,
};
use groma_seal::Keyring;
use rand::Rng as _;
use tokio::sync::watch;

use crate::cursor::{Cursor, Position};
use crate::envelope::Origin;
use crate::event::Head;
use crate::figures::Figures;
use crate::pack::Pack;
use crate::publish::{PublishRate, Rates};
use crate::tail::Tail;
use crate::types::{Declared, Types};
use crate::work::Work;
use crate::{counts, declare, storage};

/// Why the journal cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The database refused.
    #[error("failed to read the journal")]
    Read(#[from] ReadError),
}

/// What a journal needs to know.
#[derive(Debug, Clone)]
pub struct JournalOptions {
    /// The installation, part of every event's `source`.
    pub node: NodeId,
    /// The history's epoch.
    pub epoch: Epoch,
    /// How much of the newest events is held in memory, in bytes.
    pub tail_bytes: usize,
}

impl JournalOptions {
    /// 16 MiB: some 20,000 events.
    pub const TAIL_BYTES: usize = 16 << 20;
}

/// An event about to be appended.
#[derive(Debug, Clone, PartialEq)]
pub struct NewEvent {
    /// What it is about.
    pub subject: Option<Subject>,
    /// What happened.
    pub payload: Payload,
}

/// Where a cursor starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// With the oldest event there is.
    Oldest,
    /// Behind a position.
    After(Sequence),
    /// With the first event appended at or after a moment.
    Since(Timestamp),
    /// With the next event.
    Live,
}

/// The journal, open; cloning the `Arc` shares it.
#[derive(Debug)]
pub struct Journal {
    pub(crate) database: Database,
    pub(crate) keyring: Arc<Keyring>,
    pub(crate) origin: Arc<Origin>,
    pub(crate) tail: Arc<Tail>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) types: Types,
    pub(crate) figures: Arc<Figures>,
    pub(crate) rates: Rates,
    /// Where schemas are compiled and data is checked.
    pub(crate) work: Work,
    /// Runs of retention, of which there is one at a time.
    pub(crate) retaining: tokio::sync::Mutex<()>,
    /// Where dropped events may go.
    pub(crate) archive: OnceLock<PathBuf>,
    /// The newest alarm: an event that could not be journaled.
    alarm: watch::Sender<Option<Frame>>,
}

impl Journal {
    /// Opens the journal of a database. One per database.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn open(
        database: Database,
        keyring: Arc<Keyring>,
        clock: Arc<dyn Clock>,
        options: JournalOptions,
    ) -> Result<Arc<Self>, JournalError> {
        let keys = Arc::clone(&keyring);
        let read = move |connection: &Connection| {
            let snapshot = connection.unchecked_transaction()?;
            let (head, _) = storage::newest(&snapshot)?;
            Ok((head, counts::read(&snapshot)?, declare::load(&snapshot, &keys)?))
        };
        let (head, counts, declared) = database.read(read).await?;
        let origin = Arc::new(Origin::new(options.node, options.epoch));
        let figures = Arc::new(Figures::new(clock.now(), &counts));
        let tail = Arc::new(Tail::new(options.epoch, head, options.tail_bytes, Arc::clone(&figures)));
        let publish = Arc::clone(&tail);
        database.listen(move || publish.publish());
        let journal = Arc::new(Self {
            database,
            keyring,
            origin,
            tail,
            clock,
            types: Types::default(),
            figures,
            rates: Rates::new(PublishRate::default()),
            work: Work::start().map_err(ReadError::Thread)?,
            retaining: tokio::sync::Mutex::new(()),
            archive: OnceLock::new(),
            alarm: watch::Sender::new(None),
        });
        declared.into_iter().for_each(|declared| journal.learn(declared));
        Ok(journal)
    }

    /// Takes up a declared type, or what is new of it.
    pub(crate) fn learn(&self, declared: Declared) {
        // The words first: whoever finds the type may make an event of it.
        self.origin.learn(declared.event_type);
        self.types.learn(declared);
    }

    /// Says where dropped events are written to if they are to be archived; the first place stands.
    pub fn archive_in(&self, folder: PathBuf) {
        let _ = self.archive.set(folder);
    }

    /// Appends events inside the writer's transaction, numbered in order. Readers see them once it is on disk.
    ///
    /// # Errors
    /// When SQLite refuses; the transaction is then of no use.
    pub fn append(&self, tx: &mut WriteTx<'_>, events: Vec<NewEvent>) -> rusqlite::Result<Option<Sequence>> {
        if events.is_empty() {
            return Ok(None);
        }
        let (mut number, newest_at) = storage::newest(tx.connection())?;
        // A clock that was set back must not take time cursors back.
        let at = self.clock.now().max(newest_at);
        let mut pack = Pack::new(Arc::clone(&self.origin), events.len());
        {
            let mut insert = storage::Insert::prepare(tx.connection(), &self.keyring)?;
            for NewEvent { subject, payload } in events {
                let event_type = payload.event_type();
                debug_assert!(event_type.class.journaled(), "these are never journaled");
                number += 1;
                let head = Head { event_type, subject, id: event_id(at), at };
                let data = pack
                    .push(number, head, |out| serde_json::to_writer(out, &payload))
                    .map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))?;
                insert.row(number, &head, data)?;
            }
        }
        let appended = pack.finish();
        let tail = Arc::clone(&self.tail);
        tx.on_commit(move || tail.arrive(appended));
        Ok(Some(Sequence::new(self.origin.epoch, number)))
    }

    /// Tells all live readers something that cannot be journaled, such as that the journal itself cannot be written.
    pub fn alarm(&self, payload: &Payload) {
        let head = Head {
            event_type: payload.event_type(),
            subject: None,
            id: EventId::now(),
            at: self.clock.now(),
        };
        self.alarm.send_replace(Some(self.origin.control(&head, payload)));
    }

    /// Returns the position of the newest event.
    #[must_use]
    pub fn head(&self) -> Sequence {
        Sequence::new(self.origin.epoch, self.tail.head())
    }

    /// Returns the position of the newest event that `connection` sees: with a row read there, a snapshot's position.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn head_in(&self, connection: &Connection) -> rusqlite::Result<(Sequence, Timestamp)> {
        let (number, at) = storage::newest(connection)?;
        Ok((Sequence::new(self.origin.epoch, number), at))
    }

    /// Returns how many events were merged for slow readers since the journal was opened.
    #[must_use]
    pub fn merged(&self) -> u64 {
        self.figures.merged_in_all()
    }

    /// Counts events that somebody could not append.
    pub fn count_failed(&self, events: u64) {
        self.figures.failed(events);
    }

    /// Returns how many cursors are open.
    #[must_use]
    pub fn readers(&self) -> usize {
        self.tail.readers()
    }

    /// Opens a cursor.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn cursor(self: &Arc<Self>, start: Start, filter: EventFilter) -> Result<Cursor, JournalError> {
        // The receivers first: what is appended from here on wakes the cursor.
        let (moved, mut alarm) = (self.tail.watch(), self.alarm.subscribe());
        if alarm.borrow().is_some() {
            // Who comes after the alarm hears it too: what it tells of still holds.
            alarm.mark_changed();
        }
        let head = self.tail.head();
        let position = match start {
            Start::Live => Position::at(head + 1),
            Start::Oldest => {
                let (oldest, told) = self.oldest(head).await?;
                Position { told, ..Position::at(oldest) }
            }
            Start::Since(at) => {
                let (_, told) = self.oldest(head).await?;
                let next = self.database.read(move |connection| storage::first_since(connection, at)).await?;
                Position { told, ..Position::at(next) }
            }
            Start::After(sequence) => self.locate(sequence, head).await?,
        };
        Ok(Cursor::new(Arc::clone(self), position, filter, moved, alarm))
    }

    /// Returns the number of the oldest event, and up to where events were dropped.
    async fn oldest(&self, head: u64) -> Result<(u64, u64), JournalError> {
        let read = |connection: &Connection| {
            let snapshot = connection.unchecked_transaction()?;
            let dropped = counts::dropped_from(&snapshot, 0, |_| true)?;
            Ok((storage::oldest(&snapshot)?, dropped.unwrap_or(0)))
        };
        let (oldest, dropped) = self.database.read(read).await?;
        Ok((oldest.unwrap_or(head + 1), dropped))
    }

    /// Finds out whether a position can be resumed from, and tells the gap if it belongs to another history. What
    /// retention dropped behind a position is told by the cursor, as it goes on.
    async fn locate(&self, sequence: Sequence, head: u64) -> Result<Position, JournalError> {
        use groma_model::system::GapReason;
        let epoch = self.origin.epoch;
        let gap = |to: u64, told: u64, reason| Position {
            next: to,
            told,
            gap: Some((sequence, Sequence::new(epoch, to - 1), reason)),
        };
        Ok(if sequence.epoch < epoch {
            let (oldest, dropped) = self.oldest(head).await?;
            gap(oldest, dropped, GapReason::HistoryReset)
        } else if sequence.epoch > epoch || sequence.number > head {
            gap(head + 1, 0, GapReason::UnknownPosition)
        } else {
            Position::at(sequence.number + 1)
        })
    }

    /// Returns figures of events since the journal was opened.
    #[must_use]
    pub fn statistics(&self) -> EventStatistics {
        self.figures.statistics(&self.types, self.head(), self.clock.now())
    }

    /// Makes a control frame.
    pub(crate) fn control(
        &self,
        event_type: &'static EventType,
        subject: Option<Subject>,
        data: &impl serde::Serialize,
    ) -> Frame {
        let head = Head { event_type, subject, id: EventId::now(), at: self.clock.now() };
        self.origin.control(&head, data)
    }

    /// Returns an event that is not journaled, because it is made from something else that is kept: it has no sequence,
    /// and whoever makes it gives it the same id each time.
    pub fn expanded(
        &self,
        event_type: &'static EventType,
        subject: Option<Subject>,
        id: EventId,
        at: Timestamp,
        data: &impl serde::Serialize,
    ) -> Frame {
        self.origin.control(&Head { event_type, subject, id, at }, data)
    }
}

/// Makes an id that sorts by the time of appending (UUIDv7), without asking the kernel for each one's random part.
fn event_id(at: Timestamp) -> EventId {
    let millis = u64::try_from(at.millis()).unwrap_or_default();
    let random = rand::rng().random();
    EventId::from_uuid(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
}

#[cfg(test)]
mod tests;
