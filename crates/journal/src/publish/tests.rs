use groma_api::{EventClass, EventTypeRequest};
use groma_model::{EventFilter, TaskId};
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::*;
use crate::world::{World, world};
use crate::{Delivery, HistoryRequest, Start};

const NAME: &str = "groma.custom.weather.measured";

fn declaration(name: &str, schema: Value) -> EventTypeRequest {
    EventTypeRequest {
        name: name.to_owned(),
        schema,
        class: EventClass::Kept,
        desktop_name: None,
        description: Some("What it is like outside.".to_owned()),
    }
}

fn schema() -> Value {
    json!({"type": "object", "required": ["celsius"], "properties": {"celsius": {"type": "number"},
           "place": {"type": "object", "properties": {"name": {"type": "string", "maxLength": 5}}}}})
}

fn draft(name: &str, data: &str) -> EventDraft {
    let data = RawValue::from_string(data.to_owned()).unwrap();
    EventDraft { event_type: name.to_owned(), subject: None, data }
}

async fn publish(world: &World, events: Vec<EventDraft>) -> Result<Published, ApiError> {
    world.journal.publish(PublishRequest { events }, who()).await
}

fn who() -> PrincipalId {
    PrincipalId::now()
}

#[tokio::test]
async fn a_declared_type_is_published_filtered_and_known_after_a_restart() {
    let mut world = world(1 << 20).await;
    let unknown = publish(&world, vec![draft(NAME, "{}")]).await.unwrap_err();
    assert_eq!((unknown.code, unknown.field.as_deref()), (ErrorCode::InvalidRequest, Some("events/0/type")));
    let own = publish(&world, vec![draft("groma.system.error", "{}")]).await.unwrap_err();
    assert_eq!(own.field.as_deref(), Some("events/0/type"));
    let info = world.journal.declare(declaration(NAME, schema()), who()).await.unwrap();
    assert!(info.custom && info.desktop_name == "measured" && info.schema_path.contains(NAME), "{info:?}");
    let filter = EventFilter { types: vec!["groma.custom.*".parse().unwrap()], subject: None };
    let mut cursor = world.journal.cursor(Start::Live, filter.clone()).await.unwrap();
    let scan = Subject::scan(TaskId::now());
    let mut event = draft(NAME, "{\n \"celsius\": 21.5 }");
    event.subject = Some(scan.to_string());
    let published = publish(&world, vec![event, draft(NAME, r#"{"celsius":-3}"#)]).await.unwrap();
    assert_eq!(published.sequences.iter().map(|sequence| sequence.number).collect::<Vec<_>>(), [1, 2]);
    let Delivery::Events(slice) = cursor.next().await.unwrap() else { panic!("events") };
    let frames: Vec<_> = slice.frames().collect();
    let envelope = frames[0].envelope().unwrap();
    assert_eq!((envelope.event_type.as_str(), envelope.subject), (NAME, Some(scan)));
    assert!(envelope.source.ends_with("/custom") && envelope.dataschema == format!("/schemas/{NAME}/v1"));
    assert_eq!(envelope.data.get(), r#"{"celsius":21.5}"#);
    world.reopen(0).await;
    let again = &world.journal;
    assert_eq!(again.declared_schema(NAME).unwrap(), Some(schema()));
    let page =
        again.history(HistoryRequest { filter, limit: 10, ..HistoryRequest::default() }).await.unwrap();
    assert_eq!(page.frames.len(), 2);
    assert_eq!(page.frames[0].json, frames[0].json);
    assert_eq!(again.event_types().last().map(|info| info.name.as_str()), Some(NAME));
    assert_eq!(again.statistics().types[NAME].stored, 2);
    again.publish(PublishRequest { events: vec![draft(NAME, r#"{"celsius":1}"#)] }, who()).await.unwrap();
}

#[tokio::test]
async fn what_does_not_fit_is_refused_with_its_path_and_nothing_is_published() {
    let world = world(1 << 20).await;
    world.journal.declare(declaration(NAME, schema()), who()).await.unwrap();
    let good = || draft(NAME, r#"{"celsius":1}"#);
    let large = format!(r#"{{"celsius":1,"x":"{}"}}"#, "x".repeat(EVENT_BYTES_MAX));
    for (bad, code, field) in [
        (r#"{"celsius":"warm"}"#, ErrorCode::InvalidRequest, "events/1/data/celsius"),
        (
            r#"{"celsius":1,"place":{"name":"needles"}}"#,
            ErrorCode::InvalidRequest,
            "events/1/data/place/name",
        ),
        (r#"{"celsius":1,"celsius":2}"#, ErrorCode::InvalidRequest, "events/1/data"),
        ("{}", ErrorCode::InvalidRequest, "events/1/data"),
        ("3", ErrorCode::InvalidRequest, "events/1/data"),
        (large.as_str(), ErrorCode::TooLarge, "events/1/data"),
    ] {
        let error = publish(&world, vec![good(), draft(NAME, bad), good()]).await.unwrap_err();
        assert_eq!((error.code, error.field.as_deref()), (code, Some(field)), "{error}");
        assert!(!error.detail.contains("needle"), "{error}");
    }
    let mut other = good();
    other.subject = Some("weather/today".to_owned());
    assert_eq!(publish(&world, vec![other]).await.unwrap_err().field.as_deref(), Some("events/0/subject"));
    assert_eq!(publish(&world, vec![]).await.unwrap_err().code, ErrorCode::InvalidRequest);
    let many = (0..=EVENTS_MAX).map(|_| good()).collect();
    assert_eq!(publish(&world, many).await.unwrap_err().code, ErrorCode::TooLarge);
    let kib = format!(r#"{{"celsius":1,"x":"{}"}}"#, "x".repeat(EVENT_BYTES_MAX - 100));
    let heavy = (0..20).map(|_| draft(NAME, &kib)).collect();
    assert_eq!(publish(&world, heavy).await.unwrap_err().code, ErrorCode::TooLarge);
    assert_eq!(world.journal.head().number, 0);
}

#[tokio::test]
async fn one_principal_may_not_take_all_and_others_go_on() {
    let world = world(1 << 20).await;
    world.journal.declare(declaration(NAME, schema()), who()).await.unwrap();
    let (greedy, modest) = (who(), who());
    let request =
        |count| PublishRequest { events: (0..count).map(|_| draft(NAME, r#"{"celsius":1}"#)).collect() };
    let mut refused = None;
    for _ in 0..100 {
        if let Err(error) = world.journal.publish(request(1000), greedy).await {
            refused = Some(error);
            break;
        }
    }
    let refused = refused.expect("a refusal");
    assert_eq!(refused.code, ErrorCode::TooManyRequests);
    assert!(refused.retry_after.is_some_and(|wait| wait > Duration::ZERO && wait < Duration::from_secs(2)));
    world.journal.publish(request(1), modest).await.unwrap();
}

#[tokio::test]
async fn declaring_again_passes_if_it_breaks_no_reader() {
    let world = world(1 << 20).await;
    let first = world.journal.declare(declaration(NAME, schema()), who()).await.unwrap();
    world.clock.0.fetch_add(5_000_000, std::sync::atomic::Ordering::Relaxed);
    assert_eq!(world.journal.declare(declaration(NAME, schema()), who()).await.unwrap(), first);
    let mut wider = schema();
    wider["properties"]["humidity"] = json!({"type": "number"});
    world.journal.declare(declaration(NAME, wider.clone()), who()).await.unwrap();
    let mut other = wider.clone();
    other["properties"]["celsius"] = json!({"type": "string"});
    let conflict = world.journal.declare(declaration(NAME, other), who()).await.unwrap_err();
    assert_eq!(conflict.code, ErrorCode::Conflict);
    assert!(conflict.detail.contains("/celsius"), "{conflict}");
    let latest = EventTypeRequest { class: EventClass::Latest, ..declaration(NAME, wider.clone()) };
    assert_eq!(world.journal.declare(latest, who()).await.unwrap_err().code, ErrorCode::Conflict);
    assert_eq!(world.journal.declared_schema(NAME).unwrap(), Some(wider));
    for name in [
        "groma.vm.created",
        "groma.custom.a",
        "groma.custom..a",
        "groma.custom.a.b.c",
        "groma.custom.A.b",
        "",
    ] {
        let error = world.journal.declare(declaration(name, schema()), who()).await.unwrap_err();
        assert_eq!(error.field.as_deref(), Some("name"), "{name}");
    }
    for (name, desktop_name) in [
        ("groma.custom.a.scan_started", None),
        ("groma.custom.a.b", Some("vm-created")),
        ("groma.custom.a.b", Some("a b")),
    ] {
        let desktop_name = desktop_name.map(str::to_owned);
        let spoof = EventTypeRequest { desktop_name, ..declaration(name, schema()) };
        let error = world.journal.declare(spoof, who()).await.unwrap_err();
        assert_eq!(error.field.as_deref(), Some("desktop_name"), "{name}");
    }
    let bomb = json!({"properties": {"a": {"$ref": "#"}}});
    let error = world.journal.declare(declaration("groma.custom.a.b", bomb), who()).await.unwrap_err();
    assert_eq!((error.code, error.field.as_deref()), (ErrorCode::InvalidRequest, Some("schema")));
    assert!(world.journal.declared_schema("groma.custom.a.b").unwrap().is_none());
}
