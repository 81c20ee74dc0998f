//! The machine's clock is set back an hour while Groma runs: time is for people, order does not depend on it.

use groma_api::{ErrorCode, EventQuery, HistoryQuery};
use groma_model::{Envelope, Timestamp};

use crate::support::*;

const HOUR: i64 = 3600;

fn numbers(events: &[Envelope]) -> Vec<u64> {
    events.iter().filter_map(|event| Some(event.sequence?.number)).collect()
}

#[tokio::test]
async fn the_journal_goes_on_in_order_and_time_cursors_find_what_came_later() {
    let world = World::new();
    let app = world.open().await;
    let backend = owner(&app);
    let first = start(&backend, quick(90)).await;
    ended(&backend, first).await;
    let before = journal(&backend).await;
    let newest = before.last().unwrap().time;

    world.clock.go_on(-HOUR);
    let second = start(&backend, quick(91)).await;
    ended(&backend, second).await;
    let all = journal(&backend).await;
    assert_eq!(numbers(&all), (1..=all.len() as u64).collect::<Vec<_>>());
    assert!(all.is_sorted_by_key(|event| event.time), "an event is older than the one before it");
    assert_eq!(numbers(&all[..before.len()]), numbers(&before));

    // Whoever asks for what came since the last thing they saw gets all of it.
    let later = &all[before.len()..];
    assert!(!later.is_empty());
    let since = EventQuery { since: Some(newest), follow: Some(false), ..EventQuery::default() };
    let told = read(&backend, since).await;
    assert!(numbers(&told).ends_with(&numbers(later)), "{:?}", numbers(&told));
    let page = HistoryQuery { since: Some(newest), limit: Some(1000), ..HistoryQuery::default() };
    assert!(numbers(&backend.event_history(page).await.unwrap().events).ends_with(&numbers(later)));
    // The hour that is lived twice holds nothing that would be found before its time.
    let until = HistoryQuery { until: Some(all[0].time), limit: Some(1000), ..HistoryQuery::default() };
    assert!(backend.event_history(until).await.unwrap().events.is_empty());

    // The same after a restart, while the clock is still behind.
    drop(backend);
    world.close(app).await;
    let app = world.open().await;
    let backend = owner(&app);
    let third = start(&backend, quick(92)).await;
    ended(&backend, third).await;
    let more = journal(&backend).await;
    assert_eq!(numbers(&more), (1..=more.len() as u64).collect::<Vec<_>>());
    assert!(more.is_sorted_by_key(|event| event.time));

    // Once the clock has caught up, time goes on.
    world.clock.go_on(2 * HOUR);
    let fourth = start(&backend, quick(93)).await;
    ended(&backend, fourth).await;
    let last = journal(&backend).await;
    assert!(last.last().unwrap().time > newest && last.is_sorted_by_key(|event| event.time));
}

async fn read(backend: &std::sync::Arc<dyn groma_api::Backend>, query: EventQuery) -> Vec<Envelope> {
    use futures::StreamExt as _;
    let frames: Vec<_> = backend.events(query).await.unwrap().collect().await;
    frames.into_iter().map(|frame| frame.unwrap().envelope().unwrap()).collect()
}

#[tokio::test]
async fn what_has_expired_stays_expired() {
    let world = World::new();
    let app = world.open().await;
    let (backend, gate) = (owner(&app), app.gate());
    let brief = backend.token_create(token("brief", Some(60))).await.unwrap();
    let hourly = backend.token_create(token("hourly", Some(3700))).await.unwrap();
    let link = backend.sign_in_link().await.unwrap();
    let used = backend.sign_in_link().await.unwrap();
    let session = gate.session_start(&used.code).await.unwrap();
    world.clock.go_on(601);
    refused(gate.by_token(&brief.secret).await, ErrorCode::Unauthenticated);
    gate.by_token(&hourly.secret).await.unwrap();

    world.clock.go_on(-HOUR);
    refused(gate.by_token(&brief.secret).await, ErrorCode::Unauthenticated);
    refused(gate.session_start(&link.code).await, ErrorCode::Unauthenticated);
    refused(gate.session_start(&used.code).await, ErrorCode::Unauthenticated);
    gate.by_token(&hourly.secret).await.unwrap();
    gate.by_session(&session.secret).await.unwrap();
    // What is made now lasts as long as it says, and no longer.
    let fresh = backend.token_create(token("fresh", Some(60))).await.unwrap();
    gate.by_token(&fresh.secret).await.unwrap();
    let link = backend.sign_in_link().await.unwrap();
    gate.session_start(&link.code).await.unwrap();
    world.clock.go_on(HOUR + 61);
    refused(gate.by_token(&fresh.secret).await, ErrorCode::Unauthenticated);
    gate.by_token(&hourly.secret).await.unwrap();
    world.clock.go_on(HOUR);
    refused(gate.by_token(&hourly.secret).await, ErrorCode::Unauthenticated);
}

#[tokio::test]
async fn a_scan_that_is_running_goes_on() {
    let world = World::new();
    let app = world.open().await;
    let backend = owner(&app);
    let id = start(&backend, slow(94)).await;
    begun(&backend, id).await;
    world.clock.go_on(-HOUR);
    let status = backend.task_get(id, None).await.unwrap();
    assert!(!status.state.ended(), "{status:?}");
    let status = backend.task_cancel(id, cancel(true)).await.unwrap();
    assert!(
        status.state.ended() && status.duration_seconds.is_none_or(|seconds| seconds >= 0.0),
        "{status:?}"
    );
    let scan = backend.scan_get(id).await.unwrap();
    assert!(scan.ended_at.is_some(), "{scan:?}");
    let told = told(&backend, id).await;
    assert!(told.len() >= 2);
    assert_eq!(backend.scan_last().await.unwrap().id, id);
    let _: Timestamp = scan.created_at;
}
