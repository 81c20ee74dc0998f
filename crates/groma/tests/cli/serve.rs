use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;

use rcgen::{CertifiedKey, KeyPair, generate_simple_self_signed};
use rustix::process::Signal;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use crate::harness::Groma;

#[test]
fn it_answers_and_stops_in_order() {
    let groma = Groma::new();
    let server = groma.serve();
    assert_eq!(server.get("/livez", None).0, 200);
    assert_eq!(server.get("/readyz", None).0, 200);
    assert_eq!(server.get("/v1/summary", None).0, 401, "nobody is let in without a name");
    let (status, page) = server.get("/", None);
    assert!(status == 200 && page.contains("<title>"), "{status} {page}");
    assert!(server.link.starts_with(&format!("http://{}/sign-in#code=", server.address)), "{}", server.link);
    server.running.signal(Signal::INT);
    server.running.end().code(0);
}

#[test]
fn sigterm_stops_it_in_order_too() {
    let server = Groma::new().serve();
    server.running.signal(Signal::TERM);
    server.running.end().code(0);
}

#[test]
fn a_folder_has_one_server() {
    let groma = Groma::new();
    let _server = groma.serve();
    let refused = groma.run("serve --listen 127.0.0.1:0").code(6);
    assert!(refused.stderr.contains("groma open"), "{}", refused.stderr);
}

#[test]
fn an_address_in_use_is_named() {
    let (groma, other) = (Groma::new(), Groma::new());
    let server = groma.serve();
    let refused = other.run(&format!("serve --listen {}", server.address)).code(7);
    assert!(refused.stderr.contains(&server.address.to_string()), "{}", refused.stderr);
}

#[test]
fn the_first_start_scans_this_machine_when_asked() {
    let groma = Groma::new();
    let mut server = groma.start("serve --listen 127.0.0.1:0 --scan-self");
    server.line();
    server.line();
    let mut tail = groma.start("events tail --follow --after oldest -o ndjson");
    let started = tail.until(|event| event["type"] == "groma.network.scan_started");
    let targets = started["data"]["targets"].as_array().unwrap();
    assert!(targets.iter().any(|target| target == "127.0.0.1"), "{targets:?}");
}

#[test]
fn listening_beyond_this_machine_needs_tls_or_a_word() {
    let groma = Groma::new();
    for address in ["0.0.0.0:0", "[::]:0"] {
        let refused = groma.run(&format!("serve --listen {address}")).code(2);
        for word in ["--tls-cert", "--insecure-listen", "can be reached from other machines"] {
            assert!(refused.stderr.contains(word), "{}", refused.stderr);
        }
    }
    let mut server = groma.start("serve --listen 0.0.0.0:0 --insecure-listen");
    server.line();
    server.signal(Signal::INT);
    let ended = server.end().code(0);
    assert!(ended.stderr.contains("can be reached from other machines"), "{}", ended.stderr);
}

#[test]
fn a_second_ctrl_c_ends_at_once() {
    let mut server = Groma::new().serve();
    // A request that is in the middle holds up the end in order.
    let mut stream = TcpStream::connect(server.address).unwrap();
    let head = format!(
        "POST /v1/session HTTP/1.1\r\nHost: {0}\r\nOrigin: http://{0}\r\nContent-Type: application/json\r\n\
         Content-Length: 100\r\nExpect: 100-continue\r\n\r\n",
        server.address
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 100");
    server.running.signal(Signal::INT);
    server.running.says("stopping");
    server.running.signal(Signal::INT);
    server.running.end().code(130);
}

fn certificate(folder: &Path) -> CertifiedKey<KeyPair> {
    let made = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    fs::write(folder.join("cert.pem"), made.cert.pem()).unwrap();
    let key = folder.join("key.pem");
    fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
    made
}

/// Asks whether the server lives, over TLS; `None` if its certificate is not the trusted one.
fn ask(address: SocketAddr, trusted: &CertificateDer<'static>) -> Option<String> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.clone()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from("localhost").unwrap();
    let connection = ClientConnection::new(Arc::new(config), name).unwrap();
    let mut stream = StreamOwned::new(connection, TcpStream::connect(address).unwrap());
    let head = "GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    stream.write_all(head.as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    Some(answer)
}

#[test]
fn it_speaks_https_and_reads_a_new_certificate_at_sighup() {
    let groma = Groma::new();
    let folder = groma.home.path();
    let (cert, key) = (folder.join("cert.pem"), folder.join("key.pem"));
    let before = certificate(folder);
    let line =
        format!("serve --listen 127.0.0.1:0 --tls-cert {} --tls-key {}", cert.display(), key.display());
    let mut server = groma.start(&line);
    let listening = server.line();
    let address: SocketAddr =
        listening.strip_prefix("listening on https://").expect(&listening).parse().unwrap();
    let link = server.line();
    // By the name that the certificate is made for.
    let page = format!("https://localhost:{}/sign-in#code=", address.port());
    assert!(link.starts_with(&format!("sign in: {page}")), "{link}");
    // Other processes are told where it is, too.
    let opened = groma.run("open --print -o json").code(0).json();
    assert!(opened["url"].as_str().unwrap().starts_with(&page));
    assert!(ask(address, before.cert.der()).unwrap().starts_with("HTTP/1.1 200 OK"));

    fs::write(&cert, "half written").unwrap();
    server.signal(Signal::HUP);
    server.says("the certificate stays as it was");
    assert!(ask(address, before.cert.der()).is_some());
    let after = certificate(folder);
    server.signal(Signal::HUP);
    server.says("the certificate was read again");
    assert!(ask(address, before.cert.der()).is_none());
    assert!(ask(address, after.cert.der()).is_some());
    server.signal(Signal::INT);
    server.end().code(0);
}

#[test]
fn a_certificate_that_cannot_be_used_is_said() {
    let groma = Groma::new();
    let folder = groma.home.path();
    certificate(folder);
    let key = folder.join("key.pem");
    let line =
        format!("serve --listen 127.0.0.1:0 --tls-cert {0}/cert.pem --tls-key {0}/key.pem", folder.display());
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    let refused = groma.run(&line).code(2);
    assert!(refused.stderr.contains("chmod 600"), "{}", refused.stderr);
    fs::remove_file(&key).unwrap();
    let refused = groma.run(&line).code(2);
    assert!(refused.stderr.contains("could not read"), "{}", refused.stderr);
    groma.run(&format!("serve --tls-cert {}/cert.pem", folder.display())).code(2);
}

#[test]
fn a_server_goes_on_when_nobody_reads_what_it_prints() {
    let groma = Groma::new();
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut server = groma
        .command("serve --listen 127.0.0.1:0")
        .stdout(Stdio::from(writer))
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // Once it serves, it is found through its folder.
    let link = loop {
        assert!(server.try_wait().unwrap().is_none(), "the server ended");
        let opened = groma.run("open --print -o json");
        if opened.code == 0 {
            break opened.json()["url"].as_str().unwrap().to_owned();
        }
    };
    assert!(link.starts_with("http://127.0.0.1:"), "{link}");
    server.kill().unwrap();
    server.wait().unwrap();
}

#[test]
fn a_changed_answer_is_not_given_twice_over_the_real_thing() {
    let groma = Groma::new();
    let server = groma.serve();
    let made = groma.run("token create --name ci --scope admin -o json").code(0).json();
    let token = made["secret"].as_str().unwrap();
    let start = |key: &str, ports: &str| {
        let body = format!("{{\"kind\":\"network\",\"targets\":[\"127.0.0.1\"],\"ports\":\"{ports}\"}}");
        let mut stream = TcpStream::connect(server.address).unwrap();
        let head = format!(
            "POST /v1/scans HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {token}\r\nIdempotency-Key: {key}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            server.address,
            body.len()
        );
        stream.write_all(head.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    };
    let body = |answer: &str| answer.split_once("\r\n\r\n").unwrap().1.to_owned();
    let first = start("k", "1");
    assert!(first.starts_with("HTTP/1.1 202 "), "{first}");
    let again = start("k", "1");
    assert!(again.contains("idempotency-replayed: true"), "{again}");
    assert_eq!(body(&first), body(&again));
    assert!(start("k", "2").starts_with("HTTP/1.1 422 "));
    assert_eq!(groma.run("scans list -o json").code(0).json()["scans"].as_array().unwrap().len(), 1);
}
