//! `groma resources history`.

use clap::Args;
use groma_api::{ResourceChange, ResourceHistoryQuery};
use groma_model::Timestamp;
use groma_model::change::FieldChange;
use serde_json::Value;

use super::name::ThingName;
use crate::context::Context;
use crate::duration;
use crate::failure::Failure;
use crate::output::{Format, Sheet, moment, say};

/// So much of a difference is shown in tables.
const DIFFERENCE_CHARS_MAX: usize = 120;

/// Show what changed about a thing, field by field, newest first
#[derive(Debug, Args)]
pub(crate) struct History {
    /// Its id or alias; or its name or address, if nothing else is called so
    #[arg(value_name = "ID")]
    thing: ThingName,
    /// Since then: how long ago, such as 7d, or 2026-11-21T15:04:05Z
    #[arg(long, value_name = "TIME", value_parser = duration::since)]
    since: Option<Timestamp>,
    /// At most so many changes
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=1000))]
    limit: u32,
    /// Go on where the page before ended
    #[arg(long)]
    cursor: Option<String>,
}

impl History {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        let query =
            ResourceHistoryQuery { since: self.since, limit: Some(self.limit), cursor: self.cursor.clone() };
        let history = cx
            .read(async |backend| {
                let thing = self.thing.find(&*backend).await?;
                backend.resource_history(thing.id.to_string(), query.clone()).await
            })
            .await?;
        let out = cx.out();
        match out.format {
            Format::Table if history.changes.is_empty() => {
                say(match self.since {
                    Some(since) => format!("nothing about it changed since {}", moment(since)),
                    None => "nothing about it is remembered".to_owned(),
                });
            }
            Format::Csv => out.print(&history, &history.changes, || rows(&history.changes))?,
            _ => out.print(&history, &history.changes, || timeline(&history.changes))?,
        }
        if let (Format::Table, Some(cursor)) = (out.format, &history.next_cursor) {
            say(format!("older ones with --cursor {cursor}"));
        }
        Ok(())
    }
}

/// Returns a row per field, whole, for programs.
fn rows(changes: &[ResourceChange]) -> Sheet {
    let mut sheet = Sheet::new(&["time", "change", "path", "before", "after", "scan"]);
    for change in changes {
        let row = |[path, before, after]: [String; 3]| {
            let (at, what) = (moment(change.at), change.change.as_str().to_owned());
            vec![at, what, path, before, after, change.scan.to_string()]
        };
        for field in &change.diff {
            sheet.row(row([field.path.clone(), text(&field.before), text(&field.after)]));
        }
        if change.diff.is_empty() {
            sheet.row(row([String::new(), String::new(), String::new()]));
        }
    }
    sheet
}

/// Returns a row per field, short, for people.
fn timeline(changes: &[ResourceChange]) -> Sheet {
    let mut sheet = Sheet::new(&["time", "scan", "change", "path", "difference"])
        .grouped(3)
        .brief(4, DIFFERENCE_CHARS_MAX);
    for change in changes {
        let mut row = |path: String, difference: String| {
            let (at, what) = (moment(change.at), change.change.as_str().to_owned());
            sheet.row(vec![at, change.scan.to_string(), what, path, difference]);
        };
        for field in &change.diff {
            row(field.path.clone(), difference(field));
        }
        if change.diff.is_empty() {
            row(String::new(), String::new());
        }
    }
    sheet
}

fn difference(field: &FieldChange) -> String {
    match (&field.before, &field.after) {
        (Value::Null, after) => text(after),
        (before, Value::Null) => format!("{} → gone", text(before)),
        (before, after) => format!("{} → {}", text(before), text(after)),
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
