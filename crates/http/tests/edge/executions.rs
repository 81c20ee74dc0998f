//! Logs as texts, and the schemas of what runs.

use groma_api::{ErrorCode, LogPage};
use groma_execution_types::{Line, Stream};
use serde_json::Value;
use uuid::Uuid;

use crate::world::{Served, problem};

/// The lines of the only execution that this world has a log of.
const LINES: u64 = 5;

/// Returns a page of at most two lines of it.
pub(crate) fn page(from_line: u64) -> LogPage {
    let line = |line_number: u64| Line {
        execution_id: Uuid::max(),
        stream: Stream::Stdout,
        line: format!("line {line_number}"),
        line_number,
        partial: line_number == 2,
        timestamp: "2026-11-21T15:04:05Z".parse().unwrap(),
    };
    let next_line = (from_line + 2).min(LINES + 1);
    let lines = (from_line..next_line).map(line).collect();
    LogPage { lines, next_line, last_line: LINES, gaps: Vec::new(), ended: true }
}

#[tokio::test]
async fn a_log_is_a_text_for_who_asks_for_one() {
    let served = Served::new().await;
    let path = format!("/v1/executions/{}/logs", Uuid::max());
    let text = |path: String| served.get(&path).header("accept", "text/plain").send();
    let whole = text(path.clone()).await.unwrap();
    assert_eq!(whole.headers()["content-type"], "text/plain; charset=utf-8");
    assert_eq!(whole.text().await.unwrap(), "line 1\nline 2line 3\nline 4\nline 5\n");
    let part = text(format!("{path}?from_line=3&limit=2")).await.unwrap();
    assert_eq!(part.text().await.unwrap(), "line 3\nline 4\n");
    let json: Value = served.get(&path).send().await.unwrap().json().await.unwrap();
    assert_eq!(json["data"]["lines"][0]["lineNumber"], 1);
    // What is refused is refused before anything is sent.
    let missing = text(format!("/v1/executions/{}/logs", Uuid::nil())).await.unwrap();
    problem(missing, ErrorCode::Unavailable).await;
}

#[tokio::test]
async fn the_schemas_of_executions_are_served() {
    let served = Served::new().await;
    for name in ["request", "result", "status", "event", "plan"] {
        let path = format!("/schemas/execution-{name}/v1");
        let response = served.http.get(served.url(&path)).send().await.unwrap();
        assert_eq!(response.status(), 200, "{name}");
        assert_eq!(response.headers()["content-type"], "application/schema+json");
        let schema: Value = response.json().await.unwrap();
        assert_eq!(schema["$id"], path.as_str());
    }
}
