//! Folders at each schema before, made by the migrations up to there, with rows as those versions sealed them.

use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;

use futures::StreamExt as _;
use groma_api::{EventQuery, HostQuery};
use groma_app::{App, AppOptions};
use groma_database::Folder;
use groma_database::rusqlite::{Connection, params};
use groma_model::change::ChangeKind;
use groma_model::network::Protocol;
use groma_model::{SegmentId, TaskId, ThingId, Timestamp};
use groma_seal::{Keyring, Place, Unlock};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::story;

/// The migrations before the present form.
const MIGRATIONS: [&str; 6] = [
    include_str!("../../../database/migrations/0001_spine.sql"),
    include_str!("../../../database/migrations/0002_events.sql"),
    include_str!("../../../database/migrations/0003_webhooks.sql"),
    include_str!("../../../database/migrations/0004_idempotency.sql"),
    include_str!("../../../database/migrations/0005_keys.sql"),
    include_str!("../../../database/migrations/0006_execution.sql"),
];

const BEGAN: i64 = 1_763_740_800_000_000;

/// A folder that is being made.
pub(crate) struct Made {
    connection: Connection,
    keyring: Keyring,
    segment: SegmentId,
    scans: [TaskId; 2],
    ordinal: i64,
}

/// A thing as those versions kept it.
struct Row {
    id: ThingId,
    parent: Option<ThingId>,
    state: &'static str,
    port: Option<u16>,
    /// The scan that saw and changed it last, and when.
    by: (TaskId, i64),
    attributes: Value,
}

impl Made {
    /// Begins a folder at a schema, from 1 on.
    pub(crate) fn new(root: &Path, schema: usize) -> Self {
        let folder = Folder::take(&root.join("data")).unwrap();
        let keyring = Keyring::open(folder.path(), &Unlock::KeyFolder(root.join("keys")), true).unwrap();
        let connection = Connection::open(folder.path().join("groma.db")).unwrap();
        connection.pragma_update(None, "journal_mode", "WAL").unwrap();
        for sql in &MIGRATIONS[..schema] {
            connection.execute_batch(sql).unwrap();
        }
        connection.pragma_update(None, "user_version", schema as i64).unwrap();
        connection
            .execute("INSERT INTO meta (key, value) VALUES ('epoch', ?1)", [7_u64.to_be_bytes()])
            .unwrap();
        let segment = SegmentId::from_uuid(Uuid::from_bytes(keyring.lookup("segment", b"local")));
        let scans = [TaskId::now(), TaskId::now()];
        let made = Self { connection, keyring, segment, scans, ordinal: 0 };
        scans.iter().zip(0..).for_each(|(scan, number)| made.scan(*scan, number));
        made
    }

    fn seal(&self, place: &'static str, row: &[u8], value: &Value) -> Vec<u8> {
        self.keyring.seal(Place::new(place, row), value.to_string().as_bytes())
    }

    fn scan(&self, id: TaskId, number: i64) {
        let key = id.uuid().into_bytes();
        let request = json!({"kind": "network", "targets": ["10.7.0.0/24"], "ports": "22,80"});
        let sql = "INSERT INTO tasks (id, kind, status, request_digest, request_sealed, principal, created, started, ended, \
                   summary) VALUES (?1, 'network', 'completed', ?2, ?3, ?4, ?5, ?5, ?5, ?6)";
        let summary = json!({"hosts_up": 1, "hosts_scanned": 1, "ports_open": 1, "ports_scanned": 2,
                             "added": 1, "updated": 0, "deleted": 0});
        let sealed = self.seal("tasks.request", &key, &request);
        let at = BEGAN + number;
        self.connection
            .execute(sql, params![key, [0_u8; 16], sealed, [0_u8; 16], at, summary.to_string()])
            .unwrap();
    }

    fn write(&self, row: &Row) {
        let id = row.id.uuid().into_bytes();
        let by = row.by.0.uuid().into_bytes();
        let sql = "INSERT INTO things (id, kind, parent, state, protocol, port, first_seen, last_seen, last_changed, seen_by, \
                   changed_by, attributes_sealed) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8, ?9, ?9, ?10)";
        self.connection
            .execute(
                sql,
                params![
                    id,
                    row.kind(),
                    row.parent.map(|parent| parent.uuid().into_bytes()),
                    row.state,
                    row.port.map(|_| "tcp"),
                    row.port,
                    BEGAN,
                    row.by.1,
                    by,
                    self.seal("things.attributes", &id, &row.attributes)
                ],
            )
            .unwrap();
    }

    fn change(&mut self, by: usize, row: &Row, change: ChangeKind, before: Option<&Row>) {
        self.ordinal += 1;
        let (task, id) = (self.scans[by].uuid().into_bytes(), row.id.uuid().into_bytes());
        let place = [task, id].concat();
        let before = before.map(|before| self.seal("changes.before", &place, &before.json()));
        let sql = "INSERT INTO changes (ordinal, task, thing, change, at, before_sealed) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        let at = BEGAN + by as i64;
        self.connection.execute(sql, params![self.ordinal, task, id, change.as_str(), at, before]).unwrap();
    }

    /// Adds a host of which one port was closed by the second scan, and of which another was taken away.
    pub(crate) fn host(&mut self, number: u16) -> ThingId {
        let [first, second] = [(self.scans[0], BEGAN), (self.scans[1], BEGAN + 1)];
        let address = address(number);
        let id = ThingId::host(self.segment, address);
        let attributes =
            json!({"address": address, "hostname": format!("h{number}"), "response_time_ms": 1.5});
        let host = Row { id, parent: None, state: "up", port: None, by: first, attributes };
        let service = |port, state, by| Row {
            id: id.service(Protocol::Tcp, port),
            parent: Some(id),
            state,
            port: Some(port),
            by,
            attributes: json!({}),
        };
        let (open, closed, gone) =
            (service(22, "open", first), service(22, "closed", second), service(80, "open", first));
        for row in [&host, &open, &gone] {
            self.change(0, row, ChangeKind::Added, None);
        }
        self.change(1, &closed, ChangeKind::Updated, Some(&open));
        self.change(1, &gone, ChangeKind::Deleted, Some(&gone));
        self.write(&host);
        self.write(&closed);
        id
    }

    /// Writes many at once.
    pub(crate) fn hosts(&mut self, count: u16) {
        self.connection.execute_batch("BEGIN").unwrap();
        (0..count).for_each(|number| {
            self.host(number);
        });
        self.connection.execute_batch("COMMIT").unwrap();
    }
}

pub(crate) fn address(number: u16) -> IpAddr {
    let [high, low] = number.to_be_bytes();
    Ipv4Addr::new(10, 7, high, low).into()
}

impl Row {
    const fn kind(&self) -> &'static str {
        if self.port.is_some() { "network.service" } else { "network.host" }
    }

    /// As a change kept the whole of it.
    fn json(&self) -> Value {
        let at = Timestamp::from_micros(self.by.1);
        json!({
            "id": self.id, "kind": self.kind(), "parent": self.parent, "state": self.state,
            "port": self.port.map(|port| ("tcp", port)), "first_seen": Timestamp::from_micros(BEGAN), "last_seen": at,
            "last_changed": at, "seen_by": self.by.0, "changed_by": self.by.0, "attributes": self.attributes,
        })
    }
}

/// Asserts that hosts are as [`Made::host`] made them, each once, with their histories.
pub(crate) async fn check(root: &Path, hosts: u16) {
    let app = App::open(AppOptions::new(root.join("data"), root.join("keys"))).await.unwrap();
    let backend = app.backend(app.owner());
    let mut cursor = None;
    let mut found = Vec::new();
    loop {
        let page = backend.host_list(HostQuery { limit: Some(1_000), cursor: cursor.take() }).await.unwrap();
        found.extend(page.hosts);
        match page.next_cursor {
            Some(next) => cursor = Some(next),
            None => break,
        }
    }
    found.sort_by_key(|host| host.address);
    assert_eq!(found.len(), usize::from(hosts));
    for (host, number) in found.iter().zip(0..) {
        assert_eq!((host.address, host.hostname.clone()), (address(number), Some(format!("h{number}"))));
        let services: Vec<_> =
            host.services.iter().map(|service| (service.port, service.state.as_str())).collect();
        assert_eq!(services, [(22, "closed")]);
        // One in so many is looked at closely.
        if number % 97 == 0 {
            let story = async |id: ThingId| {
                let story = story::of(&backend, id).await;
                story
                    .into_iter()
                    .map(|(_, kind, document)| (kind, document["state"].clone()))
                    .collect::<Vec<_>>()
            };
            use ChangeKind::{Added, Deleted, Updated};
            assert_eq!(story(host.id).await, [(Added, json!("up"))]);
            let (closed, gone) = (host.id.service(Protocol::Tcp, 22), host.id.service(Protocol::Tcp, 80));
            assert_eq!(story(closed).await, [(Added, json!("open")), (Updated, json!("closed"))]);
            assert_eq!(story(gone).await, [(Added, json!("open")), (Deleted, Value::Null)]);
            let gone = backend.resource_get(gone.to_string()).await.unwrap();
            assert_eq!(gone.deleted_at, Some(Timestamp::from_micros(BEGAN + 1)));
            assert_eq!(gone.name, format!("{}:80/tcp", address(number)));
        }
    }
    let ask = async |sql: &str| {
        let query = groma_api::SqlQuery { sql: sql.to_owned(), limit: None };
        backend.sql_query(query).await.unwrap().rows
    };
    let hosts = u64::from(hosts);
    assert_eq!(
        ask("SELECT count(*), count(DISTINCT id) FROM all_resources").await,
        [[json!(3 * hosts), json!(3 * hosts)]]
    );
    assert_eq!(ask("SELECT count(*) FROM history").await, [[json!(5 * hosts)]]);
    let query = EventQuery { after: Some("oldest".to_owned()), follow: Some(false), ..EventQuery::default() };
    let frames: Vec<_> = backend.events(query).await.unwrap().collect().await;
    assert!(frames.iter().all(Result::is_ok));
    drop(backend);
    app.shutdown().await;
    app.close().await;
}

#[tokio::test]
async fn a_folder_of_every_schema_before_is_brought_up_to_date() {
    for schema in 1..=MIGRATIONS.len() {
        let root = tempfile::tempdir().unwrap();
        let mut made = Made::new(root.path(), schema);
        made.hosts(3);
        drop(made);
        // Twice: what was made is opened like anything else.
        for _ in 0..2 {
            check(root.path(), 3).await;
        }
    }
}
