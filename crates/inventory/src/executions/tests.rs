use groma_api::{ExecutionOrigin, RunExecution, RunReport, RunRequest};
use groma_execution_types::{
    Command, Ended, ExecutionEvent, ExecutionPlan, ExecutionRequest, ExecutionStatus, OutputAdvanced,
    Started, Step,
};
use groma_journal::HistoryRequest;
use groma_model::{ExecutionId, PlanId, PrincipalId};
use uuid::Uuid;

use super::{LogKey, NewRun};
use crate::InventoryError;
use crate::reencrypt::tests::{Open, open};

fn request() -> ExecutionRequest {
    ExecutionRequest::new(Command::Exec { program: "echo".to_owned(), args: vec!["secret-word".to_owned()] })
}

fn execution(step: Option<&str>) -> RunExecution {
    RunExecution {
        id: ExecutionId::now(),
        step_id: step.map(str::to_owned),
        command: "echo secret-word".to_owned(),
        request: request(),
    }
}

async fn begin(open: &Open, plan: Option<ExecutionPlan>, executions: Vec<RunExecution>) -> Uuid {
    let id = plan.as_ref().and_then(|plan| plan.id).unwrap_or_else(|| executions[0].id.uuid());
    let run = NewRun {
        id,
        request: RunRequest { plan, executions },
        origin: ExecutionOrigin::Command,
        principal: PrincipalId::now(),
        log_key: LogKey::random(),
    };
    open.inventory.begin_run(run).await.unwrap();
    id
}

fn started(id: Uuid) -> ExecutionEvent {
    ExecutionEvent::Started(Started {
        execution_id: Some(id),
        plan_id: None,
        step_id: None,
        command: "echo secret-word".to_owned(),
        pid: Some(7),
        started_at: jiff::Timestamp::now(),
        metadata: serde_json::Map::new(),
    })
}

fn advanced(id: Uuid, first_line: u64, last_line: u64) -> ExecutionEvent {
    ExecutionEvent::OutputAdvanced(OutputAdvanced {
        execution_id: id,
        first_line,
        last_line,
        bytes: last_line * 10,
    })
}

fn ended(id: Option<Uuid>, status: ExecutionStatus) -> ExecutionEvent {
    let now = jiff::Timestamp::now();
    let ended = Ended {
        execution_id: id,
        plan_id: None,
        status,
        exit_code: Some(3),
        signal: None,
        error: Some("it ended with exit code 3".to_owned()),
        duration_ms: 5,
        started_at: now,
        completed_at: now,
        teardown: None,
    };
    match status {
        ExecutionStatus::Completed => ExecutionEvent::Completed(ended),
        ExecutionStatus::Cancelled | ExecutionStatus::Skipped => ExecutionEvent::Cancelled(ended),
        _ => ExecutionEvent::Failed(ended),
    }
}

fn report(events: Vec<ExecutionEvent>) -> RunReport {
    RunReport { events, ..RunReport::default() }
}

/// Reads the types of all events about an execution or plan.
async fn told(open: &Open, id: Uuid) -> Vec<String> {
    let subject = Some(groma_model::Subject::execution(ExecutionId::from_uuid(id)));
    let filter = groma_model::EventFilter { types: Vec::new(), subject };
    let after = Some(groma_model::Sequence::new(open.journal.head().epoch, 0));
    let page =
        open.journal.history(HistoryRequest { filter, after, limit: 1000, ..HistoryRequest::default() });
    page.await.unwrap().frames.iter().map(|frame| frame.event_type.replace("groma.execution.", "")).collect()
}

#[tokio::test]
async fn telling_the_same_again_changes_nothing_and_there_is_one_end() {
    let root = tempfile::tempdir().unwrap();
    let open = open(root.path()).await;
    let id = begin(&open, None, vec![execution(None)]).await;
    let all = || {
        vec![started(id), advanced(id, 1, 4), advanced(id, 3, 9), ended(Some(id), ExecutionStatus::Failed)]
    };
    for _ in 0..2 {
        open.inventory.report_run(id, report(all())).await.unwrap();
    }
    open.inventory.report_run(id, report(vec![ended(Some(id), ExecutionStatus::Completed)])).await.unwrap();
    assert_eq!(told(&open, id).await, ["started", "output_advanced", "output_advanced", "failed"]);
    let execution = open.inventory.execution(ExecutionId::from_uuid(id)).await.unwrap();
    assert_eq!((execution.summary.status, execution.summary.lines), (ExecutionStatus::Failed, 9));
    assert_eq!(execution.result.exit_code, Some(3));
    assert_eq!(execution.request, request());
    let (run, key) = open.inventory.log_key(id).await.unwrap();
    assert_eq!((run, LogKey::of_text(&key.to_text())), (id, Some(key)));
}

#[tokio::test]
async fn no_end_comes_without_a_start_but_that_of_a_skipped_step() {
    let root = tempfile::tempdir().unwrap();
    let open = open(root.path()).await;
    let plan = ExecutionPlan {
        id: Some(Uuid::now_v7()),
        name: None,
        strategy: Default::default(),
        steps: ["a", "b"].map(step).to_vec(),
        total_timeout_ms: None,
        metadata: serde_json::Map::new(),
    };
    let steps = vec![execution(Some("a")), execution(Some("b"))];
    let (a, b) = (steps[0].id.uuid(), steps[1].id.uuid());
    let run = begin(&open, Some(plan), steps).await;
    let events = vec![
        ended(Some(a), ExecutionStatus::TimedOut),
        ended(Some(b), ExecutionStatus::Skipped),
        ended(None, ExecutionStatus::Failed),
    ];
    open.inventory.report_run(run, report(events)).await.unwrap();
    assert_eq!(told(&open, a).await, ["started", "failed"]);
    assert_eq!(told(&open, b).await, ["cancelled"]);
    assert_eq!(told(&open, run).await, ["started", "failed"]);
    let plan = open.inventory.plan(PlanId::from_uuid(run)).await.unwrap();
    assert_eq!((plan.summary.steps, plan.summary.steps_failed), (2, 2));
    let steps: Vec<_> = plan.result.steps.iter().map(|step| (step.id.as_str(), step.status)).collect();
    assert_eq!(steps, [("a", ExecutionStatus::TimedOut), ("b", ExecutionStatus::Skipped)]);
    let list =
        open.inventory.executions(vec![ExecutionStatus::Skipped], Some(PlanId::from_uuid(run)), None, 10);
    assert_eq!(list.await.unwrap().executions.len(), 1);
}

fn step(id: &str) -> Step {
    Step { id: id.to_owned(), request: request(), depends_on: Vec::new(), idempotent: false, retry: None }
}

#[tokio::test]
async fn who_reports_learns_what_is_to_be_stopped() {
    let root = tempfile::tempdir().unwrap();
    let open = open(root.path()).await;
    let id = begin(&open, None, vec![execution(None)]).await;
    assert!(open.inventory.stop_wanted(id, false, "enough".to_owned()).await.unwrap());
    let standing = open.inventory.report_run(id, report(vec![started(id)])).await.unwrap();
    assert_eq!(standing.cancel.iter().map(|wish| wish.reason.as_str()).collect::<Vec<_>>(), ["enough"]);
    let standing = open.inventory.report_run(id, RunReport::default()).await.unwrap();
    assert_eq!(standing.cancel[0].id, id);
    let last = report(vec![ended(Some(id), ExecutionStatus::Cancelled)]);
    assert!(open.inventory.report_run(id, last).await.unwrap().cancel.is_empty());
    assert!(!open.inventory.stop_wanted(id, false, "again".to_owned()).await.unwrap());
}

#[tokio::test]
async fn what_is_left_of_a_dead_process_is_lost_once() {
    let root = tempfile::tempdir().unwrap();
    let open = open(root.path()).await;
    let id = begin(&open, None, vec![execution(None)]).await;
    open.inventory.report_run(id, report(vec![started(id)])).await.unwrap();
    assert_eq!(
        open.inventory.unfinished_runs().await.unwrap()[0].executions,
        [(id, ExecutionStatus::Running)]
    );
    for _ in 0..2 {
        open.inventory.lose_run(id, "its process is gone".to_owned()).await.unwrap();
    }
    assert!(open.inventory.unfinished_runs().await.unwrap().is_empty());
    assert_eq!(told(&open, id).await, ["started", "failed"]);
    let execution = open.inventory.execution(ExecutionId::from_uuid(id)).await.unwrap();
    assert_eq!(execution.summary.status, ExecutionStatus::Lost);
    assert_eq!(execution.summary.error.as_deref(), Some("its process is gone"));
}

#[tokio::test]
async fn an_id_is_used_once_and_strangers_are_refused() {
    let root = tempfile::tempdir().unwrap();
    let open = open(root.path()).await;
    let one = execution(None);
    let id = begin(&open, None, vec![one.clone()]).await;
    let again = NewRun {
        id,
        request: RunRequest { plan: None, executions: vec![one] },
        origin: ExecutionOrigin::Server,
        principal: PrincipalId::now(),
        log_key: LogKey::random(),
    };
    assert!(matches!(open.inventory.begin_run(again).await, Err(InventoryError::Conflict(_))));
    let stranger = open.inventory.report_run(id, report(vec![started(Uuid::now_v7())])).await;
    assert!(matches!(stranger, Err(InventoryError::NotFound { .. })), "{stranger:?}");
    let nobody = open.inventory.report_run(Uuid::now_v7(), RunReport::default()).await;
    assert!(matches!(nobody, Err(InventoryError::NotFound { .. })), "{nobody:?}");
}
