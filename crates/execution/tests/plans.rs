//! Plans through a whole engine: real processes, real logs.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::sync::Arc;

use async_trait::async_trait;
use groma_execution::{
    EventHandler, ExecutionConfig, ExecutionEngine, ExecutionError, ExecutionEvent, ExecutionStatus,
    PlanResult, read_plan,
};
use tokio::sync::mpsc;

#[derive(Debug)]
struct Told(mpsc::UnboundedSender<ExecutionEvent>);

#[async_trait]
impl EventHandler for Told {
    async fn on_event(&self, event: ExecutionEvent) {
        let _ = self.0.send(event);
    }
}

struct World {
    engine: ExecutionEngine,
    events: mpsc::UnboundedReceiver<ExecutionEvent>,
    folder: tempfile::TempDir,
}

impl World {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let config =
            ExecutionConfig { log_dir: Some(folder.path().join("logs")), ..ExecutionConfig::default() };
        let (tell, events) = mpsc::unbounded_channel();
        let engine = ExecutionEngine::new(config).with_event_handler(Arc::new(Told(tell)));
        Self { engine, events, folder }
    }

    /// Returns a plan in which `DIR` is the world's folder.
    fn plan(&self, yaml: &str) -> groma_execution::ExecutionPlan {
        let yaml = yaml.replace("DIR", &self.folder.path().to_string_lossy());
        read_plan(yaml.as_bytes()).unwrap_or_else(|error| panic!("{error}"))
    }

    async fn run(&self, yaml: &str) -> PlanResult {
        let id = self.engine.execute_plan(self.plan(yaml)).await.unwrap_or_else(|error| panic!("{error}"));
        self.engine.wait_plan(id).await.expect("it was started")
    }

    /// Returns everything that was told.
    async fn told(mut self) -> Vec<ExecutionEvent> {
        self.engine.shutdown().await;
        drop(self.engine);
        let mut all = Vec::new();
        while let Some(event) = self.events.recv().await {
            all.push(event);
        }
        all
    }
}

fn result<'a>(plan: &'a PlanResult, step: &str) -> &'a groma_execution::ExecutionResult {
    let step = plan.steps.iter().find(|it| it.id == step).expect("a step");
    step.result.as_ref().expect("a result")
}

const GRAPH: &str = r#"
name: whole
strategy: {type: dependency_graph, max_concurrency: 3}
steps:
  - id: list
    request: {command: {type: shell, command: 'echo "{\"items\": [{\"id\": \"a; b\"}]}"'}}
  - id: make
    request: {command: {type: shell, command: "mkdir DIR/made && printf '#!/bin/sh\necho made\n' > DIR/made/tool && chmod +x DIR/made/tool"}}
  - id: use
    depends_on: [list, make]
    request:
      command: {type: script, content: 'printf "%s|" "$1" "$ITEM"; cat', args: ["${steps.list.stdout#/items/0/id}"]}
      env: {ITEM: "${steps.list.stdout#/items/0}"}
      stdin: {type: text, text: "${steps.list.stdout}"}
  - id: made
    depends_on: [make]
    request: {command: {type: exec, program: ./tool}, working_dir: DIR/made}
  - id: bad
    depends_on: [made]
    request: {command: {type: shell, command: "exit 3"}}
  - id: never
    depends_on: [bad, use]
    request: {command: {type: shell, command: "touch DIR/never"}}
"#;

#[tokio::test]
async fn a_graph_of_processes_runs_with_its_outputs_and_tells_one_story() {
    let world = World::new();
    let plan = world.run(GRAPH).await;
    assert_eq!(plan.status, ExecutionStatus::Failed);
    assert_eq!(plan.error.as_deref(), Some("step `bad`: it exited with code 3"));
    assert_eq!(result(&plan, "use").stdout, "a; b|{\"id\":\"a; b\"}|{\"items\": [{\"id\": \"a; b\"}]}");
    assert_eq!(result(&plan, "made").stdout, "made\n");
    assert_eq!(plan.steps[5].root_cause.as_deref(), Some("bad"));
    assert!(!world.folder.path().join("never").exists());
    let status = world.engine.get_status(plan.steps[4].execution_id).await.expect("it is known");
    assert_eq!(status, ExecutionStatus::Failed);
    assert_eq!(world.engine.get_status(plan.id).await.expect("it is known"), ExecutionStatus::Failed);

    let told = world.told().await;
    let own: Vec<_> = told
        .iter()
        .filter(|event| match event {
            ExecutionEvent::Started(it) => it.execution_id.is_none(),
            ExecutionEvent::Progress(it) => it.execution_id.is_none(),
            ExecutionEvent::Completed(it) | ExecutionEvent::Failed(it) | ExecutionEvent::Cancelled(it) => {
                it.execution_id.is_none()
            }
            _ => false,
        })
        .collect();
    assert!(matches!(own.first(), Some(ExecutionEvent::Started(it)) if it.command == "whole"));
    assert!(matches!(own.last(), Some(ExecutionEvent::Failed(it)) if it.plan_id == Some(plan.id)));
    for step in &plan.steps {
        let ends = told.iter().filter(|event| match event {
            ExecutionEvent::Completed(it) | ExecutionEvent::Failed(it) | ExecutionEvent::Cancelled(it) => {
                it.execution_id == Some(step.execution_id)
            }
            _ => false,
        });
        assert_eq!(ends.count(), 1, "{}", step.id);
    }
}

#[tokio::test]
async fn only_what_may_be_done_twice_is_tried_again() {
    let world = World::new();
    let plan = world
        .run(
            r#"
strategy: {type: parallel, max_concurrency: 2}
steps:
  - id: twice
    idempotent: true
    retry: {max_attempts: 5, initial_delay_ms: 1, max_delay_ms: 5}
    request: {command: {type: shell, command: 'echo x >> DIR/tries; test $(wc -l < DIR/tries) -ge 3'}}
  - id: once
    request: {command: {type: shell, command: "echo x >> DIR/once; false"}}
"#,
        )
        .await;
    assert_eq!(
        (result(&plan, "twice").status, result(&plan, "twice").attempts),
        (ExecutionStatus::Completed, 3)
    );
    assert_eq!((result(&plan, "once").status, result(&plan, "once").attempts), (ExecutionStatus::Failed, 1));
    world.engine.shutdown().await;
}

#[tokio::test]
async fn what_changes_between_approval_and_its_turn_does_not_run() {
    let world = World::new();
    let tool = world.folder.path().join("tool.sh");
    std::fs::write(&tool, "echo harmless\n").expect("it is written");
    let yaml = r#"
steps:
  - id: first
    request: {command: {type: shell, command: "echo 'touch DIR/harm' > DIR/tool.sh"}}
  - id: second
    request: {command: {type: script, path: DIR/tool.sh}}
"#;
    let plan = world.plan(yaml);
    let shown = world.engine.resolve_plan(&plan).await.expect("it resolves");
    let id = world.engine.execute_approved(plan.clone(), &shown.hash).await.expect("it is as approved");
    let run = world.engine.wait_plan(id).await.expect("it was started");
    assert_eq!(run.status, ExecutionStatus::Failed);
    let error = result(&run, "second").error.clone().unwrap_or_default();
    assert!(error.contains("step `second` would run something else than when it was approved"), "{error}");
    assert!(!world.folder.path().join("harm").exists());
    let error = world.engine.execute_approved(plan, shown).await.expect_err("the script is another by now");
    assert!(matches!(error, ExecutionError::Drift { .. }), "{error}");
    world.engine.shutdown().await;
}

#[tokio::test]
async fn a_plan_is_cancelled_as_a_whole_and_a_step_by_itself_before_its_turn() {
    let mut world = World::new();
    let plan = world.plan(
        r#"
strategy: {type: dependency_graph, max_concurrency: 2}
steps:
  - {id: a, request: {command: {type: shell, command: "echo on; sleep 600"}}}
  - {id: b, request: {command: {type: shell, command: "sleep 600"}}, depends_on: [a]}
  - {id: c, request: {command: {type: shell, command: "true"}}}
"#,
    );
    let id = world.engine.execute_plan(plan).await.expect("it starts");
    let steps = world.engine.get_plan(id).await.expect("it is there").steps;
    world.engine.cancel(steps[1].execution_id).await.expect("it is known before its turn");
    loop {
        match world.events.recv().await.expect("an event") {
            ExecutionEvent::Stdout(line) if line.line == "on" => break,
            _ => {}
        }
    }
    world.engine.cancel_because(id, "enough").await.expect("it is there");
    world.engine.cancel_because(id, "again").await.expect("twice is fine");
    let plan = world.engine.wait_plan(id).await.expect("it was started");
    assert_eq!(
        (plan.status, plan.error.as_deref()),
        (ExecutionStatus::Cancelled, Some("the plan was cancelled: enough"))
    );
    assert_eq!(result(&plan, "a").status, ExecutionStatus::Cancelled);
    assert!(result(&plan, "a").teardown.as_ref().is_some_and(|teardown| teardown.survivors.is_empty()));
    assert_eq!(result(&plan, "b").status, ExecutionStatus::Skipped);
    world.engine.shutdown().await;
}

#[tokio::test]
async fn a_plan_is_refused_before_anything_starts() {
    let world = World::new();
    let plan = world.plan(
        r#"
strategy: {type: parallel, max_concurrency: 2}
steps:
  - {id: a, request: {command: {type: shell, command: "touch DIR/started"}}}
  - {id: b, request: {command: {type: exec, program: no-such-program}}}
"#,
    );
    let error = world.engine.execute_plan(plan).await.expect_err("it is refused").to_string();
    assert!(
        error.starts_with("`steps[1].request.command.program` needs the program `no-such-program`"),
        "{error}"
    );
    world.engine.shutdown().await;
    assert!(!world.folder.path().join("started").exists());
}
