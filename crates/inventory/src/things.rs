//! Rows of things: hosts and their services.

use std::net::IpAddr;

use groma_database::rusqlite::{self, Connection, OptionalExtension as _, Row};
use groma_model::network::{PortState, Protocol};
use groma_model::{TaskId, ThingId, Timestamp};
use groma_seal::Keyring;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::error::OpResult;
use crate::sealed;

pub(crate) const HOST: &str = "network.host";
pub(crate) const SERVICE: &str = "network.service";
const COLUMN: &str = "things.attributes";

/// What is known of a thing besides its states and times.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Attributes {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) address: Option<IpAddr>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) hostname: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) response_time_ms: Option<f64>,
}

/// A thing as stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Thing {
    pub(crate) id: ThingId,
    pub(crate) kind: String,
    pub(crate) parent: Option<ThingId>,
    pub(crate) state: String,
    pub(crate) port: Option<(Protocol, u16)>,
    pub(crate) first_seen: Timestamp,
    pub(crate) last_seen: Timestamp,
    pub(crate) last_changed: Timestamp,
    pub(crate) seen_by: Option<TaskId>,
    pub(crate) changed_by: Option<TaskId>,
    pub(crate) attributes: Attributes,
}

/// The columns that [`read`] expects, in order.
pub(crate) const COLUMNS: &str = "id, kind, parent, state, protocol, port, first_seen, last_seen, last_changed, seen_by, changed_by, attributes_sealed";

impl Thing {
    /// Returns the JSON pointer of a service within its host, such as `/services/tcp/22`; empty for a host.
    pub(crate) fn path(&self) -> String {
        match self.port {
            Some((protocol, port)) => format!("/services/{}/{port}", protocol.as_str()),
            None => String::new(),
        }
    }

    /// Returns what diffs show of the thing.
    pub(crate) fn document(&self) -> serde_json::Value {
        let mut document = serde_json::Map::new();
        if let Some(address) = self.attributes.address {
            document.insert("address".to_owned(), address.to_string().into());
        }
        if let Some(hostname) = &self.attributes.hostname {
            document.insert("hostname".to_owned(), hostname.clone().into());
        }
        document.insert("state".to_owned(), self.state.clone().into());
        document.into()
    }

    pub(crate) fn port_state(&self) -> PortState {
        PortState::from_word(&self.state).unwrap_or(PortState::Filtered)
    }

    /// Writes the row, new or changed.
    pub(crate) fn save(&self, connection: &Connection, keyring: &Keyring) -> OpResult<()> {
        let id = self.id.uuid().into_bytes();
        let sealed = sealed::seal(keyring, COLUMN, &id, &self.attributes)?;
        let sql = "INSERT INTO things (id, kind, parent, state, protocol, port, first_seen, last_seen, last_changed, \
                   seen_by, changed_by, attributes_sealed) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12) \
                   ON CONFLICT (id) DO UPDATE SET state = ?4, first_seen = ?7, last_seen = ?8, last_changed = ?9, \
                   seen_by = ?10, changed_by = ?11, attributes_sealed = ?12";
        connection.prepare_cached(sql)?.execute(rusqlite::params![
            id,
            self.kind,
            self.parent.map(|parent| parent.uuid().into_bytes()),
            self.state,
            self.port.map(|(protocol, _)| protocol.as_str()),
            self.port.map(|(_, port)| port),
            self.first_seen.micros(),
            self.last_seen.micros(),
            self.last_changed.micros(),
            self.seen_by.map(|task| task.uuid().into_bytes()),
            self.changed_by.map(|task| task.uuid().into_bytes()),
            sealed,
        ])?;
        Ok(())
    }
}

/// Reads a row with [`COLUMNS`] starting at column `at`.
pub(crate) fn read_at(row: &Row<'_>, at: usize, keyring: &Keyring) -> rusqlite::Result<Thing> {
    let id: [u8; 16] = row.get(at)?;
    let protocol: Option<String> = row.get(at + 4)?;
    let protocol = match protocol.as_deref() {
        Some("udp") => Some(Protocol::Udp),
        Some(_) => Some(Protocol::Tcp),
        None => None,
    };
    let time = |column: usize| row.get(column).map(Timestamp::from_micros);
    Ok(Thing {
        id: ThingId::from_uuid(Uuid::from_bytes(id)),
        kind: row.get(at + 1)?,
        parent: row.get::<_, Option<[u8; 16]>>(at + 2)?.map(|id| ThingId::from_uuid(Uuid::from_bytes(id))),
        state: row.get(at + 3)?,
        port: protocol.zip(row.get(at + 5)?),
        first_seen: time(at + 6)?,
        last_seen: time(at + 7)?,
        last_changed: time(at + 8)?,
        seen_by: task(row, at + 9)?,
        changed_by: task(row, at + 10)?,
        attributes: sealed::open(keyring, COLUMN, &id, row.get_ref(at + 11)?.as_blob()?)?,
    })
}

/// Reads an optional task id.
pub(crate) fn task(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<TaskId>> {
    Ok(row.get::<_, Option<[u8; 16]>>(column)?.map(|id| TaskId::from_uuid(Uuid::from_bytes(id))))
}

/// Returns the thing, if there is one.
pub(crate) fn find(
    connection: &Connection,
    keyring: &Keyring,
    id: ThingId,
) -> rusqlite::Result<Option<Thing>> {
    connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM things WHERE id = ?1"))?
        .query_row([id.uuid().into_bytes()], |row| read_at(row, 0, keyring))
        .optional()
}

/// Returns the services of a host, by port.
pub(crate) fn services(
    connection: &Connection,
    keyring: &Keyring,
    host: ThingId,
) -> rusqlite::Result<Vec<Thing>> {
    connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM things WHERE parent = ?1 ORDER BY port, protocol"))?
        .query_map([host.uuid().into_bytes()], |row| read_at(row, 0, keyring))?
        .collect()
}
