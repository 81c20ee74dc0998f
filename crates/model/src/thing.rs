//! Things of the inventory, of every domain: what a scan reads of them, how they belong together, and which slices of
//! the world were read.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::{ConnectionId, SegmentId, SliceId, ThingId, Timestamp};

/// Where a thing is. What does not apply is absent.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
pub struct ThingScope {
    /// The cloud account's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// The region's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// The hypervisor connection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection: Option<ConnectionId>,
    /// The network in which its address is meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub segment: Option<SegmentId>,
    /// The subnet of its address, such as `10.1.0.0/24`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subnet: Option<String>,
}

/// Who asked what may be done, and until when that holds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UserContext {
    /// The user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// The role that was assumed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role_arn: Option<String>,
    /// When the session ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_expires: Option<Timestamp>,
}

/// What may be done with a thing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Permissions {
    /// Actions that are allowed, such as `ec2:StartInstances`.
    #[serde(default)]
    pub allowed_actions: Vec<String>,
    /// Actions that are denied.
    #[serde(default)]
    pub denied_actions: Vec<String>,
    /// Actions of which it could not be found out.
    #[serde(default)]
    pub unknown_actions: Vec<String>,
    /// For whom.
    #[serde(default)]
    pub user_context: UserContext,
    /// How it was found out, such as `evaluated` or `simulated`.
    pub method: String,
    /// How sure that is, from 0 to 1.
    pub confidence: f64,
    /// When it was found out.
    pub checked_at: Timestamp,
}

/// What stands against acting on a thing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Constraints {
    /// Whether it can be started now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub can_start: Option<bool>,
    /// Whether it can be stopped now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub can_stop: Option<bool>,
    /// Whether it can be deleted now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub can_delete: Option<bool>,
    /// Whether other things need it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub has_dependencies: Option<bool>,
    /// Whether there are backups of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub has_backups: Option<bool>,
    /// Why, for people.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<String>,
}

/// What a scan read of one thing, whole: what it no longer says is gone.
#[derive(Debug, Clone, PartialEq)]
pub struct ThingFinding {
    /// Its id.
    pub id: ThingId,
    /// Its kind, such as `aws.ec2.instance`.
    pub kind: String,
    /// Another name for it that programs use: `{account}-{region}-{resource_id}` (document 003).
    pub alias: Option<String>,
    /// What people call it.
    pub name: String,
    /// The thing that it is part of; known before, or earlier among the same findings.
    pub parent: Option<ThingId>,
    /// Where it is.
    pub scope: ThingScope,
    /// Its state, in the domain's own word.
    pub state: String,
    /// What else it is found by, exactly: ARN, native id, addresses.
    pub identifiers: Vec<String>,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
    /// Everything else that is known of it and tells a change.
    pub attributes: Map<String, Value>,
    /// What was measured and changes all the time, such as `response_time_ms`: kept without history.
    pub readings: Map<String, Value>,
    /// What may be done with it.
    pub permissions: Option<Permissions>,
    /// What stands against it.
    pub constraints: Option<Constraints>,
    /// The things that it belongs to in other ways, by the kind of relation, such as `attached_to`.
    pub relations: BTreeMap<String, Vec<ThingId>>,
    /// The slice in which it was read, which vouches for it.
    pub slice: Option<SliceKey>,
    /// When it was read.
    pub at: Timestamp,
}

/// A part of the world that is read as a whole: a kind of thing in a scope.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SliceKey {
    /// The kind of thing, such as `aws.ec2.instance`.
    pub kind: String,
    /// Where. Engines of networks leave the segment out: the inventory knows it.
    pub scope: ThingScope,
}

impl SliceKey {
    /// Returns the id under which the ledger keeps the slice (UUIDv5 below `node`, the installation).
    #[must_use]
    pub fn id(&self, node: uuid::Uuid) -> SliceId {
        let scope = &self.scope;
        let text = |part: &Option<String>| part.clone().unwrap_or_default();
        let (connection, segment) =
            (scope.connection.map(|id| id.to_string()), scope.segment.map(|id| id.to_string()));
        // A separator that is in none of the parts.
        let name = [
            self.kind.clone(),
            text(&scope.account),
            text(&scope.region),
            text(&connection),
            text(&segment),
            text(&scope.subnet),
        ]
        .join("\u{1f}");
        SliceId::from_uuid(uuid::Uuid::new_v5(&node, name.as_bytes()))
    }
}

/// How the last reading of a slice ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SliceState {
    /// Read to its last page without error.
    Complete,
    /// The caller may not read it.
    Denied,
    /// The service would not answer so many calls.
    Throttled,
    /// The service does not exist there.
    Unsupported,
    /// Somebody stopped the reading.
    Cancelled,
    /// It could not be read for another reason.
    Failed,
}

impl SliceState {
    /// Every state.
    pub const ALL: [Self; 6] =
        [Self::Complete, Self::Denied, Self::Throttled, Self::Unsupported, Self::Cancelled, Self::Failed];

    /// Returns the word of the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Denied => "denied",
            Self::Throttled => "throttled",
            Self::Unsupported => "unsupported",
            Self::Cancelled => "cancelled",
            Self::Failed => "failed",
        }
    }

    /// Returns the state of that word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }
}

/// How reading a slice ended, as an engine tells it.
#[derive(Debug, Clone, PartialEq)]
pub struct SliceFinding {
    /// Which.
    pub key: SliceKey,
    /// How it ended.
    pub state: SliceState,
    /// Whether what was not seen in it is proven absent: only then, and only if it is complete, are things deleted.
    pub absence_proven: bool,
    /// Why it is not complete.
    pub reason: Option<String>,
    /// What the reading counted, such as `pages` and `calls`.
    pub proof: BTreeMap<String, u64>,
    /// When it ended.
    pub at: Timestamp,
}
