//! Receivers that speak TLS.

use std::sync::Arc;

use groma_api::DeliveryOutcome;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::PrivatePkcs8KeyDer;
use tokio_rustls::rustls::{ServerConfig, crypto};

use super::bench::{Bench, impatient};
use crate::connector::Trust;

/// Serves one name, and answers every request with 204; returns its port and its certificate.
async fn receiver(name: &str) -> (u16, Vec<u8>) {
    let made = rcgen::generate_simple_self_signed(vec![name.to_owned()]).unwrap();
    let certificate = made.cert.der().clone();
    let key = PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
    let config = ServerConfig::builder_with_provider(Arc::new(crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.clone()], key.into())
        .unwrap();
    let (acceptor, listener) =
        (TlsAcceptor::from(Arc::new(config)), TcpListener::bind("127.0.0.1:0").await.unwrap());
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            let mut bytes = [0; 65536];
            while stream.read(&mut bytes).await.is_ok_and(|count| count > 0) {
                let _ = stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await;
            }
        }
    });
    (port, certificate.to_vec())
}

async fn tried(name: &str, trusted: bool) -> groma_api::WebhookDelivery {
    let (port, certificate) = receiver(name).await;
    let other = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap().cert.der().to_vec();
    let trust = Trust::These(vec![if trusted { certificate } else { other }]);
    let bench = Bench::with(Arc::new(tempfile::tempdir().unwrap()), impatient(), trust).await;
    let id = bench.webhook(format!("https://localhost:{port}/")).await;
    bench.webhooks.test(id).await.unwrap()
}

#[tokio::test]
async fn a_certificate_that_is_trusted_and_fits_is_needed() {
    let done = tried("localhost", true).await;
    assert_eq!((done.outcome, done.status), (DeliveryOutcome::Delivered, Some(204)), "{done:?}");
    for (name, trusted) in [("localhost", false), ("example.com", true)] {
        let refused = tried(name, trusted).await;
        assert_eq!(refused.outcome, DeliveryOutcome::GivenUp);
        assert!(refused.error.as_ref().unwrap().contains("TLS"), "{refused:?}");
    }
}
