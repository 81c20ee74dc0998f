//! How processes end by themselves.

use groma_execution::{ExecutionEvent, ExecutionStatus};

use crate::world::World;

#[tokio::test]
async fn what_exits_at_once_completes() {
    let world = World::new();
    let result = world.run(&[]).await;
    assert_eq!((result.status, result.exit_code), (ExecutionStatus::Completed, Some(0)));
    let teardown = result.teardown.clone().unwrap();
    assert_eq!(
        (teardown.survivors.len(), teardown.swept, teardown.forced, teardown.pipes_held),
        (0, 0, false, false)
    );
    let events = world.over().await;
    assert!(matches!(&events[..], [ExecutionEvent::Started(_), ExecutionEvent::Completed(_)]), "{events:?}");
}

#[tokio::test]
async fn what_fails_says_with_which_code() {
    let world = World::new();
    let result = world.run(&["out:before", "err:why", "exit:3"]).await;
    assert_eq!((result.status, result.exit_code, result.signal), (ExecutionStatus::Failed, Some(3), None));
    assert_eq!((result.stdout.as_str(), result.stderr.as_str()), ("before\n", "why\n"));
    assert_eq!(result.error.as_deref(), Some("it exited with code 3"));
    assert!(matches!(world.over().await.last(), Some(ExecutionEvent::Failed(_))));
}

#[tokio::test]
async fn what_a_signal_ends_says_which() {
    let world = World::new();
    let result = world.run(&["signal:6"]).await;
    assert_eq!((result.status, result.exit_code, result.signal), (ExecutionStatus::Failed, None, Some(6)));
    assert_eq!(result.error.as_deref(), Some("it was ended by signal 6 (SIGABRT)"));
    world.over().await;
}

#[tokio::test]
async fn what_closes_its_streams_runs_on() {
    let world = World::new();
    let go = world.path("go");
    let id =
        world.start(&["out:last words", "close", &world.pid("pid"), &format!("wait:{}", go.display())]).await;
    let pid = crate::world::pid_in(&world.path("pid")).await;
    assert!(crate::world::alive(pid));
    assert_eq!(world.engine.get_status(id).await.unwrap(), ExecutionStatus::Running);
    std::fs::write(go, "").unwrap();
    let result = world.engine.wait(id).await.unwrap();
    assert_eq!((result.status, result.stdout.as_str()), (ExecutionStatus::Completed, "last words\n"));
    world.over().await;
}

#[tokio::test]
async fn all_output_is_there_when_it_has_ended() {
    let world = World::new();
    let id = world.start(&["lines:20000"]).await;
    let result = world.engine.wait(id).await.unwrap();
    assert_eq!((result.lines, result.bytes), (20_000, 2_000_000));
    let log = std::fs::read(result.log_path.clone().unwrap()).unwrap();
    assert_eq!(log.len(), 2_000_000);
    let lines = world.over().await;
    let told = lines.iter().filter(|event| matches!(event, ExecutionEvent::Stdout(_))).count();
    assert_eq!(told, 20_000);
}

#[tokio::test]
async fn lines_are_told_where_no_log_is_kept_too() {
    let world = World::with(|config| config.log_dir = None);
    let result = world.run(&["out:one", "err:two"]).await;
    assert_eq!((result.log_path.as_ref(), result.lines), (None, 2));
    assert_eq!(world.engine.read_logs(result.id).await.unwrap(), "one\ntwo\n");
    let events = world.over().await;
    assert_eq!(events.len(), 4, "{events:?}");
}
