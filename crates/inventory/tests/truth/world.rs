//! An open inventory, whose time the test sets.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use groma_api::{NetworkScanRequest, ScanRequest};
use groma_database::{Database, Folder};
use groma_inventory::{DiscardEvents, Identity, Inventory, NewTask};
use groma_journal::{Journal, JournalOptions, Start};
use groma_model::network::{HostFinding, PortFinding, PortState, Protocol};
use groma_model::system::{Error, Severity};
use groma_model::task::{CheckpointStore as _, InventoryWrite as _, Plan, TaskEnd};
use groma_model::thing::{
    Constraints, Permissions, SliceFinding, SliceKey, SliceState, ThingFinding, ThingScope, UserContext,
};
use groma_model::{
    Clock, Envelope, EventFilter, Finding, Payload, PrincipalId, SegmentId, TaskId, ThingId, Timestamp,
};
use groma_seal::{Keyring, Unlock};
use serde_json::{Map, json};
use uuid::Uuid;

use crate::step::{HOSTS, How, Look, PORTS, Seen, THINGS};

/// A clock that stands until it is set.
#[derive(Debug)]
pub(crate) struct Standing(AtomicI64);

impl Clock for Standing {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::Relaxed))
    }
}

pub(crate) struct World {
    pub(crate) inventory: Inventory,
    pub(crate) journal: Arc<Journal>,
    pub(crate) segment: SegmentId,
    clock: Arc<Standing>,
    _folder: Folder,
    _root: tempfile::TempDir,
}

impl World {
    pub(crate) async fn new() -> Self {
        // Thousands of small transactions: in memory, where there is such a place, they take no time.
        let memory = Path::new("/dev/shm");
        let root = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap();
        let clock = Arc::new(Standing(AtomicI64::new(time(0).micros())));
        let folder = Folder::take(&root.path().join("data")).unwrap();
        let keys = Unlock::KeyFolder(root.path().join("keys"));
        let keyring = Arc::new(Keyring::open(folder.path(), &keys, true).unwrap());
        let (database, _, _) = Database::open(&folder, 1).unwrap();
        let kept: Arc<dyn Clock> = Arc::clone(&clock) as _;
        let identity = Identity::load(&database, &folder, &keyring, &*kept).await.unwrap();
        let options = JournalOptions { node: identity.node, epoch: identity.epoch, tail_bytes: 1 << 20 };
        let journal =
            Journal::open(database.clone(), Arc::clone(&keyring), Arc::clone(&kept), options).await.unwrap();
        let inventory = Inventory::new(database, keyring, Arc::clone(&journal), kept, identity.segment);
        Self { inventory, journal, segment: identity.segment, clock, _folder: folder, _root: root }
    }

    pub(crate) fn set(&self, at: Timestamp) {
        self.clock.0.store(at.micros(), Ordering::Relaxed);
    }

    pub(crate) async fn begin(&self) -> TaskId {
        let id = TaskId::now();
        let task = NewTask { id, request: request(id), principal: nobody(), resumes: None };
        self.inventory.create_task(task).await.unwrap();
        self.inventory.begin(id, Plan::default(), note()).await.unwrap();
        id
    }

    pub(crate) async fn record(&self, task: TaskId, findings: Vec<Finding>) {
        self.inventory.record(task, findings).await.unwrap();
    }

    pub(crate) async fn end(&self, task: TaskId, how: How) {
        let end = match how {
            How::Completed => TaskEnd::Completed,
            How::Failed => TaskEnd::Failed { error: "it broke".to_owned() },
            How::Cancelled => TaskEnd::Cancelled { reason: "enough".to_owned() },
        };
        assert!(self.inventory.end(task, end, Box::new(|_| vec![note()])).await.unwrap());
    }

    pub(crate) async fn discard(&self, task: TaskId) -> TaskId {
        let events =
            DiscardEvents { started: Box::new(|_, _| note()), ended: Box::new(|_, _, _| vec![note()]) };
        self.inventory.discard(task, nobody(), events).await.unwrap()
    }

    /// Reads the whole journal.
    pub(crate) async fn events(&self) -> Vec<Envelope> {
        let mut cursor = self.journal.cursor(Start::Oldest, EventFilter::default()).await.unwrap();
        let mut events = Vec::new();
        while let Some(delivery) = cursor.poll().await.unwrap() {
            events.extend(delivery.frames().map(|frame| frame.envelope().unwrap()));
        }
        events
    }

    pub(crate) fn host(&self, number: usize) -> ThingId {
        self.inventory.host_id(address(number))
    }

    pub(crate) fn port(&self, host: usize, number: usize) -> ThingId {
        self.host(host).service(Protocol::Tcp, port(number))
    }

    /// Returns the id of each thing that the test makes up: things, then hosts, then ports.
    pub(crate) fn ids(&self) -> Vec<ThingId> {
        let ports = (0..HOSTS).flat_map(|host| (0..PORTS).map(move |number| self.port(host, number)));
        (0..THINGS).map(thing).chain((0..HOSTS).map(|host| self.host(host))).chain(ports).collect()
    }
}

fn request(id: TaskId) -> ScanRequest {
    ScanRequest::Network(NetworkScanRequest::new(vec![id.to_string()], "1"))
}

fn nobody() -> PrincipalId {
    PrincipalId::from_uuid(Uuid::nil())
}

/// An event about nothing.
fn note() -> Payload {
    Error { message: String::new(), severity: Severity::Info, context: None, timestamp: 0 }.into()
}

/// Returns the time of the `number`th thing that happens.
pub(crate) fn time(number: i64) -> Timestamp {
    Timestamp::from_micros(1_763_740_800_000_000 + number * 1_000)
}

pub(crate) fn thing(number: usize) -> ThingId {
    ThingId::resource(["", "", "", "", "", &number.to_string()])
}

pub(crate) fn address(number: usize) -> IpAddr {
    Ipv4Addr::new(10, 0, number as u8, 1).into()
}

pub(crate) fn port(number: usize) -> u16 {
    [22, 443][number]
}

pub(crate) fn port_state(number: usize) -> PortState {
    [PortState::Open, PortState::Open, PortState::OpenFiltered, PortState::Closed][number]
}

/// Returns the kind of a thing: events are told of two, the third is of a domain with events of its own.
pub(crate) fn kind(number: usize) -> &'static str {
    ["aws.ec2.instance", "aws.ec2.instance", "aws.s3.bucket", "aws.s3.bucket", "vm.machine"][number]
}

/// Returns the number of the slice that vouches for a thing.
pub(crate) fn slice_of(number: usize) -> Option<usize> {
    [Some(0), Some(0), Some(1), Some(1), None][number]
}

pub(crate) fn scope(kind: &str) -> ThingScope {
    let account = Some("123456789012".to_owned());
    let region = (kind != "vm.machine").then(|| "eu-west-3".to_owned());
    ThingScope { account, region, ..ThingScope::default() }
}

pub(crate) fn slice(number: usize) -> SliceKey {
    let kind = ["aws.ec2.instance", "aws.s3.bucket"][number];
    SliceKey { kind: kind.to_owned(), scope: scope(kind) }
}

/// Returns what an engine hands over; `parent` is known before.
pub(crate) fn finding(seen: &Seen, parent: Option<ThingId>, at: Timestamp) -> Finding {
    match seen {
        Seen::Thing { number, look } => Finding::Thing(Box::new(read(*number, look, parent, at))),
        Seen::Host { number, name } => Finding::Host(HostFinding {
            address: address(*number),
            hostname: name.map(|name| hostname(*number, name)),
            response_time_ms: 1.5,
            at,
            slice: None,
        }),
        Seen::Port { host, number, state } => Finding::Port(PortFinding {
            address: address(*host),
            port: port(*number),
            protocol: Protocol::Tcp,
            state: port_state(*state),
            at,
            slice: None,
        }),
        Seen::Slice { number, complete, proven } => Finding::Slice(SliceFinding {
            key: slice(*number),
            state: if *complete { SliceState::Complete } else { SliceState::Throttled },
            absence_proven: *proven,
            reason: (!complete).then(|| "too many calls".to_owned()),
            proof: BTreeMap::from([("pages".to_owned(), 3)]),
            at,
        }),
    }
}

pub(crate) fn hostname(number: usize, name: usize) -> String {
    format!("host-{number}-{name}.example")
}

fn read(number: usize, look: &Look, parent: Option<ThingId>, at: Timestamp) -> ThingFinding {
    let word = |number: usize, words: [&str; 3]| words[number].to_owned();
    let kind = kind(number);
    ThingFinding {
        id: thing(number),
        kind: kind.to_owned(),
        alias: Some(format!("123456789012-eu-west-3-thing-{number}")),
        name: format!("{} {number}", word(look.name, ["web server", "database", ""])),
        parent,
        scope: scope(kind),
        state: word(look.state, ["running", "stopped", ""]),
        identifiers: vec![format!("arn:aws:thing:{number}")],
        tags: tags(look.tag),
        attributes: match look.size {
            0 => Map::new(),
            size => Map::from_iter([("size/~".to_owned(), json!({"cores": size, "more": [size]}))]),
        },
        readings: match look.reading {
            0 => Map::new(),
            reading => Map::from_iter([("load".to_owned(), json!(reading))]),
        },
        permissions: (look.allowed > 0).then(|| Permissions {
            allowed_actions: vec![format!("ec2:Act{}", look.allowed)],
            denied_actions: Vec::new(),
            unknown_actions: Vec::new(),
            user_context: UserContext {
                session_expires: Some(at.plus_seconds(60)),
                ..UserContext::default()
            },
            method: "evaluated".to_owned(),
            confidence: 0.5,
            checked_at: at,
        }),
        constraints: look
            .stoppable
            .map(|can_stop| Constraints { can_stop: Some(can_stop), ..Constraints::default() }),
        relations: relations(&look.relations.iter().copied().collect::<Vec<_>>()),
        slice: slice_of(number).map(slice),
        at,
    }
}

pub(crate) fn tags(tag: usize) -> BTreeMap<String, String> {
    match tag {
        0 => BTreeMap::new(),
        tag => BTreeMap::from([("env".to_owned(), ["", "prod", "test"][tag].to_owned())]),
    }
}

/// Relations to things, told backwards and each twice.
fn relations(to: &[usize]) -> BTreeMap<String, Vec<ThingId>> {
    if to.is_empty() {
        return BTreeMap::new();
    }
    let twice = to.iter().rev().chain(to).copied().map(thing).collect();
    BTreeMap::from([("attached_to".to_owned(), twice)])
}
