//! What the edge can be told.

use std::sync::Arc;
use std::time::Duration;

use crate::{Assets, NoAssets};

/// How much one listener bears.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Connections at once; further ones wait in the system's queue.
    pub connections_max: usize,
    /// How long a connection may take to send the head of a request.
    pub header_timeout: Duration,
    /// How long running requests may take when the listener stops.
    pub grace: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { connections_max: 1024, header_timeout: Duration::from_secs(10), grace: Duration::from_secs(5) }
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
            assets: Arc::new(NoAssets),
        }
    }
}
