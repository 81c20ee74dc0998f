//! The edge over TLS, with certificates made for the test.

use std::fs;
use std::io;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use groma_http::{EdgeOptions, Limits, Tls, serve_tls};
use rcgen::{CertifiedKey, KeyPair, generate_simple_self_signed};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use crate::world::{ADMIN, Served, soon};

/// A server that speaks TLS with a certificate of its own.
struct Secured {
    served: Served,
    address: SocketAddr,
    tls: Arc<Tls>,
    cert: PathBuf,
    key: PathBuf,
    _folder: tempfile::TempDir,
}

fn certificate() -> CertifiedKey<KeyPair> {
    generate_simple_self_signed(["localhost".to_owned(), "groma.example".to_owned()]).unwrap()
}

impl Secured {
    async fn with(made: &CertifiedKey<KeyPair>, limits: Limits) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (cert, key) = (folder.path().join("cert.pem"), folder.path().join("key.pem"));
        fs::write(&cert, made.cert.pem()).unwrap();
        fs::write(&key, made.signing_key.serialize_pem()).unwrap();
        fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
        let tls = Arc::new(Tls::open(&cert, &key).unwrap());
        let options = EdgeOptions {
            secure: true,
            allowed_hosts: vec!["groma.example".to_owned()],
            ..EdgeOptions::default()
        };
        let served = Served::with(options.clone(), Limits::default()).await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let stop = served.world.stop.clone().cancelled_owned();
        tokio::spawn(serve_tls(listener, Arc::clone(&tls), served.routes(options), limits, stop));
        Self { served, address, tls, cert, key, _folder: folder }
    }

    async fn new(made: &CertifiedKey<KeyPair>) -> Self {
        Self::with(made, Limits::default()).await
    }

    async fn connect(
        &self,
        trusted: &CertificateDer<'static>,
        name: &str,
    ) -> io::Result<TlsStream<TcpStream>> {
        let mut roots = RootCertStore::empty();
        roots.add(trusted.clone()).unwrap();
        let mut config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        let stream = TcpStream::connect(self.address).await.unwrap();
        let name = ServerName::try_from(name.to_owned()).unwrap();
        TlsConnector::from(Arc::new(config)).connect(name, stream).await
    }
}

async fn ask(stream: &mut TlsStream<TcpStream>, host: &str, headers: &str) -> String {
    let head = format!("GET /v1/version HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{headers}\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = String::new();
    soon(stream.read_to_string(&mut answer)).await.unwrap();
    answer
}

#[tokio::test]
async fn requests_are_answered_over_tls() {
    let made = certificate();
    let secured = Secured::new(&made).await;
    for (name, insists) in [("groma.example", true), ("localhost", false)] {
        let mut stream = secured.connect(made.cert.der(), name).await.unwrap();
        assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"http/1.1"[..]));
        let answer = ask(&mut stream, name, &format!("Authorization: Bearer {ADMIN}\r\n")).await;
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
        // A browser would insist on https for every program on this machine.
        assert_eq!(answer.contains("strict-transport-security: max-age=31536000"), insists, "{answer}");
    }
    secured.served.stop().await;
}

#[tokio::test]
async fn a_certificate_that_is_not_trusted_or_not_for_the_name_is_seen_by_the_client() {
    let made = certificate();
    let secured = Secured::new(&made).await;
    let error = secured.connect(certificate().cert.der(), "localhost").await.unwrap_err();
    assert!(error.to_string().contains("invalid peer certificate"), "{error}");
    let error = secured.connect(made.cert.der(), "elsewhere.example").await.unwrap_err();
    assert!(error.to_string().contains("not valid for name"), "{error}");
    // And the server goes on.
    let mut stream = secured.connect(made.cert.der(), "localhost").await.unwrap();
    assert!(ask(&mut stream, "localhost", "").await.starts_with("HTTP/1.1 401 "));
}

#[tokio::test]
async fn a_changed_certificate_is_for_new_connections() {
    let (before, after) = (certificate(), certificate());
    let secured = Secured::new(&before).await;
    let mut old = secured.connect(before.cert.der(), "localhost").await.unwrap();
    fs::write(&secured.cert, after.cert.pem()).unwrap();
    secured.tls.reload().unwrap_err();
    assert!(secured.connect(before.cert.der(), "localhost").await.is_ok(), "half a change changes nothing");
    fs::write(&secured.key, after.signing_key.serialize_pem()).unwrap();
    secured.tls.reload().unwrap();
    assert!(secured.connect(before.cert.der(), "localhost").await.is_err());
    let mut new = secured.connect(after.cert.der(), "localhost").await.unwrap();
    for stream in [&mut old, &mut new] {
        assert!(ask(stream, "localhost", "").await.starts_with("HTTP/1.1 401 "));
    }
}

#[tokio::test]
async fn events_stream_over_tls_and_a_stop_ends_them() {
    let made = certificate();
    let secured = Secured::new(&made).await;
    let mut stream = secured.connect(made.cert.der(), "localhost").await.unwrap();
    let head = format!("GET /v1/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {ADMIN}\r\n\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut told = String::new();
    for (wanted, then_append) in [("retry: 2000", true), ("data: ", true), ("00000002\ndata: ", false)] {
        soon(async {
            while !told.contains(wanted) {
                let mut part = vec![0; 4096];
                let count = stream.read(&mut part).await.unwrap();
                assert_ne!(count, 0, "{told}");
                told.push_str(&String::from_utf8_lossy(&part[..count]));
            }
        })
        .await;
        if then_append {
            secured.served.world.journal.append();
        }
    }
    secured.served.world.stop.cancel();
    soon(stream.read_to_string(&mut told)).await.unwrap();
    assert!(told.contains("server is stopping"), "{told}");
}

#[tokio::test]
async fn plain_http_is_told_to_speak_https() {
    let secured = Secured::new(&certificate()).await;
    let mut stream = TcpStream::connect(secured.address).await.unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    let mut answer = String::new();
    soon(stream.read_to_string(&mut answer)).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 400 Bad Request\r\n"), "{answer}");
    assert!(answer.contains("speaks https"), "{answer}");
}

#[tokio::test]
async fn a_handshake_that_does_not_go_on_is_not_waited_for() {
    let limits = Limits { handshake_timeout: Duration::from_millis(50), ..Limits::default() };
    let secured = Secured::with(&certificate(), limits).await;
    for sent in [&b""[..], b"\x16\x03\x01\x02\x00\x01"] {
        let mut stream = TcpStream::connect(secured.address).await.unwrap();
        stream.write_all(sent).await.unwrap();
        let mut rest = Vec::new();
        soon(stream.read_to_end(&mut rest)).await.ok();
        assert_eq!(rest, b"");
    }
}

#[tokio::test]
async fn connections_beyond_the_limit_are_told_over_tls_too() {
    let made = certificate();
    let limits = Limits { connections_max: 1, ..Limits::default() };
    let secured = Secured::with(&made, limits).await;
    let _first = secured.connect(made.cert.der(), "localhost").await.unwrap();
    let mut second = secured.connect(made.cert.der(), "localhost").await.unwrap();
    assert!(ask(&mut second, "localhost", "").await.starts_with("HTTP/1.1 503 "));
}
