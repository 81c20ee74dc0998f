//! The estate, recorded in a folder of its own.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use groma_api::{NetworkScanRequest, ScanRequest};
use groma_database::{Database, Folder};
use groma_embedding::{Embedder, MiniLm};
use groma_inventory::{Found, Identity, Inventory, NewTask, SearchIndex};
use groma_journal::{Journal, JournalOptions};
use groma_model::network::{HostFinding, PortFinding, PortState, Protocol};
use groma_model::system::{Error, Severity};
use groma_model::task::{CheckpointStore as _, InventoryWrite as _, Plan, TaskEnd};
use groma_model::thing::ThingFinding;
use groma_model::{Clock, Finding, PrincipalId, SystemClock, TaskId, ThingId, Timestamp};
use groma_seal::{Keyring, Unlock};
use groma_search::Filter;
use uuid::Uuid;

use crate::fleet;
use crate::known::Known;
use crate::labels::Labels;

const AT: Timestamp = Timestamp::from_micros(1_763_740_800_000_000);

/// The estate, what its maker knows of it, and what finds in it.
pub(crate) struct World {
    pub(crate) labels: BTreeMap<ThingId, Labels>,
    /// What was recorded, hosts and services left out.
    pub(crate) things: Vec<ThingFinding>,
    search: Arc<SearchIndex>,
    _folder: Folder,
    _root: tempfile::TempDir,
}

/// The model that `cargo xtask test --only model` prepares.
pub(crate) fn model() -> Arc<dyn Embedder> {
    let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let cache =
        || variable("XDG_CACHE_HOME").or_else(|| Some(variable("HOME")?.join(".cache"))).unwrap_or_default();
    let folder = variable("GROMA_MODEL_DIR").unwrap_or_else(|| cache().join("groma/model"));
    let advice = "run `cargo xtask test --only model`";
    Arc::new(MiniLm::load(&folder).unwrap_or_else(|error| panic!("{error}: {advice}")))
}

impl World {
    /// Records everything as scans do, and has it all taken into the index.
    pub(crate) async fn new(embedder: Arc<dyn Embedder>) -> Self {
        let root = tempfile::tempdir().unwrap();
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let folder = Folder::take(&root.path().join("data")).unwrap();
        let keys = Unlock::KeyFolder(root.path().join("keys"));
        let keyring = Arc::new(Keyring::open(folder.path(), &keys, true).unwrap());
        let (database, _, _) = Database::open(&folder, 2).unwrap();
        let identity = Identity::load(&database, &folder, &keyring, &*clock).await.unwrap();
        let options = JournalOptions { node: identity.node, epoch: identity.epoch, tail_bytes: 1 << 20 };
        let journal = Journal::open(database.clone(), Arc::clone(&keyring), Arc::clone(&clock), options);
        let journal = journal.await.unwrap();
        let inventory = Inventory::new(database, keyring, journal, clock, identity.segment);
        let known = include_str!("things.txt").lines().filter(|line| !line.starts_with('#')).map(Known::read);
        let known: Vec<Known> = known.chain(fleet::all()).collect();
        let mut labels: BTreeMap<ThingId, Labels> = BTreeMap::new();
        for thing in &known {
            let before = labels.insert(thing.finding.id, said(thing));
            assert!(before.is_none(), "two things are {}", thing.finding.name);
        }
        let mut findings: Vec<Finding> =
            known.iter().map(|thing| Finding::Thing(Box::new(thing.finding.clone()))).collect();
        include_str!("hosts.txt")
            .lines()
            .filter(|line| !line.starts_with('#'))
            .for_each(|line| host(line, &inventory, &mut findings, &mut labels));
        record(&inventory, findings).await;
        let names = |_, port| groma_network::service_name(port);
        let search = SearchIndex::new(inventory, names, embedder);
        while search.embed_some().await.unwrap() > 0 {}
        let things = known.into_iter().map(|thing| thing.finding).collect();
        Self { labels, things, search, _folder: folder, _root: root }
    }

    pub(crate) async fn find(&self, text: &str, filter: &Filter, limit: usize) -> Found {
        self.search.search(text.to_owned(), filter.clone(), limit, true).await.unwrap()
    }

    pub(crate) fn name(&self, id: ThingId) -> String {
        let labels = &self.labels[&id];
        format!("{} {}", labels["kind"], labels["name"])
    }
}

/// What the judge knows of a thing besides what is known of it anyway.
fn said(thing: &Known) -> Labels {
    let finding = &thing.finding;
    let mut labels = thing.labels.clone();
    labels.insert("name".to_owned(), finding.name.clone());
    labels.insert("kind".to_owned(), finding.kind.clone());
    labels.insert("state".to_owned(), finding.state.clone());
    labels.insert("region".to_owned(), finding.scope.region.clone().unwrap_or_default());
    labels.insert("account".to_owned(), finding.scope.account.clone().unwrap_or_default());
    labels
}

fn host(
    line: &str,
    inventory: &Inventory,
    findings: &mut Vec<Finding>,
    labels: &mut BTreeMap<ThingId, Labels>,
) {
    let mut parts = line.split_whitespace();
    let address = parts.next().unwrap().parse().unwrap();
    let hostname = parts.next().filter(|name| *name != "-").map(str::to_owned);
    let id = inventory.host_id(address);
    let name = hostname.clone().unwrap_or_else(|| address.to_string());
    let known = [("kind", "network.host".to_owned()), ("name", name)];
    labels.insert(id, known.map(|(key, value)| (key.to_owned(), value)).into());
    findings.push(Finding::Host(HostFinding {
        address,
        hostname,
        response_time_ms: 1.0,
        at: AT,
        slice: None,
    }));
    for port in parts {
        let (state, protocol) = (PortState::Open, Protocol::Tcp);
        let known = [
            ("kind", "network.service".to_owned()),
            ("name", format!("{address}:{port}/tcp")),
            ("port", port.to_owned()),
        ];
        let port = port.parse().unwrap();
        labels.insert(id.service(protocol, port), known.map(|(key, value)| (key.to_owned(), value)).into());
        findings.push(Finding::Port(PortFinding { address, port, protocol, state, at: AT, slice: None }));
    }
}

async fn record(inventory: &Inventory, findings: Vec<Finding>) {
    let id = TaskId::now();
    let request = ScanRequest::Network(NetworkScanRequest::new(vec!["everything".to_owned()], "1"));
    let principal = PrincipalId::from_uuid(Uuid::nil());
    inventory.create_task(NewTask { id, request, principal, resumes: None }).await.unwrap();
    let note = Error { message: String::new(), severity: Severity::Info, context: None, timestamp: 0 };
    inventory.begin(id, Plan::default(), note.into()).await.unwrap();
    inventory.record(id, findings).await.unwrap();
    assert!(inventory.end(id, TaskEnd::Completed, Box::new(|_| Vec::new())).await.unwrap());
}
