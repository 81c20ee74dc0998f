//! Requests with idempotency keys, and processes that die in the middle of one.

use groma_api::{Attempt, AttemptEnd, ErrorCode, KeptAnswer, KeyedRequest};
use groma_app::App;

use crate::support::*;

fn keyed(app: &App, key: &str, digest: u8) -> KeyedRequest {
    let principal = app.owner().id;
    KeyedRequest { principal, operation: "scan_start", key: key.to_owned(), digest: [digest; 32] }
}

fn answer() -> KeptAnswer {
    let headers = vec![("location".to_owned(), "/v1/scan/task/1".to_owned())];
    KeptAnswer { status: 202, headers, body: "an answer nobody may read on the disk".to_owned() }
}

#[tokio::test]
async fn an_answer_is_kept_for_a_day_and_over_restarts() {
    let world = World::new();
    let app = world.open().await;
    let (gate, request) = (app.gate(), keyed(&app, "a", 1));
    assert_eq!(gate.attempt(&request).await, Ok(Attempt::First));
    let running = refused(gate.attempt(&request).await, ErrorCode::Conflict);
    assert!(running.retry_after.is_some());
    gate.attempt_ended(&request, AttemptEnd::Answered(answer())).await;
    // How it ended stands: a late second end changes nothing.
    gate.attempt_ended(&request, AttemptEnd::NothingDone).await;
    assert_eq!(gate.attempt(&request).await, Ok(Attempt::Repeated(answer())));
    refused(gate.attempt(&keyed(&app, "a", 2)).await, ErrorCode::IdempotencyMismatch);
    let elsewhere = KeyedRequest { operation: "scan_delete", ..request.clone() };
    assert_eq!(gate.attempt(&elsewhere).await, Ok(Attempt::First), "a key is one operation's");
    drop(gate);
    world.close(app).await;

    let app = world.open().await;
    assert_eq!(app.gate().attempt(&request).await, Ok(Attempt::Repeated(answer())));
    world.clock.go_on(24 * 3600 + 1);
    assert_eq!(app.gate().attempt(&keyed(&app, "a", 2)).await, Ok(Attempt::First), "the day is over");
}

#[tokio::test]
async fn what_a_dead_process_began_is_not_begun_again() {
    let world = World::new();
    let app = world.open().await;
    let request = keyed(&app, "a", 1);
    assert_eq!(app.gate().attempt(&request).await, Ok(Attempt::First));
    world.close(app).await;
    let app = world.open().await;
    let told = refused(app.gate().attempt(&request).await, ErrorCode::Conflict);
    assert!(told.detail.contains("nobody knows"), "{}", told.detail);
    assert_eq!(told.retry_after, None, "waiting does not help");
}

#[tokio::test]
async fn every_end_has_its_answer() {
    let world = World::new();
    let app = world.open().await;
    let gate = app.gate();
    for (end, word) in [
        (AttemptEnd::Unknown, Some("nobody knows")),
        (AttemptEnd::AnsweredSecretly, Some("shown once")),
        (AttemptEnd::NothingDone, None),
    ] {
        let request = keyed(&app, &format!("{end:?}"), 1);
        gate.attempt(&request).await.unwrap();
        gate.attempt_ended(&request, end).await;
        match (gate.attempt(&request).await, word) {
            (Err(error), Some(word)) => {
                assert_eq!(error.code, ErrorCode::Conflict);
                assert!(error.detail.contains(word), "{}", error.detail);
            }
            (attempt, word) => assert_eq!((attempt, word), (Ok(Attempt::First), None)),
        }
    }
}

#[tokio::test]
async fn neither_keys_nor_answers_rest_in_the_clear() {
    let world = World::new();
    let app = world.open().await;
    let request = keyed(&app, "a key that tells something", 1);
    app.gate().attempt(&request).await.unwrap();
    app.gate().attempt_ended(&request, AttemptEnd::Answered(answer())).await;
    world.close(app).await;
    for entry in std::fs::read_dir(world.data()).unwrap() {
        let path = entry.unwrap().path();
        let Ok(bytes) = std::fs::read(&path) else { continue };
        for clear in [&b"a key that tells"[..], b"an answer nobody may read"] {
            assert!(!bytes.windows(clear.len()).any(|part| part == clear), "{}", path.display());
        }
    }
}
