//! SQL over the inventory: one SELECT, over documented views that open what is sealed row by row, in memory.
//!
//! The statement runs on a connection of its own that cannot write. SQLite's authorizer lets it read the views and
//! nothing else; whatever SQLite sorts or gathers on the way stays in memory. Time, rows and bytes are bounded.

mod guard;
mod unseal;
mod views;

use std::sync::Arc;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use groma_api::SqlAnswer;
use groma_database::apart;
use groma_database::rusqlite::fallible_iterator::FallibleIterator as _;
use groma_database::rusqlite::limits::Limit;
use groma_database::rusqlite::types::ValueRef;
use groma_database::rusqlite::{self, Batch, Connection, ErrorCode, Statement};
use groma_seal::Keyring;
use serde_json::Value;

use crate::InventoryError;
use crate::inventory::Inventory;

pub use self::views::{VIEWS, View};

/// How long a statement may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// What an answer may take, in bytes, before it is cut.
const ANSWER_MAX: usize = 64 << 20;
/// One value, in bytes.
const VALUE_MAX: i32 = 32 << 20;
/// The statement's text, in bytes.
const SQL_MAX: usize = 100_000;
/// Instructions of SQLite between two looks at the clock.
const LOOK_EVERY: i32 = 20_000;

impl Inventory {
    /// Runs one SELECT over the documented views and returns at most `limit` rows.
    ///
    /// # Errors
    /// When it is no single SELECT over them, takes too long, or storage refuses.
    pub async fn query(&self, sql: String, limit: usize) -> Result<SqlAnswer, InventoryError> {
        let inventory = self.clone();
        let done = apart("query", move || inventory.query_in(&sql, limit)).await;
        done.map_err(|error| {
            InventoryError::Storage(format!("failed to start a thread for a query: {error}"))
        })?
    }

    fn query_in(&self, sql: &str, limit: usize) -> Result<SqlAnswer, InventoryError> {
        if sql.len() > SQL_MAX {
            return Err(refused(format!(
                "the statement has {} bytes: at most {SQL_MAX} are taken",
                sql.len()
            )));
        }
        let begun = Instant::now();
        let mut connection = self.database.reader()?;
        prepare(&mut connection, &self.keyring)
            .map_err(|error| InventoryError::Storage(error.to_string()))?;
        connection
            .progress_handler(LOOK_EVERY, Some(move || begun.elapsed() > PATIENCE))
            .map_err(|error| InventoryError::Storage(error.to_string()))?;
        let mut batch = Batch::new(&connection, sql);
        let mut statement = match batch.next().map_err(explain)? {
            Some(statement) => statement,
            None => return Err(refused("there is no statement: pass one SELECT".to_owned())),
        };
        if batch.next().map_err(explain)?.is_some() {
            return Err(refused("there are several statements: pass one SELECT".to_owned()));
        }
        if !statement.readonly() || statement.column_count() == 0 {
            return Err(refused("only SELECT is taken: nothing can be changed by a query".to_owned()));
        }
        let columns = statement.column_names().into_iter().map(str::to_owned).collect();
        let (rows, truncated) = read(&mut statement, limit).map_err(explain)?;
        Ok(SqlAnswer { columns, rows, truncated, took_ms: begun.elapsed().as_secs_f64() * 1000.0 })
    }
}

/// Makes the views and lets nothing else be read.
pub(crate) fn prepare(connection: &mut Connection, keyring: &Arc<Keyring>) -> rusqlite::Result<()> {
    unseal::register(connection, Arc::clone(keyring))?;
    for view in VIEWS {
        connection.execute_batch(&view.statement())?;
    }
    connection.pragma_update(None, "query_only", "ON")?;
    connection.set_limit(Limit::SQLITE_LIMIT_LENGTH, VALUE_MAX)?;
    connection.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0)?;
    connection.set_limit(Limit::SQLITE_LIMIT_EXPR_DEPTH, 100)?;
    connection.set_limit(Limit::SQLITE_LIMIT_COMPOUND_SELECT, 20)?;
    connection.authorizer(Some(guard::authorize))
}

/// Returns every row of a query of ours.
pub(crate) fn rows(connection: &Connection, sql: &str) -> rusqlite::Result<Vec<Vec<Value>>> {
    read(&mut connection.prepare(sql)?, usize::MAX).map(|(rows, _)| rows)
}

fn read(statement: &mut Statement<'_>, limit: usize) -> rusqlite::Result<(Vec<Vec<Value>>, bool)> {
    let columns = statement.column_count();
    let mut rows = statement.raw_query();
    let (mut found, mut bytes) = (Vec::new(), 0_usize);
    while let Some(row) = rows.next()? {
        if found.len() >= limit || bytes > ANSWER_MAX {
            return Ok((found, true));
        }
        let values: Vec<Value> =
            (0..columns).map(|column| row.get_ref(column).map(value)).collect::<Result<_, _>>()?;
        bytes += values.iter().map(size).sum::<usize>();
        found.push(values);
    }
    Ok((found, false))
}

fn value(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => number.into(),
        ValueRef::Real(number) => number.into(),
        ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned().into(),
        ValueRef::Blob(bytes) => BASE64_STANDARD.encode(bytes).into(),
    }
}

fn size(value: &Value) -> usize {
    16 + value.as_str().map_or(0, str::len)
}

fn refused(why: String) -> InventoryError {
    InventoryError::Query(why)
}

fn explain(error: rusqlite::Error) -> InventoryError {
    match error.sqlite_error_code() {
        Some(ErrorCode::OperationInterrupted) => refused(format!(
            "it took longer than {} s and was stopped: narrow it down, or ask for fewer columns",
            PATIENCE.as_secs()
        )),
        Some(ErrorCode::AuthorizationForStatementDenied) => refused(format!(
            "{error}: a query may read {}, and change nothing (`groma help query`)",
            VIEWS.iter().map(|view| view.name).collect::<Vec<_>>().join(", ")
        )),
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::SystemIoFailure | ErrorCode::CannotOpen) => {
            InventoryError::Storage(error.to_string())
        }
        _ => refused(error.to_string()),
    }
}

#[cfg(test)]
mod tests;
