//! What an inventory has to be like: everything in plain maps and lists, nothing clever.

use std::collections::{BTreeMap, BTreeSet};

use groma_model::ThingId;
use groma_model::change::ChangeKind;
use groma_model::network::PortState;
use groma_model::thing::{Constraints, Permissions, UserContext};
use groma_model::{SegmentId, Timestamp};
use serde_json::{Map, Value, json};

use crate::step::{HOSTS, How, Look, PORTS, Seen, THINGS};
use crate::world::{address, hostname, kind, port, port_state, scope, slice_of, tags, thing};

/// A scan, by the order in which it began; discards are scans as well.
pub(crate) type Scan = usize;

/// A change that stands: what it made of a thing, and what the thing was before.
#[derive(Debug, Clone)]
struct Change {
    order: i64,
    scan: Scan,
    before: Option<State>,
    after: Option<State>,
}

/// A thing as it is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct State {
    /// All that tells a change.
    pub(crate) told: Value,
    pub(crate) parent: Option<usize>,
    relations: BTreeSet<usize>,
}

/// A look at a thing; whether it was seen, or a port found closed.
#[derive(Debug, Clone, Copy)]
struct Glance {
    order: i64,
    scan: Scan,
    saw: bool,
}

#[derive(Debug, Default, Clone)]
pub(crate) struct Known {
    /// Changes that were not taken back, oldest first. Nothing is known of the thing if there are none.
    changes: Vec<Change>,
    glances: Vec<Glance>,
    first: i64,
    /// When it last changed, or was changed back; and when it was found to be gone.
    pub(crate) last_changed: Option<Timestamp>,
    pub(crate) deleted: Option<Timestamp>,
    pub(crate) readings: Map<String, Value>,
    pub(crate) checked: Option<Timestamp>,
    /// Something was taken back: readings have no history.
    pub(crate) was_back: bool,
    /// What it is part of, or was when it was last seen.
    part_of: Option<usize>,
    /// Everything that ever became of it.
    pub(crate) log: Vec<(Scan, ChangeKind, Option<Value>)>,
}

impl Known {
    pub(crate) fn is_known(&self) -> bool {
        !self.changes.is_empty()
    }

    /// Returns it as it is, unless it is gone or unknown.
    pub(crate) fn living(&self) -> Option<&State> {
        self.changes.last()?.after.as_ref()
    }

    /// Returns it as it was last, if it is gone.
    pub(crate) fn last(&self) -> Option<&State> {
        let last = self.changes.last()?;
        last.after.as_ref().or(last.before.as_ref())
    }

    pub(crate) fn first_seen(&self) -> Timestamp {
        at(self.first)
    }
}

#[derive(Debug, Default, Clone, PartialEq)]
pub(crate) struct SliceRead {
    pub(crate) complete: bool,
    pub(crate) at: Option<Timestamp>,
    pub(crate) completed: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct ScanRecord {
    began: i64,
    pub(crate) ended: Option<How>,
    pub(crate) discarded: bool,
    pub(crate) discards: Option<Scan>,
}

#[derive(Debug)]
pub(crate) struct Model {
    segment: SegmentId,
    order: i64,
    pub(crate) things: Vec<Known>,
    pub(crate) scans: Vec<ScanRecord>,
    pub(crate) slices: BTreeMap<usize, SliceRead>,
    /// Ports seen open and hosts seen, by scan.
    pub(crate) open: BTreeSet<(Scan, usize)>,
    pub(crate) up: BTreeSet<(Scan, usize)>,
}

fn at(order: i64) -> Timestamp {
    crate::world::time(order)
}

pub(crate) const fn host_slot(number: usize) -> usize {
    THINGS + number
}

pub(crate) const fn port_slot(host: usize, number: usize) -> usize {
    THINGS + HOSTS + host * PORTS + number
}

pub(crate) fn kind_of(slot: usize) -> &'static str {
    match slot {
        0..THINGS => kind(slot),
        slot if slot < THINGS + HOSTS => "network.host",
        _ => "network.service",
    }
}

impl Model {
    pub(crate) fn new(segment: SegmentId) -> Self {
        Self {
            segment,
            order: 0,
            things: vec![Known::default(); THINGS + HOSTS + HOSTS * PORTS],
            scans: Vec::new(),
            slices: BTreeMap::new(),
            open: BTreeSet::new(),
            up: BTreeSet::new(),
        }
    }

    /// Goes on in time; everything that happens has a time of its own.
    pub(crate) fn tick(&mut self) -> Timestamp {
        self.order += 1;
        at(self.order)
    }

    pub(crate) fn begin(&mut self) -> Scan {
        self.scans.push(ScanRecord { began: self.order, ended: None, discarded: false, discards: None });
        self.scans.len() - 1
    }

    /// Returns the part of which a thing says it is, if that is known.
    pub(crate) fn parent(&self, number: usize, look: &Look) -> Option<usize> {
        let parent = number.checked_sub(look.parent).filter(|_| look.parent > 0)?;
        self.things[parent].is_known().then_some(parent)
    }

    /// Takes what a scan read, at the present time.
    pub(crate) fn record(&mut self, scan: Scan, seen: &Seen) {
        match seen {
            Seen::Thing { number, look } => self.thing(scan, *number, look),
            Seen::Host { number, name } => self.host(scan, *number, *name),
            Seen::Port { host, number, state } => self.port(scan, *host, *number, *state),
            Seen::Slice { number, complete, proven } => self.slice(scan, *number, *complete, *proven),
        }
    }

    fn thing(&mut self, scan: Scan, number: usize, look: &Look) {
        let parent = self.parent(number, look);
        let state =
            State { told: thing_told(number, look, parent), parent, relations: look.relations.clone() };
        self.glance(number, scan, true);
        let changed = self.become_(number, scan, Some(state));
        let now = at(self.order);
        let known = &mut self.things[number];
        if look.reading > 0 || look.allowed > 0 || changed {
            known.readings = match look.reading {
                0 => Map::new(),
                reading => Map::from_iter([("load".to_owned(), json!(reading))]),
            };
        }
        known.checked = (look.allowed > 0).then_some(now);
    }

    fn host(&mut self, scan: Scan, number: usize, name: Option<usize>) {
        let slot = host_slot(number);
        // A look without a name does not make a known one wrong.
        let known =
            self.things[slot].living().and_then(|state| state.told["attributes"]["hostname"].as_str());
        let name = name.map(|name| hostname(number, name)).or(known.map(str::to_owned));
        let address = address(number).to_string();
        let mut told = json!({
            "state": "up", "scope": self.subnet(number), "name": name.as_ref().unwrap_or(&address),
            "identifiers": [address], "attributes": {"address": address},
        });
        if let Some(name) = &name {
            told["identifiers"] = json!([address, name]);
            told["attributes"]["hostname"] = json!(name);
        }
        self.up.insert((scan, number));
        self.glance(slot, scan, true);
        self.become_(slot, scan, Some(State { told, parent: None, relations: BTreeSet::new() }));
        self.things[slot].readings = Map::from_iter([("response_time_ms".to_owned(), json!(1.5))]);
    }

    fn port(&mut self, scan: Scan, host: usize, number: usize, state: usize) {
        let (slot, state) = (port_slot(host, number), port_state(state));
        let open = matches!(state, PortState::Open | PortState::OpenFiltered);
        if self.things[slot].living().is_none() && !open {
            return;
        }
        if open {
            self.open.insert((scan, slot));
        }
        let (address, port) = (address(host), port(number));
        let told = json!({
            "state": state.as_str(), "scope": self.subnet(host), "name": format!("{address}:{port}/tcp"),
            "attributes": {"port": port, "protocol": "tcp"}, "parent": self.host_id(host),
        });
        self.glance(slot, scan, open);
        let parent = Some(host_slot(host));
        self.become_(slot, scan, Some(State { told, parent, relations: BTreeSet::new() }));
    }

    fn subnet(&self, host: usize) -> Value {
        json!({"segment": self.segment, "subnet": format!("10.0.{host}.0/24")})
    }

    pub(crate) fn host_id(&self, number: usize) -> ThingId {
        ThingId::host(self.segment, address(number))
    }

    fn slice(&mut self, scan: Scan, number: usize, complete: bool, proven: bool) {
        let now = at(self.order);
        let read = self.slices.entry(number).or_default();
        (read.complete, read.at) = (complete, Some(now));
        if complete {
            read.completed = Some(now);
        }
        if !complete || !proven {
            return;
        }
        for slot in (0..THINGS).filter(|slot| slice_of(*slot) == Some(number)) {
            // What this scan saw is there, and so is what another saw while this one ran.
            let there = self.things[slot].glances.iter().any(|glance| {
                glance.scan == scan
                    || (glance.saw
                        && glance.order >= self.scans[scan].began
                        && !self.scans[glance.scan].discarded)
            });
            if !there && self.things[slot].living().is_some() {
                self.become_(slot, scan, None);
            }
        }
    }

    fn glance(&mut self, slot: usize, scan: Scan, saw: bool) {
        let known = &mut self.things[slot];
        if !known.is_known() {
            known.first = self.order;
        }
        known.glances.push(Glance { order: self.order, scan, saw });
    }

    fn become_(&mut self, slot: usize, scan: Scan, after: Option<State>) -> bool {
        let (order, now) = (self.order, at(self.order));
        let known = &mut self.things[slot];
        let before = known.living().cloned();
        if before == after {
            return false;
        }
        known.deleted = after.is_none().then_some(now);
        known.last_changed = Some(now);
        known.part_of = after.as_ref().map_or(known.part_of, |state| state.parent);
        known.tell(scan, before.as_ref(), after.as_ref());
        known.changes.push(Change { order, scan, before, after });
        true
    }

    /// Takes back what a scan changed, as the present scan record, unless a later scan that counts looked there.
    pub(crate) fn discard(&mut self, old: Scan) {
        let new = self.begin();
        self.scans[new].discards = Some(old);
        self.scans[new].ended = Some(How::Completed);
        self.scans[old].discarded = true;
        let changes = self.things.iter().enumerate().flat_map(|(slot, known)| {
            known.changes.iter().filter(|change| change.scan == old).map(move |change| (change.order, slot))
        });
        // Of several at the same time the last is what was written last: slices bury in the order of ids.
        let mut changes: Vec<(i64, ThingId, usize)> =
            changes.map(|(order, slot)| (order, self.id(slot), slot)).collect();
        changes.sort_by(|a, b| b.cmp(a));
        for (order, _, slot) in changes {
            self.take_back(old, new, order, slot);
        }
    }

    fn id(&self, slot: usize) -> ThingId {
        match slot {
            0..THINGS => thing(slot),
            slot if slot < THINGS + HOSTS => self.host_id(slot - THINGS),
            slot => {
                let port_number = slot - THINGS - HOSTS;
                let host = self.host_id(port_number / PORTS);
                host.service(groma_model::network::Protocol::Tcp, port(port_number % PORTS))
            }
        }
    }

    fn take_back(&mut self, old: Scan, new: Scan, order: i64, slot: usize) {
        let now = at(self.order);
        let known = &self.things[slot];
        let Some(top) = known.changes.last().filter(|top| (top.scan, top.order) == (old, order)) else {
            return;
        };
        let looked_since = known
            .glances
            .iter()
            .any(|glance| glance.order > order && glance.scan != old && !self.scans[glance.scan].discarded);
        let has_parts = || self.things.iter().any(|part| part.part_of == Some(slot));
        if looked_since || (top.before.is_none() && has_parts()) {
            return;
        }
        // What it was part of may itself have been taken back meanwhile.
        let parent = top.before.as_ref().and_then(|state| state.parent);
        let parent_is_lost = parent.is_some_and(|parent| !self.things[parent].is_known());
        let known = &mut self.things[slot];
        let (before, mut after) = (known.living().cloned(), top_before(known));
        if let (Some(state), true) = (&mut after, parent_is_lost) {
            state.parent = None;
            state.told.as_object_mut().unwrap().remove("parent");
        }
        known.changes.pop();
        known.was_back = true;
        if before != after {
            known.tell(new, before.as_ref(), after.as_ref());
        }
        known.last_changed = Some(now);
        known.part_of = after.as_ref().and_then(|state| state.parent);
        if after.is_some() {
            known.deleted = None;
        } else if !known.is_known() {
            // Nothing is left of it but its history.
            let log = std::mem::take(&mut known.log);
            *known = Known { log, was_back: true, ..Known::default() };
        } else if let Some(grave) = known.changes.last() {
            known.deleted = Some(at(grave.order));
        }
    }

    /// Returns when a thing was last seen, and by which scan; `None`: by none that still counts.
    pub(crate) fn last_seen(&self, slot: usize) -> Option<(Timestamp, Scan)> {
        let glances = self.things[slot].glances.iter();
        let last = glances.filter(|glance| glance.saw && !self.scans[glance.scan].discarded);
        last.max_by_key(|glance| glance.order).map(|glance| (at(glance.order), glance.scan))
    }

    /// Returns the relations that stand, as source, kind and target.
    pub(crate) fn relations(&self) -> BTreeSet<(usize, &'static str, usize)> {
        let mut relations = BTreeSet::new();
        for (slot, known) in self.things.iter().enumerate() {
            let Some(state) = known.living() else { continue };
            relations.extend(state.relations.iter().map(|target| (slot, "attached_to", *target)));
            relations.extend(state.parent.map(|parent| (slot, "part_of", parent)));
        }
        relations
    }
}

fn top_before(known: &Known) -> Option<State> {
    known.changes.last().and_then(|change| change.before.clone())
}

impl Known {
    fn tell(&mut self, scan: Scan, before: Option<&State>, after: Option<&State>) {
        let change = match (before, after) {
            (None, None) => return,
            (None, Some(_)) => ChangeKind::Added,
            (Some(_), Some(_)) => ChangeKind::Updated,
            (Some(_), None) => ChangeKind::Deleted,
        };
        self.log.push((scan, change, after.map(|state| state.told.clone())));
    }
}

/// Returns a thing as its history tells it.
fn thing_told(number: usize, look: &Look, parent: Option<usize>) -> Value {
    let (state, name) = (["running", "stopped"][look.state], ["web server", "database"][look.name]);
    let mut told = json!({
        "state": state,
        "scope": scope(kind(number)),
        "name": format!("{name} {number}"),
        "alias": format!("123456789012-eu-west-3-thing-{number}"),
        "identifiers": [format!("arn:aws:thing:{number}")],
    });
    if look.tag > 0 {
        told["tags"] = json!(tags(look.tag));
    }
    if look.size > 0 {
        told["attributes"] = json!({"size/~": {"cores": look.size, "more": [look.size]}});
    }
    if look.allowed > 0 {
        // When it was checked is no change.
        told["permissions"] = json!(Permissions {
            allowed_actions: vec![format!("ec2:Act{}", look.allowed)],
            denied_actions: Vec::new(),
            unknown_actions: Vec::new(),
            user_context: UserContext::default(),
            method: "evaluated".to_owned(),
            confidence: 0.5,
            checked_at: Timestamp::from_micros(0),
        });
    }
    if let Some(can_stop) = look.stoppable {
        told["constraints"] = json!(Constraints { can_stop: Some(can_stop), ..Constraints::default() });
    }
    if !look.relations.is_empty() {
        let mut targets: Vec<ThingId> = look.relations.iter().copied().map(thing).collect();
        targets.sort_unstable();
        told["relations"] = json!({ "attached_to": targets });
    }
    if let Some(parent) = parent {
        told["parent"] = json!(thing(parent));
    }
    told
}
