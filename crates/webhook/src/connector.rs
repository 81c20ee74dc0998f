//! Connections to receivers: the address that is checked is the one connected to. Proxies of the environment are
//! not asked.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};
use std::time::Duration;

use hyper::Uri;
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::client::legacy::connect::{Connected, Connection};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore, crypto};

use crate::{guard, target};

/// Whose certificates are believed.
#[derive(Debug, Clone, Default)]
pub enum Trust {
    /// Those that the system trusts; `SSL_CERT_FILE` names others.
    #[default]
    System,
    /// These alone, as DER.
    These(Vec<Vec<u8>>),
}

/// What agrees on keys with receivers; made when the first needs it.
pub(crate) struct Tls {
    trust: Trust,
    made: OnceLock<Result<TlsConnector, String>>,
}

impl std::fmt::Debug for Tls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tls").field("trust", &self.trust).finish_non_exhaustive()
    }
}

impl Tls {
    pub(crate) const fn new(trust: Trust) -> Self {
        Self { trust, made: OnceLock::new() }
    }

    fn connector(&self) -> Result<TlsConnector, String> {
        self.made.get_or_init(|| make(&self.trust)).clone()
    }
}

fn make(trust: &Trust) -> Result<TlsConnector, String> {
    let mut roots = RootCertStore::empty();
    match trust {
        Trust::System => roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs),
        Trust::These(certificates) => {
            roots.add_parsable_certificates(certificates.iter().map(|der| CertificateDer::from_slice(der)))
        }
    };
    if roots.is_empty() {
        return Err("the system trusts no certificate authority: install its `ca-certificates`, or name a file in SSL_CERT_FILE"
            .to_owned());
    }
    let config = ClientConfig::builder_with_provider(Arc::new(crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| format!("failed to set up TLS: {error}"))?;
    let mut config = config.with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsConnector::from(Arc::new(config)))
}

/// Opens connections for the client; cloning shares what it needs.
#[derive(Debug, Clone)]
pub(crate) struct Connector {
    pub(crate) allow_private: bool,
    pub(crate) timeout: Duration,
    pub(crate) tls: Arc<Tls>,
}

impl Connector {
    async fn open(self, to: Uri) -> Result<Link, io::Error> {
        let timeout = self.timeout;
        let opened = tokio::time::timeout(timeout, self.open_unhurried(&to)).await;
        opened.unwrap_or_else(|_| Err(io::Error::other(format!("no connection within {timeout:?}"))))
    }

    async fn open_unhurried(&self, to: &Uri) -> Result<Link, io::Error> {
        let host = to.host().ok_or_else(|| io::Error::other("the URL has no host"))?;
        let secure = to.scheme_str() != Some("http");
        let port = to.port_u16().unwrap_or(if secure { 443 } else { 80 });
        let stream = self.connect(host, port).await?;
        stream.set_nodelay(true)?;
        if !secure {
            return Ok(Link(TokioIo::new(Box::new(stream))));
        }
        let bare = host.trim_start_matches('[').trim_end_matches(']').trim_end_matches('.');
        let name = ServerName::try_from(bare.to_owned()).map_err(io::Error::other)?;
        let stream = self.tls.connector().map_err(io::Error::other)?.connect(name, stream).await;
        let stream = stream
            .map_err(|error| io::Error::other(format!("failed to agree on TLS with {bare}: {error}")))?;
        Ok(Link(TokioIo::new(Box::new(stream))))
    }

    /// Connects to the first address of a host that may be reached and answers.
    async fn connect(&self, host: &str, port: u16) -> Result<TcpStream, io::Error> {
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        let addresses: Vec<SocketAddr> = match bare.parse::<IpAddr>() {
            Ok(address) => vec![SocketAddr::new(address, port)],
            Err(_) => tokio::net::lookup_host((bare, port))
                .await
                .map_err(|error| io::Error::other(format!("failed to look up {bare}: {error}")))?
                .collect(),
        };
        let mut last = io::Error::other(format!("{bare} has no address"));
        for address in addresses {
            if let Err(what) = guard::check(address.ip(), self.allow_private) {
                last = io::Error::other(target::refusal(&address.ip().to_string(), what));
                continue;
            }
            match TcpStream::connect(address).await {
                Ok(stream) => return Ok(stream),
                Err(error) => {
                    last = io::Error::new(error.kind(), format!("failed to connect to {address}: {error}"));
                }
            }
        }
        Err(last)
    }
}

impl tower::Service<Uri> for Connector {
    type Response = Link;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Link, io::Error>> + Send>>;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), io::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, to: Uri) -> Self::Future {
        Box::pin(self.clone().open(to))
    }
}

/// A stream of bytes, encrypted or not.
trait Bytes: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Bytes for T {}

/// A connection to a receiver.
pub(crate) struct Link(TokioIo<Box<dyn Bytes>>);

impl Connection for Link {
    fn connected(&self) -> Connected {
        Connected::new()
    }
}

impl Read for Link {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buf)
    }
}

impl Write for Link {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}
