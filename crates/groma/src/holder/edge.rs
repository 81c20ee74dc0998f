//! Listening on behalf of the application.

use std::fs::DirBuilder;
use std::io;
use std::net::SocketAddr;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::Path;
use std::sync::Arc;

use groma_api::{ErrorCode, Gate};
use groma_http::{EdgeOptions, Limits, Tls, router};
use tokio::net::{TcpListener, UnixListener};
use tokio::task::JoinHandle;

use crate::failure::Failure;

/// A listener that serves until the application stops.
#[derive(Debug)]
pub(crate) struct Listening {
    task: JoinHandle<()>,
}

impl Listening {
    /// Listens on the unix socket at `path`, for this user's other processes.
    ///
    /// # Errors
    /// When there can be no socket at that path.
    pub(super) fn on_socket(
        gate: Arc<dyn Gate>,
        options: EdgeOptions,
        limits: Limits,
        path: &Path,
    ) -> io::Result<Self> {
        let listener = bind_socket(path)?;
        let router = router(Arc::clone(&gate), options);
        let task = tokio::spawn(async move {
            groma_http::serve_unix(listener, router, limits, async move { gate.stopping().await }).await;
        });
        Ok(Self { task })
    }

    /// Listens on TCP, for browsers and programs, by TLS if there is a certificate; returns the address as well.
    ///
    /// # Errors
    /// When the address is taken or not ours.
    pub(super) async fn on_tcp(
        gate: Arc<dyn Gate>,
        options: EdgeOptions,
        limits: Limits,
        tls: Option<Arc<Tls>>,
        address: SocketAddr,
    ) -> Result<(Self, SocketAddr), Failure> {
        let listener = TcpListener::bind(address).await;
        let bound = listener.and_then(|listener| Ok((listener.local_addr()?, listener)));
        let (address, listener) = bound.map_err(|error| {
            Failure::new(ErrorCode::Unavailable, format!("could not listen on {address}: {error}"))
                .hint("choose another address with --listen")
        })?;
        let router = router(Arc::clone(&gate), options);
        let stopping = async move { gate.stopping().await };
        let task = match tls {
            None => tokio::spawn(groma_http::serve_tcp(listener, router, limits, stopping)),
            Some(tls) => tokio::spawn(async move {
                let serving = groma_http::serve_tls(listener, Arc::clone(&tls), router, limits, stopping);
                tokio::select! {
                    () = serving => {}
                    // For as long as the former runs.
                    () = tls.follow() => {}
                }
            }),
        };
        Ok((Self { task }, address))
    }

    /// Resolves when the listener has let its connections go.
    pub(super) async fn ended(self) {
        // It ends with a panic only if the listener itself has one, which the log tells.
        let _ = self.task.await;
    }
}

/// Binds the socket for this user alone.
fn bind_socket(path: &Path) -> io::Result<UnixListener> {
    // Only the holder of the folder comes here, so a socket that is there was left by an earlier one. It is never
    // removed at the end: by then the next holder may have put its own there.
    if let Some(folder) = path.parent() {
        own_folder(folder)?;
    }
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let listener = UnixListener::bind(path)?;
    // Its folder is this user's alone, so nobody else could open it before this either.
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))?;
    Ok(listener)
}

/// Makes sure that a folder is there and this user's alone: one in a shared place may be somebody else's trap.
fn own_folder(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let metadata = std::fs::symlink_metadata(folder)?;
    let own = metadata.is_dir() && metadata.uid() == rustix::process::geteuid().as_raw();
    if own && metadata.mode() & 0o077 == 0 {
        return Ok(());
    }
    let why = format!("{} is not this user's alone", folder.display());
    Err(io::Error::new(io::ErrorKind::PermissionDenied, why))
}
