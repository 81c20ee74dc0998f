//! Nothing that lets somebody in is ever logged or audited, however much is logged.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};

use rustix::process::Signal;
use serde_json::{Value, json};

use crate::harness::Groma;

/// Sends a document with a header; returns status, head and document.
fn post(address: SocketAddr, path: &str, header: &str, body: &Value) -> (u16, String, Value) {
    let mut stream = TcpStream::connect(address).unwrap();
    let body = body.to_string();
    let request = format!(
        "POST {path} HTTP/1.1\r\nHost: {address}\r\n{header}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, head.to_owned(), serde_json::from_str(body).unwrap_or_default())
}

#[test]
fn no_secret_is_logged_or_audited() {
    const PASSPHRASE: &str = "a passphrase nobody may ever read 4711";
    let groma = Groma::new();
    let log = groma.home.path().join("groma.log");
    let mut command = groma.command("serve --listen 127.0.0.1:0");
    command
        .env("RUST_LOG", "trace")
        .env("GROMA_LOG_FILE", &log)
        .env("GROMA_LOG_FILE_BYTES_MAX", "1000000000");
    let mut server = groma.begin(command);
    let address: SocketAddr = server.line().strip_prefix("listening on http://").unwrap().parse().unwrap();
    let link = server.line();
    let code = link.split_once("#code=").unwrap().1.to_owned();
    let mut secrets = vec![("a sign-in code", code.clone()), ("a passphrase", PASSPHRASE.to_owned())];

    let origin = format!("Origin: http://{address}");
    let (status, head, session) = post(address, "/v1/session", &origin, &json!({"code": code}));
    assert_eq!(status, 201, "{head}");
    let cookie = head.lines().find(|line| line.to_lowercase().starts_with("set-cookie:"));
    let cookie = cookie.unwrap().split_once('=').unwrap().1.split(';').next().unwrap().to_owned();
    secrets.push(("a session", cookie));
    let csrf = session["data"]["csrf"].as_str().or_else(|| session["data"]["csrf_token"].as_str());
    secrets.extend(csrf.map(|csrf| ("a CSRF value", csrf.to_owned())));
    // A code that works no more is a secret all the same.
    assert_eq!(post(address, "/v1/session", &origin, &json!({"code": code})).0, 401);

    let token = groma.run("token create --name log --scope admin").code(0).stdout.trim().to_owned();
    let bearer = format!("Authorization: Bearer {token}");
    secrets.push(("a token", token));
    let wrong = "groma_0000000000000000000000000000000000000000000";
    assert_eq!(post(address, "/v1/scans", &format!("Authorization: Bearer {wrong}"), &json!({})).0, 401);
    secrets.push(("a token that is none", wrong.to_owned()));

    let receiver = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/hook/path-that-is-a-secret", receiver.local_addr().unwrap());
    let (status, _, webhook) =
        post(address, "/v1/webhooks", &bearer, &json!({"url": url, "allow_private": true}));
    assert!(status < 300, "{webhook}");
    let secret = webhook["data"]["secret"].as_str().unwrap().to_owned();
    secrets.push(("a webhook's key", secret.strip_prefix("whsec_").unwrap().to_owned()));
    secrets.push(("a webhook's path", "path-that-is-a-secret".to_owned()));
    let id = webhook["data"]["webhook"]["id"].as_str().unwrap();
    // It is delivered, signed and refused: what could be said of it, is.
    let refuse = std::thread::spawn(move || {
        let (mut stream, _) = receiver.accept().unwrap();
        let mut request = [0; 4096];
        let length = stream.read(&mut request).unwrap();
        stream.write_all(b"HTTP/1.1 500 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").unwrap();
        String::from_utf8_lossy(&request[..length]).into_owned()
    });
    let (status, _, tested) = post(address, &format!("/v1/webhooks/{id}/test"), &bearer, &json!({}));
    assert!(status < 500, "{tested}");
    let delivered = refuse.join().unwrap();
    let signature = delivered.lines().find(|line| line.to_lowercase().starts_with("webhook-signature:"));
    secrets.push(("a signature", signature.unwrap().rsplit(',').next().unwrap().trim().to_owned()));

    let (status, _, slot) =
        post(address, "/v1/keys/slots", &bearer, &json!({"kind": "passphrase", "passphrase": PASSPHRASE}));
    assert!(status < 300, "{slot}");
    let (status, _, recovery) = post(address, "/v1/keys/recovery", &bearer, &json!({}));
    assert!(status < 300, "{recovery}");
    let recovery = recovery["data"]["recovery_key"].as_str().unwrap().to_owned();
    secrets.push(("a recovery key", recovery));

    let audit = groma.run("audit -o json").code(0).stdout;
    server.signal(Signal::INT);
    let ended = server.end().code(0);
    let log = std::fs::read_to_string(log).unwrap();
    assert!(log.contains("TRACE"), "everything was to be logged");
    assert!(audit.contains("key_slot_add") && audit.contains("webhook_create"), "{audit}");
    for (what, secret) in &secrets {
        assert!(secret.len() >= 16, "{what} is too short to be looked for: {secret}");
        for (place, text) in [("log", &log), ("audit", &audit), ("standard error", &ended.stderr)] {
            if let Some(line) = text.lines().find(|line| line.contains(secret)) {
                panic!("{what} is in the {place}: {line}");
            }
        }
    }
}
