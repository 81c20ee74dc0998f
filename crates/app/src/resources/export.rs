//! All things that fit, as one text that comes piece by piece.

use std::sync::Arc;

use bytes::Bytes;
use futures::StreamExt;
use groma_api::{ApiError, ErrorCode, ExportFormat, ExportQuery, Resource, TextStream};
use groma_model::ThingId;
use groma_search::{Cursor, Order, Sort, SortKey};

use super::select;
use crate::{App, error};

/// Things in one piece.
const PIECE: usize = 500;

/// The columns of the form for spreadsheets.
const COLUMNS: [&str; 17] = [
    "id",
    "alias",
    "kind",
    "name",
    "state",
    "account",
    "region",
    "connection",
    "segment",
    "subnet",
    "identifiers",
    "tags",
    "attributes",
    "first_seen",
    "last_seen",
    "last_changed",
    "deleted_at",
];

/// Where an export is.
struct Export {
    app: Arc<App>,
    filter: groma_search::Filter,
    format: ExportFormat,
    next: Step,
}

enum Step {
    First,
    After(Cursor, bool),
    Foot,
    End,
}

impl App {
    /// Streams all things that fit, by name. Things that come, go or change while it is read may or may not be in it as
    /// they were at its beginning; each is in it at most once.
    pub(crate) async fn export(self: &Arc<Self>, query: ExportQuery) -> Result<TextStream, ApiError> {
        let filter = select::filter(&query.filter(), query.q.as_deref())?;
        let format = query.format.unwrap_or_default();
        let mut export = Export { app: Arc::clone(self), filter, format, next: Step::First };
        // What is refused is refused before anything is sent.
        let first = export.piece().await?;
        let pieces = futures::stream::unfold((first, Some(export)), |(piece, export)| async move {
            let piece = piece?;
            let Some(mut export) = export else { return Some((Ok(piece), (None, None))) };
            match export.piece().await {
                Ok(next) => Some((Ok(piece), (next, Some(export)))),
                // What was made is sent, and then that it broke off.
                Err(error) => Some((Err(error), (None, None))),
            }
        });
        Ok(pieces.boxed())
    }
}

impl Export {
    async fn piece(&mut self) -> Result<Option<Bytes>, ApiError> {
        let (after, any) = match std::mem::replace(&mut self.next, Step::End) {
            Step::First => (None, false),
            Step::After(cursor, any) => (Some(cursor), any),
            Step::Foot => {
                return Ok((self.format == ExportFormat::Json).then(|| Bytes::from_static(b"\n]\n")));
            }
            Step::End => return Ok(None),
        };
        let first = after.is_none();
        let sort = Sort { key: SortKey::Name, order: Order::Ascending };
        let listing = self.app.search.list(self.filter.clone(), sort, after, PIECE).await;
        let listing = listing.map_err(error::inventory)?;
        let things = self.things(listing.ids).await?;
        let any_now = any || !things.is_empty();
        self.next = listing.next.map_or(Step::Foot, |cursor| Step::After(cursor, any_now));
        text(self.format, &things, first, any).map(|text| Some(Bytes::from(text)))
    }

    async fn things(&self, ids: Vec<ThingId>) -> Result<Vec<Resource>, ApiError> {
        Ok(self.app.inventory.resources(ids).await.map_err(error::inventory)?.0)
    }
}

fn text(format: ExportFormat, things: &[Resource], first: bool, any: bool) -> Result<Vec<u8>, ApiError> {
    let mut out = Vec::new();
    let failed = |error: &dyn std::fmt::Display| {
        ApiError::new(ErrorCode::Internal, format!("writing an export: {error}"))
    };
    match format {
        ExportFormat::Ndjson => {
            for thing in things {
                serde_json::to_writer(&mut out, thing).map_err(|error| failed(&error))?;
                out.push(b'\n');
            }
        }
        ExportFormat::Json => {
            if first {
                out.push(b'[');
            }
            for (number, thing) in things.iter().enumerate() {
                out.extend_from_slice(if any || number > 0 { b",\n" } else { b"\n" });
                serde_json::to_writer(&mut out, thing).map_err(|error| failed(&error))?;
            }
        }
        ExportFormat::Csv => {
            let mut writer = csv::Writer::from_writer(&mut out);
            if first {
                writer.write_record(COLUMNS).map_err(|error| failed(&error))?;
            }
            for thing in things {
                writer.write_record(record(thing)).map_err(|error| failed(&error))?;
            }
            writer.flush().map_err(|error| failed(&error))?;
        }
    }
    Ok(out)
}

fn record(thing: &Resource) -> [String; 17] {
    let text = |value: &Option<String>| quiet(value.as_deref().unwrap_or_default());
    let json = |value: Result<String, serde_json::Error>| value.unwrap_or_default();
    let scope = &thing.scope;
    [
        thing.id.to_string(),
        text(&thing.alias),
        quiet(&thing.kind),
        quiet(&thing.name),
        quiet(&thing.state),
        text(&scope.account),
        text(&scope.region),
        scope.connection.map(|id| id.to_string()).unwrap_or_default(),
        scope.segment.map(|id| id.to_string()).unwrap_or_default(),
        text(&scope.subnet),
        json(serde_json::to_string(&thing.identifiers)),
        json(serde_json::to_string(&thing.tags)),
        json(serde_json::to_string(&thing.attributes)),
        thing.first_seen.to_string(),
        thing.last_seen.to_string(),
        thing.last_changed.to_string(),
        thing.deleted_at.map(|at| at.to_string()).unwrap_or_default(),
    ]
}

/// Spreadsheets run what begins like a formula: such a text gets an apostrophe, as OWASP advises (CSV injection).
fn quiet(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}
