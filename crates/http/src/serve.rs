//! Accepting connections, turning some away, and letting them go.

mod places;
mod refuse;

use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use groma_api::{ApiError, ErrorCode};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream, UnixListener, UnixStream};
use tokio::sync::Semaphore;
use tokio_rustls::server::TlsStream;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

pub(crate) use self::places::Place;
use self::places::Places;
use self::refuse::refuse;
use crate::peer::{Connection, Peer};
use crate::{Limits, Tls};

/// The largest head of a request.
const HEADER_BYTES_MAX: usize = 32 * 1024;
/// The most headers of a request.
const HEADERS_MAX: usize = 100;
/// Connections that are being turned away at once; further ones are closed without a word.
const REFUSALS_MAX: usize = 128;
/// When somebody who was turned away may find room.
const COME_BACK: Duration = Duration::from_secs(5);
/// The first byte of a TLS handshake.
const TLS_HANDSHAKE: u8 = 0x16;

/// Serves `router` on TCP until `shutdown` resolves; then lets running requests end within the grace of `limits`.
///
/// Callers prove themselves by a bearer token or a session cookie.
pub async fn serve_tcp(
    listener: TcpListener,
    router: Router,
    limits: Limits,
    shutdown: impl Future<Output = ()> + Send,
) {
    serve(listener, router, limits, shutdown).await;
}

/// As [`serve_tcp`], by TLS.
pub async fn serve_tls(
    listener: TcpListener,
    tls: Arc<Tls>,
    router: Router,
    limits: Limits,
    shutdown: impl Future<Output = ()> + Send,
) {
    serve(Secure { listener, tls }, router, limits, shutdown).await;
}

/// Serves `router` on a unix socket until `shutdown` resolves; then lets running requests end within the grace of
/// `limits`.
///
/// Callers are who the system says they are. The socket's file is the caller's to make and to remove.
pub async fn serve_unix(
    listener: UnixListener,
    router: Router,
    limits: Limits,
    shutdown: impl Future<Output = ()> + Send,
) {
    serve(listener, router, limits, shutdown).await;
}

/// Where connections come from.
trait Listen: Send + Sync + 'static {
    type Raw: AsyncRead + AsyncWrite + Unpin + Send + 'static;
    type Stream: AsyncRead + AsyncWrite + Unpin + Send + 'static;

    fn accept(&self, limits: &Limits) -> impl Future<Output = io::Result<(Self::Raw, Peer)>> + Send;

    /// Makes a connection ready to be spoken over; runs beside others.
    fn ready(
        &self,
        raw: Self::Raw,
    ) -> impl Future<Output = io::Result<Self::Stream>> + Send + use<Self> + 'static;
}

impl Listen for TcpListener {
    type Raw = TcpStream;
    type Stream = TcpStream;

    async fn accept(&self, limits: &Limits) -> io::Result<(TcpStream, Peer)> {
        let (stream, remote) = Self::accept(self).await?;
        stream.set_nodelay(true)?;
        // Nothing above TCP sees a peer that has stopped reading: what is written waits in the system.
        #[cfg(target_os = "linux")]
        socket2::SockRef::from(&stream).set_tcp_user_timeout(Some(limits.stall_timeout))?;
        let local = stream.local_addr().map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |address| address.ip());
        Ok((stream, Peer::Tcp { local, remote: remote.ip() }))
    }

    fn ready(&self, raw: TcpStream) -> impl Future<Output = io::Result<TcpStream>> + Send + use<> {
        std::future::ready(Ok(raw))
    }
}

impl Listen for UnixListener {
    type Raw = UnixStream;
    type Stream = UnixStream;

    async fn accept(&self, _: &Limits) -> io::Result<(UnixStream, Peer)> {
        let (stream, _) = Self::accept(self).await?;
        let uid = stream.peer_cred()?.uid();
        Ok((stream, Peer::User { uid }))
    }

    fn ready(&self, raw: UnixStream) -> impl Future<Output = io::Result<UnixStream>> + Send + use<> {
        std::future::ready(Ok(raw))
    }
}

/// TCP with TLS.
struct Secure {
    listener: TcpListener,
    tls: Arc<Tls>,
}

impl Listen for Secure {
    type Raw = TcpStream;
    type Stream = TlsStream<TcpStream>;

    async fn accept(&self, limits: &Limits) -> io::Result<(TcpStream, Peer)> {
        Listen::accept(&self.listener, limits).await
    }

    fn ready(&self, raw: TcpStream) -> impl Future<Output = io::Result<TlsStream<TcpStream>>> + Send + use<> {
        let acceptor = self.tls.acceptor();
        async move {
            let mut first = [0];
            if raw.peek(&mut first).await? == 1 && first != [TLS_HANDSHAKE] {
                let detail = "this port speaks https: use `https://` in the address";
                refuse(raw, &ApiError::new(ErrorCode::InvalidRequest, detail)).await;
                return Err(io::Error::new(io::ErrorKind::InvalidData, "it does not speak TLS"));
            }
            acceptor.accept(raw).await
        }
    }
}

/// How connections learn that the end is near.
#[derive(Clone)]
struct End {
    /// Finish what runs, take nothing new.
    soft: CancellationToken,
    /// Stop in the middle.
    hard: CancellationToken,
}

async fn serve<L: Listen>(
    listener: L,
    router: Router,
    limits: Limits,
    shutdown: impl Future<Output = ()> + Send,
) {
    let door = Door {
        connections: Arc::new(Semaphore::new(limits.connections_max)),
        refusals: Arc::new(Semaphore::new(REFUSALS_MAX)),
        places: Places::default(),
        limits,
    };
    let tracker = TaskTracker::new();
    let end = End { soft: CancellationToken::new(), hard: CancellationToken::new() };
    let accepting = async {
        loop {
            match listener.accept(&limits).await {
                Ok((stream, peer)) => match door.enter(peer, &tracker) {
                    Ok(connection) => {
                        let ready = listener.ready(stream);
                        tracker.spawn(converse(ready, connection, router.clone(), limits, end.clone()));
                    }
                    Err(refusal) => {
                        tracing::debug!(%refusal, "a connection was turned away");
                        // A flood of refusals must not become work without bound.
                        let Ok(permit) = Arc::clone(&door.refusals).try_acquire_owned() else { continue };
                        let ready = listener.ready(stream);
                        let refusing = turn_away(ready, refusal, limits);
                        let hard = end.hard.clone();
                        tracker.spawn(async move {
                            hard.run_until_cancelled(refusing).await;
                            drop(permit);
                        });
                    }
                },
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    // Out of descriptors, most likely: the next try would fail as well.
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            }
        }
    };
    tokio::select! {
        biased;
        () = shutdown => {}
        () = accepting => {}
    }
    drop(listener);
    end.soft.cancel();
    tracker.close();
    if tokio::time::timeout(limits.grace, tracker.wait()).await.is_err() {
        tracing::warn!(connections = tracker.len(), grace = ?limits.grace, "connections were cut: their time was up");
    }
    end.hard.cancel();
}

/// How many connections there may be.
struct Door {
    connections: Arc<Semaphore>,
    refusals: Arc<Semaphore>,
    places: Places,
    limits: Limits,
}

impl Door {
    /// Lets a connection in, or says why not.
    fn enter(&self, peer: Peer, tracker: &TaskTracker) -> Result<Arc<Connection>, ApiError> {
        let place = match peer {
            Peer::Tcp { remote, .. } if !remote.to_canonical().is_loopback() => {
                let max = self.limits.connections_per_peer_max;
                Some(self.places.take(remote, max).ok_or_else(|| {
                    let detail = format!("{max} connections from this address are open: close one first");
                    ApiError::new(ErrorCode::TooManyRequests, detail).retry_after(COME_BACK)
                })?)
            }
            _ => None,
        };
        let permit = Arc::clone(&self.connections).try_acquire_owned().map_err(|_| {
            let max = self.limits.connections_max;
            let detail = format!("{max} connections are open, which is the limit: try again later");
            ApiError::new(ErrorCode::Unavailable, detail).retry_after(COME_BACK)
        })?;
        Ok(Arc::new(Connection { peer, _permit: permit, _place: place, _alive: tracker.token() }))
    }
}

/// Answers one connection that was not let in.
async fn turn_away<S: AsyncRead + AsyncWrite + Unpin>(
    ready: impl Future<Output = io::Result<S>>,
    refusal: ApiError,
    limits: Limits,
) {
    if let Ok(Ok(stream)) = tokio::time::timeout(limits.handshake_timeout, ready).await {
        refuse(stream, &refusal).await;
    }
}

/// Serves one connection.
async fn converse<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(
    ready: impl Future<Output = io::Result<S>> + Send,
    connection: Arc<Connection>,
    router: Router,
    limits: Limits,
    end: End,
) {
    let ready = tokio::time::timeout(limits.handshake_timeout, ready);
    let stream = match end.soft.run_until_cancelled(ready).await {
        Some(Ok(Ok(stream))) => stream,
        Some(Ok(Err(error))) => return tracing::debug!(%error, "a connection did not begin"),
        Some(Err(_)) => return tracing::debug!("a connection did not begin in time"),
        None => return,
    };
    let service = service_fn(move |mut request: hyper::Request<hyper::body::Incoming>| {
        request.extensions_mut().insert(Arc::clone(&connection));
        router.clone().oneshot(request.map(Body::new))
    });
    let conversation = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.header_timeout)
        .max_headers(HEADERS_MAX)
        .max_header_size(HEADER_BYTES_MAX)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    let mut conversation = std::pin::pin!(conversation);
    let result = tokio::select! {
        result = conversation.as_mut() => result,
        () = end.soft.cancelled() => {
            conversation.as_mut().graceful_shutdown();
            tokio::select! {
                result = conversation.as_mut() => result,
                () = end.hard.cancelled() => return,
            }
        }
    };
    if let Err(error) = result {
        tracing::debug!(%error, "a connection ended early");
    }
}
