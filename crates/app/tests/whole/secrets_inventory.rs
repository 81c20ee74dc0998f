//! Nothing in a folder, in its backups or in what is restored of them tells what things there are, what they were, what
//! was said about them, or where backups go.

use std::path::Path;
use std::sync::Arc;

use groma_api::{
    Backend, BackupSettingsRequest, BackupTarget, ConversationRequest, ErrorCode, MessageQuery,
    MessageRequest, MessageRole, ResourceHistoryQuery, SearchQuery, SqlQuery,
};
use groma_app::{RestoreRequest, RestoreWhich, Unlock, restore};
use groma_model::{Clock as _, SystemClock, ThingId};
use serde_json::{Map, json};
use tokio_util::sync::CancellationToken;

use crate::secrets::files;
use crate::seed::{BUCKET, KEY, KEY_ID, WORDS, bucket, raw_vectors, seed};
use crate::support::*;

const TITLE: &str = "okapi-title";
const SAID: &str = "okapi-content";
const KEPT_WITH_IT: &str = "okapi-metadata";
const SOUGHT: &str = "okapi-sought";
const ASKED: &str = "okapi-column";
const PLACE: &str = "okapi-place-of-backups";

/// Returns what is in a folder: bytes of files, and names within it.
fn contents(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    files(folder, &mut found);
    let root = folder.display().to_string();
    let names: Vec<u8> =
        found.iter().flat_map(|(path, _)| path.strip_prefix(&root).unwrap().bytes().chain([b'\n'])).collect();
    found.push((format!("the names in {root}"), names));
    found
}

/// Returns where one of the words is.
fn told(folder: &Path, words: &[Vec<u8>]) -> Vec<String> {
    let mut told = Vec::new();
    for (path, bytes) in contents(folder) {
        let folded = bytes.to_ascii_lowercase();
        for word in words {
            let sought = word.to_ascii_lowercase();
            // Numbers of vectors have no case.
            let (bytes, sought) = if sought.is_ascii() { (&folded, &sought) } else { (&bytes, word) };
            if bytes.windows(sought.len()).any(|window| window == &sought[..]) {
                told.push(format!("{path} tells {:?}", String::from_utf8_lossy(word)));
            }
        }
    }
    told
}

fn silent(folder: &Path, words: &[Vec<u8>]) {
    assert_eq!(told(folder, words), Vec::<String>::new());
}

fn words() -> Vec<Vec<u8>> {
    let said = [TITLE, SAID, KEPT_WITH_IT, SOUGHT, ASKED, BUCKET, KEY_ID, KEY, PLACE];
    let texts = WORDS.iter().chain(&said).map(|word| word.as_bytes().to_vec());
    let mut words: Vec<Vec<u8>> = texts.chain(raw_vectors()).collect();
    // As machines write an address.
    words.push([&[0; 10][..], &[0xFF, 0xFF, 10, 231, 87, 45]].concat());
    // As it is embedded: kind, name, identifier, tags.
    let text = format!("aws.ec2.instance {} {} {}={}", WORDS[1], WORDS[3], WORDS[6], WORDS[7]);
    words.push(text.into_bytes());
    words
}

#[test]
fn what_tells_is_found() {
    let root = tempfile::tempdir().unwrap();
    silent(root.path(), &words());
    for word in words() {
        let file = root.path().join("file");
        std::fs::write(&file, [&[0xE9; 100][..], &word, &[0; 100]].concat()).unwrap();
        assert!(!told(root.path(), std::slice::from_ref(&word)).is_empty(), "{word:?}");
        std::fs::remove_file(file).unwrap();
    }
    std::fs::create_dir_all(root.path().join("x-OKAPI-place-of-backups")).unwrap();
    std::fs::write(root.path().join("x-OKAPI-place-of-backups/y"), []).unwrap();
    assert!(!told(root.path(), &words()).is_empty(), "names of files count");
}

/// Says things, looks for things, and sets where backups go.
async fn use_it(backend: &Arc<dyn Backend>, place: &Path) {
    let made = backend.conversation_create(ConversationRequest { title: TITLE.to_owned() }).await.unwrap();
    let metadata = Map::from_iter([(KEPT_WITH_IT.to_owned(), json!(KEPT_WITH_IT))]);
    for role in [MessageRole::User, MessageRole::Assistant] {
        let message = MessageRequest { role, content: SAID.to_owned(), metadata: metadata.clone() };
        backend.message_create(made.id, message).await.unwrap();
    }
    let messages = backend.message_list(made.id, MessageQuery::default()).await.unwrap().messages;
    assert!(messages.iter().all(|message| message.content == SAID) && messages.len() == 2);
    for text in [SOUGHT, WORDS[9]] {
        let query = SearchQuery { q: Some(text.to_owned()), ..SearchQuery::default() };
        backend.search(query).await.unwrap();
    }
    // A query that is refused is noted.
    let sql = format!("SELECT {ASKED} FROM resources");
    refused(backend.sql_query(SqlQuery { sql, limit: None }).await, ErrorCode::InvalidRequest);
    let set = backend.backup_settings_get().await.unwrap().target;
    assert!(matches!(set, Some(BackupTarget::S3 { bucket, .. }) if bucket == BUCKET));
    // Nobody listens there: it is refused, and that is noted.
    let request = BackupSettingsRequest { target: Some(bucket()), ..BackupSettingsRequest::default() };
    backend.backup_settings_set(request).await.unwrap_err();
    let target = BackupTarget::Local { path: place.display().to_string() };
    let request = BackupSettingsRequest { target: Some(target), ..BackupSettingsRequest::default() };
    backend.backup_settings_set(request).await.unwrap();
}

async fn back_up(backend: &Arc<dyn Backend>) {
    backend.backup_create().await.unwrap();
    let ended = async {
        loop {
            let settings = backend.backup_settings_get().await.unwrap();
            if settings.running.is_none() {
                return settings;
            }
            tokio::task::yield_now().await;
        }
    };
    let settings = tokio::time::timeout(std::time::Duration::from_secs(60), ended).await.unwrap();
    assert!(settings.outcomes.iter().all(|outcome| outcome.success), "{:?}", settings.outcomes);
    assert_eq!(backend.backup_list().await.unwrap().backups.len(), 1);
}

/// Everything is there for whoever may ask.
async fn is_all_there(backend: &Arc<dyn Backend>, id: ThingId) {
    let thing = backend.resource_get(id.to_string()).await.unwrap();
    let history = backend.resource_history(id.to_string(), ResourceHistoryQuery::default()).await.unwrap();
    let coverage = backend.coverage_list(groma_api::CoverageQuery::default()).await.unwrap();
    let scans = backend.scan_list(groma_api::ScanQuery::default()).await.unwrap();
    let all = serde_json::to_string(&(thing, history, coverage, scans)).unwrap();
    WORDS.iter().for_each(|word| assert!(all.contains(word), "nothing tells {word}: {all}"));
    let conversations = backend.conversation_list().await.unwrap().conversations;
    assert_eq!(conversations[0].title, TITLE);
    let audit = serde_json::to_string(&backend.audit_list().await.unwrap()).unwrap();
    assert!(audit.contains(BUCKET) && audit.contains(PLACE), "{audit}");
    assert!(!audit.contains(KEY), "a secret is nobody's to read");
}

#[tokio::test]
async fn a_folder_its_backups_and_what_is_restored_tell_nothing_of_things() {
    let world = World::new();
    // Whoever makes a backup looks at the machine's clock as well.
    world.clock.go_on(SystemClock.now().seconds_since(world.clock.now()) as i64);
    let id = seed(&world).await;
    silent(&world.data(), &words());
    let place = world.root.path().join(PLACE);
    let app = world.open().await;
    let backend = owner(&app);
    use_it(&backend, &place).await;
    back_up(&backend).await;
    is_all_there(&backend, id).await;
    silent(&world.data(), &words());
    silent(&place, &words());
    drop(backend);
    world.close(app).await;
    silent(&world.data(), &words());

    let kept = world.root.path().join("kept");
    std::fs::rename(world.data(), &kept).unwrap();
    let request = RestoreRequest {
        from: BackupTarget::Local { path: place.display().to_string() },
        which: RestoreWhich::Newest,
        into: world.data(),
        replace: false,
        over_newer: false,
    };
    let unlock = Unlock::KeyFolder(world.root.path().join("keys"));
    restore(request, &unlock, |_| {}, &CancellationToken::new()).await.unwrap();
    silent(&world.data(), &words());
    silent(&place, &words());
    let app = world.open().await;
    is_all_there(&owner(&app), id).await;
    world.close(app).await;
    silent(&world.data(), &words());
}
