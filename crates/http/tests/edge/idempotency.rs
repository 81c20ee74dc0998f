//! Changes that are asked for again.

use groma_api::{AttemptEnd, ErrorCode};
use reqwest::Response;
use serde_json::{Value, json};

use crate::world::{ADMIN, READER, Served, problem, soon};

async fn start(served: &Served, key: &str, target: &str) -> Response {
    let body = json!({"kind": "network", "targets": [target]});
    served.post("/v1/scans").header("idempotency-key", key).json(&body).send().await.unwrap()
}

fn starts(served: &Served) -> usize {
    served.world.calls.lock().unwrap().iter().filter(|call| call.starts_with("scan_start")).count()
}

#[tokio::test]
async fn a_repeated_change_is_made_once_and_answered_the_same() {
    let served = Served::new().await;
    let first = start(&served, "a-1", "127.0.0.1").await;
    assert!(!first.headers().contains_key("idempotency-replayed"));
    let headers = ["content-type", "location", "retry-after"].map(|name| first.headers()[name].clone());
    let (status, body) = (first.status(), first.text().await.unwrap());
    for key in ["a-1", "\"a-1\""] {
        let again = start(&served, key, "127.0.0.1").await;
        assert_eq!(again.headers()["idempotency-replayed"], "true");
        let told = ["content-type", "location", "retry-after"].map(|name| again.headers()[name].clone());
        assert_eq!((again.status(), told), (status, headers.clone()));
        assert_eq!(again.text().await.unwrap(), body);
    }
    assert_eq!(starts(&served), 1);
    assert_eq!(start(&served, "a-2", "127.0.0.1").await.status(), 202);
    assert_eq!(starts(&served), 2, "another key is another request");
}

#[tokio::test]
async fn a_key_stands_for_one_request_of_one_principal() {
    let served = Served::new().await;
    start(&served, "a", "127.0.0.1").await;
    problem(start(&served, "a", "127.0.0.2").await, ErrorCode::IdempotencyMismatch).await;
    // Who may not, may not by repeating somebody's request either.
    let body = json!({"kind": "network", "targets": ["127.0.0.1"]});
    let other = served.http.post(served.url("/v1/scans")).bearer_auth(READER);
    let other = other.header("idempotency-key", "a").json(&body).send().await.unwrap();
    problem(other, ErrorCode::Forbidden).await;
    // The same key for another operation, or for another thing, is not the same request.
    let cancel = |id: &str| {
        served
            .post(&format!("/v1/scan/task/{id}/cancel"))
            .header("idempotency-key", "a")
            .json(&json!({}))
            .send()
    };
    let id = "01936b2e-7a10-7c43-9a5e-2f0c8d1e4b77";
    assert_eq!(cancel(id).await.unwrap().status(), 200);
    let elsewhere = cancel("01936b2e-7a10-7c43-9a5e-2f0c8d1e4b78").await.unwrap();
    problem(elsewhere, ErrorCode::IdempotencyMismatch).await;
    assert_eq!(starts(&served), 1);
}

#[tokio::test]
async fn what_was_refused_may_be_asked_again() {
    let served = Served::new().await;
    problem(start(&served, "a", "8.8.8.8").await, ErrorCode::PublicTarget).await;
    problem(start(&served, "a", "8.8.8.8").await, ErrorCode::PublicTarget).await;
    assert_eq!(start(&served, "a", "127.0.0.1").await.status(), 202);
    let bad = served.post("/v1/scans").header("idempotency-key", "b").body("{").send().await.unwrap();
    problem(bad, ErrorCode::InvalidRequest).await;
    assert_eq!(start(&served, "b", "127.0.0.1").await.status(), 202);
}

#[tokio::test]
async fn answers_with_secrets_are_not_kept() {
    let served = Served::new().await;
    let make = || {
        let body = json!({"name": "ci", "scopes": ["read"]});
        served.post("/v1/tokens").header("idempotency-key", "t").json(&body).send()
    };
    let made: Value = make().await.unwrap().json().await.unwrap();
    assert_eq!(made["data"]["secret"], "new-secret");
    problem(make().await.unwrap(), ErrorCode::Conflict).await;
    let kept = served.world.attempts.lock().unwrap().clone();
    assert_eq!(kept[0].1, Some(AttemptEnd::AnsweredSecretly));
}

#[tokio::test]
async fn keys_that_are_none_are_refused_and_reads_need_none() {
    let served = Served::new().await;
    for key in ["", "\"\"", &"x".repeat(256)] {
        problem(start(&served, key, "127.0.0.1").await, ErrorCode::InvalidRequest).await;
    }
    let read = served.get("/v1/version").header("idempotency-key", "x".repeat(300)).send().await.unwrap();
    assert_eq!(read.status(), 200);
    assert!(served.world.attempts.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_caller_that_goes_away_leaves_nothing_half_done() {
    use tokio::io::AsyncWriteExt;
    let served = Served::new().await;
    let body = json!({"kind": "network", "targets": ["127.0.0.1"]}).to_string();
    for key in 0..20 {
        let mut stream = tokio::net::TcpStream::connect(served.address).await.unwrap();
        let head = format!(
            "POST /v1/scans HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {ADMIN}\r\nIdempotency-Key: {key}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(head.as_bytes()).await.unwrap();
    }
    soon(async {
        // Some may have gone away before they were heard; whatever began has an end.
        loop {
            let attempts = served.world.attempts.lock().unwrap().clone();
            if !attempts.is_empty() && attempts.iter().all(|(_, end)| end.is_some()) {
                return;
            }
            tokio::task::yield_now().await;
        }
    })
    .await;
    served.stop().await;
}
