//! Hosts and ports that answered.

use groma_database::WriteTx;
use groma_model::change::{ChangeKind, FieldChange};
use groma_model::network::{HostDiscovered, HostFinding, PortDiscovered, PortFinding, PortState, subnet_of};
use groma_model::thing::{SliceKey, ThingScope};
use groma_model::{ThingId, Timestamp};
use serde_json::{Map, Value, json};
use std::net::IpAddr;

use super::{HostDiff, Recording};
use crate::error::OpResult;
use crate::things::{self, Document, HOST, SERVICE, Sighted, Thing};

impl Recording<'_> {
    pub(super) fn host(&mut self, tx: &WriteTx<'_>, finding: HostFinding) -> OpResult<()> {
        let id = self.inventory.host_id(finding.address);
        let (before, mut thing) = self.known(tx, id, || {
            let document = Document::host(finding.address, finding.hostname.as_deref());
            self.fresh(id, HOST, finding.address, document, finding.slice.as_ref(), finding.at)
        })?;
        thing.state = "up".to_owned();
        thing.readings.insert("response_time_ms".to_owned(), json!(finding.response_time_ms));
        let mut diff = Vec::new();
        match &before {
            None => {
                diff.push(FieldChange {
                    path: String::new(),
                    before: Value::Null,
                    after: thing.event_document(),
                });
            }
            Some(before) => {
                field(&mut diff, "/state", &json!(before.state), &json!(thing.state));
                // A scan by address knows no name, which does not make a known name wrong.
                if let Some(hostname) = &finding.hostname {
                    field(&mut diff, "/hostname", &json!(before.hostname()), &json!(hostname));
                    if before.hostname() != Some(hostname) {
                        thing.document.call(hostname);
                    }
                }
            }
        }
        let new = self.observe(tx, &thing, sighting(before.as_ref()), finding.at)?;
        let hostname = thing.hostname().map(str::to_owned);
        self.keep(tx, thing, before, diff, finding.address, (finding.slice.as_ref(), finding.at))?;
        if new {
            self.discovered.push(
                HostDiscovered {
                    scan_id: self.task,
                    host: finding.address,
                    thing_id: id,
                    response_time_ms: finding.response_time_ms,
                    ttl: None,
                    mac_address: None,
                    vendor: None,
                    hostname,
                    timestamp: finding.at,
                }
                .into(),
            );
        }
        Ok(())
    }

    pub(super) fn port(&mut self, tx: &WriteTx<'_>, finding: PortFinding) -> OpResult<()> {
        let host = self.inventory.host_id(finding.address);
        let id = host.service(finding.protocol, finding.port);
        let open = matches!(finding.state, PortState::Open | PortState::OpenFiltered);
        let (before, mut thing) = self.known(tx, id, || {
            let document = Document::service(finding.address, finding.protocol, finding.port);
            let mut fresh =
                self.fresh(id, SERVICE, finding.address, document, finding.slice.as_ref(), finding.at);
            fresh.parent = Some(host);
            fresh.port = Some((finding.protocol, finding.port));
            fresh
        })?;
        if before.is_none() && !open {
            return Ok(());
        }
        thing.state = finding.state.as_str().to_owned();
        let mut diff = Vec::new();
        match &before {
            None => {
                let after = thing.event_document();
                diff.push(FieldChange { path: thing.path(), before: Value::Null, after });
            }
            Some(before) => {
                let path = format!("{}/state", thing.path());
                field(&mut diff, &path, &json!(before.state), &json!(thing.state));
            }
        }
        let new = self.observe(tx, &thing, sighting(before.as_ref()), finding.at)?;
        self.keep(tx, thing, before, diff, finding.address, (finding.slice.as_ref(), finding.at))?;
        if new && open {
            self.discovered.push(
                PortDiscovered {
                    scan_id: self.task,
                    host: finding.address,
                    port: finding.port,
                    protocol: finding.protocol,
                    state: finding.state,
                    service: None,
                    timestamp: finding.at,
                }
                .into(),
            );
        }
        Ok(())
    }

    /// Returns what is known of a thing, and what to write: that, or something new. What is gone is not known, but the
    /// time of its first sight is.
    fn known(
        &self,
        tx: &WriteTx<'_>,
        id: ThingId,
        fresh: impl FnOnce() -> Thing,
    ) -> OpResult<(Option<Thing>, Thing)> {
        Ok(match things::find(tx.connection(), &self.inventory.keyring, id)? {
            Some(known) if known.deleted.is_none() => (Some(known.clone()), known),
            Some(gone) => {
                let mut thing = fresh();
                thing.sighted.first_seen = gone.sighted.first_seen;
                (None, thing)
            }
            None => (None, fresh()),
        })
    }

    fn fresh(
        &self,
        id: ThingId,
        kind: &str,
        address: IpAddr,
        document: Document,
        slice: Option<&SliceKey>,
        at: Timestamp,
    ) -> Thing {
        let slice = slice.map(|key| self.inventory.slice_id(key));
        Thing {
            id,
            kind: kind.to_owned(),
            parent: None,
            state: String::new(),
            port: None,
            scope: ThingScope {
                segment: Some(self.inventory.segment),
                subnet: Some(subnet_of(address)),
                ..ThingScope::default()
            },
            sighted: Sighted::first(self.task, at, slice),
            deleted: None,
            document,
            readings: Map::new(),
        }
    }

    /// Writes the thing, and its change if there is one.
    fn keep(
        &mut self,
        tx: &WriteTx<'_>,
        mut thing: Thing,
        before: Option<Thing>,
        diff: Vec<FieldChange>,
        address: IpAddr,
        (slice, at): (Option<&SliceKey>, Timestamp),
    ) -> OpResult<()> {
        // A refused or filtered port was not seen: only its state is known better now.
        let seen =
            thing.kind == HOST || matches!(thing.port_state(), PortState::Open | PortState::OpenFiltered);
        if seen {
            thing.sighted.last_seen = thing.sighted.last_seen.max(at);
            thing.sighted.seen_by = Some(self.task);
        }
        if let Some(key) = slice {
            thing.sighted.slice = Some(self.inventory.slice_id(key));
        }
        if diff.is_empty() {
            return if seen { self.touch(tx, &thing, at) } else { Ok(()) };
        }
        let change =
            if before.is_none() && thing.kind == HOST { ChangeKind::Added } else { ChangeKind::Updated };
        let host = thing.parent.unwrap_or(thing.id);
        let entry = self.hosts.entry(host).or_insert_with(|| HostDiff { address, change, diff: Vec::new() });
        entry.diff.extend(diff);
        self.change(tx, thing, before.as_ref(), at)
    }
}

fn sighting(before: Option<&Thing>) -> Option<(Timestamp, Option<groma_model::TaskId>)> {
    before.map(|before| (before.sighted.last_seen, before.sighted.seen_by))
}

fn field(diff: &mut Vec<FieldChange>, path: &str, before: &Value, after: &Value) {
    if before != after {
        diff.push(FieldChange { path: path.to_owned(), before: before.clone(), after: after.clone() });
    }
}
