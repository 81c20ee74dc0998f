//! How long things may take.

use groma_execution::ExecutionStatus;

use crate::world::{World, fixture};

#[tokio::test]
async fn an_attempt_that_takes_too_long_is_ended() {
    let world = World::new();
    let mut request = fixture(&["out:begun", "forever"]);
    request.timeout_ms = Some(100);
    let id = world.engine.execute(request).await.unwrap();
    let result = world.engine.wait(id).await.unwrap();
    assert_eq!((result.status, result.exit_code), (ExecutionStatus::TimedOut, None));
    assert_eq!(result.error.as_deref(), Some("it took longer than 100ms (`timeout_ms`)"));
    world.over().await;
}

#[tokio::test]
async fn the_limit_of_the_engine_holds_unless_the_request_has_its_own() {
    let world = World::with(|config| config.timeout = Some(std::time::Duration::from_millis(100)));
    assert_eq!(world.run(&["forever"]).await.status, ExecutionStatus::TimedOut);
    let mut request = fixture(&["sleep:300"]);
    request.timeout_ms = Some(0);
    let id = world.engine.execute(request).await.unwrap();
    assert_eq!(world.engine.wait(id).await.unwrap().status, ExecutionStatus::Completed);
    world.over().await;
}

#[tokio::test]
async fn all_together_has_a_limit_of_its_own() {
    let world = World::new();
    let mut request = fixture(&["forever"]);
    (request.timeout_ms, request.total_timeout_ms) = (Some(60_000), Some(100));
    let id = world.engine.execute(request).await.unwrap();
    let result = world.engine.wait(id).await.unwrap();
    assert_eq!(result.status, ExecutionStatus::TimedOut);
    assert!(result.error.as_deref().unwrap().contains("`total_timeout_ms`"));
    world.over().await;
}

#[tokio::test]
async fn silence_ends_it_and_every_byte_puts_that_off() {
    let world = World::new();
    let beats: Vec<&str> = (0..12).flat_map(|_| ["drip:.", "sleep:50"]).collect();
    let mut request = fixture(&[&beats[..], &["forever"]].concat());
    request.silence_timeout_ms = Some(400);
    let id = world.engine.execute(request).await.unwrap();
    let result = world.engine.wait(id).await.unwrap();
    assert_eq!((result.status, result.stdout.as_str()), (ExecutionStatus::TimedOut, "............"));
    assert_eq!(result.error.as_deref(), Some("it wrote nothing for 400ms (`silence_timeout_ms`)"));
    world.over().await;
}
