//! Hostile requests against the real server, on its real folder: each is refused, nothing in the folder is changed by
//! any, and somebody who listens all the while hears what happens afterwards.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};

use serde_json::Value;

use crate::harness::{Groma, OpenPort};

/// Everything that could have been changed.
fn state(groma: &Groma) -> Vec<(&'static str, Value)> {
    let list = |command| (command, groma.run(&format!("{command} -o json")).code(0).json());
    let mut state: Vec<_> =
        ["scans list", "hosts list", "webhooks list", "events types list", "consumers list"].map(list).into();
    // A token that was refused was not used either.
    state.push(list("token list"));
    let events = groma.run("events tail --after oldest -o ndjson").code(0).lines();
    state.push(("events", Value::from(events)));
    state
}

/// Sends bytes; returns what came until the server closed.
fn send(address: SocketAddr, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    // The server may have seen enough before everything is sent.
    let _ = stream.write_all(bytes);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

#[track_caller]
fn refused(answer: &str, what: &str) {
    let status = answer.split(' ').nth(1).unwrap_or_default();
    assert!(answer.is_empty() || status.starts_with('4'), "{what} is answered with {answer}");
    assert_eq!(answer.matches("HTTP/1.1 ").count(), usize::from(!answer.is_empty()), "{what}: {answer}");
}

fn request(first: &str, token: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let mut bytes = format!(
        "{first} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\
         Content-Length: {}\r\n{headers}\r\n",
        body.len()
    )
    .into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

const JSON: &str = "Content-Type: application/json\r\n";
/// Where bodies are taken that change something.
const CHANGES: &[&str] = &[
    "POST /v1/scans",
    "POST /v1/tokens",
    "POST /v1/events",
    "POST /v1/event-types",
    "POST /v1/webhooks",
    "POST /v1/consumers",
    "POST /v1/retention",
    "POST /v1/keys/rotate",
];

#[test]
fn hostile_requests_change_nothing_and_harm_nobody() {
    let groma = Groma::new();
    let server = groma.serve();
    let port = OpenPort::new();
    groma.scan(&port.number().to_string());
    let make = |more: &str| {
        groma.run(&format!("token create --name hostile {more}")).code(0).stdout.trim().to_owned()
    };
    let (admin, reader, revoked) = (make("--scope admin"), make("--scope read"), make("--scope admin"));
    let tokens = groma.run("token list -o json").code(0).json();
    let newest = tokens["tokens"][0]["id"].as_str().unwrap().to_owned();
    groma.run(&format!("token revoke {newest}")).code(0);
    // The first use of a token is noted, and is no change that a refused request makes.
    for token in [&admin, &reader] {
        let answer = send(server.address, &request("GET /v1/version", token, "", b""));
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
    let mut bystander = groma.start("events tail --follow -o ndjson");
    let before = state(&groma);

    let large = vec![b' '; 10 << 20];
    let deep = "[".repeat(200_000);
    for change in CHANGES {
        for (what, body) in [
            ("no JSON", b"{\"name\":".as_slice()),
            ("a list", b"[]"),
            ("nothing known", b"{\"no_such_field\":1}"),
            ("no UTF-8", b"{\"name\":\"\xC3\x28\"}"),
            ("deep", deep.as_bytes()),
            ("large", &large),
        ] {
            refused(
                &send(server.address, &request(change, &admin, JSON, body)),
                &format!("{what} to {change}"),
            );
        }
        refused(
            &send(server.address, &request(change, &admin, "Content-Type: text/plain\r\n", b"{}")),
            change,
        );
        for token in [&reader, "wrong", &revoked, ""] {
            refused(
                &send(server.address, &request(change, token, JSON, b"{}")),
                &format!("{token} to {change}"),
            );
        }
    }
    for path in [
        "GET /../../../etc/passwd",
        "GET /%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        "GET /assets/..%2f..%2f..%2fCargo.toml",
        "GET /assets/%00",
        "GET //etc/passwd",
        "GET /v1//scans",
        "GET /v1/scans/%2e%2e",
        "GET /v1/scans/%ff",
        "DELETE /v1/scans/*",
        "PUT /v1/scans",
        "TRACE /v1/scans",
    ] {
        let answer = send(server.address, &request(path, &admin, "", b""));
        assert!(!answer.contains("root:") && !answer.contains("[workspace]"), "{path}: {answer}");
        // The page is the answer to whatever is none of ours.
        if !answer.contains("text/html") {
            refused(&answer, path);
        }
    }
    let smuggled = request("POST /v1/tokens", &admin, JSON, br#"{"name":"smuggled","scopes":["admin"]}"#);
    for head in [
        "Transfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
        "Content-Length: 0\r\n",
        "Transfer-Encoding : chunked\r\n",
        "X: a\r\n Transfer-Encoding: chunked\r\n",
    ] {
        let body = [b"0\r\n\r\n".as_slice(), &smuggled].concat();
        refused(
            &send(
                server.address,
                &request("POST /v1/scans/validate", &admin, &format!("{JSON}{head}"), &body),
            ),
            head,
        );
    }
    for (host, origin) in [("attacker.example", ""), ("localhost", "Origin: http://attacker.example\r\n")] {
        let body = br#"{"code":"guessed"}"#;
        let bytes = format!(
            "POST /v1/session HTTP/1.1\r\nHost: {host}\r\n{origin}{JSON}Content-Length: {}\r\nConnection: close\r\n\r\n",
            body.len()
        );
        refused(&send(server.address, &[bytes.as_bytes(), body].concat()), host);
    }
    let flood = "X: y\r\n".repeat(10_000);
    refused(&send(server.address, &request("GET /v1/version", &admin, &flood, b"")), "a flood");

    for ((what, was), (_, is)) in before.iter().zip(state(&groma)) {
        assert_eq!(*was, is, "{what} changed");
    }
    // Whoever listened hears of what is done now.
    let scan = groma.scan(&port.number().to_string());
    bystander.until(|event| {
        event["type"] == "groma.network.scan_completed" && event["data"]["scanId"] == scan.as_str()
    });
}
