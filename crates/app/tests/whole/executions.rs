//! Commands and plans, started over the API and in another process's name.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures::StreamExt as _;
use groma_api::{
    ApiError, Backend, ErrorCode, EventQuery, Execution, ExecutionQuery, HistoryQuery, LogQuery, PlanQuery,
    PlanRequest, RunGrant, RunReport, RunRequest, RunStanding, Scope, StopRequest,
};
use groma_app::App;
use groma_app::execution::{ExecutionConfig, LocalRun, ReportTo};
use groma_execution_types::{
    ExecutionPlan, ExecutionRequest, ExecutionStatus, Secret, Stdin, Step, Strategy,
};
use groma_model::{ExecutionId, Frame};

use crate::support::*;

pub(crate) async fn open() -> (World, Arc<App>, Arc<dyn Backend>) {
    let world = World { rest: true, ..World::new() };
    let app = world.open().await;
    let backend = owner(&app);
    (world, app, backend)
}

pub(crate) async fn begin(backend: &Arc<dyn Backend>, request: ExecutionRequest) -> ExecutionId {
    backend.execution_start(request).await.unwrap().execution_id
}

/// Waits until nothing follows.
pub(crate) async fn over(backend: &Arc<dyn Backend>, id: ExecutionId) -> Execution {
    let mut from_line = 1;
    loop {
        let query = LogQuery { from_line: Some(from_line), wait: Some(60), ..LogQuery::default() };
        let page = backend.execution_logs(id, query).await.unwrap();
        from_line = page.next_line;
        let execution = backend.execution_get(id).await.unwrap();
        if execution.summary.status.is_terminal() {
            return execution;
        }
    }
}

/// Reads the stream of an execution's events up to its end: type and data.
pub(crate) async fn stream(
    backend: &Arc<dyn Backend>,
    id: ExecutionId,
    types: &str,
) -> Vec<(String, serde_json::Value)> {
    let query = EventQuery {
        types: Some(types.to_owned()),
        subject: Some(format!("execution/{id}")),
        after: Some("oldest".to_owned()),
        ..EventQuery::default()
    };
    let mut events = backend.events(query).await.unwrap();
    let mut seen = Vec::new();
    let read = async {
        while let Some(frame) = events.next().await {
            let frame: Frame = frame.unwrap();
            let envelope = frame.envelope().unwrap();
            let data = serde_json::from_str(envelope.data.get()).unwrap();
            seen.push((frame.event_type.trim_start_matches("groma.execution.").to_owned(), data));
            if ["completed", "failed", "cancelled"].contains(&seen.last().unwrap().0.as_str()) {
                return;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(60), read).await.unwrap();
    seen
}

#[tokio::test]
async fn a_command_runs_and_is_told_kept_and_read() {
    let (world, app, backend) = open().await;
    let id = begin(&backend, shell("echo one; echo two >&2; echo three; exit 3")).await;
    let execution = over(&backend, id).await;
    assert_eq!((execution.summary.status, execution.summary.exit_code), (ExecutionStatus::Failed, Some(3)));
    assert_eq!((execution.summary.lines, execution.summary.log), (3, true));
    assert_eq!(execution.result.stdout, "one\nthree\n");
    assert_eq!(execution.result.stderr, "two\n");
    assert!(execution.result.teardown.is_some_and(|teardown| teardown.survivors.is_empty()));
    assert_eq!(execution.summary.principal, app.owner().name);

    let page = backend.execution_logs(id, LogQuery::default()).await.unwrap();
    let mut lines: Vec<&str> = page.lines.iter().map(|line| line.line.as_str()).collect();
    lines.sort_unstable();
    assert_eq!((lines, page.next_line, page.ended), (vec!["one", "three", "two"], 4, true));
    let ask = |query: LogQuery| async { backend.execution_logs(id, query).await.unwrap().lines };
    let last = ask(LogQuery { tail: Some(1), ..LogQuery::default() }).await;
    assert_eq!((last.len(), last[0].line_number), (1, 3));
    let found = ask(LogQuery { contains: Some("THR".to_owned()), ..LogQuery::default() }).await;
    assert_eq!((found.len(), found[0].line.as_str()), (1, "three"));
    let errors = LogQuery { stream: Some(groma_execution_types::Stream::Stderr), ..LogQuery::default() };
    assert_eq!(ask(errors).await.len(), 1);

    let told = stream(&backend, id, "groma.execution.*").await;
    let types: Vec<&str> = told.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!((types[0], *types.last().unwrap()), ("started", "failed"));
    let lines: Vec<u64> = told
        .iter()
        .filter(|(name, _)| name == "stdout" || name == "stderr")
        .map(|(_, data)| data["lineNumber"].as_u64().unwrap())
        .collect();
    assert_eq!(lines, [1, 2, 3]);
    let first_line = types.iter().position(|name| name.starts_with("std")).unwrap();
    let advanced = types.iter().position(|name| *name == "output_advanced").unwrap();
    assert!(first_line < advanced, "{types:?}");
    // Who wants everything does not want every line of everything.
    let all = journal(&backend).await;
    assert!(!all.iter().any(|event| event.event_type.contains("stdout")));
    drop(backend);
    world.close(app).await;
}

#[tokio::test]
async fn a_plan_runs_its_steps_and_is_told_as_a_whole() {
    let (world, app, backend) = open().await;
    let steps = plan(&[("build", "echo built"), ("test", "exit 1"), ("ship", "echo shipped")]);
    let resolved = backend.plan_resolve(steps.clone()).await.unwrap();
    let drifted = PlanRequest { plan: steps.clone(), approved_hash: Some("0".repeat(64)) };
    refused(backend.plan_start(drifted).await, ErrorCode::Conflict);
    let request = PlanRequest { plan: steps, approved_hash: Some(resolved.hash) };
    let id = backend.plan_start(request).await.unwrap().plan_id;
    let told = stream(&backend, ExecutionId::from_uuid(id.uuid()), "groma.execution.*").await;
    assert_eq!((told[0].0.as_str(), told.last().unwrap().0.as_str()), ("started", "failed"));
    let run = backend.plan_get(id).await.unwrap();
    let steps: Vec<_> = run.result.steps.iter().map(|step| (step.id.as_str(), step.status)).collect();
    use ExecutionStatus::{Completed, Failed, Skipped};
    assert_eq!(steps, [("build", Completed), ("test", Failed), ("ship", Skipped)]);
    assert_eq!((run.summary.status, run.summary.steps_completed, run.summary.steps_failed), (Failed, 1, 2));
    assert_eq!(run.result.steps[2].root_cause.as_deref(), Some("test"));
    let skipped = ExecutionId::from_uuid(run.result.steps[2].execution_id);
    let told = stream(&backend, skipped, "groma.execution.*").await;
    assert_eq!(told.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["cancelled"]);
    let query = ExecutionQuery { plan: Some(id), ..ExecutionQuery::default() };
    assert_eq!(backend.execution_list(query).await.unwrap().executions.len(), 3);
    assert_eq!(backend.plan_list(Default::default()).await.unwrap().plans[0].id, id);
    drop(backend);
    world.close(app).await;
}

#[tokio::test]
async fn a_cancel_returns_when_it_has_ended_and_twice_is_fine() {
    let (world, app, backend) = open().await;
    let id = begin(&backend, shell("echo ready; sleep 600")).await;
    let query = LogQuery { wait: Some(60), ..LogQuery::default() };
    assert_eq!(backend.execution_logs(id, query).await.unwrap().lines[0].line, "ready");
    for _ in 0..2 {
        let stop = StopRequest { reason: Some("no longer needed".to_owned()) };
        let execution = backend.execution_cancel(id, stop).await.unwrap();
        assert_eq!(execution.summary.status, ExecutionStatus::Cancelled);
        assert!(execution.summary.error.unwrap().contains("no longer needed"));
    }
    drop(backend);
    world.close(app).await;
}

#[tokio::test]
async fn nothing_starts_over_the_api_unless_that_is_switched_on() {
    let world = World::new();
    let app = world.open().await;
    let backend = owner(&app);
    let refusal = refused(backend.execution_start(shell("true")).await, ErrorCode::Forbidden);
    assert!(refusal.detail.contains("GROMA_EXECUTION_REST"), "{refusal:?}");
    let request = PlanRequest { plan: plan(&[("a", "true")]), approved_hash: None };
    refused(backend.plan_start(request).await, ErrorCode::Forbidden);
    assert!(backend.execution_list(ExecutionQuery::default()).await.unwrap().executions.is_empty());
    let (_world, app, backend) = open().await;
    let inherit = ExecutionRequest { stdin: Stdin::Inherit, ..shell("cat") };
    refused(backend.execution_start(inherit).await, ErrorCode::InvalidRequest);
    let reader = app.backend(somebody(&app, &[Scope::Read]));
    refused(reader.execution_start(shell("true")).await, ErrorCode::Forbidden);
}

#[tokio::test]
async fn no_secret_and_no_output_rests_in_the_clear() {
    let (world, app, backend) = open().await;
    let secret = "correct-horse-battery";
    let request = ExecutionRequest {
        secrets: BTreeMap::from([("TOKEN".to_owned(), Secret::Value(secret.to_owned()))]),
        ..shell("echo a-word-of-output $TOKEN; echo $TOKEN | base64; echo $TOKEN >&2; exit 9")
    };
    let execution = over(&backend, begin(&backend, request).await).await;
    assert!(execution.result.stdout.starts_with("a-word-of-output ***"), "{execution:?}");
    assert!(!format!("{execution:?}").contains(secret));
    let entries = backend.audit_list().await.unwrap().entries;
    assert!(entries[0].detail.contains("a-word-of-output") && !format!("{entries:?}").contains(secret));
    drop(backend);
    world.close(app).await;
    let mut files = Vec::new();
    crate::secrets::files(&world.data(), &mut files);
    assert!(files.iter().any(|(path, _)| path.ends_with(".log.sealed")), "{:?}", files.len());
    for (path, bytes) in &files {
        for word in [secret, "a-word-of-output"] {
            let there = bytes.windows(word.len()).any(|window| window == word.as_bytes());
            assert!(!there, "{path} tells {word}");
        }
    }
}

#[tokio::test]
async fn what_shows_a_secret_is_refused_and_noted_nowhere() {
    let (world, app, backend) = open().await;
    let secret = "correct-horse-battery";
    let secrets = BTreeMap::from([("TOKEN".to_owned(), Secret::Value(secret.to_owned()))]);
    let showing = ExecutionRequest { secrets: secrets.clone(), ..shell(&format!("echo {secret}")) };
    let error = backend.execution_start(showing.clone()).await.unwrap_err();
    assert!(error.code == ErrorCode::InvalidRequest && !error.to_string().contains(secret), "{error:?}");
    let step =
        |request| Step { id: "a".to_owned(), request, depends_on: vec![], idempotent: false, retry: None };
    let plan = |name: &str, request| ExecutionPlan {
        id: None,
        name: Some(name.to_owned()),
        strategy: Strategy::default(),
        steps: vec![step(request)],
        total_timeout_ms: None,
        metadata: serde_json::Map::new(),
    };
    let hidden = ExecutionRequest { secrets, ..shell("true") };
    for plan in [plan("it", showing.clone()), plan(secret, hidden)] {
        backend.plan_start(PlanRequest { plan, approved_hash: None }).await.unwrap_err();
    }
    let to = Arc::new(Operations(Arc::clone(&backend)));
    LocalRun::command(ExecutionConfig::default(), showing, false, Vec::new(), to).await.unwrap_err();
    let told = format!(
        "{:?} {:?} {:?} {:?}",
        backend.audit_list().await.unwrap(),
        backend.execution_list(ExecutionQuery::default()).await.unwrap(),
        backend.plan_list(PlanQuery::default()).await.unwrap(),
        backend.event_history(HistoryQuery::default()).await.unwrap()
    );
    assert!(!told.contains(secret), "{told}");
    drop(backend);
    world.close(app).await;
}

/// Reports as another process does: by the operations.
#[derive(Debug)]
struct Operations(Arc<dyn Backend>);

#[async_trait]
impl ReportTo for Operations {
    async fn begin(&self, request: RunRequest) -> Result<RunGrant, ApiError> {
        self.0.run_begin(request).await
    }

    async fn report(&self, run: ExecutionId, report: RunReport) -> Result<RunStanding, ApiError> {
        self.0.run_report(run, report).await
    }
}

#[tokio::test]
async fn a_run_of_another_process_is_told_read_and_stopped_from_here() {
    let (world, app, backend) = open().await;
    for plain in [false, true] {
        let to = Arc::new(Operations(Arc::clone(&backend)));
        let request = shell("echo from elsewhere; sleep 600");
        let run =
            LocalRun::command(ExecutionConfig::default(), request, plain, Vec::new(), to).await.unwrap();
        let id = ExecutionId::from_uuid(run.id());
        let query = LogQuery { wait: Some(60), ..LogQuery::default() };
        assert_eq!(backend.execution_logs(id, query).await.unwrap().lines[0].line, "from elsewhere");
        // It lives: nobody takes it for lost.
        let execution = backend.execution_cancel(id, StopRequest::default()).await.unwrap();
        assert_eq!(execution.summary.status, ExecutionStatus::Cancelled);
        assert_eq!(run.wait().await.status, ExecutionStatus::Cancelled);
        run.finish(Duration::from_secs(20)).await.unwrap();
        let told = stream(&backend, id, "groma.execution.*").await;
        assert_eq!((told[0].0.as_str(), told.last().unwrap().0.as_str()), ("started", "cancelled"));
        let log = world.data().join("executions").join(format!("{id}.log"));
        assert_eq!(log.exists(), plain);
    }
    let to = Arc::new(Operations(Arc::clone(&backend)));
    let steps = plan(&[("a", "echo a"), ("b", "echo b")]);
    let run = LocalRun::plan(ExecutionConfig::default(), steps, None, false, Vec::new(), to).await.unwrap();
    assert_eq!(run.wait_plan().await.status, ExecutionStatus::Completed);
    let id = groma_model::PlanId::from_uuid(run.id());
    run.finish(Duration::from_secs(20)).await.unwrap();
    let plan = backend.plan_get(id).await.unwrap();
    assert_eq!((plan.summary.status, plan.summary.steps_completed), (ExecutionStatus::Completed, 2));
    // Programs of other machines have no say in what is noted.
    let token = groma_api::Principal { kind: groma_api::PrincipalKind::Token, ..app.owner() };
    let stranger = app.backend(token);
    refused(stranger.run_report(ExecutionId::now(), RunReport::default()).await, ErrorCode::Forbidden);
    drop((stranger, backend));
    world.close(app).await;
}

#[tokio::test]
async fn what_a_holder_left_is_ended_by_the_next() {
    let (world, app, backend) = open().await;
    // Noted, and never heard of again: there is no log that names a process.
    let executions = vec![groma_api::RunExecution {
        id: ExecutionId::now(),
        step_id: None,
        command: "true".to_owned(),
        request: shell("true"),
    }];
    let id = executions[0].id;
    backend.run_begin(RunRequest { plan: None, executions }).await.unwrap();
    let long = begin(&backend, shell("sleep 600")).await;
    drop(backend);
    // What runs here ends with the process, and that is on record.
    world.close(app).await;
    let app = world.open().await;
    let backend = owner(&app);
    let stopped = backend.execution_get(long).await.unwrap();
    assert_eq!(stopped.summary.status, ExecutionStatus::Cancelled);
    assert_eq!(backend.execution_get(id).await.unwrap().summary.status, ExecutionStatus::Pending);
    drop(backend);
    world.close(app).await;
}
