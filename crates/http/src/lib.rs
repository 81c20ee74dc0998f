//! The HTTP edge: every operation of `groma_api::OPERATIONS` as a route, on TCP and on the unix socket.
//!
//! The edge finds out who calls, refuses what browsers must not be tricked into, and turns requests into calls
//! of a [`Backend`](groma_api::Backend) and its answers into responses. It decides nothing else.
//!
//! Architecture invariant: nothing here knows storage, engines or the wiring of the application.

mod action;
mod admission;
mod assets;
mod call;
mod docs;
mod document;
mod edge;
mod etag;
mod frame;
mod idempotency;
mod negotiate;
mod options;
mod origin;
mod peer;
mod problem;
mod rate;
mod router;
mod routes;
mod serve;
mod stream;
mod tls;
mod websocket;

pub use assets::{Asset, Assets, NoAssets};
pub use options::{EdgeOptions, Limits, RequestRate};
pub use router::router;
pub use serve::{serve_tcp, serve_tls, serve_unix};
pub use tls::{Tls, TlsError};
