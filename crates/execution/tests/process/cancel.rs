//! Stopping, at every point.

use std::time::Duration;

use groma_execution::{ExecutionError, ExecutionEvent, ExecutionStatus};
use uuid::Uuid;

use crate::world::{World, alive, fixture, has_cgroup, pid_in};

#[tokio::test]
async fn what_ends_when_asked_is_not_forced() {
    let world = World::new();
    let id = world.start(&[&world.pid("pid"), "forever"]).await;
    pid_in(&world.path("pid")).await;
    world.engine.cancel_because(id, "enough").await.unwrap();
    let result = world.engine.wait(id).await.unwrap();
    assert_eq!(
        (result.status, result.exit_code, result.signal),
        (ExecutionStatus::Cancelled, None, Some(15))
    );
    assert_eq!(result.error.as_deref(), Some("cancelled: enough"));
    assert!(!result.teardown.as_ref().unwrap().forced);
    let events = world.over().await;
    assert!(matches!(events.last(), Some(ExecutionEvent::Cancelled(_))));
}

#[tokio::test]
async fn what_ignores_the_request_is_killed_after_its_grace() {
    let world = World::new();
    let mut request = fixture(&["ignore-term", &world.pid("pid"), "forever"]);
    request.grace_ms = Some(50);
    let id = world.engine.execute(request).await.unwrap();
    pid_in(&world.path("pid")).await;
    world.engine.cancel(id).await.unwrap();
    let result = world.engine.wait(id).await.unwrap();
    assert_eq!((result.status, result.signal), (ExecutionStatus::Cancelled, Some(9)));
    assert!(result.teardown.as_ref().unwrap().forced);
    world.over().await;
}

#[tokio::test]
async fn what_is_stopped_goes_on_to_end() {
    let world = World::new();
    let id = world.start(&[&world.pid("pid"), "stop", "forever"]).await;
    let pid = pid_in(&world.path("pid")).await;
    let stat =
        || std::fs::read_to_string(format!("/proc/{pid}/stat")).ok().filter(|stat| stat.contains(") T "));
    crate::world::until("it is stopped", stat).await;
    world.engine.cancel(id).await.unwrap();
    let result = world.engine.wait(id).await.unwrap();
    assert_eq!((result.status, result.signal), (ExecutionStatus::Cancelled, Some(15)));
    assert!(!result.teardown.as_ref().unwrap().forced);
    world.over().await;
}

#[tokio::test]
async fn the_whole_tree_is_asked_those_with_a_session_of_their_own_too() {
    let world = World::new();
    let child = ["child[", "setsid", &world.pid("away"), "forever", "]"];
    let id = world.start(&[&child[..], &[&world.pid("pid"), "forever"]].concat()).await;
    let (away, leader) = (pid_in(&world.path("away")).await, pid_in(&world.path("pid")).await);
    world.engine.cancel(id).await.unwrap();
    let result = world.engine.wait(id).await.unwrap();
    let teardown = result.teardown.clone().unwrap();
    assert_eq!((teardown.forced, teardown.survivors.len()), (false, 0));
    assert!(!alive(away) && !alive(leader));
    world.over().await;
}

#[tokio::test]
async fn what_waits_for_its_turn_never_starts() {
    let world = World::with(|config| config.max_concurrent = 1);
    let first = world.start(&[&world.pid("first"), "forever"]).await;
    pid_in(&world.path("first")).await;
    let second = world.start(&[&world.pid("second")]).await;
    assert_eq!(world.engine.get_status(second).await.unwrap(), ExecutionStatus::Pending);
    world.engine.cancel(second).await.unwrap();
    let result = world.engine.wait(second).await.unwrap();
    assert_eq!((result.status, result.attempts, result.started_at), (ExecutionStatus::Cancelled, 0, None));
    assert!(result.teardown.is_none() && !world.path("second").exists());
    world.engine.cancel(first).await.unwrap();
    world.over().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn at_any_moment_of_its_start() {
    let world = World::new();
    for moment in 0..60 {
        let id = world.start(&["storm:1", "forever"]).await;
        for _ in 0..moment {
            tokio::task::yield_now().await;
        }
        if moment % 3 == 0 {
            tokio::time::sleep(Duration::from_micros(moment * 50)).await;
        }
        world.engine.cancel(id).await.unwrap();
        let result = world.engine.wait(id).await.unwrap();
        assert_eq!(result.status, ExecutionStatus::Cancelled, "{moment}");
    }
    world.over().await;
}

#[tokio::test]
async fn twice_is_as_good_as_once() {
    let world = World::new();
    let id = world.start(&[&world.pid("pid"), "forever"]).await;
    pid_in(&world.path("pid")).await;
    world.engine.cancel_because(id, "first").await.unwrap();
    world.engine.cancel_because(id, "second").await.unwrap();
    let result = world.engine.wait(id).await.unwrap();
    assert_eq!(result.error.as_deref(), Some("cancelled: first"));
    world.engine.cancel_because(id, "third").await.unwrap();
    assert_eq!(world.engine.get_result(id).await.unwrap().error.as_deref(), Some("cancelled: first"));
    world.over().await;
}

#[tokio::test]
async fn what_nobody_knows_is_told_so() {
    let world = World::new();
    let nobody = Uuid::now_v7();
    assert!(matches!(world.engine.cancel(nobody).await, Err(ExecutionError::NotFound(id)) if id == nobody));
    assert!(matches!(world.engine.wait(nobody).await, Err(ExecutionError::NotFound(_))));
    assert!(matches!(world.engine.get_status(nobody).await, Err(ExecutionError::NotFound(_))));
    assert!(matches!(world.engine.read_logs(nobody).await, Err(ExecutionError::NotFound(_))));
    world.over().await;
}

#[tokio::test]
async fn the_end_of_the_engine_is_the_end_of_all() {
    let world = World::with(|config| config.max_concurrent = 3);
    let words = |at: usize| [world.pid(&format!("pid{at}")), "storm:2".into(), "forever".into()];
    let mut ids = Vec::new();
    for at in 0..5 {
        let words = words(at);
        ids.push(world.start(&words.each_ref().map(String::as_str)).await);
    }
    pid_in(&world.path("pid0")).await;
    world.engine.shutdown().await;
    for id in ids {
        let result = world.engine.get_result(id).await.unwrap();
        assert_eq!(result.error.as_deref(), Some("cancelled: the engine is shutting down"));
    }
    assert!(matches!(world.engine.execute(fixture(&[])).await, Err(ExecutionError::Stopping)));
    world.over().await;
}

#[tokio::test]
async fn dropping_the_engine_stops_what_runs() {
    let world = World::new();
    let id = world
        .start(&[&world.pid("pid"), "child[", "setsid", &world.pid("away"), "forever", "]", "forever"])
        .await;
    let (pid, away) = (pid_in(&world.path("pid")).await, pid_in(&world.path("away")).await);
    drop(world.engine);
    let gone = || (!alive(pid) && !alive(away) && !has_cgroup(id)).then_some(());
    crate::world::until("both are gone", gone).await;
}

#[test]
fn the_end_of_the_runtime_kills_what_runs() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (world, pids) = runtime.block_on(async {
        let world = World::new();
        let words = [
            "ignore-term",
            &world.pid("pid"),
            "child[",
            "setsid",
            &world.pid("away"),
            "forever",
            "]",
            "forever",
        ];
        world.start(&words).await;
        let pids = [pid_in(&world.path("pid")).await, pid_in(&world.path("away")).await];
        (world, pids)
    });
    drop(runtime);
    let looking = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    looking.block_on(async {
        crate::world::until("both are gone", || (!pids.iter().any(|pid| alive(*pid))).then_some(())).await;
    });
    drop(world);
}
