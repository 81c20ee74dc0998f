//! Trying again.

use groma_execution::{
    Command, Containment, ExecutionPlan, ExecutionRequest, ExecutionStatus, OnError, Retry, Step, Strategy,
};
use uuid::Uuid;

use crate::world::{World, fixture, pid_in, until};

fn plan(request: ExecutionRequest, initial_delay_ms: u64) -> ExecutionPlan {
    let retry = Retry { max_attempts: 3, initial_delay_ms, max_delay_ms: 120_000, multiplier: 2.0 };
    ExecutionPlan {
        id: None,
        name: None,
        strategy: Strategy::Serial { on_error: OnError::Stop },
        steps: vec![Step {
            id: "only".into(),
            request,
            depends_on: Vec::new(),
            idempotent: true,
            retry: Some(retry),
        }],
        total_timeout_ms: None,
        metadata: serde_json::Map::new(),
    }
}

/// Returns the execution of the only step, once it waits after its first attempt.
async fn after_the_first(world: &World, run: Uuid) -> Uuid {
    let plan = world.engine.get_plan(run).await.unwrap();
    let id = plan.steps[0].execution_id;
    // The teardown of an attempt is over before the wait begins; the slot is free again by then.
    until("the first attempt is over", || {
        let result = world.engine.list().into_iter().find(|result| result.id == id)?;
        (result.attempts == 1 && result.lines == 1 && crate::world::marked(id).is_empty()).then_some(id)
    })
    .await
}

#[tokio::test]
async fn what_fails_once_completes_the_second_time() {
    let world = World::new();
    let file = world.path("file").display().to_string();
    let line = format!("test -e {file} || {{ touch {file}; echo first; exit 1; }}; echo second");
    let run =
        world.engine.execute_plan(plan(ExecutionRequest::new(Command::Shell { command: line }), 10)).await;
    let result = world.engine.wait_plan(run.unwrap()).await.unwrap();
    assert_eq!(result.status, ExecutionStatus::Completed);
    let step = result.steps[0].result.clone().unwrap();
    assert_eq!((step.attempts, step.exit_code, step.stdout.as_str()), (2, Some(0), "first\nsecond\n"));
    world.over().await;
}

#[tokio::test]
async fn what_keeps_failing_stops_after_the_last_attempt() {
    let world = World::new();
    let run = world.engine.execute_plan(plan(fixture(&["out:again", "exit:4"]), 1)).await.unwrap();
    let result = world.engine.wait_plan(run).await.unwrap();
    let step = result.steps[0].result.clone().unwrap();
    assert_eq!((step.status, step.attempts, step.exit_code), (ExecutionStatus::Failed, 3, Some(4)));
    assert_eq!(step.stdout, "again\nagain\nagain\n");
    world.over().await;
}

#[tokio::test]
async fn a_cancel_while_it_waits_ends_it() {
    let world = World::new();
    let run = world.engine.execute_plan(plan(fixture(&["out:once", "exit:1"]), 100_000)).await.unwrap();
    let id = after_the_first(&world, run).await;
    world.engine.cancel_because(id, "no more").await.unwrap();
    let result = world.engine.wait(id).await.unwrap();
    assert_eq!((result.status, result.attempts), (ExecutionStatus::Cancelled, 1));
    assert_eq!(result.error.as_deref(), Some("cancelled: no more"));
    world.engine.wait_plan(run).await.unwrap();
    world.over().await;
}

#[tokio::test]
async fn the_limit_of_all_attempts_holds_while_it_waits() {
    let world = World::new();
    let mut request = fixture(&["out:once", "exit:1"]);
    request.total_timeout_ms = Some(400);
    let run = world.engine.execute_plan(plan(request, 100_000)).await.unwrap();
    let result = world.engine.wait_plan(run).await.unwrap();
    let step = result.steps[0].result.clone().unwrap();
    assert_eq!((step.status, step.attempts), (ExecutionStatus::TimedOut, 1));
    world.over().await;
}

#[tokio::test]
async fn nothing_is_tried_again_as_long_as_something_of_it_may_live() {
    let world = World::with(|config| config.containment = Containment::ProcessGroup);
    let pid = world.pid("hidden");
    let wait = format!("wait:{}", world.path("hidden").display());
    let request = fixture(&["child[", "setsid", "clear-env", &pid, "forever", "]", &wait, "exit:1"]);
    let run = world.engine.execute_plan(plan(request, 1)).await.unwrap();
    let result = world.engine.wait_plan(run).await.unwrap();
    let step = result.steps[0].result.clone().unwrap();
    assert_eq!((step.status, step.attempts), (ExecutionStatus::Failed, 1));
    let hidden = pid_in(&world.path("hidden")).await;
    let pid = rustix::process::Pid::from_raw(hidden.cast_signed()).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
    world.over().await;
}
