//! The journal as server-sent events and as lines.

use std::time::Duration;

use futures::StreamExt;
use groma_api::ErrorCode;
use groma_http::{EdgeOptions, Limits};
use serde_json::Value;

use crate::world::{ADMIN, Served, soon};

/// The body of a stream, read piece by piece.
struct Body {
    response: reqwest::Response,
    text: String,
}

impl Body {
    async fn open(request: reqwest::RequestBuilder) -> Self {
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 200);
        Self { response, text: String::new() }
    }

    /// Reads until the text fits.
    async fn until(&mut self, fits: impl Fn(&str) -> bool) -> &str {
        while !fits(&self.text) {
            let chunk = soon(self.response.chunk()).await.unwrap().expect("the stream ended early");
            self.text.push_str(std::str::from_utf8(&chunk).unwrap());
        }
        &self.text
    }

    async fn end(mut self) -> String {
        while let Some(chunk) = soon(self.response.chunk()).await.unwrap() {
            self.text.push_str(std::str::from_utf8(&chunk).unwrap());
        }
        self.text
    }
}

fn ids(text: &str) -> Vec<u64> {
    let ids = text.lines().filter_map(|line| line.strip_prefix("id: "));
    ids.map(|id| id.rsplit_once('-').unwrap().1.parse().unwrap()).collect()
}

#[tokio::test]
async fn frames_are_as_browsers_expect_them() {
    let served = Served::new().await;
    served.world.journal.append();
    served.world.journal.control();
    served.world.journal.append();
    let mut body = Body::open(served.get("/v1/events?after=oldest")).await;
    assert_eq!(body.response.headers()["content-type"], "text/event-stream");
    assert_eq!(body.response.headers()["x-accel-buffering"], "no");
    assert_eq!(body.response.headers()["cache-control"], "no-store");
    let text = body.until(|text| ids(text).len() == 2).await.to_owned();
    let all = served.world.journal.all();
    let json = |at: usize| std::str::from_utf8(&all[at].json).unwrap().to_owned();
    let expected = format!(
        "retry: 2000\n\nid: 1763740800000-00000000000000000001\ndata: {}\n\ndata: {}\n\n\
         id: 1763740800000-00000000000000000002\ndata: {}\n\n",
        json(0),
        json(1),
        json(2)
    );
    assert_eq!(text, expected);
    served.world.journal.append();
    body.until(|text| ids(text) == [1, 2, 3]).await;
}

#[tokio::test]
async fn a_reader_goes_on_where_it_was() {
    let served = Served::new().await;
    served.world.journal.append_many(5);
    let last = "1763740800000-00000000000000000003";
    for request in [
        served.get("/v1/events?follow=false&after=oldest").header("last-event-id", last),
        served.get("/v1/events?follow=false&since=2020-01-01T00:00:00Z").header("last-event-id", last),
        served.get(&format!("/v1/events?follow=false&after={last}")),
        served.get(&format!("/v1/events?follow=false&after={last}")).header("last-event-id", ""),
    ] {
        assert_eq!(ids(&Body::open(request).await.end().await), [4, 5]);
    }
    let live = Body::open(served.get("/v1/events?follow=false")).await.end().await;
    assert!(ids(&live).is_empty());
}

#[tokio::test]
async fn a_filter_holds() {
    let served = Served::new().await;
    served.world.journal.append();
    served.world.journal.append_system(1);
    let body = Body::open(served.get("/v1/events?follow=false&after=oldest&types=groma.system.*")).await;
    assert_eq!(ids(&body.end().await), [2]);
}

#[tokio::test]
async fn a_silent_stream_says_that_it_lives() {
    let options = EdgeOptions { keep_alive: Duration::from_millis(20), ..EdgeOptions::default() };
    let served = Served::with(options, Limits::default()).await;
    let mut body = Body::open(served.get("/v1/events")).await;
    body.until(|text| text.matches(": keep-alive\n\n").count() >= 3).await;
    let lines = served.get("/v1/events").header("accept", "application/x-ndjson");
    let mut body = Body::open(lines).await;
    body.until(|text| text.len() >= 3).await;
    assert_eq!(body.text.trim(), "");
}

#[tokio::test]
async fn a_stop_ends_streams_with_a_word() {
    let served = Served::new().await;
    let mut events = Body::open(served.get("/v1/events")).await;
    let mut lines = Body::open(served.get("/v1/events").header("accept", "application/x-ndjson")).await;
    events.until(|text| text.ends_with("\n\n")).await;
    lines.until(|text| text == "\n").await;
    served.stop().await;
    assert_eq!(events.end().await, "retry: 2000\n\n: server is stopping\n\n");
    let problem: Value = serde_json::from_str(lines.end().await.trim()).unwrap();
    assert_eq!(problem["code"], "UNAVAILABLE");
}

#[tokio::test]
async fn a_failure_ends_streams_with_its_code() {
    let served = Served::new().await;
    let events = Body::open(served.get("/v1/events")).await;
    served.world.journal.break_with(ErrorCode::StorageFailed);
    assert!(events.end().await.ends_with(": stream ended: STORAGE_FAILED\n\n"));
    let lines = Body::open(served.get("/v1/events").header("accept", "application/x-ndjson")).await;
    served.world.journal.break_with(ErrorCode::StorageFailed);
    let problem: Value = serde_json::from_str(lines.end().await.trim()).unwrap();
    assert_eq!(problem["code"], "STORAGE_FAILED");
}

#[tokio::test]
async fn a_revoked_token_loses_its_stream() {
    let options = EdgeOptions { keep_alive: Duration::from_millis(20), ..EdgeOptions::default() };
    let served = Served::with(options, Limits::default()).await;
    let mut body = Body::open(served.get("/v1/events")).await;
    body.until(|text| text.contains(": keep-alive")).await;
    served.world.revoked.store(true, std::sync::atomic::Ordering::SeqCst);
    assert!(body.end().await.ends_with(": stream ended: UNAUTHENTICATED\n\n"));
}

#[tokio::test]
async fn lines_carry_the_same_frames() {
    let served = Served::new().await;
    served.world.journal.append_many(3);
    served.world.journal.control();
    let request = served.get("/v1/events?after=oldest&follow=false").header("accept", "application/x-ndjson");
    let body = Body::open(request).await;
    assert_eq!(body.response.headers()["content-type"], "application/x-ndjson");
    let text = body.end().await;
    let lines: Vec<&str> = text.lines().filter(|line| !line.is_empty()).collect();
    let all = served.world.journal.all();
    assert_eq!(lines, all.iter().map(|frame| std::str::from_utf8(&frame.json).unwrap()).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_reader_who_does_not_read_holds_nobody_up() {
    let served = Served::new().await;
    let stalled = served.get("/v1/events").send().await.unwrap();
    let mut brisk = Body::open(served.get("/v1/events")).await;
    for _ in 0..100 {
        served.world.journal.append_system(100_000);
    }
    brisk.until(|text| ids(text).len() == 100).await;
    // Nothing is lost for the one who comes back.
    let mut chunks = stalled.bytes_stream();
    let mut text = Vec::new();
    while ids(&String::from_utf8_lossy(&text)).len() < 100 {
        text.extend_from_slice(&soon(chunks.next()).await.unwrap().unwrap());
    }
    assert_eq!(ids(&String::from_utf8_lossy(&text)), (1..=100).collect::<Vec<_>>());
    assert_eq!(served.http.get(served.url("/livez")).bearer_auth(ADMIN).send().await.unwrap().status(), 200);
}
