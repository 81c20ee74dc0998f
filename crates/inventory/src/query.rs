//! SQL over the inventory: one SELECT, over documented views that open what is sealed row by row, in memory.
//!
//! The statement runs on a connection of its own that cannot write. SQLite's authorizer lets it read the views and
//! nothing else; whatever SQLite sorts or gathers on the way stays in memory. Time, rows and bytes are bounded.

mod bounds;
mod guard;
mod unseal;
mod views;

use std::sync::Arc;
use std::time::Instant;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use groma_api::SqlAnswer;
use groma_database::apart;
use groma_database::rusqlite::fallible_iterator::FallibleIterator as _;
use groma_database::rusqlite::hooks::AuthContext;
use groma_database::rusqlite::limits::Limit;
use groma_database::rusqlite::types::ValueRef;
use groma_database::rusqlite::{self, Batch, Connection, ErrorCode, Statement};
use groma_seal::Keyring;
use serde_json::Value;

use crate::InventoryError;
use crate::inventory::Inventory;

use self::bounds::{Bounds, Stopped, Verdict};
pub use self::views::{VIEWS, View};

/// What an answer may take, in bytes, before it is cut.
const ANSWER_MAX: usize = 64 << 20;
/// One value, in bytes; a row has many.
const VALUE_MAX: i32 = 8 << 20;
/// Columns of an answer, and of what it is made of.
const COLUMNS_MAX: i32 = 128;
/// What a function is given.
const ARGUMENTS_MAX: i32 = 32;
/// The statement's text, in bytes.
const SQL_MAX: usize = 100_000;
/// Instructions of SQLite between two looks at the clock: each may make a value of the largest size.
const LOOK_EVERY: i32 = 100;

impl Inventory {
    /// Runs one SELECT over the documented views and returns at most `limit` rows.
    ///
    /// # Errors
    /// When it is no single SELECT over them, takes too long, or storage refuses.
    pub async fn query(&self, sql: String, limit: usize) -> Result<SqlAnswer, InventoryError> {
        let inventory = self.clone();
        let done = apart("query", move || inventory.query_in(&sql, limit, Bounds::USUAL)).await;
        done.map_err(|error| {
            InventoryError::Storage(format!("failed to start a thread for a query: {error}"))
        })?
    }

    fn query_in(&self, sql: &str, limit: usize, bounds: Bounds) -> Result<SqlAnswer, InventoryError> {
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
            .set_limit(Limit::SQLITE_LIMIT_LENGTH, VALUE_MAX)
            .map_err(|error| InventoryError::Storage(error.to_string()))?;
        let verdict = Verdict::default();
        let explain = |error| explain(error, bounds, &verdict);
        connection
            .progress_handler(LOOK_EVERY, Some(bounds::watch(bounds, verdict.clone())))
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
        let columns = statement.column_names().map(str::to_owned).collect();
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
    connection.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0)?;
    connection.set_limit(Limit::SQLITE_LIMIT_COLUMN, COLUMNS_MAX)?;
    connection.set_limit(Limit::SQLITE_LIMIT_FUNCTION_ARG, ARGUMENTS_MAX)?;
    connection.set_limit(Limit::SQLITE_LIMIT_EXPR_DEPTH, 100)?;
    connection.set_limit(Limit::SQLITE_LIMIT_COMPOUND_SELECT, 20)?;
    let taken = guard::taken(connection)?;
    connection.authorizer(Some(move |context: AuthContext<'_>| guard::authorize(context, &taken)))
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
        if found.len() >= limit {
            return Ok((found, true));
        }
        for column in 0..columns {
            bytes += size(row.get_ref(column)?);
        }
        // Looked at before anything of it is copied.
        if bytes > ANSWER_MAX {
            return Ok((found, true));
        }
        let values = (0..columns).map(|column| row.get_ref(column).map(json));
        found.push(values.collect::<Result<Vec<Value>, _>>()?);
    }
    Ok((found, false))
}

fn json(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => number.into(),
        ValueRef::Real(number) => number.into(),
        ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned().into(),
        ValueRef::Blob(bytes) => BASE64_STANDARD.encode(bytes).into(),
    }
}

fn size(value: ValueRef<'_>) -> usize {
    16 + match value {
        ValueRef::Text(text) => text.len(),
        ValueRef::Blob(bytes) => bytes.len().div_ceil(3) * 4,
        _ => 0,
    }
}

fn refused(why: String) -> InventoryError {
    InventoryError::Query(why)
}

fn explain(error: rusqlite::Error, bounds: Bounds, verdict: &Verdict) -> InventoryError {
    match verdict.stopped() {
        Some(Stopped::TooLong) => {
            return refused(format!(
                "it took longer than {} s and was stopped: narrow it down, or ask for fewer columns",
                bounds.patience.as_secs()
            ));
        }
        Some(Stopped::TooLarge) => {
            return refused(format!(
                "it took more than {} MiB of memory and was stopped: sort or gather fewer rows, or fewer columns of them",
                bounds.growth >> 20
            ));
        }
        None => {}
    }
    match error.sqlite_error_code() {
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
mod hostile;
#[cfg(test)]
mod tests;
