//! Bytes that two programs could read differently, connections that are never finished, floods.

use std::time::Duration;

use groma_http::{EdgeOptions, Limits, RequestRate};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::hostile::{Bystander, done, raw, refused, request, served};
use crate::world::{ADMIN, Served, soon};

/// What must not be done: hidden in what another program takes for the body of the request before it.
fn hidden() -> String {
    let body = r#"{"name":"smuggled","scopes":["admin"]}"#;
    format!(
        "POST /v1/tokens HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {ADMIN}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
}

/// Each with a head that is ambiguous, and another request behind it.
#[tokio::test]
async fn nothing_is_smuggled() {
    let served = served().await;
    let mut bystander = Bystander::new(&served).await;
    let hidden = hidden();
    let all = hidden.len();
    let chunks = format!("0\r\n\r\n{hidden}");
    for (what, head, body) in [
        (
            "a length and chunks",
            format!("Content-Length: {}\r\nTransfer-Encoding: chunked\r\n", chunks.len()),
            &chunks,
        ),
        (
            "chunks and a length",
            format!("Transfer-Encoding: chunked\r\nContent-Length: {}\r\n", chunks.len()),
            &chunks,
        ),
        ("chunks and no length", "Transfer-Encoding: chunked\r\nContent-Length: 0\r\n".to_owned(), &chunks),
        ("two lengths", format!("Content-Length: 0\r\nContent-Length: {all}\r\n"), &hidden),
        ("two lengths in one", format!("Content-Length: 0, {all}\r\n"), &hidden),
        ("a length with a sign", format!("Content-Length: +{all}\r\n"), &hidden),
        ("a length in hexadecimal", "Content-Length: 0x10\r\n".to_owned(), &hidden),
        ("a negative length", "Content-Length: -1\r\n".to_owned(), &hidden),
        ("chunks twice", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n".to_owned(), &chunks),
        ("chunks, then not", "Transfer-Encoding: chunked, identity\r\n".to_owned(), &chunks),
        ("unknown coding", "Transfer-Encoding: xchunked\r\n".to_owned(), &chunks),
        ("a coding in disguise", "Transfer-Encoding: \x0bchunked\r\n".to_owned(), &chunks),
        ("a space before the colon", format!("Content-Length : {all}\r\n"), &hidden),
        ("a folded line", format!("X-Folded: a\r\n Content-Length: {all}\r\n"), &hidden),
        ("a bare line feed", format!("X-Bare: a\nContent-Length: {all}\r\n"), &hidden),
        ("a bare carriage return", format!("X-Bare: a\rContent-Length: {all}\r\n"), &hidden),
        ("a NUL in a header", format!("X-Nul: a\0b\r\nContent-Length: {all}\r\n"), &hidden),
        ("a header without a name", format!(": a\r\nContent-Length: {all}\r\n"), &hidden),
        ("a header without a colon", format!("Nothing\r\nContent-Length: {all}\r\n"), &hidden),
    ] {
        let head = format!(
            "POST /v1/scans/validate HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {ADMIN}\r\n\
             Content-Type: application/json\r\n{head}\r\n{body}"
        );
        let answer = raw(&served, head.as_bytes()).await;
        refused(&answer, what);
        assert_eq!(done(&served), [""; 0], "{what}");
    }
    bystander.is_unharmed(&served).await;
}

#[tokio::test]
async fn chunks_that_do_not_add_up() {
    let served = served().await;
    for (what, body) in [
        ("a size beyond numbers", "ffffffffffffffffff\r\n{}\r\n0\r\n\r\n"),
        ("a size with a sign", "-1\r\n{}\r\n0\r\n\r\n"),
        ("a size that is none", "zz\r\n{}\r\n0\r\n\r\n"),
        ("a chunk without an end", "2\r\n{}XX0\r\n\r\n"),
        ("a line feed alone", "2\n{}\n0\n\n"),
        ("an extension that does not end", &format!("2;{}\r\n{{}}\r\n0\r\n\r\n", "a".repeat(100_000))),
        ("trailers without end", &format!("2\r\n{{}}\r\n0\r\n{}\r\n", "A: b\r\n".repeat(20_000))),
    ] {
        let headers = "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n";
        let answer = raw(&served, &request("POST", "/v1/scans", headers, body.as_bytes())).await;
        refused(&answer, what);
    }
    assert_eq!(done(&served), [""; 0]);
}

#[tokio::test]
async fn what_is_no_http() {
    let served = served().await;
    let mut bystander = Bystander::new(&served).await;
    for bytes in [
        &b"GET /v1/version\r\n"[..],
        b"GET /v1/version HTTP/0.9\r\n\r\n",
        b"GET /v1/version HTTP/2.0\r\nHost: localhost\r\n\r\n",
        b"GET /v1/version HTTP/1.1 \r\nHost: localhost\r\n\r\n",
        b"GET  /v1/version HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /v1/version HTTP/11\r\nHost: localhost\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"EHLO localhost\r\n",
        b"\r\n\r\n\r\n\r\n\r\n",
        &[0; 1000],
        &[0xFF; 1000],
        b"{\"jsonrpc\":\"2.0\"}\n",
    ] {
        let mut stream = TcpStream::connect(served.address).await.unwrap();
        stream.write_all(bytes).await.unwrap();
        stream.shutdown().await.unwrap();
        let mut answer = String::new();
        soon(stream.read_to_string(&mut answer)).await.ok();
        refused(&answer, &String::from_utf8_lossy(bytes));
    }
    bystander.is_unharmed(&served).await;
    assert_eq!(done(&served), [""; 0]);
}

#[tokio::test]
async fn floods_of_headers() {
    let served = served().await;
    let mut bystander = Bystander::new(&served).await;
    for headers in [
        "X: y\r\n".repeat(5000),
        format!("X: {}\r\n", "y".repeat(1 << 20)),
        format!("{}: y\r\n", "X".repeat(1 << 20)),
        format!("Cookie: {}\r\n", "a=b; ".repeat(100_000)),
        "Accept-Encoding: gzip\r\n".repeat(200),
    ] {
        refused(&raw(&served, &request("GET", "/v1/version", &headers, b"")).await, "a flood of headers");
    }
    bystander.is_unharmed(&served).await;
    assert_eq!(done(&served), [""; 0]);
}

/// Many who never finish, while others are served.
#[tokio::test]
async fn connections_that_are_never_finished() {
    let limits = Limits { header_timeout: Duration::from_millis(500), ..Limits::default() };
    let options = EdgeOptions {
        body_timeout: Duration::from_millis(500),
        rate: RequestRate::per_second(1_000_000, 1_000_000),
        ..EdgeOptions::default()
    };
    let served = Served::with(options, limits).await;
    let mut bystander = Bystander::new(&served).await;
    let head = format!(
        "POST /v1/scans HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {ADMIN}\r\nContent-Type: application/json\r\n\
         Content-Length: 100\r\n\r\n{{"
    );
    let mut slow = Vec::new();
    for number in 0..200 {
        let mut stream = TcpStream::connect(served.address).await.unwrap();
        let sent = match number % 4 {
            0 => "",
            1 => "GET /v1/ver",
            2 => "GET /v1/version HTTP/1.1\r\nHost: local",
            _ => head.as_str(),
        };
        stream.write_all(sent.as_bytes()).await.unwrap();
        slow.push(stream);
    }
    bystander.is_unharmed(&served).await;
    let answer = raw(&served, &request("GET", "/v1/version", "", b"")).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    for mut stream in slow {
        let mut answer = String::new();
        soon(stream.read_to_string(&mut answer)).await.ok();
        refused(&answer, "somebody slow");
    }
    // A byte now and then does not buy more time.
    let mut stream = TcpStream::connect(served.address).await.unwrap();
    let dribbled = soon(async {
        for byte in
            b"GET /v1/version HTTP/1.1\r\nHost: localhost\r\nX-Slow: ".iter().chain(std::iter::repeat(&b'a'))
        {
            if stream.write_all(&[*byte]).await.is_err() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    dribbled.await;
    bystander.is_unharmed(&served).await;
    assert_eq!(done(&served), ["version ()"]);
}

/// Those who go before they are answered, and those who only stop speaking.
#[tokio::test]
async fn connections_that_are_half_closed() {
    let served = served().await;
    let mut bystander = Bystander::new(&served).await;
    for _ in 0..100 {
        let mut stream = TcpStream::connect(served.address).await.unwrap();
        stream.write_all(&request("GET", "/v1/events", "", b"")).await.unwrap();
        drop(stream);
    }
    let mut stream = TcpStream::connect(served.address).await.unwrap();
    stream.write_all(&request("GET", "/v1/summary", "", b"")).await.unwrap();
    stream.shutdown().await.unwrap();
    let mut answer = String::new();
    soon(stream.read_to_string(&mut answer)).await.unwrap();
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 200"), "{answer}");
    // Half a body, and then no more.
    let mut stream = TcpStream::connect(served.address).await.unwrap();
    let headers = "Content-Type: application/json\r\nContent-Length: 100\r\n";
    stream.write_all(&request("POST", "/v1/scans", headers, b"{\"kind\":")).await.unwrap();
    stream.shutdown().await.unwrap();
    let mut answer = String::new();
    soon(stream.read_to_string(&mut answer)).await.unwrap();
    refused(&answer, "half a body");
    bystander.is_unharmed(&served).await;
    assert!(done(&served).iter().all(|call| call.starts_with("summary")), "{:?}", done(&served));
}
