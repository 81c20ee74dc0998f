//! The JSON that others rely on, as it stands in the contract.

use std::time::Duration;

use groma_execution_types::{
    ExecutionEvent, ExecutionPlan, ExecutionResult, ExecutionStatus, Line, Mechanism, OnError, Strategy,
    Stream, Teardown,
};
use serde_json::json;
use uuid::Uuid;

#[test]
fn a_result_has_exactly_the_fields_of_the_contract() {
    let id = Uuid::from_u128(7);
    let result = ExecutionResult {
        id,
        status: ExecutionStatus::Completed,
        exit_code: Some(0),
        signal: None,
        stdout: "hello\n".to_owned(),
        stderr: String::new(),
        duration: Duration::from_millis(2500),
        started_at: "2025-10-09T10:30:00Z".parse().ok(),
        completed_at: "2025-10-09T10:30:02.5Z".parse().ok(),
        log_path: Some(format!("/tmp/cloudops-executions/{id}.log").into()),
        truncated: false,
        teardown: Some(Teardown {
            mechanism: Mechanism::ProcessGroup,
            forced: false,
            swept: 0,
            survivors: Vec::new(),
            pipes_held: false,
        }),
        error: None,
        attempts: 1,
        lines: 1,
        bytes: 6,
    };
    let expected = json!({
        "id": id, "status": "completed", "exit_code": 0, "signal": null, "stdout": "hello\n", "stderr": "",
        "duration": "2.5s", "started_at": "2025-10-09T10:30:00Z", "completed_at": "2025-10-09T10:30:02.5Z",
        "log_path": format!("/tmp/cloudops-executions/{id}.log"), "truncated": false,
        "teardown": {
            "mechanism": "process_group", "forced": false, "swept": 0, "survivors": [], "pipes_held": false,
        },
        "attempts": 1, "lines": 1, "bytes": 6,
    });
    assert_eq!(serde_json::to_value(&result).expect("it serialises"), expected);
    assert_eq!(serde_json::from_value::<ExecutionResult>(expected).expect("it reads back"), result);
}

#[test]
fn every_status_has_its_word() {
    use ExecutionStatus as S;
    let all =
        [S::Pending, S::Running, S::Completed, S::Failed, S::Cancelled, S::TimedOut, S::Skipped, S::Lost];
    let words =
        json!(["pending", "running", "completed", "failed", "cancelled", "timed_out", "skipped", "lost"]);
    assert_eq!(serde_json::to_value(all).expect("it serialises"), words);
}

#[test]
fn the_plans_of_the_contract_read_as_they_stand() {
    let step = json!({"id": "a", "request": {"command": {"type": "shell", "command": "true"}}});
    let strategies = [
        (json!({"type": "serial", "on_error": "continue"}), Strategy::Serial { on_error: OnError::Continue }),
        (json!({"type": "serial"}), Strategy::Serial { on_error: OnError::Stop }),
        (json!({"type": "parallel", "max_concurrency": 4}), Strategy::Parallel { max_concurrency: 4 }),
        (
            json!({"type": "dependency_graph", "max_concurrency": 2}),
            Strategy::DependencyGraph { max_concurrency: 2 },
        ),
    ];
    for (strategy, expected) in strategies {
        let plan = json!({"strategy": strategy, "steps": [step]});
        let plan: ExecutionPlan = serde_json::from_value(plan).expect("it is a plan");
        assert_eq!(plan.strategy, expected);
    }
    let plan: ExecutionPlan = serde_json::from_value(json!({"steps": [{
        "id": "a", "request": {"command": {"type": "shell", "command": "true"}}, "depends_on": [], "idempotent": true,
        "retry": {"max_attempts": 3},
    }]}))
    .expect("it is a plan");
    let retry = plan.steps[0].retry.clone().expect("a retry");
    assert_eq!((retry.max_attempts, retry.initial_delay_ms, retry.max_delay_ms), (3, 1000, 60_000));
    assert_eq!(plan.strategy, Strategy::Serial { on_error: OnError::Stop });
}

#[test]
fn a_line_is_told_in_the_words_of_the_contract() {
    let id = Uuid::from_u128(7);
    let mut line = Line {
        execution_id: id,
        stream: Stream::Stderr,
        line: "oh".to_owned(),
        line_number: 3,
        partial: false,
        timestamp: "2025-10-09T10:30:00Z".parse().expect("a time"),
    };
    let mut expected = json!({
        "type": "stderr", "executionId": id, "stream": "stderr", "line": "oh", "lineNumber": 3,
        "timestamp": "2025-10-09T10:30:00Z",
    });
    assert_eq!(serde_json::to_value(ExecutionEvent::Stderr(line.clone())).expect("it serialises"), expected);
    line.partial = true;
    expected["partial"] = json!(true);
    assert_eq!(serde_json::to_value(ExecutionEvent::Stderr(line)).expect("it serialises"), expected);
}
