//! The journal's table: appending inside the writer's transaction, reading pages.

use groma_database::rusqlite::{self, CachedStatement, Connection, OptionalExtension as _, Row};
use groma_model::{EventId, EventType, Subject, SubjectKind, Timestamp};
use groma_seal::{Keyring, Place};
use uuid::Uuid;

use crate::Event;
use crate::event::Head;
use crate::pack::Pack;
use crate::types::Types;

const COLUMN: &str = "journal.data";

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

/// Returns when the oldest row was appended.
pub(crate) fn oldest_at(connection: &Connection) -> rusqlite::Result<Option<Timestamp>> {
    connection
        .prepare_cached("SELECT at FROM journal ORDER BY sequence LIMIT 1")?
        .query_row([], |row| row.get(0).map(Timestamp::from_micros))
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

/// Writes the events of one operation.
pub(crate) struct Insert<'a> {
    statement: CachedStatement<'a>,
    keyring: &'a Keyring,
    sealed: Vec<u8>,
}

impl<'a> Insert<'a> {
    pub(crate) fn prepare(connection: &'a Connection, keyring: &'a Keyring) -> rusqlite::Result<Self> {
        let statement = connection.prepare_cached(
            "INSERT INTO journal (sequence, at, type, subject_kind, subject, id, data_sealed) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?;
        Ok(Self { statement, keyring, sealed: Vec::new() })
    }

    /// Writes one event.
    pub(crate) fn row(&mut self, number: u64, head: &Head, data: &[u8]) -> rusqlite::Result<()> {
        let number = number as i64;
        self.sealed.clear();
        self.keyring.seal_into(Place::new(COLUMN, &number.to_be_bytes()), data, &mut self.sealed);
        self.statement.execute((
            number,
            head.at.micros(),
            head.event_type.code,
            head.subject.map(|subject| subject.kind.code()),
            head.subject.map(|subject| subject.id.into_bytes()),
            head.id.uuid().into_bytes(),
            &self.sealed,
        ))?;
        Ok(())
    }
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
    /// Look for missing numbers, behind one and up to another; not backwards.
    pub(crate) holes: Option<(u64, u64)>,
}

/// Rows that were read.
#[derive(Debug)]
pub(crate) struct Page {
    /// Those that opened, in the order of reading.
    pub(crate) events: Vec<Event>,
    /// The numbers of those that did not.
    pub(crate) damaged: Vec<u64>,
    /// Where dropped rows are missing, in order: behind one number, up to another.
    pub(crate) holes: Vec<(u64, u64)>,
    /// The last number that was read.
    pub(crate) last: Option<u64>,
    /// Whether there are more behind it.
    pub(crate) more: bool,
}

/// Reads up to `limit` events in order into a pack.
pub(crate) fn scan(
    connection: &Connection,
    (keyring, types): (&Keyring, &Types),
    mut pack: Pack,
    range: Range,
    limit: usize,
    wanted: impl Fn(&'static EventType, Option<Subject>) -> bool,
) -> rusqlite::Result<Page> {
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
    let (mut damaged, mut last, mut more) = (Vec::new(), None, false);
    let mut holes = Holes::new(&range);
    while let Some(row) = rows.next()? {
        let number = row.get::<_, i64>(0)?.max(0) as u64;
        holes.pass(number);
        let head = read_head(row, types);
        if head.is_some_and(|head| !wanted(head.event_type, head.subject)) {
            continue;
        }
        if pack.len() == limit {
            more = true;
            break;
        }
        holes.keep();
        let sealed = row.get_ref(6)?.as_blob().unwrap_or_default();
        let place = (number as i64).to_be_bytes();
        let open = |out: &mut Vec<u8>| keyring.open_into(Place::new(COLUMN, &place), sealed, out);
        if head.is_none_or(|head| pack.push(number, head, open).is_err()) {
            damaged.push(number);
        }
        last = Some(number);
    }
    if !more {
        holes.pass(range.below);
        holes.keep();
    }
    Ok(Page { events: pack.finish(), damaged, holes: holes.found, last, more })
}

/// Looks for numbers that are missing. With a filter by subject, of which the rows of others are not read, whatever
/// lies between two rows may be.
struct Holes {
    /// Nothing above this is of interest.
    through: u64,
    /// Everything up to here was seen.
    seen: u64,
    /// What is missing before the next event that is wanted.
    open: Option<(u64, u64)>,
    found: Vec<(u64, u64)>,
}

impl Holes {
    fn new(range: &Range) -> Self {
        let (from, through) = range.holes.unwrap_or((u64::MAX, 0));
        Self { through, seen: from.max(range.from.saturating_sub(1)), open: None, found: Vec::new() }
    }

    /// Notes a row.
    fn pass(&mut self, number: u64) {
        let through = self.through.min(number.saturating_sub(1));
        if self.seen < through {
            let from = self.open.map_or(self.seen, |(from, _)| from);
            self.open = Some((from, through));
        }
        self.seen = self.seen.max(number);
    }

    /// Keeps what was missing before an event that is handed out.
    fn keep(&mut self) {
        self.found.extend(self.open.take());
    }
}

/// Reads the rows of these numbers in order into a pack; those that do not open are left out.
pub(crate) fn pick(
    connection: &Connection,
    (keyring, types): (&Keyring, &Types),
    mut pack: Pack,
    numbers: &[u64],
) -> rusqlite::Result<Vec<Event>> {
    let sql =
        "SELECT sequence, at, type, subject_kind, subject, id, data_sealed FROM journal WHERE sequence = ?1";
    let mut statement = connection.prepare_cached(sql)?;
    for number in numbers {
        let mut rows = statement.query([*number as i64])?;
        let Some(row) = rows.next()? else { continue };
        let sealed = row.get_ref(6)?.as_blob().unwrap_or_default();
        let place = (*number as i64).to_be_bytes();
        let open = |out: &mut Vec<u8>| keyring.open_into(Place::new(COLUMN, &place), sealed, out);
        if let Some(head) = read_head(row, types) {
            // Damaged: nobody could read it, here or there.
            let _ = pack.push(*number, head, open);
        }
    }
    Ok(pack.finish())
}

/// Returns what is stored in the clear; nothing if it is damaged, or this version does not know the type or the
/// subject's kind. One row that cannot be read hides no other.
fn read_head(row: &Row<'_>, types: &Types) -> Option<Head> {
    let event_type = types.by_code(row.get(2).ok()?)?;
    let subject = match (row.get::<_, Option<u8>>(3).ok()?, row.get::<_, Option<[u8; 16]>>(4).ok()?) {
        (Some(kind), Some(id)) => {
            Some(Subject { kind: SubjectKind::from_code(kind)?, id: Uuid::from_bytes(id) })
        }
        _ => None,
    };
    let at = Timestamp::from_micros(row.get(1).ok()?);
    let id = EventId::from_uuid(Uuid::from_bytes(row.get(5).ok()?));
    Some(Head { event_type, subject, id, at })
}
