//! A few rows of one column: read and sealed again beside the writer, then put in their place if nobody changed them.

use groma_database::rusqlite::types::{Value, ValueRef};
use groma_database::rusqlite::{Connection, Row, params_from_iter};
use groma_seal::{Keyring, Place};
use serde::{Deserialize, Serialize};

use super::columns::SealedColumn;

/// So few that nobody waits long for the writer.
const ROWS_MAX: usize = 500;
const BYTES_MAX: usize = 2 << 20;

/// A part of a primary key, as it is kept between two lives of the process.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Part {
    Integer(i64),
    Text(String),
    Blob(Vec<u8>),
}

impl Part {
    fn of(value: ValueRef<'_>) -> Self {
        match value {
            ValueRef::Integer(number) => Self::Integer(number),
            ValueRef::Text(text) => Self::Text(String::from_utf8_lossy(text).into_owned()),
            ValueRef::Blob(bytes) => Self::Blob(bytes.to_vec()),
            // No primary key of ours is one of these.
            ValueRef::Null | ValueRef::Real(_) => Self::Blob(Vec::new()),
        }
    }

    fn value(&self) -> Value {
        match self {
            Self::Integer(number) => Value::Integer(*number),
            Self::Text(text) => Value::Text(text.clone()),
            Self::Blob(bytes) => Value::Blob(bytes.clone()),
        }
    }
}

/// A row that is to be sealed by another key.
#[derive(Debug)]
struct Resealed {
    key: Vec<Part>,
    old: Vec<u8>,
    new: Vec<u8>,
}

/// What was read of a column.
#[derive(Debug, Default)]
pub(super) struct Batch {
    resealed: Vec<Resealed>,
    /// Rows that were looked at.
    pub(super) rows: u64,
    /// Those of them that did not open.
    pub(super) damaged: u64,
    /// The last of them; `None`: there was none.
    pub(super) last: Option<Vec<Part>>,
}

/// Reads the rows behind `after`, and seals again what an older key than `target` sealed.
pub(super) fn read(
    connection: &Connection,
    keyring: &Keyring,
    column: &SealedColumn,
    target: u32,
    after: Option<&[Part]>,
) -> groma_database::rusqlite::Result<Batch> {
    let SealedColumn { table, column: name, row: place, primary_key, .. } = column;
    let keys = primary_key.join(", ");
    let behind = match after {
        Some(_) => format!("AND ({keys}) > ({})", vec!["?"; primary_key.len()].join(", ")),
        None => String::new(),
    };
    let sql = format!(
        "SELECT {name}, {keys}, {} FROM {table} WHERE {name} IS NOT NULL {behind} ORDER BY {keys} LIMIT {ROWS_MAX}",
        place.join(", ")
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(params_from_iter(after.unwrap_or_default().iter().map(Part::value)))?;
    let (mut batch, mut bytes) = (Batch::default(), 0);
    while bytes < BYTES_MAX
        && let Some(row) = rows.next()?
    {
        let sealed = row.get_ref(0)?.as_blob().unwrap_or_default();
        let key = (1..=primary_key.len()).map(|at| Ok(Part::of(row.get_ref(at)?)));
        let key: Vec<Part> = key.collect::<groma_database::rusqlite::Result<_>>()?;
        bytes += sealed.len();
        batch.rows += 1;
        if Keyring::key_of(sealed).is_none_or(|by| by < target) {
            let named = named(row, 1 + primary_key.len(), place.len())?;
            let place = Place::new(column.place, &named);
            match keyring.open_sealed(place, sealed) {
                Ok(plain) => batch.resealed.push(Resealed {
                    key: key.clone(),
                    old: sealed.to_vec(),
                    new: keyring.seal(place, &plain),
                }),
                Err(_) => batch.damaged += 1,
            }
        }
        batch.last = Some(key);
    }
    Ok(batch)
}

/// Returns the bytes that name a row in its place.
fn named(row: &Row<'_>, from: usize, count: usize) -> groma_database::rusqlite::Result<Vec<u8>> {
    let mut named = Vec::new();
    for at in from..from + count {
        match row.get_ref(at)? {
            ValueRef::Integer(number) => named.extend_from_slice(&number.to_be_bytes()),
            ValueRef::Text(bytes) | ValueRef::Blob(bytes) => named.extend_from_slice(bytes),
            ValueRef::Null | ValueRef::Real(_) => {}
        }
    }
    Ok(named)
}

impl Batch {
    /// Puts the rows in their place; who changed one meanwhile sealed it by the new key already.
    pub(super) fn write(
        &self,
        connection: &Connection,
        column: &SealedColumn,
    ) -> groma_database::rusqlite::Result<()> {
        let SealedColumn { table, column: name, primary_key, .. } = column;
        let by_key: Vec<String> = primary_key.iter().map(|key| format!("{key} = ?")).collect();
        let sql = format!("UPDATE {table} SET {name} = ? WHERE {} AND {name} = ?", by_key.join(" AND "));
        let mut statement = connection.prepare_cached(&sql)?;
        for row in &self.resealed {
            let new = std::iter::once(Value::Blob(row.new.clone()));
            let old = std::iter::once(Value::Blob(row.old.clone()));
            statement.execute(params_from_iter(new.chain(row.key.iter().map(Part::value)).chain(old)))?;
        }
        Ok(())
    }
}
