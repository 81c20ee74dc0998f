//! How many requests and connections there may be, and what those beyond are told.

use std::time::Duration;

use groma_api::{ErrorCode, Problem};
use groma_http::{EdgeOptions, Limits, RequestRate};
use reqwest::header::HeaderMap;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UnixStream};

use crate::world::{ADMIN, READER, Served, problem, soon};

/// So slow that nothing comes back within a test.
fn burst(burst: u32) -> EdgeOptions {
    EdgeOptions { rate: RequestRate { interval: Duration::from_secs(3600), burst }, ..EdgeOptions::default() }
}

fn waits(headers: &HeaderMap) -> u64 {
    headers["retry-after"].to_str().unwrap().parse().unwrap()
}

#[tokio::test]
async fn each_principal_has_its_own_rate() {
    let served = Served::with(burst(3), Limits::default()).await;
    for left in ["2", "1", "0"] {
        let response = served.get("/v1/version").send().await.unwrap();
        assert_eq!(response.status(), 200);
        let told = response.headers()["ratelimit"].to_str().unwrap().to_owned();
        assert!(told.starts_with(&format!("\"default\";r={left};t=")), "{told}");
        assert_eq!(response.headers()["ratelimit-policy"], "\"default\";q=3;w=10800");
    }
    let refused = served.get("/v1/version").send().await.unwrap();
    let wait = waits(refused.headers());
    assert!((1..=3600).contains(&wait));
    assert_eq!(refused.headers()["ratelimit"], format!("\"default\";r=0;t={wait}").as_str());
    assert_eq!(refused.headers()["x-content-type-options"], "nosniff");
    let told = problem(refused, ErrorCode::TooManyRequests).await;
    assert_eq!(told.retry_after_seconds, Some(wait));
    assert!(told.retryable);
    // Somebody else from the same address is not touched.
    let other = served.http.get(served.url("/v1/version")).bearer_auth(READER);
    assert_eq!(other.send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn forbidden_requests_count_and_are_noted_no_more_than_let_through() {
    let served = Served::with(burst(2), Limits::default()).await;
    let body = json!({"kind": "network", "targets": ["127.0.0.1"]});
    let start = || served.http.post(served.url("/v1/scans")).bearer_auth(READER).json(&body).send();
    for _ in 0..2 {
        problem(start().await.unwrap(), ErrorCode::Forbidden).await;
    }
    problem(start().await.unwrap(), ErrorCode::TooManyRequests).await;
    assert_eq!(served.world.refusals().len(), 2);
}

#[tokio::test]
async fn what_is_open_to_all_is_counted_by_address() {
    let served = Served::with(burst(4), Limits::default()).await;
    for path in ["/livez", "/openapi.json", "/nothing", "/schemas/groma.x/v1"] {
        let response = served.http.get(served.url(path)).send().await.unwrap();
        assert_ne!(response.status(), 429, "{path}");
        assert!(response.headers().contains_key("ratelimit"), "{path}");
    }
    for path in ["/livez", "/openapi.json", "/nothing"] {
        problem(served.http.get(served.url(path)).send().await.unwrap(), ErrorCode::TooManyRequests).await;
    }
    assert_eq!(
        served.get("/v1/version").send().await.unwrap().status(),
        200,
        "who is signed in is not touched"
    );
}

#[tokio::test]
async fn the_owner_on_the_socket_is_not_counted() {
    let served = Served::with(burst(1), Limits::default()).await;
    let mut stream = UnixStream::connect(&served.socket).await.unwrap();
    for _ in 0..5 {
        stream.write_all(b"GET /v1/version HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
        let mut start = [0; 15];
        soon(stream.read_exact(&mut start)).await.unwrap();
        assert_eq!(&start, b"HTTP/1.1 200 OK");
        let mut rest = vec![0; 4096];
        assert!(soon(stream.read(&mut rest)).await.unwrap() > 0);
    }
}

#[tokio::test]
async fn refused_tokens_are_counted_strictly() {
    let served = Served::new().await;
    let with = |token: &'static str| served.http.get(served.url("/v1/version")).bearer_auth(token).send();
    for _ in 0..10 {
        problem(with("wrong").await.unwrap(), ErrorCode::Unauthenticated).await;
    }
    let refused = with("wrong").await.unwrap();
    assert!((1..=6).contains(&waits(refused.headers())));
    problem(refused, ErrorCode::TooManyRequests).await;
    assert_eq!(with(ADMIN).await.unwrap().status(), 200, "a good token is never mistaken for a bad one");
    // Nor are refused changes written down without end.
    let body = json!({"kind": "network", "targets": ["127.0.0.1"]});
    let start = served.http.post(served.url("/v1/scans")).bearer_auth("wrong").json(&body);
    problem(start.send().await.unwrap(), ErrorCode::TooManyRequests).await;
    assert!(served.world.refusals().is_empty());
}

#[tokio::test]
async fn a_page_whose_session_has_ended_is_told_so_however_much_it_asks() {
    let served = Served::new().await;
    for cookie in ["groma_session=ended", "other=1"].iter().cycle().take(30) {
        let response =
            served.http.get(served.url("/v1/version")).header("cookie", *cookie).send().await.unwrap();
        problem(response, ErrorCode::Unauthenticated).await;
    }
    // What is noted is counted strictly.
    let change = || {
        let body = json!({"kind": "network", "targets": ["127.0.0.1"]});
        served.http.post(served.url("/v1/scans")).header("cookie", "groma_session=ended").json(&body).send()
    };
    for _ in 0..30 {
        assert!(matches!(change().await.unwrap().status().as_u16(), 401 | 429));
    }
    assert!(served.world.refusals().len() <= 15, "{}", served.world.refusals().len());
}

#[tokio::test]
async fn sign_in_codes_cannot_be_tried_out() {
    let served = Served::new().await;
    let sign_in =
        |code: &'static str| served.http.post(served.url("/v1/session")).json(&json!({"code": code})).send();
    for _ in 0..15 {
        assert_eq!(sign_in("once").await.unwrap().status(), 201, "good ones do not count");
    }
    let mut tried = 0;
    loop {
        let response = sign_in("twice").await.unwrap();
        if response.status() == 429 {
            break;
        }
        problem(response, ErrorCode::Unauthenticated).await;
        tried += 1;
        assert!(tried <= 11);
    }
    assert!(tried >= 10);
}

/// Opens a connection and asks something, without reading the answer.
async fn ask(served: &Served) -> TcpStream {
    let mut stream = TcpStream::connect(served.address).await.unwrap();
    stream.write_all(b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    stream
}

async fn status(stream: &mut TcpStream) -> String {
    let mut start = [0; 12];
    soon(stream.read_exact(&mut start)).await.unwrap();
    String::from_utf8(start.to_vec()).unwrap()
}

#[tokio::test]
async fn connections_beyond_the_limit_are_told_and_closed_while_others_go_on() {
    let limits = Limits { connections_max: 100, ..Limits::default() };
    let served = Served::with(EdgeOptions::default(), limits).await;
    let mut kept = Vec::new();
    for _ in 0..100 {
        let mut stream = ask(&served).await;
        assert_eq!(status(&mut stream).await, "HTTP/1.1 200");
        kept.push(stream);
    }
    let mut refused = Vec::new();
    for _ in 0..200 {
        refused.push(ask(&served).await);
    }
    let mut told = 0;
    for mut stream in refused {
        let mut answer = String::new();
        // Beyond so many refusals at once, connections are closed without a word.
        match soon(stream.read_to_string(&mut answer)).await {
            Ok(0) | Err(_) => continue,
            Ok(_) => told += 1,
        }
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 503 Service Unavailable\r\n"), "{head}");
        for header in ["connection: close", "retry-after: 5", "x-content-type-options: nosniff"] {
            assert!(head.contains(header), "{head}");
        }
        let problem: Problem = serde_json::from_str(body).unwrap();
        assert_eq!(problem.code, ErrorCode::Unavailable);
        assert!(problem.detail.contains("100 connections"), "{}", problem.detail);
    }
    assert!(told >= 100, "{told}");
    for stream in &mut kept {
        let mut rest = vec![0; 4096];
        assert!(soon(stream.read(&mut rest)).await.unwrap() > 0);
        stream.write_all(b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
        assert_eq!(status(stream).await, "HTTP/1.1 200", "who is in stays in");
    }
    // A place that becomes free is given away again.
    drop(kept);
    soon(async {
        loop {
            let mut stream = ask(&served).await;
            let mut start = [0; 12];
            if stream.read_exact(&mut start).await.is_ok() && &start == b"HTTP/1.1 200" {
                return;
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_reader_that_takes_nothing_gives_up_its_place() {
    let limits =
        Limits { connections_max: 1, stall_timeout: Duration::from_millis(500), ..Limits::default() };
    let served = Served::with(EdgeOptions::default(), limits).await;
    let mut stuck = TcpStream::connect(served.address).await.unwrap();
    let head = format!(
        "GET /v1/events?after=oldest HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {ADMIN}\r\n\r\n"
    );
    stuck.write_all(head.as_bytes()).await.unwrap();
    assert_eq!(status(&mut stuck).await, "HTTP/1.1 200");
    // More than the system's buffers hold.
    for _ in 0..100 {
        served.world.journal.append_system(300_000);
    }
    soon(async {
        loop {
            let mut other = ask(&served).await;
            let mut start = [0; 12];
            if other.read_exact(&mut start).await.is_ok() && &start == b"HTTP/1.1 200" {
                return;
            }
        }
    })
    .await;
}

#[tokio::test]
async fn streams_of_a_websocket_count_as_requests() {
    let served = Served::with(burst(3), Limits::default()).await;
    let mut socket = crate::websocket::open(&served).await;
    for id in ["a", "b"] {
        socket.subscribe(id, json!({})).await;
    }
    socket.say(json!({"type": "subscribe", "id": "c"})).await;
    assert_eq!(socket.hear().await["problem"]["code"], "TOO_MANY_REQUESTS");
}

#[tokio::test]
async fn an_early_end_of_a_refused_connection_harms_nobody() {
    let limits = Limits { connections_max: 1, ..Limits::default() };
    let served = Served::with(EdgeOptions::default(), limits).await;
    let mut first = ask(&served).await;
    assert_eq!(status(&mut first).await, "HTTP/1.1 200");
    for _ in 0..300 {
        drop(TcpStream::connect(served.address).await.unwrap());
    }
    let mut silent = TcpStream::connect(served.address).await.unwrap();
    silent.shutdown().await.unwrap();
    let mut rest = Vec::new();
    soon(silent.read_to_end(&mut rest)).await.ok();
    soon(served.stop()).await;
}
