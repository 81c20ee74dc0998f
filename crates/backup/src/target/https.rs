//! Requests to stores over HTTP/1.1, and over TLS by `ring`, which is linked anyway. Proxies of the environment are not
//! asked.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use std::{error, fmt, io};

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use http_body_util::BodyExt as _;
use hyper::header::{HeaderName, HeaderValue};
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper::{Method, Uri};
use hyper_util::client::legacy::connect::{Connected, Connection};
use hyper_util::client::legacy::{Client, Error};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use md5::{Digest as _, Md5};
use object_store::ClientOptions;
use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpRequestBody, HttpResponse,
    HttpResponseBody, HttpService,
};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, RootCertStore, crypto};

/// To look up the name, connect and agree on keys.
const CONNECT: Duration = Duration::from_secs(10);
/// From the first byte sent to the answer's head: a chunk over a slow line takes its time.
const ANSWER: Duration = Duration::from_secs(120);
/// For one piece of the answer's body.
const PIECE: Duration = Duration::from_secs(30);
/// Connections that wait for more are closed after this.
const IDLE: Duration = Duration::from_secs(60);

/// Makes the client that the store's requests go through.
#[derive(Debug)]
pub(super) struct Connector {
    pub(super) allow_http: bool,
}

impl HttpConnector for Connector {
    fn connect(&self, _options: &ClientOptions) -> object_store::Result<HttpClient> {
        let tls = tls().map_err(|why| object_store::Error::Generic { store: "S3", source: why.into() })?;
        let dial = Dial { tls, allow_http: self.allow_http };
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE)
            .build(dial);
        Ok(HttpClient::new(Requests(client)))
    }
}

fn tls() -> Result<TlsConnector, String> {
    let mut roots = RootCertStore::empty();
    // None at all is told when the first certificate is looked at; a store on loopback needs none.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let config = ClientConfig::builder_with_provider(Arc::new(crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| format!("failed to set up TLS: {error}"))?;
    let mut config = config.with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsConnector::from(Arc::new(config)))
}

#[derive(Debug)]
struct Requests(Client<Dial, HttpRequestBody>);

#[async_trait]
impl HttpService for Requests {
    async fn call(&self, mut request: HttpRequest) -> Result<HttpResponse, HttpError> {
        if request.method() == Method::PUT {
            let md5 = md5(request.body()).await?;
            request.headers_mut().insert(CONTENT_MD5, md5);
        }
        let answer = timeout(ANSWER, self.0.request(request)).await.map_err(|_| late("the answer"))?;
        let (head, body) = answer.map_err(failed)?.into_parts();
        let body = body.map_err(|error| HttpError::new(kind(&error), error));
        Ok(HttpResponse::from_parts(head, HttpResponseBody::new(Patient { body, wait: None })))
    }
}

/// Buckets with Object Lock take nothing without it, or without a check that some stores do not know. It protects against
/// nobody; that is done by what is sealed.
const CONTENT_MD5: HeaderName = HeaderName::from_static("content-md5");

async fn md5(body: &HttpRequestBody) -> Result<HeaderValue, HttpError> {
    let mut digest = Md5::new();
    // What is to be sent is in memory, and shared.
    let mut body = body.clone();
    while let Some(frame) = body.frame().await {
        digest.update(frame?.data_ref().map(bytes::Bytes::as_ref).unwrap_or_default());
    }
    let text = BASE64.encode(digest.finalize());
    HeaderValue::try_from(text).map_err(|error| HttpError::new(HttpErrorKind::Unknown, error))
}

/// Returns what kind of failure this is: the store's retries follow from it. Everything that is asked of a store here
/// may be asked again, conditional writing too: who finds that an object exists looks whether it is his own.
fn failed(error: Error) -> HttpError {
    let kind = if error.is_connect() { HttpErrorKind::Connect } else { kind(&error) };
    HttpError::new(kind, error)
}

fn kind(error: &(dyn error::Error + 'static)) -> HttpErrorKind {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<hyper::Error>()
            && (error.is_closed() || error.is_incomplete_message() || error.is_body_write_aborted())
        {
            return HttpErrorKind::Request;
        }
        if error.downcast_ref::<io::Error>().is_some() {
            return HttpErrorKind::Request;
        }
        cause = error.source();
    }
    HttpErrorKind::Unknown
}

fn late(what: &'static str) -> HttpError {
    HttpError::new(
        HttpErrorKind::Request,
        io::Error::new(io::ErrorKind::TimedOut, format!("{what} did not come in time")),
    )
}

/// A body that fails when nothing of it comes for too long.
struct Patient<B> {
    body: B,
    wait: Option<Pin<Box<tokio::time::Sleep>>>,
}

impl<B> hyper::body::Body for Patient<B>
where
    B: hyper::body::Body<Data = bytes::Bytes, Error = HttpError> + Unpin,
{
    type Data = bytes::Bytes;
    type Error = HttpError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<hyper::body::Frame<bytes::Bytes>, HttpError>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(context) {
            self.wait = None;
            return Poll::Ready(frame);
        }
        let wait = self.wait.get_or_insert_with(|| Box::pin(tokio::time::sleep(PIECE)));
        wait.as_mut().poll(context).map(|()| Some(Err(late("more of the answer"))))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> hyper::body::SizeHint {
        self.body.size_hint()
    }
}

/// Opens connections.
#[derive(Clone)]
struct Dial {
    tls: TlsConnector,
    allow_http: bool,
}

impl fmt::Debug for Dial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Dial")
    }
}

impl tower_service::Service<Uri> for Dial {
    type Response = Wire;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Wire>> + Send>>;

    fn poll_ready(&mut self, _context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let dial = self.clone();
        Box::pin(async move {
            timeout(CONNECT, dial.open(&uri)).await.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))?
        })
    }
}

impl Dial {
    async fn open(&self, uri: &Uri) -> io::Result<Wire> {
        let secure = uri.scheme_str() == Some("https");
        if !secure && !self.allow_http {
            return Err(io::Error::other("plain HTTP was not allowed"));
        }
        let host = uri.host().unwrap_or_default().trim_matches(['[', ']']).to_owned();
        let port = uri.port_u16().unwrap_or(if secure { 443 } else { 80 });
        let wire = TcpStream::connect((host.as_str(), port)).await?;
        wire.set_nodelay(true)?;
        if !secure {
            return Ok(Wire(TokioIo::new(Box::new(wire))));
        }
        let name = ServerName::try_from(host).map_err(io::Error::other)?;
        let wire = self.tls.connect(name, wire).await?;
        Ok(Wire(TokioIo::new(Box::new(wire))))
    }
}

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// An open connection.
struct Wire(TokioIo<Box<dyn Stream>>);

impl Connection for Wire {
    fn connected(&self) -> Connected {
        Connected::new()
    }
}

impl Read for Wire {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().0).poll_read(context, buffer)
    }
}

impl Write for Wire {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().0).poll_write(context, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().0).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().0).poll_shutdown(context)
    }
}
