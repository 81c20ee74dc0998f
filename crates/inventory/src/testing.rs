//! A folder with an inventory in it, for tests.

use std::collections::BTreeMap;

use groma_api::{NetworkScanRequest, ScanRequest};
use groma_model::task::{CheckpointStore, InventoryWrite, Plan, TaskEnd};
use groma_model::thing::{ThingFinding, ThingScope};
use groma_model::{Finding, PrincipalId, TaskId, ThingId, Timestamp};
use serde_json::Map;

use crate::reencrypt::tests::{Open, open};
use crate::{Inventory, NewTask};

/// An open inventory in a folder that goes with it.
pub(crate) struct World {
    pub(crate) inventory: Inventory,
    _open: Open,
    root: tempfile::TempDir,
}

impl World {
    pub(crate) async fn open() -> Self {
        let root = tempfile::tempdir().unwrap();
        let open = open(root.path()).await;
        Self { inventory: open.inventory.clone(), _open: open, root }
    }

    /// Returns the data folder.
    pub(crate) fn folder(&self) -> std::path::PathBuf {
        self.root.path().join("data")
    }

    /// Begins a task that can record.
    pub(crate) async fn begin(&self) -> TaskId {
        let id = TaskId::now();
        let request = ScanRequest::Network(NetworkScanRequest::new(vec![id.to_string()], "1"));
        let task = NewTask { id, request, principal: PrincipalId::now(), resumes: None };
        self.inventory.create_task(task).await.unwrap();
        let started = groma_model::system::Error {
            message: String::new(),
            severity: groma_model::system::Severity::Info,
            context: None,
            timestamp: 0,
        };
        self.inventory.begin(id, Plan::default(), started.into()).await.unwrap();
        id
    }

    pub(crate) async fn end(&self, task: TaskId) {
        self.inventory.end(task, TaskEnd::Completed, Box::new(|_| Vec::new())).await.unwrap();
    }

    /// Records what one scan reads.
    pub(crate) async fn record(&self, things: Vec<ThingFinding>) -> TaskId {
        let task = self.begin().await;
        let findings = things.into_iter().map(|thing| Finding::Thing(Box::new(thing))).collect();
        self.inventory.record(task, findings).await.unwrap();
        self.end(task).await;
        task
    }
}

/// Returns what is read of a thing that runs in an account; `number` tells it from others.
pub(crate) fn thing(kind: &str, name: &str, number: u32) -> ThingFinding {
    let number = number.to_string();
    ThingFinding {
        id: ThingId::resource(["", "", "", "", "", &number]),
        kind: kind.to_owned(),
        alias: Some(format!("123456789012-eu-west-3-{name}")),
        name: name.to_owned(),
        parent: None,
        scope: ThingScope {
            account: Some("123456789012".to_owned()),
            region: Some("eu-west-3".to_owned()),
            ..ThingScope::default()
        },
        state: "running".to_owned(),
        identifiers: Vec::new(),
        tags: BTreeMap::new(),
        attributes: Map::new(),
        readings: Map::new(),
        permissions: None,
        constraints: None,
        relations: BTreeMap::new(),
        slice: None,
        at: Timestamp::from_micros(1_700_000_000_000_000),
    }
}
