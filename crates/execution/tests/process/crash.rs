//! When the process that has the engine is killed.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use groma_execution::{ExecutionConfig, ExecutionEngine, ExecutionEvent, ExecutionStatus};

use crate::world::{World, alive, marked, pid_in, until};

/// Starts a process that has an engine with these logs and runs these words in it.
fn host(logs: &Path, words: &[&str]) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_groma-execution-fixture"));
    command.arg(format!("host:{}", logs.display())).args(words);
    command.stdin(Stdio::null()).stdout(Stdio::null()).spawn().unwrap()
}

fn said(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "log")
        && fs::read(path).is_ok_and(|text| text == b"begun\n")
}

#[tokio::test]
async fn another_engine_ends_what_it_left_and_says_that_it_is_lost() {
    let world = World::with(|config| config.grace = std::time::Duration::from_millis(100));
    let logs = world.path("logs");
    let (pid, away) = (world.pid("pid"), world.pid("away"));
    let words = ["out:begun", "child[", "setsid", "ignore-term", &away, "forever", "]", &pid, "forever"];
    let mut host = host(&logs, &words);
    let pids = [pid_in(&world.path("pid")).await, pid_in(&world.path("away")).await];
    until("its output is in the log", || fs::read_dir(&logs).ok()?.flatten().find(|file| said(&file.path())))
        .await;
    // Alive, it is left alone.
    assert_eq!(world.engine.reconcile().await.unwrap(), []);
    assert!(pids.iter().all(|pid| alive(*pid)));
    host.kill().unwrap();
    host.wait().unwrap();
    assert!(pids.iter().all(|pid| alive(*pid)), "they outlive their engine");

    let lost = world.engine.reconcile().await.unwrap();
    let [result] = &lost[..] else { panic!("one is lost: {lost:?}") };
    assert_eq!((result.status, result.attempts), (ExecutionStatus::Lost, 1));
    assert!(result.error.as_deref().unwrap().contains("died"));
    let teardown = result.teardown.clone().unwrap();
    assert_eq!((teardown.swept, teardown.survivors.len(), teardown.forced), (2, 0, true));
    assert!(!pids.iter().any(|pid| alive(*pid)));
    assert_eq!(marked(result.id), Vec::<u32>::new());

    assert_eq!(world.engine.reconcile().await.unwrap(), [], "once is enough");
    assert_eq!(world.engine.get_status(result.id).await.unwrap(), ExecutionStatus::Lost);
    assert_eq!(world.engine.read_logs(result.id).await.unwrap(), "begun\n");
    let events = world.over().await;
    assert!(matches!(&events[..], [ExecutionEvent::Failed(end)] if end.status == ExecutionStatus::Lost));
}

#[tokio::test]
async fn nothing_is_lost_where_there_are_no_logs() {
    let world = World::new();
    assert_eq!(world.engine.reconcile().await.unwrap(), []);
    world.over().await;
    assert_eq!(ExecutionEngine::default().reconcile().await.unwrap(), []);
}

#[tokio::test]
async fn logs_go_as_configured_and_those_of_what_runs_stay() {
    let world = World::with(|config| config.logs_bytes_max = Some(150));
    let running = world.start(&["out-bytes:1000", &world.pid("pid"), "forever"]).await;
    pid_in(&world.path("pid")).await;
    let (old, new) = (world.run(&["out-bytes:100"]).await, world.run(&["out-bytes:100"]).await);
    let cleaned = world.engine.clean_logs().await.unwrap();
    assert_eq!((cleaned.logs, cleaned.bytes), (1, 100));
    let there = |path: &Option<std::path::PathBuf>| path.as_ref().unwrap().exists();
    assert!(!there(&old.log_path) && there(&new.log_path));
    assert!(world.engine.logs(running).await.is_ok());
    world.engine.cancel(running).await.unwrap();
    world.over().await;
    assert_eq!(ExecutionEngine::new(ExecutionConfig::default()).clean_logs().await.unwrap().logs, 0);
}
