//! What is known of a thing besides its kind, state, scope and times: sealed as one value.

use std::collections::BTreeMap;

use groma_model::thing::{Constraints, Permissions, ThingScope};
use groma_model::{ThingId, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The sealed part of a thing.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Document {
    pub(crate) name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) alias: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) identifiers: Vec<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) tags: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub(crate) attributes: Map<String, Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) permissions: Option<Permissions>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) constraints: Option<Constraints>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) relations: BTreeMap<String, Vec<ThingId>>,
}

/// A thing as its history tells it; what is compared, and what a digest is of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Told {
    pub(crate) state: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) parent: Option<ThingId>,
    #[serde(default, skip_serializing_if = "is_nowhere")]
    pub(crate) scope: ThingScope,
    #[serde(flatten)]
    pub(crate) document: Document,
}

fn is_nowhere(scope: &ThingScope) -> bool {
    *scope == ThingScope::default()
}

const CHECKED: &str = "permissions_checked_at";
const EXPIRES: &str = "session_expires";

/// Moves the times of a check from permissions to readings: that it was made again is no change.
pub(crate) fn set_times_aside(permissions: &mut Permissions, readings: &mut Map<String, Value>) {
    readings.insert(CHECKED.to_owned(), permissions.checked_at.to_string().into());
    permissions.checked_at = Timestamp::from_micros(0);
    if let Some(expires) = permissions.user_context.session_expires.take() {
        readings.insert(EXPIRES.to_owned(), expires.to_string().into());
    }
}

/// Puts them back, for showing.
pub(crate) fn put_times_back(permissions: &mut Permissions, readings: &mut Map<String, Value>) {
    let mut time = |name: &str| readings.remove(name)?.as_str()?.parse().ok();
    if let Some(at) = time(CHECKED) {
        permissions.checked_at = at;
    }
    permissions.user_context.session_expires = time(EXPIRES);
}
