//! The same rows by SQLite alone: what ours wrote is read from its file and written again, each sealed value as long as
//! it is in the clear. Nothing is looked up, compared, encoded or sealed.

use std::path::Path;
use std::time::{Duration, Instant};

use groma_database::rusqlite::types::Value;
use groma_database::rusqlite::{Connection, Params, TransactionBehavior, params_from_iter};
use groma_model::{TaskId, ThingId};

use super::upsert::Pass;
use crate::{Done, bare};

/// What sealing adds to a value: version, key, nonce, tag.
const ENVELOPE: usize = 1 + 4 + 12 + 16;
/// What changes of a thing that was seen again.
const TOUCHED: &str =
    "UPDATE things SET last_seen = ?2, seen_by = ?3, slice = ?4, readings_sealed = ?5 WHERE id = ?1";

/// A database of Groma's schema that SQLite alone writes.
#[derive(Debug)]
pub(crate) struct Plain {
    pub(crate) connection: Connection,
    tables: Tables,
    /// How far our journal and our changes were taken over.
    journal: i64,
    changes: i64,
}

/// The tables that a recording writes.
#[derive(Debug)]
struct Tables {
    tasks: Table,
    things: Table,
    observations: Table,
    changes: Table,
    queue: Table,
    journal: Table,
}

/// A table, and how rows get into it.
#[derive(Debug)]
struct Table {
    name: &'static str,
    columns: Vec<String>,
    insert: String,
}

type Row = Vec<Value>;

/// The rows that a batch left.
#[derive(Debug)]
pub(crate) struct Rows {
    things: Vec<Row>,
    observations: Vec<Row>,
    changes: Vec<Row>,
    queue: Vec<Row>,
    journal: Vec<Row>,
}

impl Table {
    /// Looks at a table; a row that is there already is replaced by its key, if one is named.
    fn of(connection: &Connection, name: &'static str, key: Option<&str>) -> Done<Self> {
        let statement = connection.prepare(&format!("SELECT * FROM {name}"))?;
        let columns: Vec<String> = statement.column_names().map(str::to_owned).collect();
        let places: Vec<String> = (1..=columns.len()).map(|place| format!("?{place}")).collect();
        let mut insert =
            format!("INSERT INTO {name} ({}) VALUES ({})", columns.join(", "), places.join(", "));
        if let Some(key) = key {
            let others = columns.iter().filter(|column| *column != key);
            let sets: Vec<String> = others.map(|column| format!("{column} = excluded.{column}")).collect();
            let act = match sets.is_empty() {
                true => "NOTHING".to_owned(),
                false => format!("UPDATE SET {}", sets.join(", ")),
            };
            insert.push_str(&format!(" ON CONFLICT ({key}) DO {act}"));
        }
        Ok(Self { name, columns, insert })
    }

    /// Reads rows of ours, as long as they are in the clear.
    fn read(&self, ours: &Connection, which: &str, parameters: impl Params) -> Done<Vec<Row>> {
        let sql = format!("SELECT * FROM {} WHERE {which}", self.name);
        let mut statement = ours.prepare_cached(&sql)?;
        let rows = statement.query_map(parameters, |row| {
            let cell = |(place, column): (usize, &String)| {
                let mut value = row.get::<_, Value>(place)?;
                if let Value::Blob(blob) = &mut value
                    && column.ends_with("_sealed")
                {
                    blob.truncate(blob.len().saturating_sub(ENVELOPE));
                }
                Ok(value)
            };
            self.columns.iter().enumerate().map(cell).collect()
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn insert(&self, connection: &Connection, rows: &[Row]) -> Done {
        let mut statement = connection.prepare_cached(&self.insert)?;
        for row in rows {
            statement.execute(params_from_iter(row))?;
        }
        Ok(())
    }

    fn place(&self, column: &str) -> Done<usize> {
        let found = self.columns.iter().position(|known| known == column);
        found.ok_or_else(|| format!("{} has no {column}", self.name).into())
    }
}

impl Plain {
    pub(crate) fn open(root: &Path) -> Done<Self> {
        let connection = bare::open(root)?;
        let table = |name, key| Table::of(&connection, name, key);
        let tables = Tables {
            tasks: table("tasks", None)?,
            things: table("things", Some("id"))?,
            observations: table("observations", None)?,
            changes: table("changes", None)?,
            queue: table("embedding_queue", Some("thing"))?,
            journal: table("journal", None)?,
        };
        Ok(Self { connection, tables, journal: 0, changes: 0 })
    }

    /// Takes a task over, and what was told of it until now.
    pub(crate) fn begin(&mut self, ours: &Connection, task: TaskId) -> Done {
        let tasks = self.tables.tasks.read(ours, "id = ?1", [task.uuid().into_bytes()])?;
        self.tables.tasks.insert(&self.connection, &tasks)?;
        self.skip(ours)
    }

    /// Leaves out what was journalled until now.
    fn skip(&mut self, ours: &Connection) -> Done {
        let newest = "SELECT coalesce(max(sequence), 0) FROM journal";
        self.journal = ours.query_row(newest, [], |row| row.get(0))?;
        Ok(())
    }

    /// Reads what a batch of ours left.
    pub(crate) fn read(
        &mut self,
        ours: &Connection,
        task: TaskId,
        things: &[ThingId],
        pass: Pass,
    ) -> Done<Rows> {
        let tables = &self.tables;
        let task = task.uuid().into_bytes();
        let mut rows = Rows {
            things: Vec::new(),
            observations: Vec::new(),
            changes: tables.changes.read(ours, "ordinal > ?1 ORDER BY ordinal", [self.changes])?,
            queue: Vec::new(),
            journal: tables.journal.read(ours, "sequence > ?1 ORDER BY sequence", [self.journal])?,
        };
        for thing in things {
            let thing = thing.uuid().into_bytes();
            rows.things.extend(tables.things.read(ours, "id = ?1", [thing])?);
            rows.observations.extend(tables.observations.read(
                ours,
                "task = ?1 AND thing = ?2",
                (task, thing),
            )?);
            if pass != Pass::Unchanged {
                rows.queue.push(vec![Value::Blob(thing.to_vec())]);
            }
        }
        let last = |rows: &[Row], before| match rows.last().and_then(|row| row.first()) {
            Some(Value::Integer(number)) => *number,
            _ => before,
        };
        (self.changes, self.journal) = (last(&rows.changes, self.changes), last(&rows.journal, self.journal));
        Ok(rows)
    }

    /// Writes the rows of a batch in one transaction; returns how long that took.
    pub(crate) fn write(&mut self, pass: Pass, rows: &Rows) -> Done<Duration> {
        let tables = &self.tables;
        let columns = ["id", "last_seen", "seen_by", "slice", "readings_sealed"];
        let columns: Vec<usize> =
            columns.into_iter().map(|column| tables.things.place(column)).collect::<Done<_>>()?;
        let begun = Instant::now();
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        if pass == Pass::Unchanged {
            let mut statement = transaction.prepare_cached(TOUCHED)?;
            for row in &rows.things {
                statement.execute(params_from_iter(columns.iter().filter_map(|place| row.get(*place))))?;
            }
        } else {
            tables.things.insert(&transaction, &rows.things)?;
        }
        tables.observations.insert(&transaction, &rows.observations)?;
        tables.changes.insert(&transaction, &rows.changes)?;
        tables.queue.insert(&transaction, &rows.queue)?;
        tables.journal.insert(&transaction, &rows.journal)?;
        transaction.commit()?;
        Ok(begun.elapsed())
    }
}
