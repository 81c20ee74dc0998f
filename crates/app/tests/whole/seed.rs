//! A folder in which things of every domain were recorded, as engines will, before the application opens it.

use std::collections::BTreeMap;
use std::sync::Arc;

use groma_api::{BackupTarget, NetworkScanRequest, ScanRequest};
use groma_database::{Database, Folder};
use groma_embedding::{DIMENSIONS, Embedder, EmbedderKind, EmbeddingError};
use groma_inventory::{BackupPlan, Identity, Inventory, NewTask, SearchIndex};
use groma_journal::{Journal, JournalOptions};
use groma_model::system::{Error, Severity};
use groma_model::task::{CheckpointStore as _, InventoryWrite as _, Plan, TaskEnd};
use groma_model::thing::{
    Constraints, Permissions, SliceFinding, SliceKey, SliceState, ThingFinding, ThingScope, UserContext,
};
use groma_model::{Clock, Finding, PrincipalId, TaskId, ThingId, Timestamp};
use groma_seal::{Keyring, Unlock};
use serde_json::{Map, json};

use crate::support::World;

const AT: Timestamp = Timestamp::from_micros(1_763_740_800_000_000);

/// What is told of the thing, in this order: each of these must be nowhere.
pub(crate) const WORDS: [&str; 20] = [
    "quagga-first-name",
    "quagga-second-name",
    "quagga-alias",
    "quagga-native-id",
    "arn:aws:ec2:eu-west-3:123456789012:instance/quagga",
    "10.231.87.45",
    "quagga-tag-key",
    "quagga-tag-value",
    "quagga-old-tag",
    "quagga-attribute",
    "quagga-old-attribute",
    "quagga-reading",
    "quagga:AllowedAction",
    "quagga:DeniedAction",
    "quagga-user",
    "arn:aws:iam::123456789012:role/quagga-role",
    "quagga-constraint",
    "10.231.87.0/24",
    "quagga-reason",
    "quagga-target",
];

pub(crate) const BUCKET: &str = "okapi-bucket";
pub(crate) const KEY_ID: &str = "OKAPIKEYID";
pub(crate) const KEY: &str = "okapi-secret-key";

/// A bucket to which backups go, with what opens it; nobody listens there.
pub(crate) fn bucket() -> BackupTarget {
    BackupTarget::S3 {
        bucket: BUCKET.to_owned(),
        prefix: Some(BUCKET.to_owned()),
        region: None,
        endpoint: Some("http://127.0.0.1:1".to_owned()),
        access_key_id: Some(KEY_ID.to_owned()),
        secret_access_key: Some(KEY.to_owned()),
    }
}

/// Makes vectors that the test knows, in place of the language model.
#[derive(Debug)]
struct Known;

impl Embedder for Known {
    fn kind(&self) -> EmbedderKind {
        EmbedderKind::Model
    }

    fn id(&self) -> &str {
        "known/1"
    }

    fn embed(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, EmbeddingError> {
        Ok(texts.iter().map(|_| vector()).collect())
    }
}

/// Sixteenths, which both kinds of numbers hold exactly, in an order that nothing else has.
fn vector() -> Vec<f32> {
    (0..DIMENSIONS).map(|at| (at * 7 % 31) as f32 / 16.0 - 1.0).collect()
}

/// Returns the beginning of the vector as machines write it: in numbers of two bytes and of four.
pub(crate) fn raw_vectors() -> [Vec<u8>; 2] {
    let first = &vector()[..8];
    let halves = first.iter().flat_map(|number| half(*number).to_le_bytes()).collect();
    [halves, first.iter().flat_map(|number| number.to_le_bytes()).collect()]
}

/// The two bytes of a number that they hold exactly.
const fn half(number: f32) -> u16 {
    let bits = number.to_bits();
    if bits << 1 == 0 {
        return (bits >> 16) as u16;
    }
    let exponent = ((bits >> 23) & 0xFF) + 15 - 127;
    ((bits >> 16 & 0x8000) | exponent << 10 | (bits >> 13 & 0x3FF)) as u16
}

/// Records a thing, what it became, that a slice could not be read, a meaning, and where backups go.
pub(crate) async fn seed(world: &World) -> ThingId {
    let folder = Folder::take(&world.data()).unwrap();
    let keys = Unlock::KeyFolder(world.root.path().join("keys"));
    let keyring = Arc::new(Keyring::open(folder.path(), &keys, true).unwrap());
    let (database, _, _) = Database::open(&folder, 1).unwrap();
    let clock: Arc<dyn Clock> = Arc::clone(&world.clock) as _;
    let identity = Identity::load(&database, &folder, &keyring, &*clock).await.unwrap();
    let options = JournalOptions { node: identity.node, epoch: identity.epoch, tail_bytes: 1 << 20 };
    let journal = Journal::open(database.clone(), Arc::clone(&keyring), Arc::clone(&clock), options);
    let journal = journal.await.unwrap();
    let inventory = Inventory::new(database.clone(), keyring, journal, clock, identity.segment);
    let plan = BackupPlan { target: Some(bucket()), ..BackupPlan::new(AT) };
    inventory.set_backup_plan(plan).await.unwrap();
    let id = ThingId::resource(["aws", "123456789012", "eu-west-3", "ec2", "instance", WORDS[3]]);
    let (first, second) = (thing(id, false), thing(id, true));
    let slice = SliceFinding {
        key: SliceKey { kind: "aws.ec2.instance".to_owned(), scope: scope() },
        state: SliceState::Throttled,
        absence_proven: false,
        reason: Some(WORDS[18].to_owned()),
        proof: BTreeMap::new(),
        at: AT,
    };
    record(&inventory, vec![Finding::Thing(Box::new(first))]).await;
    record(&inventory, vec![Finding::Thing(Box::new(second)), Finding::Slice(slice)]).await;
    let search = SearchIndex::new(inventory, |_, _| None, Arc::new(Known));
    while search.embed_some().await.unwrap() > 0 {}
    let found = search.search(WORDS[1].to_owned(), groma_search::Filter::default(), 1, false).await.unwrap();
    assert_eq!((found.answer.hits[0].id, found.standing.vectors), (id, 1));
    drop(search);
    database.close().await;
    id
}

fn scope() -> ThingScope {
    ThingScope {
        account: Some("123456789012".to_owned()),
        region: Some("eu-west-3".to_owned()),
        subnet: Some(WORDS[17].to_owned()),
        ..ThingScope::default()
    }
}

fn thing(id: ThingId, later: bool) -> ThingFinding {
    let word = |at: usize| WORDS[at].to_owned();
    let either = |then: usize, now: usize| word(if later { now } else { then });
    ThingFinding {
        id,
        kind: "aws.ec2.instance".to_owned(),
        alias: Some(word(2)),
        name: either(0, 1),
        parent: None,
        scope: scope(),
        state: "running".to_owned(),
        identifiers: vec![word(3), word(4), word(5)],
        tags: BTreeMap::from([(word(6), either(8, 7))]),
        attributes: Map::from_iter([("about".to_owned(), json!({"deep": [either(10, 9)]}))]),
        readings: Map::from_iter([("load".to_owned(), json!(word(11)))]),
        permissions: Some(Permissions {
            allowed_actions: vec![word(12)],
            denied_actions: vec![word(13)],
            unknown_actions: Vec::new(),
            user_context: UserContext {
                username: Some(word(14)),
                role_arn: Some(word(15)),
                session_expires: None,
            },
            method: "evaluated".to_owned(),
            confidence: 1.0,
            checked_at: AT,
        }),
        constraints: Some(Constraints { reasons: vec![word(16)], ..Constraints::default() }),
        relations: BTreeMap::new(),
        slice: None,
        at: AT,
    }
}

async fn record(inventory: &Inventory, findings: Vec<Finding>) {
    let id = TaskId::now();
    let request = ScanRequest::Network(NetworkScanRequest::new(vec![format!("{}-{id}", WORDS[19])], "1"));
    let task = NewTask { id, request, principal: PrincipalId::from_uuid(uuid::Uuid::nil()), resumes: None };
    inventory.create_task(task).await.unwrap();
    let note = Error { message: String::new(), severity: Severity::Info, context: None, timestamp: 0 };
    inventory.begin(id, Plan::default(), note.into()).await.unwrap();
    inventory.record(id, findings).await.unwrap();
    assert!(inventory.end(id, TaskEnd::Completed, Box::new(|_| Vec::new())).await.unwrap());
}
