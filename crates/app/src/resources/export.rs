//! All things that fit, as one text that comes piece by piece.

use std::collections::VecDeque;
use std::sync::Arc;

use bytes::Bytes;
use futures::StreamExt;
use groma_api::{ApiError, ErrorCode, ExportFormat, ExportQuery, Resource, TextStream};
use groma_model::ThingId;
use groma_search::{Order, Sort, SortKey};

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
    format: ExportFormat,
    /// The things that fitted when it began.
    left: VecDeque<ThingId>,
    next: Step,
    /// Whether something was written.
    any: bool,
}

#[derive(PartialEq)]
enum Step {
    Head,
    Body,
    End,
}

impl App {
    /// Streams all things that fit now, by name, each once and as it is when its turn comes.
    pub(crate) async fn export(self: &Arc<Self>, query: ExportQuery) -> Result<TextStream, ApiError> {
        let filter = select::filter(&query.filter(), query.q.as_deref())?;
        let sort = Sort { key: SortKey::Name, order: Order::Ascending };
        let listing = self.search.list(filter, sort, None, usize::MAX).await.map_err(error::inventory)?;
        let export = Export {
            app: Arc::clone(self),
            format: query.format.unwrap_or_default(),
            left: listing.ids.into(),
            next: Step::Head,
            any: false,
        };
        let pieces = futures::stream::unfold(Some(export), |export| async move {
            let mut export = export?;
            match export.piece().await {
                Ok(Some(piece)) => Some((Ok(piece), Some(export))),
                Ok(None) => None,
                // Nothing follows, so that a part is never taken for the whole.
                Err(error) => Some((Err(error), None)),
            }
        });
        Ok(pieces.boxed())
    }
}

impl Export {
    async fn piece(&mut self) -> Result<Option<Bytes>, ApiError> {
        if self.next == Step::End {
            return Ok(None);
        }
        let head = std::mem::replace(&mut self.next, Step::Body) == Step::Head;
        let ids = self.left.drain(..PIECE.min(self.left.len())).collect();
        let things = self.app.inventory.resources(ids).await.map_err(error::inventory)?.0;
        let mut out = text(self.format, &things, head, self.any)?;
        self.any |= !things.is_empty();
        if self.left.is_empty() {
            self.next = Step::End;
            if self.format == ExportFormat::Json {
                out.extend_from_slice(b"\n]\n");
            }
        }
        Ok(Some(Bytes::from(out)))
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
