//! `groma query`.

mod statement;
mod views;

use std::borrow::Cow;
use std::collections::HashSet;

use clap::Args;
use groma_api::{ErrorCode, SqlAnswer, SqlQuery};
use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::context::Context;
use crate::failure::Failure;
use crate::output::{Sheet, say};

/// The most rows that an answer has.
const ROWS_MAX: i64 = 100_000;

/// Ask the inventory in SQL: one SELECT over documented views, in SQLite's dialect
///
/// Nothing can be changed by it. With --output ndjson each row is an object by the names of the columns.
#[derive(Debug, Args)]
#[command(after_long_help = views::told())]
pub(crate) struct Query {
    /// The statement; `@FILE` reads it from a file, `-` from stdin
    #[arg(value_name = "SELECT")]
    statement: String,
    /// At most so many rows; 1000 unless told
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=ROWS_MAX))]
    limit: Option<u32>,
}

impl Query {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        let query = SqlQuery { sql: statement::read(self.statement)?, limit: self.limit };
        let answer = match cx.read(async |backend| backend.sql_query(query.clone()).await).await {
            Err(Failure::Refused { error, hint: None }) if error.code == ErrorCode::InvalidRequest => {
                return Err(Failure::from(error).hint("`groma help query` says what can be asked"));
            }
            answer => answer?,
        };
        let out = cx.out();
        let names = names(&answer);
        let rows: Vec<Row<'_>> =
            answer.rows.iter().map(|values| Row { names: &names, values: values.as_slice() }).collect();
        out.print(&answer, &rows, || sheet(&answer))?;
        if answer.truncated {
            let shown = answer.rows.len();
            say(format!(
                "there are more than these {shown} rows; more with --limit N (up to {ROWS_MAX}), fewer with `where` or `limit`"
            ));
        }
        Ok(())
    }
}

fn sheet(answer: &SqlAnswer) -> Sheet {
    let mut sheet = Sheet::under(answer.columns.iter().cloned().map(Cow::Owned).collect());
    for row in &answer.rows {
        sheet.row(row.iter().map(cell).collect());
    }
    sheet
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// A row by the names of its columns, in their order.
struct Row<'a> {
    names: &'a [String],
    values: &'a [Value],
}

impl Serialize for Row<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.names.iter().zip(self.values))
    }
}

/// Returns the names of columns for objects: one that comes again gets a number.
fn names(answer: &SqlAnswer) -> Vec<String> {
    let mut taken = HashSet::new();
    answer.columns.iter().map(|name| free(&mut taken, name)).collect()
}

fn free(taken: &mut HashSet<String>, name: &str) -> String {
    let mut free = name.to_owned();
    let mut number = 1;
    while !taken.insert(free.clone()) {
        number += 1;
        free = format!("{name}_{number}");
    }
    free
}

#[cfg(test)]
mod tests;
