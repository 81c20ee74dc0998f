//! What follows what, and what follows a failure.

use std::collections::HashMap;
use std::sync::Arc;

use groma_execution_types::{Command, ExecutionEvent, ExecutionStatus, PlanResult};
use serde_json::{Value, json};
use tokio::sync::Semaphore;

use super::fake::{Fake, Fate, Seen};
use super::{graph, plan, step};
use crate::engine::Stop;

fn statuses(result: &PlanResult) -> HashMap<&str, (ExecutionStatus, Option<&str>)> {
    result.steps.iter().map(|step| (step.id.as_str(), (step.status, step.root_cause.as_deref()))).collect()
}

fn serial(on_error: &str, steps: Vec<Value>) -> groma_execution_types::ExecutionPlan {
    plan(json!({"strategy": {"type": "serial", "on_error": on_error}, "steps": steps}))
}

#[tokio::test]
async fn serial_steps_stop_at_the_first_failure_or_go_on() {
    let steps = || vec![step("a", &[]), step("b", &[]), step("c", &[])];
    let fake = Fake::with([("b", Fate::Fails)]);
    let result = fake.run(serial("stop", steps())).await;
    assert_eq!(fake.began(), ["a", "b"]);
    assert_eq!(statuses(&result)["c"], (ExecutionStatus::Skipped, Some("b")));
    assert_eq!(
        (result.status, result.error.as_deref()),
        (ExecutionStatus::Failed, Some("step `b`: it exited with code 1"))
    );
    assert!(
        matches!(fake.check_events(3), ExecutionEvent::Failed(ended) if ended.plan_id == Some(result.id))
    );
    assert_eq!(
        result.steps[2].result.as_ref().and_then(|it| it.error.as_deref()),
        Some("not begun: step `b` failed")
    );

    let fake = Fake::with([("b", Fate::Fails)]);
    let result = fake.run(serial("continue", steps())).await;
    assert_eq!(fake.began(), ["a", "b", "c"]);
    assert_eq!(statuses(&result)["c"], (ExecutionStatus::Completed, None));
    assert_eq!(result.status, ExecutionStatus::Failed);
}

#[tokio::test]
async fn a_failure_skips_what_depends_on_it_names_itself_and_leaves_the_rest() {
    let steps = vec![
        step("root", &[]),
        step("bad", &["root"]),
        step("after", &["bad"]),
        step("after2", &["after", "good"]),
        step("good", &["root"]),
        step("end", &["good"]),
    ];
    let fake = Fake::with([("bad", Fate::Fails)]);
    let result = fake.run(graph(4, steps)).await;
    let statuses = statuses(&result);
    for skipped in ["after", "after2"] {
        assert_eq!(statuses[skipped], (ExecutionStatus::Skipped, Some("bad")));
    }
    for done in ["root", "good", "end"] {
        assert_eq!(statuses[done], (ExecutionStatus::Completed, None));
    }
    assert_eq!(result.error.as_deref(), Some("step `bad`: it exited with code 1"));
    fake.check_events(6);
}

#[tokio::test]
async fn no_more_than_so_many_run_at_once() {
    for at_once in [1_usize, 3] {
        let steps: Vec<Value> = (0..20).map(|at| step(&format!("s{at}"), &[])).collect();
        let fake = Fake::with([]);
        let plan =
            plan(json!({"strategy": {"type": "parallel", "max_concurrency": at_once}, "steps": steps}));
        let result = fake.run(plan).await;
        assert_eq!(result.status, ExecutionStatus::Completed);
        let (mut running, mut most) = (0, 0);
        for seen in fake.seen.lock().iter() {
            match seen {
                Seen::Began(_) => running += 1,
                _ => running -= 1,
            }
            most = most.max(running);
        }
        assert_eq!(most, at_once);
    }
}

#[tokio::test]
async fn outputs_reach_later_steps_as_they_are() {
    let with = |id: &str, request: Value| json!({"id": id, "request": request});
    let exec = |args: Value| json!({"command": {"type": "exec", "program": "echo", "args": args}});
    let steps = vec![
        with("list", exec(json!([]))),
        with(
            "use",
            exec(json!([
                "--id=${steps.list.stdout#/items/0/id}",
                "${steps.list.stdout#/items}",
                "$${steps.x}"
            ])),
        ),
        with("bad", exec(json!(["${steps.list.stdout#/nothing}"]))),
        with("late", exec(json!(["${steps.bad.stdout}"]))),
        with("later", exec(json!(["${steps.late.stdout}"]))),
    ];
    let fake = Fake::with([("list", Fate::Completes("{\"items\": [{\"id\": \"i-1; rm -rf /\"}]}\n"))]);
    let result = fake.run(serial("continue", steps)).await;
    let commands = fake.commands.lock();
    let Command::Exec { args, .. } = &commands["use"] else { panic!("an exec") };
    assert_eq!(args, &["--id=i-1; rm -rf /", "[{\"id\":\"i-1; rm -rf /\"}]", "${steps.x}"]);
    let statuses = statuses(&result);
    assert_eq!(statuses["bad"], (ExecutionStatus::Failed, None));
    let error = result.steps[2].result.as_ref().and_then(|it| it.error.clone()).expect("an error");
    let expected =
        "not begun: `command.args[0]` uses the output of step `list`, which has nothing at `/nothing`";
    assert_eq!(error, expected);
    assert_eq!(statuses["late"], (ExecutionStatus::Skipped, Some("bad")));
    assert_eq!(statuses["later"], (ExecutionStatus::Skipped, Some("bad")));
    assert_eq!(fake.began(), ["list", "use"]);
}

#[tokio::test]
async fn a_plan_that_is_cancelled_ends_what_runs_and_begins_nothing_more() {
    let begun = Arc::new(Semaphore::new(0));
    let fates = ["a", "b"].map(|name| (name.to_owned(), Fate::Hangs));
    let fake = Arc::new(Fake { fates: fates.into(), begun: Some(Arc::clone(&begun)), ..Fake::default() });
    let stop = Stop::default();
    let steps = vec![step("a", &[]), step("b", &[]), step("c", &["a"]), step("d", &[])];
    let (runner, stopped) = (Arc::clone(&fake), stop.clone());
    let run = tokio::spawn(async move { runner.run_until(graph(2, steps), stopped).await });
    let _both = begun.acquire_many(2).await.expect("both begin");
    stop.stop("enough");
    let result = run.await.expect("it ends");
    assert_eq!(
        (result.status, result.error.as_deref()),
        (ExecutionStatus::Cancelled, Some("the plan was cancelled: enough"))
    );
    let statuses = statuses(&result);
    assert_eq!([statuses["a"].0, statuses["b"].0], [ExecutionStatus::Cancelled; 2]);
    assert_eq!([statuses["c"].0, statuses["d"].0], [ExecutionStatus::Skipped; 2]);
    assert!(matches!(fake.check_events(4), ExecutionEvent::Cancelled(_)));

    let fake = Fake::with([]);
    let result = fake.run_until(graph(2, vec![step("a", &[])]), stop).await;
    assert_eq!(result.status, ExecutionStatus::Cancelled);
    assert_eq!(fake.began(), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn a_plan_that_takes_too_long_is_stopped_and_says_so() {
    let fake = Fake::with([("a", Fate::Hangs)]);
    let mut plan = graph(1, vec![step("a", &[]), step("b", &["a"])]);
    plan.total_timeout_ms = Some(1500);
    let result = fake.run(plan).await;
    let expected = "the plan took longer than 1.5s (`total_timeout_ms`)";
    assert_eq!((result.status, result.error.as_deref()), (ExecutionStatus::TimedOut, Some(expected)));
    assert!(
        matches!(fake.check_events(2), ExecutionEvent::Failed(ended) if ended.status == ExecutionStatus::TimedOut)
    );
}

#[tokio::test]
async fn a_runner_that_breaks_down_fails_its_step_alone() {
    let fake = Fake::with([("a", Fate::Panics)]);
    let result = fake.run(graph(2, vec![step("a", &[]), step("b", &[]), step("c", &["a"])])).await;
    let statuses = statuses(&result);
    assert_eq!(statuses["a"].0, ExecutionStatus::Failed);
    assert_eq!(statuses["b"].0, ExecutionStatus::Completed);
    assert_eq!(statuses["c"], (ExecutionStatus::Skipped, Some("a")));
}

#[tokio::test]
async fn ten_thousand_steps_run_in_order() {
    // A chain of 5,000 and a fan of 5,000 on its last link.
    let name = |at: usize| format!("s{at}");
    let steps = (0..10_000).map(|at| match at {
        0 => step("s0", &[]),
        1..5000 => step(&name(at), &[&name(at - 1)]),
        _ => step(&name(at), &["s4999"]),
    });
    let fake = Fake::with([]);
    let result = fake.run(graph(64, steps.collect())).await;
    assert_eq!(result.status, ExecutionStatus::Completed);
    let expected: Vec<String> = (0..5000).map(name).collect();
    assert_eq!(fake.began()[..5000], expected);
    assert_eq!(fake.began().len(), 10_000);
}
