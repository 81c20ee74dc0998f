//! The contract of replies and problems.

use groma_api::{ErrorCode, Method, OPERATIONS};
use serde_json::{Value, json};

use crate::world::{ADMIN, Served, problem};

const ID: &str = "01936b2e-7a10-7c43-9a5e-2f0c8d1e4b77";

fn method(method: Method) -> reqwest::Method {
    match method {
        Method::Get => reqwest::Method::GET,
        Method::Post => reqwest::Method::POST,
        Method::Delete => reqwest::Method::DELETE,
    }
}

fn with_id(path: &str) -> String {
    path.split('/').map(|part| if part.starts_with('{') { ID } else { part }).collect::<Vec<_>>().join("/")
}

#[tokio::test]
async fn every_operation_has_its_route_and_its_status() {
    let served = Served::new().await;
    for operation in OPERATIONS {
        let body = match operation.id {
            "scan_start" | "scan_validate" => json!({"kind": "network", "targets": ["127.0.0.1"]}),
            "token_create" => json!({"name": "ci", "scopes": ["read"]}),
            "sql_query" => json!({"sql": "SELECT 1"}),
            "message_create" => json!({"role": "user", "content": "hello"}),
            "session_start" => json!({"code": "once"}),
            _ => json!({}),
        };
        let path = with_id(operation.path);
        let request = if operation.scope.is_some() {
            served.http.request(method(operation.method), served.url(&path)).bearer_auth(ADMIN)
        } else {
            served.page_request(method(operation.method), &path)
        };
        let request = if operation.method == Method::Post { request.json(&body) } else { request };
        let response = request.send().await.unwrap();
        // What this world has none of is routed, and that is all there is to see.
        let domains = [
            "event_type",
            "event_publish",
            "event_statistics",
            "retention",
            "consumer",
            "webhook",
            "key_",
            "execution_",
            "plan_",
            "run_",
        ];
        if domains.iter().any(|domain| operation.id.starts_with(domain)) {
            assert!(matches!(response.status().as_u16(), 400 | 503), "{}", operation.id);
            continue;
        }
        let expected = if operation.id == "events_ws" { 400 } else { operation.status };
        assert_eq!(response.status().as_u16(), expected, "{}", operation.id);
        let content = response.headers().get("content-type").map(|value| value.to_str().unwrap().to_owned());
        if matches!(expected, 200..=203) {
            assert_eq!(content.as_deref(), Some(operation.content), "{}", operation.id);
        }
        if operation.content == "application/json" && !matches!(expected, 204 | 400) {
            let answer: Value = response.json().await.unwrap();
            if !matches!(operation.id, "livez" | "readyz") {
                assert!(answer["message"].is_string(), "{}", operation.id);
                assert!(answer.get("data").is_some(), "{}", operation.id);
                assert_eq!(answer.as_object().unwrap().len(), 2);
            }
        }
    }
}

#[tokio::test]
async fn other_methods_and_paths_are_problems() {
    let served = Served::new().await;
    for operation in OPERATIONS {
        let path = with_id(operation.path);
        let known = |wanted: Method| {
            OPERATIONS.iter().any(|other| with_id(other.path) == path && other.method == wanted)
        };
        for other in [Method::Get, Method::Post, Method::Delete].into_iter().filter(|other| !known(*other)) {
            // `/v1/scans/last` is also `/v1/scans/{id}` to the methods that only the latter has.
            if path == "/v1/scans/last" {
                continue;
            }
            let response = served
                .http
                .request(method(other), served.url(&path))
                .bearer_auth(ADMIN)
                .send()
                .await
                .unwrap();
            assert!(response.headers().contains_key("allow"), "{other:?} {path}");
            problem(response, ErrorCode::MethodNotAllowed).await;
        }
    }
    for path in ["/v1", "/v1/", "/v1/nothing", "/v1/scans/", "/nothing", "/"] {
        problem(served.get(path).send().await.unwrap(), ErrorCode::NotFound).await;
        problem(served.post(path).send().await.unwrap(), ErrorCode::NotFound).await;
    }
}

#[tokio::test]
async fn a_start_says_where_to_look() {
    let served = Served::new().await;
    for (targets, status, existing) in [("127.0.0.1", 202, false), ("same", 200, true)] {
        let body = json!({"kind": "network", "targets": [targets]});
        let response = served.post("/v1/scans").json(&body).send().await.unwrap();
        assert_eq!(response.status(), status);
        assert_eq!(response.headers()["location"], format!("/v1/scan/task/{ID}").as_str());
        assert_eq!(response.headers()["retry-after"], "2");
        let answer: Value = response.json().await.unwrap();
        assert_eq!(answer["data"], json!({"task_id": ID, "existing": existing}));
    }
}

#[tokio::test]
async fn a_poll_has_the_words_of_document_004() {
    let served = Served::new().await;
    let response = served.get(&format!("/v1/scan/task/{ID}?wait=1")).send().await.unwrap();
    assert_eq!(response.headers()["retry-after"], "2");
    let answer: Value = response.json().await.unwrap();
    assert_eq!(
        answer,
        json!({"message": "Task status: STARTED", "data": {"task_id": ID, "state": "STARTED", "result": null}})
    );
    assert!(served.world.last_call().ends_with("Some(1s))"), "{}", served.world.last_call());
    let response = served.post(&format!("/v1/scan/task/{ID}/cancel")).send().await.unwrap();
    assert!(!response.headers().contains_key("retry-after"));
    let answer: Value = response.json().await.unwrap();
    assert_eq!(answer["message"], "Task status: SUCCESS");
    assert!(served.world.last_call().contains("keep_partial_results: true"));
}

#[tokio::test]
async fn a_long_poll_ends_when_the_server_stops() {
    let served = Served::new().await;
    let poll = tokio::spawn(served.get(&format!("/v1/scan/task/{ID}?wait=60")).send());
    crate::world::soon(async {
        while !served.world.last_call().starts_with("task_get") {
            tokio::task::yield_now().await;
        }
    })
    .await;
    served.stop().await;
    assert_eq!(poll.await.unwrap().unwrap().status(), 200);
}

#[tokio::test]
async fn what_is_wrong_with_a_body_is_said() {
    let served = Served::new().await;
    let send = |body: &str, content: &'static str| {
        served.post("/v1/scans").header("content-type", content).body(body.to_owned()).send()
    };
    let json = "application/json";
    for (body, content, field, word) in [
        ("{\"kind\":", json, Some("kind"), "line 1 column 8"),
        ("{\"kind\":\"network\",\"targets\":[\"a\"]} x", json, None, "trailing characters"),
        (
            "{\"kind\":\"network\",\"targets\":[\"a\"],\"colour\":1}",
            json,
            Some("colour"),
            "unknown field `colour`",
        ),
        ("{\"kind\":\"network\",\"targets\":[7]}", json, None, "invalid type: integer `7`"),
        ("{\"kind\":\"cloud\"}", json, Some("kind"), "unknown variant `cloud`"),
        ("{\"kind\":\"network\"}", json, None, "missing field `targets`"),
        ("kind=network", "application/x-www-form-urlencoded", Some("Content-Type"), "application/json"),
        ("{}", "text/plain", Some("Content-Type"), "application/json"),
    ] {
        let problem = problem(send(body, content).await.unwrap(), ErrorCode::InvalidRequest).await;
        assert!(problem.detail.contains(word), "{body}: {}", problem.detail);
        assert_eq!(problem.field.as_deref(), field, "{body}");
    }
    let response = served
        .post("/v1/tokens")
        .json(&json!({"name": "x", "scopes": ["read", "root"]}))
        .send()
        .await
        .unwrap();
    assert_eq!(problem(response, ErrorCode::InvalidRequest).await.field.as_deref(), Some("scopes[1]"));
    assert!(served.world.calls.lock().unwrap().is_empty());
}

#[tokio::test]
async fn what_is_wrong_with_parameters_is_said() {
    let served = Served::new().await;
    for (path, field) in [
        ("/v1/scans/not-an-id", "id"),
        (&format!("/v1/scans/{ID}/diff/other"), "other"),
        ("/v1/scan/task/7", "task_id"),
        ("/v1/hosts/7", "id"),
        ("/v1/scans?colour=red", "colour"),
        ("/v1/scans?limit=many", "limit"),
        ("/v1/version?colour=red", "colour"),
        (&format!("/v1/scan/task/{ID}?wait=-1"), "wait"),
        ("/v1/events?after=nowhere", "after"),
        ("/v1/events?types=a%20b", "types"),
        ("/v1/events/history?limit=0", "limit"),
    ] {
        let problem = problem(served.get(path).send().await.unwrap(), ErrorCode::InvalidRequest).await;
        assert_eq!(problem.field.as_deref(), Some(field), "{path}: {}", problem.detail);
    }
    let response = served.get("/v1/scans/01936b2e-7a10-7c43-9a5e-2f0c8d1e4b00").send().await.unwrap();
    problem(response, ErrorCode::NotFound).await;
}

#[tokio::test]
async fn queries_reach_the_backend() {
    let served = Served::new().await;
    let response =
        served.get("/v1/scans?active=true&status=running&limit=7&cursor=a%2Bb").send().await.unwrap();
    assert_eq!(response.status(), 200);
    let call = served.world.last_call();
    for part in ["active: Some(true)", "status: Some(Running)", "limit: Some(7)", "cursor: Some(\"a+b\")"] {
        assert!(call.contains(part), "{call}");
    }
}

#[tokio::test]
async fn a_large_body_is_refused_whether_it_says_so_or_not() {
    let served = Served::new().await;
    let large = vec![b' '; 1024 * 1024 + 1];
    let told = served.post("/v1/scans").header("content-type", "application/json").body(large.clone());
    problem(told.send().await.unwrap(), ErrorCode::TooLarge).await;
    let chunks = futures::stream::iter(
        large.chunks(65536).map(|chunk| Ok::<_, std::io::Error>(chunk.to_vec())).collect::<Vec<_>>(),
    );
    let untold = served
        .post("/v1/scans")
        .header("content-type", "application/json")
        .body(reqwest::Body::wrap_stream(chunks));
    // The server may close while the rest is on its way: an answer, if one arrives, is the refusal.
    if let Ok(response) = untold.send().await {
        problem(response, ErrorCode::TooLarge).await;
    }
    assert!(served.world.calls.lock().unwrap().is_empty());
}

#[tokio::test]
async fn head_is_get_without_the_body() {
    let served = Served::new().await;
    for path in ["/v1/version", "/livez", "/v1/events"] {
        let response = served.http.head(served.url(path)).bearer_auth(ADMIN).send().await.unwrap();
        assert_eq!(response.status(), 200, "{path}");
        assert!(response.bytes().await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn large_json_is_packed_on_demand() {
    let served = Served::new().await;
    let packed = |path: &str| served.get(path).header("accept-encoding", "gzip").send();
    let response = packed("/v1/summary").await.unwrap();
    assert_eq!(response.headers()["content-encoding"], "gzip");
    assert!(response.headers()["vary"].to_str().unwrap().contains("accept-encoding"));
    assert_eq!(response.bytes().await.unwrap()[..2], [0x1f, 0x8b]);
    for path in ["/v1/version", "/v1/events"] {
        let response = packed(path).await.unwrap();
        assert!(!response.headers().contains_key("content-encoding"), "{path}");
    }
    assert!(!served.get("/v1/summary").send().await.unwrap().headers().contains_key("content-encoding"));
}

#[tokio::test]
async fn health_needs_nobody_and_metrics_somebody() {
    let served = Served::new().await;
    let open = |path: &str| served.http.get(served.url(path)).send();
    assert_eq!(open("/readyz").await.unwrap().status(), 200);
    problem(open("/metrics").await.unwrap(), ErrorCode::Unauthenticated).await;
    let metrics = served.get("/metrics").send().await.unwrap();
    assert_eq!(metrics.headers()["content-type"], "text/plain; version=0.0.4");
    assert_eq!(metrics.text().await.unwrap(), "groma_up 1\n");
    served.world.failing.store(true, std::sync::atomic::Ordering::SeqCst);
    let ready = open("/readyz").await.unwrap();
    assert_eq!(ready.status(), 503);
    assert_eq!(
        ready.json::<Value>().await.unwrap(),
        json!({"status": "failing", "checks": {"storage": "failing"}})
    );
    assert_eq!(open("/livez").await.unwrap().status(), 200);
}

#[tokio::test]
async fn an_error_of_the_backend_keeps_its_code() {
    let served = Served::new().await;
    let body = json!({"kind": "network", "targets": ["8.8.8.8"]});
    let problem =
        problem(served.post("/v1/scans").json(&body).send().await.unwrap(), ErrorCode::PublicTarget).await;
    assert_eq!(problem.problem_type, "/problems/public-target");
    assert!(!problem.retryable);
}
