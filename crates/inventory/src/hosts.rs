//! Hosts as the API shows them.

use groma_api::{Host, HostList, HostService};
use groma_database::rusqlite::{self, Connection};
use groma_model::network::Protocol;
use groma_model::{ThingId, Timestamp};

use crate::InventoryError;
use crate::inventory::Inventory;
use crate::things::{self, HOST, Thing};

impl Inventory {
    /// Returns a host.
    ///
    /// # Errors
    /// When there is none, or storage refuses.
    pub async fn host(&self, id: ThingId) -> Result<Host, InventoryError> {
        let found =
            self.read(move |inventory, connection| match things::find(connection, &inventory.keyring, id)? {
                Some(thing) if thing.kind == HOST && thing.deleted.is_none() => {
                    inventory.show_host(connection, thing)
                }
                _ => Ok(None),
            });
        found.await?.ok_or_else(|| InventoryError::NotFound { what: "host", id: id.to_string() })
    }

    /// Lists hosts, most recently changed first, behind the position `before`.
    ///
    /// # Errors
    /// When storage refuses.
    pub async fn hosts(
        &self,
        before: Option<(Timestamp, ThingId)>,
        limit: u32,
    ) -> Result<HostList, InventoryError> {
        self.read(move |inventory, connection| {
            let (at, id) = match before {
                Some((at, id)) => (at.micros(), id.uuid().into_bytes()),
                None => (i64::MAX, [0xFF; 16]),
            };
            let sql = format!(
                "SELECT {} FROM things WHERE kind = ?1 AND deleted IS NULL AND (last_changed, id) < (?2, ?3) ORDER BY last_changed DESC, id DESC LIMIT ?4",
                things::COLUMNS
            );
            let mut statement = connection.prepare_cached(&sql)?;
            let rows = statement.query_map((HOST, at, id, i64::from(limit) + 1), |row| things::read_at(row, 0, &inventory.keyring))?;
            let mut found: Vec<Thing> = rows.collect::<Result<_, _>>()?;
            let more = found.len() > limit as usize;
            found.truncate(limit as usize);
            let next_cursor =
                found.last().filter(|_| more).map(|thing| format!("{}.{}", thing.sighted.last_changed.micros(), thing.id));
            let mut hosts = Vec::with_capacity(found.len());
            for thing in found {
                hosts.extend(inventory.show_host(connection, thing)?);
            }
            Ok(HostList { hosts, next_cursor })
        })
        .await
    }

    fn show_host(&self, connection: &Connection, thing: Thing) -> rusqlite::Result<Option<Host>> {
        let Some(address) = thing.address() else { return Ok(None) };
        let services = things::services(connection, &self.keyring, thing.id)?.into_iter();
        let services = services.map(|service| {
            let (protocol, port) = service.port.unwrap_or((Protocol::Tcp, 0));
            HostService {
                id: service.id,
                port,
                protocol,
                state: service.port_state(),
                service: None,
                first_seen: service.sighted.first_seen,
                last_seen: service.sighted.last_seen,
            }
        });
        Ok(Some(Host {
            id: thing.id,
            address,
            hostname: thing.hostname().map(str::to_owned),
            response_time_ms: thing.seen().response_time_ms,
            state: thing.state,
            first_seen: thing.sighted.first_seen,
            last_seen: thing.sighted.last_seen,
            last_changed: thing.sighted.last_changed,
            scan: thing.sighted.seen_by,
            services: services.collect(),
        }))
    }
}
