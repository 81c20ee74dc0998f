//! Requests that nobody makes by mistake: each is refused cleanly, nothing is done, and others notice nothing.

use std::time::Duration;

use groma_api::{Method, OPERATIONS, Problem};
use groma_http::{EdgeOptions, Limits, RequestRate};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::world::{ADMIN, READER, Served, soon};

/// Somebody who listens all the while.
pub(crate) struct Bystander {
    stream: TcpStream,
    heard: Vec<u8>,
    count: usize,
}

impl Bystander {
    pub(crate) async fn new(served: &Served) -> Self {
        let mut stream = TcpStream::connect(served.address).await.unwrap();
        let head =
            format!("GET /v1/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {READER}\r\n\r\n");
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut bystander = Self { stream, heard: Vec::new(), count: 0 };
        bystander.until(b"retry: ").await;
        bystander
    }

    async fn until(&mut self, wanted: &[u8]) {
        soon(async {
            while !self.heard.windows(wanted.len()).any(|part| part == wanted) {
                assert_ne!(self.stream.read_buf(&mut self.heard).await.unwrap(), 0, "the stream was cut");
            }
        })
        .await;
    }

    /// Fails unless the next event arrives.
    pub(crate) async fn is_unharmed(&mut self, served: &Served) {
        served.world.journal.append();
        self.count += 1;
        let id = format!("-{:020}\n", self.count);
        self.until(id.as_bytes()).await;
    }
}

/// A world in which many requests of one test do not count as too many.
pub(crate) async fn served() -> Served {
    let rate = RequestRate::per_second(1_000_000, 1_000_000);
    Served::with(EdgeOptions { rate, ..EdgeOptions::default() }, Limits::default()).await
}

/// Returns the calls so far that are no reading of events by a bystander.
pub(crate) fn done(served: &Served) -> Vec<String> {
    let calls = served.world.calls.lock().unwrap();
    calls.iter().filter(|call| !call.starts_with("events ")).cloned().collect()
}

/// Sends bytes as they are; returns everything that comes back until the server closes.
pub(crate) async fn raw(served: &Served, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(served.address).await.unwrap();
    // The server may have seen enough before everything is sent.
    let _ = stream.write_all(bytes).await;
    let mut answer = Vec::new();
    let mut buffer = vec![0; 16 * 1024];
    soon(async {
        while let Ok(count @ 1..) = stream.read(&mut buffer).await {
            answer.extend_from_slice(&buffer[..count]);
        }
    })
    .await;
    String::from_utf8_lossy(&answer).into_owned()
}

/// Fails unless an answer, or the lack of one, is a refusal.
#[track_caller]
pub(crate) fn refused(answer: &str, what: &str) {
    if answer.is_empty() {
        return;
    }
    let status: u16 = answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default();
    assert!((400..500).contains(&status), "{what} is answered with {answer}");
    let count = answer.matches("HTTP/1.1 ").count();
    assert_eq!(count, 1, "{what} is answered more than once: {answer}");
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    if head.to_lowercase().contains("application/problem+json") {
        let problem: Problem = serde_json::from_str(body).unwrap();
        assert_eq!(problem.status, status);
        assert!(problem.detail.len() < 2000, "{problem:?}");
    } else {
        assert!(body.is_empty(), "{what} is refused without a problem document: {answer}");
    }
}

/// A request that ends its connection.
pub(crate) fn request(method: &str, target: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let mut bytes = format!(
        "{method} {target} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {ADMIN}\r\nConnection: close\r\n{headers}\r\n"
    )
    .into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

pub(crate) fn json(target: &str, body: &[u8]) -> Vec<u8> {
    let headers = format!("Content-Type: application/json\r\nContent-Length: {}\r\n", body.len());
    request("POST", target, &headers, body)
}

/// Every operation that takes a body, by its path.
fn with_body() -> Vec<String> {
    let document = serde_json::to_value(groma_api::openapi()).unwrap();
    let id = "01936b2e-7a10-7c43-9a5e-2f0c8d1e4b77";
    let takes = |path: &str| document["paths"][path]["post"].get("requestBody").is_some();
    OPERATIONS
        .iter()
        .filter(|operation| operation.method == Method::Post && takes(operation.path))
        .map(|operation| {
            let parts = operation.path.split('/').map(|part| if part.starts_with('{') { id } else { part });
            parts.collect::<Vec<_>>().join("/")
        })
        .collect()
}

#[tokio::test]
async fn bodies_that_are_no_requests() {
    let served = served().await;
    let mut bystander = Bystander::new(&served).await;
    let deep =
        ["[".repeat(500_000), "{\"a\":".repeat(150_000), format!("{{\"targets\":{}", "[".repeat(500_000))];
    let mut bodies: Vec<(&str, Vec<u8>)> = vec![
        ("cut off", b"{\"kind\":".to_vec()),
        ("an array", b"[]".to_vec()),
        ("null", b"null".to_vec()),
        ("a string", b"\"network\"".to_vec()),
        ("a number", b"1e400".to_vec()),
        ("something behind it", b"{} {}".to_vec()),
        ("an unknown field", b"{\"no_such_field\":1}".to_vec()),
        ("a field twice", br#"{"kind":"network","kind":"network","name":"a","name":"b","code":"a","code":"b","reason":"a","reason":"b"}"#.to_vec()),
        ("a prototype", br#"{"__proto__":{"admin":true}}"#.to_vec()),
        ("NaN", b"{\"a\":NaN}".to_vec()),
        ("a comment", b"/* */ {}".to_vec()),
        ("a byte order mark", b"\xEF\xBB\xBF{}".to_vec()),
        ("UTF-16", b"\xFF\xFE{\0}\0".to_vec()),
        ("no UTF-8", b"{\"name\":\"\xC3\x28\"}".to_vec()),
        ("half a surrogate", br#"{"name":"\ud800"}"#.to_vec()),
        ("NULs", vec![0; 1000]),
        ("XML", b"<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><a>&b;</a>".to_vec()),
        ("a form", b"kind=network&targets=127.0.0.1".to_vec()),
    ];
    bodies.extend(deep.iter().map(|body| ("deeply nested", body.clone().into_bytes())));
    let paths = with_body();
    assert!(paths.len() >= 5, "{paths:?}");
    for path in &paths {
        for (what, body) in &bodies {
            let answer = raw(&served, &json(path, body)).await;
            assert!(!answer.is_empty(), "{what} to {path} is not answered");
            refused(&answer, &format!("{what} to {path}"));
        }
        bystander.is_unharmed(&served).await;
    }
    assert_eq!(done(&served), [""; 0]);
}

#[tokio::test]
async fn bodies_of_ten_megabytes() {
    let served = served().await;
    let mut bystander = Bystander::new(&served).await;
    let large = vec![b' '; 10 << 20];
    for path in with_body() {
        let answer = raw(&served, &json(&path, &large)).await;
        refused(&answer, &path);
    }
    let mut chunked =
        request("POST", "/v1/scans", "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n", b"");
    for part in large.chunks(1 << 16) {
        chunked.extend_from_slice(format!("{:x}\r\n", part.len()).as_bytes());
        chunked.extend_from_slice(part);
        chunked.extend_from_slice(b"\r\n");
    }
    chunked.extend_from_slice(b"0\r\n\r\n");
    refused(&raw(&served, &chunked).await, "in chunks");
    // A small request that claims to become a very large one.
    for length in ["10485760", "18446744073709551615", "9223372036854775808"] {
        let headers = format!("Content-Type: application/json\r\nContent-Length: {length}\r\n");
        refused(&raw(&served, &request("POST", "/v1/scans", &headers, b"{}")).await, length);
    }
    bystander.is_unharmed(&served).await;
    assert_eq!(done(&served), [""; 0]);
}

#[tokio::test]
async fn queries_that_mean_nothing() {
    let served = served().await;
    for query in [
        "no_such=1",
        "limit=1&limit=2",
        "limit=-1",
        "limit=99999999999999999999",
        "limit=%31%00",
        "limit=%ff",
        "active=yes",
        "status=%22%27%3B--",
        "limit[]=1",
        "limit=1%26cursor%3Dx",
    ] {
        let answer = raw(&served, &request("GET", &format!("/v1/scans?{query}"), "", b"")).await;
        assert!(!answer.is_empty());
        refused(&answer, query);
    }
    for query in [
        "since=9999999999999",
        "after=oldest&since=2026-11-21T15:00:00Z",
        "types=%00",
        "subject=../../x",
        "follow=maybe",
    ] {
        let answer = raw(&served, &request("GET", &format!("/v1/events?{query}"), "", b"")).await;
        // What the journal has to say to these is told by the real one; here they may get as far as it.
        if !answer.starts_with("HTTP/1.1 200") {
            refused(&answer, query);
        }
    }
    let long = format!("/v1/scans?cursor={}", "x".repeat(60_000));
    refused(&raw(&served, &request("GET", &long, "", b"")).await, "a long query");
    assert_eq!(done(&served), [""; 0]);
}

#[tokio::test]
async fn paths_that_play_tricks() {
    let served = served().await;
    for path in [
        "//v1/version",
        "/v1//version",
        "/v1/version/",
        "/v1/./version",
        "/v1/x/../version",
        "/%76%31/version",
        "/v1%2fversion",
        "/v1/version%00",
        "/v1/version%20",
        "/V1/VERSION",
        "/v1/version;a=b",
        "/v1\\version",
        "/../../../etc/passwd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/..%2f..%2fetc%2fpasswd",
        "/v1/scans/%00",
        "/v1/scans/%ff%fe",
        "/v1/scans/..%2f..%2fversion",
        "/v1/scans/%2e%2e",
        "/v1/scans/'%20or%201=1",
        "/v1/scans/01936b2e-7a10-7c43-9a5e-2f0c8d1e4b77%0d%0aX-Injected:%20yes",
        "/schemas/..%2f..%2fCargo.toml/v1",
        "/schemas/%2e%2e/v1",
        "version",
        "",
    ] {
        let answer = raw(&served, &request("GET", path, "", b"")).await;
        refused(&answer, path);
        assert!(!answer.to_lowercase().contains("\r\nx-injected"), "{path}: {answer}");
    }
    let long = format!("/v1/scans/{}", "a".repeat(60_000));
    refused(&raw(&served, &request("GET", &long, "", b"")).await, "a long path");
    // Bytes that are no characters of a target at all.
    for byte in [b'\0', b'\x7f', 0x80, 0xFF, b'\x01'] {
        let mut bytes = request("GET", "/v1/version?a=b", "", b"");
        bytes[9] = byte;
        let answer = raw(&served, &bytes).await;
        refused(&answer, &format!("byte {byte:#x}"));
    }
    for (method, target) in [
        ("CONNECT", "example.com:443"),
        ("OPTIONS", "*"),
        ("TRACE", "/v1/version"),
        ("PRI", "*"),
        ("get", "/v1/version"),
    ] {
        refused(&raw(&served, &request(method, target, "", b"")).await, method);
    }
    assert_eq!(done(&served), [""; 0]);
}

#[tokio::test]
async fn credentials_that_prove_nothing() {
    let served = served().await;
    let long = "x".repeat(30_000);
    let ask = |headers: String| {
        format!("GET /v1/version HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{headers}\r\n")
            .into_bytes()
    };
    for headers in [
        String::new(),
        "Authorization: Bearer wrong\r\n".to_owned(),
        format!("Authorization: Bearer {long}\r\n"),
        format!("Authorization: Bearer {ADMIN}x\r\n"),
        format!("Authorization: Basic {ADMIN}\r\n"),
        format!("Authorization: {ADMIN}\r\n"),
        format!("Authorization: Bearer wrong, Bearer {ADMIN}\r\n"),
        format!("Authorization: Bearer wrong\r\nAuthorization: Bearer {ADMIN}\r\n"),
        format!("X-Authorization: Bearer {ADMIN}\r\n"),
        format!("X-Forwarded-User: root\r\nX-Real-IP: 127.0.0.1\r\nCookie: token={ADMIN}\r\n"),
        "Cookie: groma_session=\r\n".to_owned(),
        format!("Cookie: groma_session={long}\r\n"),
        "Cookie: ; ; =; groma_session; groma_session=wrong; groma_session=browser-secret\r\n".to_owned(),
        "Cookie: Groma_Session=browser-secret\r\n".to_owned(),
    ] {
        let what: String = headers.chars().take(60).collect();
        let answer = raw(&served, &ask(headers)).await;
        assert!(!answer.is_empty(), "{what} is not answered");
        refused(&answer, &what);
        assert!(answer.starts_with("HTTP/1.1 401") || answer.starts_with("HTTP/1.1 429"), "{what}: {answer}");
        assert!(!answer.contains("xxxx") && !answer.contains(ADMIN), "what was sent is repeated");
    }
    let mut bytes = ask("Authorization: Bearer X\r\n".to_owned());
    let at = bytes.iter().position(|byte| *byte == b'X').unwrap();
    bytes[at] = 0xFF;
    refused(&raw(&served, &bytes).await, "a token of no characters");
    // A token in the address is in every log on the way: it counts for nothing.
    refused(&raw(&served, &ask(String::new())).await, "nothing");
    let target = format!(
        "GET /v1/version?access_token={ADMIN} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    );
    refused(&raw(&served, target.as_bytes()).await, "a token in the query");
    assert_eq!(done(&served), [""; 0]);
}

#[tokio::test]
async fn names_that_are_not_ours() {
    let served = served().await;
    let ask = |hosts: &str| {
        format!(
            "GET /v1/version HTTP/1.1\r\nAuthorization: Bearer {ADMIN}\r\nConnection: close\r\n{hosts}\r\n"
        )
    };
    for hosts in [
        "",
        "Host:\r\n",
        "Host: localhost\r\nHost: localhost\r\n",
        "Host: localhost\r\nHost: attacker.example\r\n",
        "Host: localhost@attacker.example\r\n",
        "Host: attacker.example#localhost\r\n",
        "Host: localhost.\r\n",
        "Host: localhost:80:80\r\n",
        "Host: 127.0.0.1.nip.io\r\n",
        "Host: 0x7f000001\r\n",
        "Host: 2130706433\r\n",
        "Host: 0\r\n",
        "Host: [::1\r\n",
        "Host: ::ffff:127.0.0.1.attacker.example\r\n",
        "Host: localhost, attacker.example\r\n",
        "Host: l\u{f6}calhost\r\n",
    ] {
        refused(&raw(&served, ask(hosts).as_bytes()).await, hosts);
    }
    assert_eq!(done(&served), [""; 0]);
    let own = format!("http://{}", served.address);
    for origin in [
        "null".to_owned(),
        "http://attacker.example".to_owned(),
        own.replace("http", "https"),
        format!("{own}.attacker.example"),
        format!("{own}@attacker.example"),
        format!("http://attacker.example/{own}"),
        format!("{own}/"),
        own.replace("127.0.0.1", "localhost"),
        own.replace("127.0.0.1", "[::1]"),
        "file://".to_owned(),
        String::new(),
    ] {
        let headers = format!(
            "Host: {}\r\nCookie: groma_session=browser-secret\r\nX-Groma-CSRF: csrf-value\r\nOrigin: {origin}\r\n\
             Content-Type: application/json\r\nContent-Length: 43\r\nConnection: close\r\n\r\n",
            served.address
        );
        let body = br#"{"kind":"network","targets":["127.0.0.1"]} "#;
        let mut bytes = format!("POST /v1/scans HTTP/1.1\r\n{headers}").into_bytes();
        bytes.extend_from_slice(body);
        refused(&raw(&served, &bytes).await, &format!("Origin: {origin}"));
    }
    assert_eq!(done(&served), [""; 0]);
}

#[tokio::test]
async fn a_credential_that_ends_while_it_is_used() {
    let options = EdgeOptions { keep_alive: Duration::from_millis(30), ..EdgeOptions::default() };
    // The connection is kept for a next request that does not come.
    let limits = Limits { header_timeout: Duration::from_millis(200), ..Limits::default() };
    let served = Served::with(options, limits).await;
    let mut bystander = Bystander::new(&served).await;
    bystander.is_unharmed(&served).await;
    served.world.revoked.store(true, std::sync::atomic::Ordering::SeqCst);
    let mut rest = Vec::new();
    soon(bystander.stream.read_to_end(&mut rest)).await.unwrap();
    for answer in [
        raw(&served, &request("GET", "/v1/version", "", b"")).await,
        raw(&served, &json("/v1/scans", br#"{"kind":"network","targets":["127.0.0.1"]}"#)).await,
    ] {
        assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
        refused(&answer, "a revoked token");
    }
    assert_eq!(done(&served), [""; 0]);
}
