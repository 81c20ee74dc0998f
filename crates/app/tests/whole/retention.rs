//! What keeps events from being dropped, and what may not be readable in what is kept of them.

use groma_api::{ErrorCode, EventDraft, PublishRequest, RetentionRequest};
use serde_json::value::RawValue;

use crate::support::*;

const DAY: i64 = 86_400;

fn events(name: &str, data: &str, count: usize) -> PublishRequest {
    let data = RawValue::from_string(data.to_owned()).unwrap();
    let event = EventDraft { event_type: name.to_owned(), subject: None, data };
    PublishRequest { events: vec![event; count] }
}

#[tokio::test]
async fn a_running_scan_holds_what_happened_since_it_began() {
    let world = World::new();
    let app = world.open().await;
    let backend = owner(&app);
    let first = start(&backend, quick(95)).await;
    ended(&backend, first).await;
    let before = journal(&backend).await.len() as u64;
    let running = start(&backend, slow(96)).await;
    // The start and something behind it, for the newest event stays in any case.
    while told(&backend, running).await.len() < 3 {
        tokio::task::yield_now().await;
    }
    world.clock.go_on(100 * DAY);
    let policy = backend.retention_get().await.unwrap();
    assert_eq!(policy.held_by, [format!("scan {running}")]);
    let run = backend.retention_run().await.unwrap();
    assert_eq!((run.events, run.forced), (before, 0));
    assert!(told(&backend, running).await.len() >= 3);
    backend.task_cancel(running, cancel(true)).await.unwrap();
    ended(&backend, running).await;
    world.clock.go_on(100 * DAY);
    assert!(backend.retention_run().await.unwrap().events > 0);
    // The newest stays: the next number follows from it.
    assert_eq!(journal(&backend).await.len(), 1);
    drop(backend);
    world.close(app).await;
}

#[tokio::test]
async fn neither_schemas_nor_consumers_nor_archived_events_can_be_read_in_the_folder() {
    let world = World::new();
    let app = world.open().await;
    let backend = owner(&app);
    let mut declaration = event_type("groma.custom.a.b");
    declaration.description = Some("needle in words".to_owned());
    declaration.schema = serde_json::json!({"type": "object", "title": "needle in a schema"});
    backend.event_type_register(declaration).await.unwrap();
    backend.event_publish(events("groma.custom.a.b", r#"{"needle":"needle"}"#, 50)).await.unwrap();
    let consumer = groma_api::ConsumerRequest { name: "needle".to_owned(), position: None };
    backend.consumer_put(consumer).await.unwrap();
    backend.consumer_delete("needle".to_owned()).await.unwrap();
    let archive = RetentionRequest { archive: Some(true), ..RetentionRequest::default() };
    backend.retention_set(archive).await.unwrap();
    world.clock.go_on(100 * DAY);
    backend.event_publish(events("groma.custom.a.b", "{}", 1)).await.unwrap();
    assert_eq!(backend.retention_run().await.unwrap().archived_files, 1);
    drop(backend);
    world.close(app).await;
    let mut folders = vec![world.data()];
    let mut files = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(bytes) = std::fs::read(&path) {
                files += 1;
                assert!(!bytes.windows(6).any(|window| window == b"needle"), "{}", path.display());
            }
        }
    }
    assert!(files > 2);
}

#[tokio::test]
async fn publishing_needs_its_scope() {
    let world = World::new();
    let app = world.open().await;
    let reader = app.backend(somebody(&app, &[groma_api::Scope::Read]));
    refused(reader.event_type_register(event_type("groma.custom.a.b")).await, ErrorCode::Forbidden);
    refused(reader.event_publish(events("groma.custom.a.b", "{}", 1)).await, ErrorCode::Forbidden);
    refused(reader.retention_run().await, ErrorCode::Forbidden);
    drop(reader);
    world.close(app).await;
}
