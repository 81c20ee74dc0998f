//! The folder that the version before schema 7 left.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt as _;
use groma_api::{
    Backend, EventQuery, ExecutionQuery, HostQuery, LogQuery, NetworkScanRequest, ResourceQuery, ScanQuery,
    ScanRequest,
};
use groma_app::{App, AppOptions};
use groma_model::change::ChangeKind;
use groma_model::network::HostChanged;
use groma_model::{ExecutionId, ThingId};
use groma_seal::Unlock;
use serde_json::{Value, json};

use crate::story;

pub(crate) fn options(root: &Path) -> AppOptions {
    let mut options = AppOptions::new(root.join("data"), root.join("keys"));
    options.unlock = Unlock::KeyFile(root.join("key"));
    options
}

/// Copies the folder as it was left.
pub(crate) fn copy(to: &Path) {
    fn all(from: &Path, to: &Path) {
        std::fs::create_dir_all(to).unwrap();
        for entry in std::fs::read_dir(from).unwrap() {
            let entry = entry.unwrap();
            let to = to.join(entry.file_name());
            if entry.path().is_dir() {
                all(&entry.path(), &to);
            } else {
                std::fs::copy(entry.path(), to).unwrap();
            }
        }
    }
    use std::os::unix::fs::PermissionsExt as _;
    all(&left(), to);
    // What a checkout does not keep.
    std::fs::set_permissions(to.join("key"), std::fs::Permissions::from_mode(0o600)).unwrap();
    std::fs::set_permissions(to.join("data"), std::fs::Permissions::from_mode(0o700)).unwrap();
}

fn left() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/upgrade/form-0006")
}

/// What the version before said of it.
fn before() -> BTreeMap<String, Vec<Value>> {
    serde_json::from_slice(&std::fs::read(left().join("before.json")).unwrap()).unwrap()
}

/// Asserts that everything that was said is said still; more may be.
fn still(before: &Value, now: &Value, path: &str) {
    match (before, now) {
        (Value::Object(before), Value::Object(now)) => {
            for (key, value) in before {
                let now = now.get(key).unwrap_or_else(|| panic!("{path}/{key} is gone, it was {value}"));
                still(value, now, &format!("{path}/{key}"));
            }
        }
        (Value::Array(before), Value::Array(now)) => {
            assert_eq!(before.len(), now.len(), "{path}");
            for (index, (before, now)) in before.iter().zip(now).enumerate() {
                still(before, now, &format!("{path}/{index}"));
            }
        }
        _ => assert_eq!(before, now, "{path}"),
    }
}

fn all_still(what: &str, before: &[Value], now: &impl serde::Serialize) {
    still(&json!(before), &serde_json::to_value(now).unwrap(), what);
}

async fn events(backend: &Arc<dyn Backend>) -> Vec<Value> {
    let query = EventQuery { after: Some("oldest".to_owned()), follow: Some(false), ..EventQuery::default() };
    let frames: Vec<_> = backend.events(query).await.unwrap().collect().await;
    frames.into_iter().map(|frame| serde_json::from_slice(&frame.unwrap().json).unwrap()).collect()
}

#[tokio::test]
async fn everything_that_the_version_before_told_is_told_still() {
    let root = tempfile::tempdir().unwrap();
    copy(root.path());
    let before = before();
    // Twice: what an upgrade made is opened like anything else.
    for _ in 0..2 {
        let app = App::open(options(root.path())).await.unwrap();
        let backend = app.backend(app.owner());
        let hosts = backend.host_list(HostQuery { limit: Some(1_000), cursor: None }).await.unwrap().hosts;
        all_still("hosts", &before["hosts"], &hosts);
        let scans = ScanQuery { limit: Some(500), ..ScanQuery::default() };
        let scans = backend.scan_list(scans).await.unwrap().scans;
        let mut told = before["scans"].clone();
        // The journal's position is that of the answer, not of the scan.
        told.iter_mut().for_each(|scan| drop(scan.as_object_mut().unwrap().remove("sequence")));
        all_still("scans", &told, &scans);
        all_still(
            "executions",
            &before["executions"],
            &backend.execution_list(ExecutionQuery::default()).await.unwrap().executions,
        );
        all_still("tokens", &before["tokens"], &backend.token_list().await.unwrap().tokens);
        all_still("consumers", &before["consumers"], &backend.consumer_list().await.unwrap().consumers);
        all_still("webhooks", &before["webhooks"], &backend.webhook_list().await.unwrap().webhooks);
        let told = events(&backend).await;
        all_still("events", &before["events"], &&told[..before["events"].len()]);
        let id: ExecutionId = before["executions"][0]["id"].as_str().unwrap().parse().unwrap();
        let page = backend.execution_logs(id, LogQuery::default()).await.unwrap();
        let lines: BTreeSet<&str> = page.lines.iter().map(|line| line.line.as_str()).collect();
        assert_eq!(lines, BTreeSet::from(["said by a command", "and more"]));
        drop(backend);
        app.shutdown().await;
        app.close().await;
    }
}

#[tokio::test]
async fn history_is_differences_that_add_up_and_what_was_taken_back_is_known_as_gone() {
    let root = tempfile::tempdir().unwrap();
    copy(root.path());
    let before = before();
    let app = App::open(options(root.path())).await.unwrap();
    let backend = app.backend(app.owner());
    let everything = ResourceQuery {
        deleted: Some(groma_api::Deleted::Include),
        limit: Some(1_000),
        ..ResourceQuery::default()
    };
    let things = backend.resource_list(everything).await.unwrap().resources;
    let living: BTreeSet<ThingId> =
        things.iter().filter(|thing| thing.deleted_at.is_none()).map(|thing| thing.id).collect();
    let told: BTreeSet<ThingId> = before["hosts"]
        .iter()
        .flat_map(|host| std::iter::once(host).chain(host["services"].as_array().unwrap()))
        .map(|thing| thing["id"].as_str().unwrap().parse().unwrap())
        .collect();
    assert_eq!(living, told);
    let gone: BTreeSet<String> =
        things.iter().filter(|thing| thing.deleted_at.is_some()).map(|thing| thing.name.clone()).collect();
    let expected = ["127.0.6.1:26005/tcp", "127.0.6.4", "127.0.6.4:26001/tcp"].map(str::to_owned);
    assert_eq!(gone, BTreeSet::from(expected), "what was discarded has tombstones");
    // Each change that was told of a host or of its services is in its history, in order.
    let mut changes: BTreeMap<ThingId, Vec<(String, ChangeKind)>> = BTreeMap::new();
    for event in events(&backend).await {
        if event["type"] != "groma.network.host_changed" {
            continue;
        }
        let changed: HostChanged = serde_json::from_value(event["data"].clone()).unwrap();
        let mut seen = BTreeSet::new();
        for field in changed.diff {
            let id = match field.path.split('/').collect::<Vec<_>>()[..] {
                ["", "services", protocol, port, ..] => {
                    assert_eq!(protocol, "tcp");
                    changed.thing_id.service(groma_model::network::Protocol::Tcp, port.parse().unwrap())
                }
                _ => changed.thing_id,
            };
            let whole = field.path.is_empty() || field.path.matches('/').count() == 3;
            let kind = match (whole, field.before.is_null(), field.after.is_null()) {
                (true, true, _) => ChangeKind::Added,
                (true, _, true) => ChangeKind::Deleted,
                _ => ChangeKind::Updated,
            };
            if seen.insert(id) {
                changes.entry(id).or_default().push((changed.scan_id.to_string(), kind));
            }
        }
    }
    for thing in &things {
        let story = story::of(&backend, thing.id).await;
        let told: Vec<_> = story.iter().map(|(scan, kind, _)| (scan.to_string(), *kind)).collect();
        assert_eq!(Some(&told), changes.get(&thing.id), "the history of {}", thing.name);
        let (_, _, last) = story.last().unwrap();
        match thing.deleted_at {
            Some(_) => assert!(last.is_null(), "{} is gone", thing.name),
            None => {
                assert_eq!((&last["name"], &last["state"]), (&json!(thing.name), &json!(thing.state)));
                assert_eq!(last["attributes"], json!(thing.attributes));
            }
        }
    }
    assert_eq!(things.len(), changes.len());
    drop(backend);
    app.shutdown().await;
    app.close().await;
}

/// Nothing listens there any more: a new scan changes what it has to, and discards of old scans are still possible.
#[tokio::test]
async fn the_folder_is_used_as_before() {
    let root = tempfile::tempdir().unwrap();
    copy(root.path());
    let app = App::open(options(root.path())).await.unwrap();
    let backend = app.backend(app.owner());
    let states = async || {
        let hosts = backend.host_list(HostQuery { limit: Some(1_000), cursor: None }).await.unwrap().hosts;
        let host = hosts.into_iter().find(|host| host.address.to_string() == "127.0.6.1").unwrap();
        host.services.iter().map(|service| (service.port, service.state.as_str())).collect::<BTreeMap<_, _>>()
    };
    let old = states().await;
    assert_eq!(old, BTreeMap::from([(26001, "open"), (26002, "closed"), (26003, "open")]));
    let request = NetworkScanRequest {
        discovery: false,
        ..NetworkScanRequest::new(vec!["127.0.6.1".to_owned()], "26001-26005")
    };
    let scan = backend.scan_start(ScanRequest::Network(request)).await.unwrap().task_id;
    let ended = backend.task_get(scan, Some(Duration::from_secs(60))).await.unwrap();
    assert!(ended.state.ended(), "{ended:?}");
    let now = states().await;
    assert_eq!(now, BTreeMap::from([(26001, "closed"), (26002, "closed"), (26003, "closed")]));
    backend.task_discard(scan, groma_api::DiscardRequest::default()).await.unwrap();
    assert_eq!(states().await, old);
    // The second of the scans that the version before made: nothing was seen since but by what is discarded.
    let scans = backend.scan_list(ScanQuery::default()).await.unwrap().scans;
    let mut kept: Vec<_> = scans.iter().filter(|scan| scan.discards.is_none() && !scan.discarded).collect();
    kept.sort_by_key(|scan| scan.created_at);
    backend.task_discard(kept[1].id, groma_api::DiscardRequest::default()).await.unwrap();
    assert_eq!(states().await, BTreeMap::from([(26001, "open"), (26002, "open")]));
    drop(backend);
    app.shutdown().await;
    app.close().await;
}
