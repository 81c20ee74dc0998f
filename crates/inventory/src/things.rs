//! Rows of things, of every kind.

mod document;
mod network;
mod row;

use groma_model::network::{PortState, Protocol};
use groma_model::thing::ThingScope;
use groma_model::{SliceId, TaskId, ThingId, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub(crate) use self::document::{Document, Told, put_times_back};
pub(crate) use self::network::{HOST, SERVICE, Seen};
pub(crate) use self::row::{COLUMNS, Light, alias_digest, all, find, light, read_at, services, task, touch};

/// A thing as stored.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Thing {
    pub(crate) id: ThingId,
    pub(crate) kind: String,
    pub(crate) parent: Option<ThingId>,
    pub(crate) state: String,
    pub(crate) port: Option<(Protocol, u16)>,
    /// Its subnet is in the document, which is sealed.
    pub(crate) scope: ThingScope,
    pub(crate) sighted: Sighted,
    pub(crate) deleted: Option<Timestamp>,
    pub(crate) document: Document,
    pub(crate) readings: Map<String, Value>,
}

/// When and by whom a thing was seen; what a change keeps of the time before it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Sighted {
    pub(crate) first_seen: Timestamp,
    pub(crate) last_seen: Timestamp,
    pub(crate) last_changed: Timestamp,
    pub(crate) seen_by: Option<TaskId>,
    pub(crate) changed_by: Option<TaskId>,
    pub(crate) slice: Option<SliceId>,
}

impl Sighted {
    /// Returns what is known of something that `task` sees for the first time.
    pub(crate) const fn first(task: TaskId, at: Timestamp, slice: Option<SliceId>) -> Self {
        Self {
            first_seen: at,
            last_seen: at,
            last_changed: at,
            seen_by: Some(task),
            changed_by: Some(task),
            slice,
        }
    }
}

impl Thing {
    pub(crate) fn port_state(&self) -> PortState {
        PortState::from_word(&self.state).unwrap_or(PortState::Filtered)
    }

    /// Returns everything about it that tells a change, as its history shows it.
    pub(crate) fn told(&self) -> Value {
        let told = Told {
            state: self.state.clone(),
            parent: self.parent,
            scope: self.scope.clone(),
            document: self.document.clone(),
        };
        // Maps with text keys always become JSON.
        serde_json::to_value(told).unwrap_or_default()
    }

    /// Brings what an engine gave into the form that is kept.
    pub(crate) fn settle(&mut self) {
        if let Some(permissions) = &mut self.document.permissions {
            document::set_times_aside(permissions, &mut self.readings);
        }
        self.document.relations.values_mut().for_each(|targets| {
            targets.sort_unstable();
            targets.dedup();
        });
    }

    /// Takes over what a history's document says.
    pub(crate) fn become_again(&mut self, told: Told) {
        (self.state, self.parent) = (told.state, told.parent);
        (self.scope, self.document) = (told.scope, told.document);
    }
}
