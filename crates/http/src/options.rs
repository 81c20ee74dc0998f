//! What the edge can be told.

use std::sync::Arc;
use std::time::Duration;

use crate::{Assets, NoAssets};

/// How much one listener bears.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Connections at once; further ones are answered with 503 and closed.
    pub connections_max: usize,
    /// Connections at once from one address that is not loopback; further ones are answered with 429 and closed.
    pub connections_per_peer_max: usize,
    /// How long a TCP peer may take nothing of what is sent to it; then the connection is cut, and a reader of events
    /// comes back behind the last one it got. To the system's own resolution, and on Linux alone.
    pub stall_timeout: Duration,
    /// How long a TLS handshake may take.
    pub handshake_timeout: Duration,
    /// How long a connection may take to send the head of a request.
    pub header_timeout: Duration,
    /// How long running requests may take when the listener stops.
    pub grace: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections_max: 16_384,
            connections_per_peer_max: 256,
            stall_timeout: Duration::from_secs(300),
            handshake_timeout: Duration::from_secs(10),
            header_timeout: Duration::from_secs(10),
            grace: Duration::from_secs(5),
        }
    }
}

/// How many requests somebody may make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestRate {
    /// The pause between two requests, on average.
    pub interval: Duration,
    /// Requests that may come at once.
    pub burst: u32,
}

impl RequestRate {
    /// Returns the rate of so many requests per second; 0 counts as 1.
    #[must_use]
    pub fn per_second(requests: u32, burst: u32) -> Self {
        Self { interval: Duration::from_secs(1) / requests.max(1), burst: burst.max(1) }
    }
}

impl Default for RequestRate {
    fn default() -> Self {
        Self::per_second(200, 400)
    }
}

/// Settings of the routes.
#[derive(Debug, Clone)]
pub struct EdgeOptions {
    /// Names or addresses, without port, that a `Host` header may carry besides loopback and the bound address.
    pub allowed_hosts: Vec<String>,
    /// Whether browsers reach the edge by TLS: cookies become `Secure` and origins begin with `https`.
    pub secure: bool,
    /// How long a stream is silent before it says that it lives; a WebSocket peer is given up after three times that.
    pub keep_alive: Duration,
    /// How long the body of a request may take.
    pub body_timeout: Duration,
    /// How many requests each token or session may make, and each address without one. The socket has no limit.
    pub rate: RequestRate,
    /// The page.
    pub assets: Arc<dyn Assets>,
}

impl Default for EdgeOptions {
    fn default() -> Self {
        Self {
            allowed_hosts: Vec::new(),
            secure: false,
            keep_alive: Duration::from_secs(15),
            body_timeout: Duration::from_secs(30),
            rate: RequestRate::default(),
            assets: Arc::new(NoAssets),
        }
    }
}
