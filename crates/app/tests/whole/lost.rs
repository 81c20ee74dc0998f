//! A process that ran commands is killed: the next holder of the folder ends what it left.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use groma_api::{ErrorCode, EventQuery, LogQuery};
use groma_app::App;
use groma_execution_types::ExecutionStatus;
use groma_model::ExecutionId;

use crate::executions::stream;
use crate::support::*;

const FOLDER: &str = "GROMA_LOST_FOLDER";

fn options(folder: &std::path::Path) -> groma_app::AppOptions {
    let mut options = groma_app::AppOptions::new(folder.join("data"), folder.join("keys"));
    options.executions.rest = true;
    options.executions.grace = Duration::from_millis(200);
    options
}

/// Starts a command that ignores its end, says so, and waits to be killed.
#[tokio::test]
async fn victim() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let app = App::open(options(std::path::Path::new(&folder))).await.unwrap();
    let backend = owner(&app);
    let line = "trap '' TERM; echo begun; (trap '' TERM; setsid sleep 600) & wait";
    let id = backend.execution_start(shell(line)).await.unwrap().execution_id;
    let query = LogQuery { wait: Some(60), ..LogQuery::default() };
    backend.execution_logs(id, query).await.unwrap();
    // The record has it, too, before this ends.
    let types = Some("groma.execution.output_advanced".to_owned());
    let query = EventQuery { types, after: Some("oldest".to_owned()), ..EventQuery::default() };
    futures::StreamExt::next(&mut backend.events(query).await.unwrap()).await.unwrap().unwrap();
    println!("\n@begun {id}");
    std::future::pending::<()>().await;
}

#[tokio::test]
async fn what_a_killed_process_ran_is_lost_and_nothing_of_it_is_left() {
    let root = tempfile::tempdir().unwrap();
    let mut victim = Command::new(std::env::current_exe().unwrap());
    victim.args(["--exact", "lost::victim", "--nocapture"]).env(FOLDER, root.path());
    let mut victim = victim.stdout(Stdio::piped()).spawn().unwrap();
    let mut said = BufReader::new(victim.stdout.take().unwrap()).lines();
    let id = said.find_map(|line| line.unwrap().strip_prefix("@begun ").map(str::to_owned)).unwrap();
    victim.kill().unwrap();
    victim.wait().unwrap();
    let id: ExecutionId = id.parse().unwrap();
    assert!(marked(id) > 0);

    let app = App::open(options(root.path())).await.unwrap();
    let backend = owner(&app);
    assert_eq!(backend.execution_get(id).await.unwrap().summary.status, ExecutionStatus::Running);
    app.start_tasks().await.unwrap();
    let told = stream(&backend, id, "groma.execution.*").await;
    assert_eq!((told[0].0.as_str(), told.last().unwrap().0.as_str()), ("started", "failed"));
    let execution = backend.execution_get(id).await.unwrap();
    assert_eq!(execution.summary.status, ExecutionStatus::Lost, "{execution:?}");
    assert_eq!(marked(id), 0);
    let page = backend.execution_logs(id, LogQuery::default()).await.unwrap();
    assert_eq!((page.lines[0].line.as_str(), page.ended), ("begun", true));
    app.shutdown().await;
    app.close().await;
}

/// Counts the living processes that carry the mark of an execution.
fn marked(id: ExecutionId) -> usize {
    let mark = format!("GROMA_EXECUTION_ID={id}");
    let processes = std::fs::read_dir("/proc").unwrap().filter_map(|entry| entry.ok());
    let environments = processes.filter_map(|entry| std::fs::read(entry.path().join("environ")).ok());
    environments
        .filter(|environment| environment.split(|byte| *byte == 0).any(|part| part == mark.as_bytes()))
        .count()
}

// Nothing is waited for but time.
#[tokio::test(start_paused = true)]
async fn a_run_of_which_there_is_no_trace_ends_once_its_process_was_silent_for_long() {
    let world = World::new();
    let app = world.open().await;
    let backend = owner(&app);
    let executions = vec![groma_api::RunExecution {
        id: ExecutionId::now(),
        step_id: None,
        command: "true".to_owned(),
        request: shell("true"),
    }];
    let id = executions[0].id;
    backend.run_begin(groma_api::RunRequest { plan: None, executions }).await.unwrap();
    app.start_tasks().await.unwrap();
    let query = LogQuery { wait: Some(60), ..LogQuery::default() };
    // Time is passed over whenever something else is waited for, so that several of these pages may be over too soon.
    while !backend.execution_logs(id, query.clone()).await.unwrap().ended {}
    let execution = backend.execution_get(id).await.unwrap();
    assert_eq!(execution.summary.status, ExecutionStatus::Lost);
    refused(backend.execution_get(ExecutionId::now()).await, ErrorCode::NotFound);
    let app: Arc<App> = app;
    app.shutdown().await;
}
