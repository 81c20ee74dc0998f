//! What browsers and strangers must not be able to do.

use std::time::Duration;

use groma_api::{ErrorCode, PROTOCOL_HEADER};
use groma_http::{EdgeOptions, Limits};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UnixStream};

use crate::world::{ADMIN, COOKIE, READER, Served, problem, soon};

#[tokio::test]
async fn only_our_own_names_are_served() {
    let options = EdgeOptions { allowed_hosts: vec!["groma.example".to_owned()], ..EdgeOptions::default() };
    let served = Served::with(options, Limits::default()).await;
    for (host, allowed) in [
        ("127.0.0.1", true),
        ("127.0.0.1:7463", true),
        ("localhost:1", true),
        ("LOCALHOST", true),
        ("[::1]:7463", true),
        ("groma.example", true),
        ("Groma.Example:443", true),
        ("attacker.example", false),
        ("127.0.0.1.attacker.example", false),
        ("localhost.attacker.example", false),
        ("10.0.0.1", false),
        ("", false),
    ] {
        for path in ["/v1/version", "/livez", "/openapi.json", "/"] {
            let response = served.get(path).header("host", host).send().await.unwrap();
            let refused = matches!(response.status().as_u16(), 400 | 403);
            assert_eq!(refused, !allowed, "{host} {path}");
        }
    }
}

#[tokio::test]
async fn a_credential_is_needed_and_a_scope() {
    let served = Served::new().await;
    let ask = |authorization: Option<&str>| {
        let request = served.http.get(served.url("/v1/version"));
        match authorization {
            Some(value) => request.header("authorization", value).send(),
            None => request.send(),
        }
    };
    for wrong in [None, Some("Bearer nonsense"), Some("Basic YTpi"), Some("Bearer"), Some("Bearer ")] {
        let response = ask(wrong).await.unwrap();
        assert_eq!(response.headers()["www-authenticate"], "Bearer");
        problem(response, ErrorCode::Unauthenticated).await;
    }
    assert_eq!(ask(Some(&format!("bearer {ADMIN}"))).await.unwrap().status(), 200);

    let start = json!({"kind": "network", "targets": ["127.0.0.1"]});
    let read_only = served.http.post(served.url("/v1/scans")).bearer_auth(READER).json(&start);
    problem(read_only.send().await.unwrap(), ErrorCode::Forbidden).await;
    let nobody = served.http.post(served.url("/v1/scans")).json(&start);
    problem(nobody.send().await.unwrap(), ErrorCode::Unauthenticated).await;
    let tokens = served.http.get(served.url("/v1/tokens")).bearer_auth(READER);
    problem(tokens.send().await.unwrap(), ErrorCode::Forbidden).await;
    assert_eq!(
        served.world.refusals(),
        [
            (true, "scan_start".to_owned(), ErrorCode::Forbidden),
            (false, "scan_start".to_owned(), ErrorCode::Unauthenticated)
        ]
    );
    assert!(!served.world.calls.lock().unwrap().iter().any(|call| call.starts_with("scan_start")));
}

#[tokio::test]
async fn a_session_changes_things_from_our_page_alone() {
    let served = Served::new().await;
    let own = format!("http://{}", served.address);
    let body = json!({"kind": "network", "targets": ["127.0.0.1"]});
    let start = |origin: Option<&str>, csrf: Option<&str>| {
        let mut request = served.http.post(served.url("/v1/scans")).header("cookie", COOKIE).json(&body);
        if let Some(origin) = origin {
            request = request.header("origin", origin);
        }
        if let Some(csrf) = csrf {
            request = request.header("x-groma-csrf", csrf);
        }
        request.header("sec-fetch-site", "same-origin").send()
    };
    let secure = format!("https://{}", served.address);
    let right = Some("csrf-value");
    for (origin, csrf) in [
        (None, right),
        (Some("null"), right),
        (Some("http://attacker.example"), right),
        (Some("http://127.0.0.1:1"), right),
        (Some(secure.as_str()), right),
        (Some(own.as_str()), None),
        (Some(own.as_str()), Some("")),
        (Some(own.as_str()), Some("csrf-valuf")),
    ] {
        problem(start(origin, csrf).await.unwrap(), ErrorCode::Forbidden).await;
    }
    assert_eq!(served.world.refusals().len(), 8);
    assert!(served.world.refusals().iter().all(|(known, operation, _)| *known && operation == "scan_start"));
    assert_eq!(start(Some(&own), right).await.unwrap().status(), 202);
    // Reading needs no more than the cookie.
    let read = served.http.get(served.url("/v1/version")).header("cookie", format!("a=b; {COOKIE}; c=d"));
    assert_eq!(read.send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn signing_in_and_out() {
    let served = Served::new().await;
    let sign_in = |origin: Option<String>, code: &str| {
        let mut request = served.http.post(served.url("/v1/session")).json(&json!({"code": code}));
        if let Some(origin) = origin {
            request = request.header("origin", origin);
        }
        request.send()
    };
    problem(sign_in(Some("http://attacker.example".to_owned()), "once").await.unwrap(), ErrorCode::Forbidden)
        .await;
    problem(sign_in(None, "twice").await.unwrap(), ErrorCode::Unauthenticated).await;
    let response = sign_in(Some(format!("http://{}", served.address)), "once").await.unwrap();
    assert_eq!(response.status(), 201);
    let cookie = response.headers()["set-cookie"].to_str().unwrap().to_owned();
    assert!(
        cookie.starts_with("groma_session=browser-secret; HttpOnly; SameSite=Strict; Path=/; Max-Age=3"),
        "{cookie}"
    );
    assert!(!cookie.contains("Secure"));
    let text = response.text().await.unwrap();
    assert!(!text.contains("browser-secret"), "{text}");

    problem(served.get("/v1/session").send().await.unwrap(), ErrorCode::Unauthenticated).await;
    let session = served.page_request(Method::GET, "/v1/session").send().await.unwrap();
    assert_eq!(session.json::<Value>().await.unwrap()["data"]["csrf"], "csrf-value");
    let foreign =
        served.http.delete(served.url("/v1/session")).header("cookie", COOKIE).send().await.unwrap();
    problem(foreign, ErrorCode::Forbidden).await;
    let gone = served.page_request(Method::DELETE, "/v1/session").send().await.unwrap();
    assert_eq!(gone.status(), 204);
    assert!(gone.headers()["set-cookie"].to_str().unwrap().starts_with("groma_session=; "));
}

#[tokio::test]
async fn behind_tls_cookies_are_secure_and_origins_https() {
    let options = EdgeOptions { secure: true, ..EdgeOptions::default() };
    let served = Served::with(options, Limits::default()).await;
    let sign_in = |scheme: &str| {
        let origin = format!("{scheme}://{}", served.address);
        served
            .http
            .post(served.url("/v1/session"))
            .header("origin", origin)
            .json(&json!({"code": "once"}))
            .send()
    };
    problem(sign_in("http").await.unwrap(), ErrorCode::Forbidden).await;
    let response = sign_in("https").await.unwrap();
    assert!(response.headers()["set-cookie"].to_str().unwrap().ends_with("; Secure"));
}

#[tokio::test]
async fn every_answer_has_strict_headers() {
    let served = Served::new().await;
    let mut ids = std::collections::BTreeSet::new();
    for path in ["/v1/version", "/v1/nothing", "/nothing", "/livez", "/openapi.json", "/v1/events"] {
        let response = served.get(path).send().await.unwrap();
        let headers = response.headers();
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'; script-src 'self';"), "{path}");
        assert!(policy.ends_with("frame-ancestors 'none'"));
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert_eq!(headers["referrer-policy"], "no-referrer");
        assert_eq!(headers["cross-origin-opener-policy"], "same-origin");
        assert_eq!(headers["cross-origin-resource-policy"], "same-origin");
        assert!(!headers.contains_key("access-control-allow-origin"));
        let cache = if path == "/openapi.json" { "no-cache" } else { "no-store" };
        assert_eq!(headers["cache-control"], cache, "{path}");
        ids.insert(headers["x-request-id"].to_str().unwrap().to_owned());
    }
    assert_eq!(ids.len(), 6);
}

#[tokio::test]
async fn versions_must_be_equal_where_they_are_told() {
    let served = Served::new().await;
    for (version, fine) in [("1", true), ("2", false), ("one", false)] {
        let response = served.get("/v1/version").header(PROTOCOL_HEADER, version).send().await.unwrap();
        if fine {
            assert_eq!(response.status(), 200);
        } else {
            problem(response, ErrorCode::VersionMismatch).await;
        }
    }
}

#[tokio::test]
async fn the_socket_knows_its_user_and_needs_no_version() {
    let served = Served::new().await;
    let mut stream = UnixStream::connect(&served.socket).await.unwrap();
    stream
        .write_all(b"GET /v1/version HTTP/1.1\r\nHost: whatever\r\nConnection: close\r\n\r\n")
        .await
        .unwrap();
    let mut answer = String::new();
    soon(stream.read_to_string(&mut answer)).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
}

#[tokio::test]
async fn a_slow_head_is_not_waited_for() {
    let limits = Limits { header_timeout: Duration::from_millis(100), ..Limits::default() };
    let served = Served::with(EdgeOptions::default(), limits).await;
    for sent in ["", "GET /livez HTTP/1.1\r\nHost: lo"] {
        let mut stream = TcpStream::connect(served.address).await.unwrap();
        stream.write_all(sent.as_bytes()).await.unwrap();
        let mut rest = Vec::new();
        soon(stream.read_to_end(&mut rest)).await.unwrap();
        assert!(!rest.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&rest));
    }
}

#[tokio::test]
async fn a_slow_body_is_not_waited_for() {
    let options = EdgeOptions { body_timeout: Duration::from_millis(100), ..EdgeOptions::default() };
    let served = Served::with(options, Limits::default()).await;
    let mut stream = TcpStream::connect(served.address).await.unwrap();
    let head = format!(
        "POST /v1/scans HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {ADMIN}\r\n\
         Content-Type: application/json\r\nContent-Length: 10\r\nConnection: close\r\n\r\n{{"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = String::new();
    soon(stream.read_to_string(&mut answer)).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
    assert!(answer.contains("did not arrive within"), "{answer}");
}

#[tokio::test]
async fn a_large_head_is_refused() {
    let served = Served::new().await;
    for (name, value, count) in [("x-large", "x".repeat(64 * 1024), 1), ("x-many", "x".to_owned(), 200)] {
        let mut stream = TcpStream::connect(served.address).await.unwrap();
        let mut head = "GET /livez HTTP/1.1\r\nHost: localhost\r\n".to_owned();
        for _ in 0..count {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str("\r\n");
        // The server may close before everything is sent.
        stream.write_all(head.as_bytes()).await.ok();
        let mut answer = Vec::new();
        soon(stream.read_to_end(&mut answer)).await.ok();
        assert!(!answer.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&answer));
    }
}
