mod any;
mod approved;
mod fake;
mod form;
mod strategies;

use groma_execution_types::ExecutionPlan;
use serde_json::{Value, json};

/// Returns a plan of JSON.
fn plan(json: Value) -> ExecutionPlan {
    serde_json::from_value(json).expect("it is a plan")
}

/// Returns a step that depends on others.
fn step(id: &str, depends_on: &[&str]) -> Value {
    json!({
        "id": id, "request": {"command": {"type": "exec", "program": "true"}}, "depends_on": depends_on,
    })
}

/// Returns a plan of such steps.
fn graph(at_once: u32, steps: Vec<Value>) -> ExecutionPlan {
    plan(json!({"strategy": {"type": "dependency_graph", "max_concurrency": at_once}, "steps": steps}))
}
