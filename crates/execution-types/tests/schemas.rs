//! The schemas that are published say what is read and written.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::time::Duration;

use groma_execution_types::{ExecutionPlan, ExecutionRequest, ExecutionResult, ExecutionStatus, schemas};
use jsonschema::Validator;
use serde_json::{Value, json};
use uuid::Uuid;

fn validator(name: &str) -> Validator {
    jsonschema::draft202012::new(&schemas()[name]).expect("it is a schema")
}

#[test]
fn what_is_committed_is_what_the_code_says() {
    for (name, schema) in schemas() {
        let file = format!("{}/../execution/schemas/{name}.json", env!("CARGO_MANIFEST_DIR"));
        let committed = std::fs::read(&file).unwrap_or_default();
        let committed: Value = serde_json::from_slice(&committed).unwrap_or_default();
        assert_eq!(committed, schema, "{file} is stale; `cargo xtask schemas` writes it anew");
    }
}

#[test]
fn requests_are_accepted_by_the_schema_as_by_the_code() {
    let schema = validator("request");
    let exec = |extra: Value| {
        let mut request = json!({"command": {"type": "exec", "program": "true"}});
        let (Some(all), Value::Object(extra)) = (request.as_object_mut(), extra) else { unreachable!() };
        all.extend(extra);
        request
    };
    let requests = [
        json!({
            "id": Uuid::from_u128(1), "command": {"type": "aws_cli", "service": "ec2", "operation": "describe-instances"},
            "env": {"AWS_PROFILE": "prod"}, "working_dir": null, "timeout_ms": 120_000,
            "metadata": {"source": "server", "conversation_id": "uuid"},
        }),
        json!({"command": {"type": "script", "content": "x", "interpreter": "python", "args": ["a"]}}),
        json!({"command": {"type": "shell", "command": "x"}}),
        exec(json!({"inherit_env": "clean"})),
        exec(json!({"inherit_env": {"named": ["A"]}})),
        exec(json!({"stdin": {"type": "none"}})),
        exec(
            json!({"stdin": {"type": "secret", "secret": {"env": "A"}}, "secrets": {"A": {"keychain": "b"}}}),
        ),
        exec(json!({"more": 1})),
        exec(json!({"inherit_env": "some"})),
        exec(json!({"timeout_ms": -1})),
        exec(json!({"stdin": {"type": "text", "text": "a", "more": 1}})),
        json!({"command": {"type": "shell", "command": "x", "args": []}}),
        json!({"command": {"type": "powershell"}}),
        json!({}),
    ];
    for request in requests {
        let read = serde_json::from_value::<ExecutionRequest>(request.clone());
        assert_eq!(schema.is_valid(&request), read.is_ok(), "{request}: {read:?}");
    }
}

#[test]
fn plans_are_accepted_by_the_schema_as_by_the_code() {
    let schema = validator("plan");
    let step = json!({"id": "a", "request": {"command": {"type": "shell", "command": "x"}}});
    let plans = [
        json!({"steps": [step]}),
        json!({"name": "n", "strategy": {"type": "serial"}, "steps": [], "total_timeout_ms": 5, "metadata": {"a": 1}}),
        json!({"strategy": {"type": "dependency_graph", "max_concurrency": 2}, "steps": [
            {"id": "b", "request": step["request"], "depends_on": ["a"], "idempotent": true,
             "retry": {"max_attempts": 2, "initial_delay_ms": 1, "max_delay_ms": 2, "multiplier": 1.5}},
        ]}),
        json!({"strategy": {"type": "parallel"}, "steps": [step]}),
        json!({"strategy": {"type": "serial", "max_concurrency": 1}, "steps": [step]}),
        json!({"steps": [{"id": "a"}]}),
        json!({"steps": [{"id": "a", "request": step["request"], "after": []}]}),
        json!({}),
    ];
    for plan in plans {
        let read = serde_json::from_value::<ExecutionPlan>(plan.clone());
        assert_eq!(schema.is_valid(&plan), read.is_ok(), "{plan}: {read:?}");
    }
}

#[test]
fn answers_are_what_the_schemas_say() {
    let result = ExecutionResult {
        id: Uuid::from_u128(1),
        status: ExecutionStatus::TimedOut,
        exit_code: None,
        signal: Some(15),
        stdout: String::new(),
        stderr: String::new(),
        duration: Duration::from_millis(1),
        started_at: "2025-10-09T10:30:00Z".parse().ok(),
        completed_at: None,
        log_path: None,
        truncated: true,
        teardown: None,
        error: None,
        attempts: 1,
        lines: 0,
        bytes: 0,
    };
    let json = serde_json::to_value(&result).expect("it serialises");
    assert!(validator("result").is_valid(&json), "{json}");
    assert!(validator("status").is_valid(&json["status"]));
    assert!(!validator("status").is_valid(&json!("done")));
    let line = json!({
        "type": "stdout", "executionId": result.id, "stream": "stdout", "line": "hi", "lineNumber": 1,
        "timestamp": "2025-10-09T10:30:00Z",
    });
    assert!(validator("event").is_valid(&line));
}
