//! Entity tags, and the corners of HTTP.

use groma_api::ErrorCode;
use reqwest::Method;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::world::{ADMIN, Served, problem, soon};

#[tokio::test]
async fn what_has_not_changed_is_not_sent_again() {
    let served = Served::new().await;
    for packed in [false, true] {
        let get = || {
            let request = served.get("/v1/summary");
            if packed { request.header("accept-encoding", "gzip") } else { request }
        };
        let first = get().send().await.unwrap();
        assert_eq!(first.headers().contains_key("content-encoding"), packed);
        let etag = first.headers()["etag"].to_str().unwrap().to_owned();
        assert!(etag.starts_with("W/\""), "{etag}");
        for known in [etag.clone(), format!("\"other\", {etag}"), "*".to_owned()] {
            let again = get().header("if-none-match", known).send().await.unwrap();
            assert_eq!(again.status(), 304);
            assert_eq!(again.headers()["etag"], etag.as_str());
            assert!(!again.headers().contains_key("content-type"));
            assert!(again.bytes().await.unwrap().is_empty());
        }
        let other = get().header("if-none-match", "W/\"other\"").send().await.unwrap();
        assert_eq!(other.status(), 200);
    }
}

#[tokio::test]
async fn tags_are_of_whole_answers_alone() {
    let served = Served::new().await;
    let of =
        async |request: reqwest::RequestBuilder| request.send().await.unwrap().headers().get("etag").cloned();
    assert!(of(served.get("/v1/version")).await.is_some());
    let head = of(served.http.head(served.url("/v1/version")).bearer_auth(ADMIN)).await;
    assert_eq!(head, of(served.get("/v1/version")).await, "HEAD tells what GET would");
    assert!(of(served.get("/v1/events")).await.is_none());
    assert!(of(served.get("/v1/nothing")).await.is_none());
    assert!(of(served.post("/v1/sign-in-links")).await.is_none());
}

#[tokio::test]
async fn methods_that_do_not_exist() {
    let served = Served::new().await;
    for method in [Method::OPTIONS, Method::PUT, Method::PATCH, Method::TRACE] {
        let request = served.http.request(method, served.url("/v1/scans")).bearer_auth(ADMIN);
        // Nor does any header make one of them another.
        let response = request.header("x-http-method-override", "DELETE").send().await.unwrap();
        assert_eq!(response.headers()["allow"], "POST,GET,HEAD");
        assert!(!response.headers().contains_key("access-control-allow-methods"));
        problem(response, ErrorCode::MethodNotAllowed).await;
    }
    assert!(served.world.calls.lock().unwrap().is_empty());
}

/// Sends a head as it is and returns everything until the connection ends.
async fn raw(served: &Served, head: &str) -> String {
    let mut stream = TcpStream::connect(served.address).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = String::new();
    soon(stream.read_to_string(&mut answer)).await.unwrap();
    answer
}

#[tokio::test]
async fn a_target_with_a_name_has_to_be_ours() {
    let served = Served::new().await;
    let end = "Connection: close\r\n\r\n";
    for (target, host, status) in [
        ("http://localhost/livez", "localhost", 200),
        ("http://LOCALHOST/livez", "localhost", 200),
        ("http://attacker.example/livez", "localhost", 400),
        ("http://attacker.example/livez", "attacker.example", 403),
        ("http://localhost:1/livez", "localhost", 400),
        ("http://user@localhost/livez", "localhost", 400),
    ] {
        let answer = raw(&served, &format!("GET {target} HTTP/1.1\r\nHost: {host}\r\n{end}")).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{target}: {answer}");
    }
    for (head, what) in [
        ("GET /livez HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n", "two hosts"),
        ("GET /livez HTTP/1.1\r\n", "no host"),
        ("CONNECT localhost:22 HTTP/1.1\r\nHost: localhost:22\r\n", "a tunnel"),
        ("OPTIONS * HTTP/1.1\r\nHost: localhost\r\n", "the server as a whole"),
    ] {
        let answer = raw(&served, &format!("{head}{end}")).await;
        assert!(answer.starts_with("HTTP/1.1 4"), "{what}: {answer}");
        assert!(answer.contains("application/problem+json"), "{what}: {answer}");
    }
}
