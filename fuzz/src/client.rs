//! What the client reads from whoever answers: lines of events, replies, problems.

use std::io::{Read as _, Write as _};
use std::os::unix::net::UnixListener;
use std::sync::{LazyLock, Mutex};

use futures::StreamExt as _;
use groma_api::{EventOperations as _, ScanOperations as _, StatusOperations as _};
use groma_api::{EventQuery, ScanQuery};
use groma_client::Client;

use crate::runtime::{block, folder};

/// What the next question is answered with: a whole response but for its first line and length.
static ANSWER: Mutex<Vec<u8>> = Mutex::new(Vec::new());

static CLIENT: LazyLock<Client> = LazyLock::new(|| {
    let path = folder().join("groma.sock");
    let listener = UnixListener::bind(&path).unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut head = Vec::new();
            let mut buffer = [0; 4096];
            while !head.windows(4).any(|end| end == b"\r\n\r\n") {
                match stream.read(&mut buffer) {
                    Ok(0) | Err(_) => break,
                    Ok(count) => head.extend_from_slice(&buffer[..count]),
                }
            }
            let answer = ANSWER.lock().unwrap().clone();
            // Whoever has read enough closes first.
            let _ = stream.write_all(&answer);
        }
    });
    Client::unix(path)
});

/// The first byte says what is asked and how it is answered, the rest is the body.
pub(crate) fn run(data: &[u8]) {
    let Some((first, body)) = data.split_first() else { return };
    let status = match (first >> 4) % 4 {
        0 | 1 => "200 OK",
        2 => "404 Not Found",
        _ => "503 Service Unavailable",
    };
    let head = format!("HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n", body.len());
    {
        let mut answer = ANSWER.lock().unwrap();
        answer.clear();
        answer.extend_from_slice(head.as_bytes());
        answer.extend_from_slice(body);
    }
    block(async {
        match first & 0b11 {
            0 => drop(CLIENT.version().await),
            1 => drop(CLIENT.scan_list(ScanQuery::default()).await),
            follow => events(follow == 2, body).await,
        }
    });
}

async fn events(follow: bool, body: &[u8]) {
    let query = EventQuery { follow: Some(follow), ..EventQuery::default() };
    let Ok(mut stream) = CLIENT.events(query).await else { return };
    let mut failed = false;
    while let Some(item) = stream.next().await {
        assert!(!failed, "the stream goes on after an error");
        match item {
            Ok(frame) => {
                // A frame is a line as it came.
                assert!(body.windows(frame.json.len()).any(|part| part == frame.json));
                assert!(!frame.json.contains(&b'\n'));
            }
            Err(_) => failed = true,
        }
    }
    assert!(failed || !follow, "a stream without end ended well");
}

pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let event = r#"{"specversion":"1.0","id":"01936b2e-7a10-7c43-9a5e-2f0c8d1e4b77","source":"/groma/n/network","type":"groma.network.error","subject":"scan/01936b2e-7a10-7c43-9a5e-2f0c8d1e4b77","time":"2026-11-21T15:00:00.000000Z","datacontenttype":"application/json","dataschema":"/schemas/groma.network.error/v1","sequence":"1763740800000-00000000000000000042","data":{}}"#;
    let problem = r#"{"type":"/problems/not-found","title":"Not found","status":404,"detail":"no","code":"NOT_FOUND","message":"no","retryable":false}"#;
    let version = r#"{"message":"ok","data":{"version":"0.1.0","protocol":1,"node":"01936b2e-7a10-7c43-9a5e-2f0c8d1e4b77"}}"#;
    crate::texts([
        &format!("\u{2}\n{event}\n\n{event}\n"),
        &format!("\u{3}\n{event}\n{problem}\n"),
        &format!("\u{20}{problem}"),
        &format!("\u{0}{version}"),
        "\u{1}{\"message\":\"ok\",\"data\":{\"scans\":[]}}",
    ])
}
