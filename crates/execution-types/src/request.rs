//! A request to run one command.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::Command;

/// A request to run one command (document 003).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ExecutionRequest {
    /// Names the execution; absent: a new one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<Uuid>,
    /// What runs.
    pub command: Command,
    /// Environment variables, over what is inherited. No secrets: these go to `secrets`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub env: BTreeMap<String, String>,
    /// What is taken over of the engine's own environment.
    #[serde(default, skip_serializing_if = "InheritEnv::is_default")]
    pub inherit_env: InheritEnv,
    /// Where it runs; absent: where the engine does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>))]
    pub working_dir: Option<PathBuf>,
    /// Milliseconds that one attempt may take; absent: as configured. 0: no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout_ms: Option<u64>,
    /// Milliseconds that all attempts and the waits between them may take.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total_timeout_ms: Option<u64>,
    /// Milliseconds without a byte of output after which an attempt counts as stuck.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub silence_timeout_ms: Option<u64>,
    /// Milliseconds between the request to end and the end by force; absent: as configured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grace_ms: Option<u64>,
    /// What it reads.
    #[serde(default, skip_serializing_if = "Stdin::is_none")]
    pub stdin: Stdin,
    /// Environment variables whose values are secrets: kept out of logs, events, errors and everything stored.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub secrets: BTreeMap<String, Secret>,
    /// Given back with the events, otherwise not looked at.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    #[cfg_attr(feature = "schema", schema(value_type = std::collections::BTreeMap<String, Value>))]
    pub metadata: Map<String, Value>,
}

impl ExecutionRequest {
    /// Returns a request with nothing but a command.
    #[must_use]
    pub fn new(command: Command) -> Self {
        Self {
            id: None,
            command,
            env: BTreeMap::new(),
            inherit_env: InheritEnv::default(),
            working_dir: None,
            timeout_ms: None,
            total_timeout_ms: None,
            silence_timeout_ms: None,
            grace_ms: None,
            stdin: Stdin::default(),
            secrets: BTreeMap::new(),
            metadata: Map::new(),
        }
    }
}

/// What a command takes over of the engine's own environment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum InheritEnv {
    /// Everything.
    #[default]
    All,
    /// Nothing but what a program needs to be found and to find its home: `PATH`, `HOME`, `LANG`, `TZ`, `TMPDIR`.
    Clean,
    /// These variables, where they are set.
    Named(Vec<String>),
}

impl InheritEnv {
    fn is_default(&self) -> bool {
        *self == Self::All
    }
}

/// What a command reads.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = ExecutionStdin))]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Stdin {
    /// Nothing: the end at once.
    #[default]
    None,
    /// The caller's own; for commands run from a terminal alone, refused elsewhere.
    Inherit,
    /// This text.
    Text {
        /// What it reads.
        text: String,
    },
    /// These bytes.
    Bytes {
        /// In Base64 (RFC 4648).
        base64: String,
    },
    /// A file.
    File {
        /// Where.
        #[cfg_attr(feature = "schema", schema(value_type = String))]
        path: PathBuf,
    },
    /// A secret.
    Secret {
        /// Which.
        secret: Secret,
    },
}

impl Stdin {
    fn is_none(&self) -> bool {
        *self == Self::None
    }
}

/// Where a secret comes from. Its value is shown by nothing: not by `Debug`, not by serialising.
#[derive(Clone, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = ExecutionSecret))]
#[cfg_attr(feature = "schema", schema(rename_all = "snake_case"))]
pub enum Secret {
    /// The value itself.
    Value(String),
    /// The value of a variable of the engine's own environment.
    Env(String),
    /// What the system's keychain has under this name.
    Keychain(String),
}

impl Secret {
    /// What stands where a value was.
    pub const REDACTED: &'static str = "***";
    /// Bytes that a secret has at least: hiding a shorter one would hide much that is none.
    pub const BYTES_MIN: usize = 6;
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value(_) => f.debug_tuple("Value").field(&Self::REDACTED).finish(),
            Self::Env(name) => f.debug_tuple("Env").field(name).finish(),
            Self::Keychain(name) => f.debug_tuple("Keychain").field(name).finish(),
        }
    }
}

impl<'de> Deserialize<'de> for Secret {
    /// Says what is wrong without repeating what was given: that may be the secret.
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        const FORMS: &str = "a secret is an object with one of `value`, `env` and `keychain`, and a text";
        let refuse = || serde::de::Error::custom(FORMS);
        let Value::Object(fields) = Value::deserialize(deserializer)? else { return Err(refuse()) };
        let mut fields = fields.into_iter();
        let (Some((kind, Value::String(text))), None) = (fields.next(), fields.next()) else {
            return Err(refuse());
        };
        match kind.as_str() {
            "value" => Ok(Self::Value(text)),
            "env" => Ok(Self::Env(text)),
            "keychain" => Ok(Self::Keychain(text)),
            _ => Err(refuse()),
        }
    }
}

impl Serialize for Secret {
    /// A value is replaced: what was serialised to be shown or stored cannot leak it, and cannot be run again without it.
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeMap as _;
        let (kind, text) = match self {
            Self::Value(_) => ("value", Self::REDACTED),
            Self::Env(name) => ("env", name.as_str()),
            Self::Keychain(name) => ("keychain", name.as_str()),
        };
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry(kind, text)?;
        map.end()
    }
}
