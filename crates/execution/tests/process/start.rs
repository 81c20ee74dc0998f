//! What cannot start, and what starts in spite of that.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use groma_execution::{Command, ExecutionError, ExecutionEvent, ExecutionRequest, ExecutionStatus, Stdin};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::world::{World, fixture, until};

fn exec(program: &std::path::Path) -> ExecutionRequest {
    ExecutionRequest::new(Command::Exec { program: program.display().to_string(), args: Vec::new() })
}

fn executable(world: &World, name: &str, text: &str) -> std::path::PathBuf {
    let path = world.path(name);
    fs::write(&path, text).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path
}

#[tokio::test]
async fn what_is_not_there_is_refused_at_once() {
    let world = World::new();
    let error = world.engine.execute(exec(&world.path("nothing"))).await.unwrap_err();
    assert!(matches!(error, ExecutionError::Invalid(_)), "{error}");
    let mut request = fixture(&[]);
    request.working_dir = Some(world.path("nowhere"));
    let error = world.engine.execute(request).await.unwrap_err();
    assert!(error.to_string().contains("working_dir"), "{error}");
    assert!(world.over().await.is_empty());
}

#[tokio::test]
async fn what_is_gone_when_its_turn_comes_fails_and_says_so() {
    let world = World::with(|config| config.max_concurrent = 1);
    let path = executable(&world, "script", "#!/bin/sh\n");
    let go = world.path("go");
    let first = world.start(&[&format!("wait:{}", go.display())]).await;
    let id = world.engine.execute(exec(&path)).await.unwrap();
    fs::remove_file(&path).unwrap();
    fs::write(go, "").unwrap();
    let result = world.engine.wait(id).await.unwrap();
    assert_eq!((result.status, result.attempts), (ExecutionStatus::Failed, 0));
    assert!(result.error.as_deref().unwrap().contains("script"), "{result:?}");
    assert!(result.teardown.is_none());
    world.engine.wait(first).await.unwrap();
    let events = world.over().await;
    let started = |event: &&ExecutionEvent| matches!(event, ExecutionEvent::Started(_));
    assert_eq!(events.iter().filter(started).count(), 2);
}

#[tokio::test]
async fn what_is_no_program_is_told_so() {
    let world = World::new();
    let path = world.path("data");
    fs::write(&path, b"\x00\x01\x02\x03no program").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    let error = match world.engine.execute(exec(&path)).await {
        Err(error) => error.to_string(),
        Ok(id) => {
            let result = world.engine.wait(id).await.unwrap();
            assert_eq!((result.status, result.attempts), (ExecutionStatus::Failed, 1));
            assert!(result.teardown.is_none());
            result.error.clone().unwrap()
        }
    };
    assert!(error.contains("no program"), "{error}");
    world.over().await;
}

#[tokio::test]
async fn a_program_that_is_still_being_written_is_waited_for() {
    let world = World::new();
    let path = world.path("copy");
    fs::copy("/bin/true", &path).unwrap();
    let writing = fs::OpenOptions::new().append(true).open(&path).unwrap();
    let id = world.engine.execute(exec(&path)).await.unwrap();
    until("it tries", || world.engine.list().iter().any(|result| result.attempts == 1).then_some(())).await;
    drop(writing);
    assert_eq!(world.engine.wait(id).await.unwrap().status, ExecutionStatus::Completed);
    world.over().await;
}

#[tokio::test]
async fn a_lack_of_descriptors_is_waited_for_and_then_told() {
    let world = World::with(|config| config.log_dir = None);
    // What starts late in a process's life is open by now.
    world.run(&[]).await;
    let before = getrlimit(Resource::Nofile);
    let open = fs::read_dir("/proc/self/fd").unwrap().count() as u64;
    setrlimit(Resource::Nofile, Rlimit { current: Some(open), maximum: before.maximum }).unwrap();
    let id = world.engine.execute(fixture(&[])).await.unwrap();
    let result = world.engine.wait(id).await.unwrap();
    setrlimit(Resource::Nofile, before).unwrap();
    assert_eq!(result.status, ExecutionStatus::Failed);
    assert!(result.error.as_deref().unwrap().contains("ulimit -n"), "{result:?}");
    assert_eq!(world.run(&[]).await.status, ExecutionStatus::Completed);
    world.over().await;
}

#[tokio::test]
async fn what_it_reads_reaches_it_and_nobody_waits_for_one_that_does_not_read() {
    let world = World::new();
    let mut request = fixture(&["echo"]);
    request.stdin = Stdin::Text { text: "all of it\n".into() };
    let id = world.engine.execute(request).await.unwrap();
    assert_eq!(world.engine.wait(id).await.unwrap().stdout, "all of it\n");
    let mut request = fixture(&["out:no thanks"]);
    request.stdin = Stdin::Text { text: "x".repeat(1 << 20) };
    let id = world.engine.execute(request).await.unwrap();
    assert_eq!(world.engine.wait(id).await.unwrap().status, ExecutionStatus::Completed);
    world.over().await;
}

#[tokio::test]
async fn an_id_is_used_once() {
    let world = World::new();
    let mut request = fixture(&[]);
    let id = uuid::Uuid::now_v7();
    request.id = Some(id);
    assert_eq!(world.engine.execute(request.clone()).await.unwrap(), id);
    assert!(matches!(world.engine.execute(request).await, Err(ExecutionError::Exists(_))));
    world.engine.wait(id).await.unwrap();
    world.over().await;
}
