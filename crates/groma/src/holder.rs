//! Holding the data folder: the application inside this process, and the socket through which it serves others.

mod descriptors;
mod edge;

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use groma_api::{ApiError, Backend, ErrorCode};
use groma_app::{App, AppOptions, DatabaseError, FolderError, OpenError};
use groma_client::Client;
use groma_http::{EdgeOptions, Limits, RequestRate, Tls};

use self::edge::Listening;
use crate::assets::Page;

use crate::failure::Failure;
use crate::settings::Settings;

/// Who holds the folder.
#[derive(Debug)]
pub(crate) enum Opened {
    /// This process, from now on.
    Holder(Holder),
    /// Another one.
    Held {
        /// Its id, if it could be told.
        pid: Option<u32>,
        /// Where it serves.
        socket: PathBuf,
        /// Whether it ends for a server's sake.
        yields: bool,
    },
}

/// This process's hold on the folder.
#[derive(Debug)]
pub(crate) struct Holder {
    app: Arc<App>,
    edge: EdgeOptions,
    limits: Limits,
    listening: parking_lot::Mutex<Vec<Listening>>,
}

impl Holder {
    /// Takes the folder and serves other processes on its socket, unless one of them holds it already;
    /// `yields` says that this one ends for a server's sake.
    ///
    /// # Errors
    /// When the folder, its keys or what is in it refuse.
    pub(crate) async fn open(settings: &Settings, yields: bool) -> Result<Opened, Failure> {
        let mut options = AppOptions::new(settings.data_dir.clone(), PathBuf::new());
        options.unlock = settings.unlock()?;
        options.executions = settings.values.execution.options();
        options.model_dir.clone_from(&settings.model_dir);
        options.memory = settings.values.inventory.memory();
        let app = match Box::pin(App::open(options)).await {
            Ok(app) => app,
            Err(OpenError::Held { pid, socket, yields }) => return Ok(Opened::Held { pid, socket, yields }),
            Err(error) => return Err(refused(&error)),
        };
        let server = &settings.values.server;
        let edge = EdgeOptions {
            allowed_hosts: settings.values.allowed_hosts.clone(),
            secure: settings.values.https,
            rate: RequestRate::per_second(server.requests_per_second, server.requests_burst),
            assets: Arc::new(Page),
            ..EdgeOptions::default()
        };
        let limits = Limits {
            connections_max: server.connections_max,
            connections_per_peer_max: server.connections_per_peer_max,
            ..Limits::default()
        };
        let holder = Self { app, edge, limits, listening: parking_lot::Mutex::default() };
        holder.serve_socket(yields);
        Ok(Opened::Holder(holder))
    }

    /// Returns the operations on behalf of the folder's owner.
    pub(crate) fn backend(&self) -> Arc<dyn Backend> {
        self.app.backend(self.app.owner())
    }

    /// Takes up queued and interrupted scans.
    ///
    /// # Errors
    /// When storage refuses.
    pub(crate) async fn start_tasks(&self) -> Result<(), ApiError> {
        self.app.start_tasks().await
    }

    /// Ends what commands left behind whose process is gone; that takes as long as it is given to end in order.
    ///
    /// # Errors
    /// When storage or the logs refuse.
    pub(crate) async fn end_leftovers(&self) -> Result<(), ApiError> {
        self.app.reconcile().await
    }

    /// Serves browsers and programs on TCP too, by TLS if there is a certificate; returns the address, whose port the
    /// system chose if it was 0, and the page's URL.
    ///
    /// # Errors
    /// When the address is taken or not ours.
    pub(crate) async fn serve_tcp(
        &self,
        address: SocketAddr,
        tls: Option<Arc<Tls>>,
    ) -> Result<(SocketAddr, String), Failure> {
        let mut edge = self.edge.clone();
        let secure = tls.is_some();
        edge.secure |= secure;
        edge.allowed_hosts.extend(tls.iter().flat_map(|tls| tls.names()));
        let limits = descriptors::fit(self.limits);
        let name = edge.allowed_hosts.first().filter(|_| secure).cloned();
        let (listening, address) = Listening::on_tcp(self.app.gate(), edge, limits, tls, address).await?;
        self.listening.lock().push(listening);
        let url = url(address, secure, name.as_deref());
        self.app.listens(address, url.clone());
        Ok((address, url))
    }

    /// A command can do its own work on a full disk or without a socket, so a refusal is only told.
    fn serve_socket(&self, yields: bool) {
        let (gate, edge, path) = (self.app.gate(), self.edge.clone(), self.app.socket_path());
        match Listening::on_socket(gate, edge, self.limits, path) {
            Ok(listening) => self.listening.lock().push(listening),
            Err(error) => tracing::warn!(%error, "other commands cannot use this data folder for now"),
        }
        if let Err(error) = self.app.announce(yields) {
            tracing::warn!(%error, "other commands cannot find this process");
        }
    }

    /// Stops in order: running scans are checkpointed, readers are told, connections end.
    pub(crate) async fn close(&self) {
        self.app.shutdown().await;
        let listening = std::mem::take(&mut *self.listening.lock());
        for listening in listening {
            listening.ended().await;
        }
        self.app.close().await;
    }
}

/// Returns where a browser finds the page: a certificate is made for a name, and a server on all addresses answers on
/// loopback too.
fn url(address: SocketAddr, secure: bool, name: Option<&str>) -> String {
    let scheme = if secure { "https" } else { "http" };
    if let Some(name) = name {
        return format!("{scheme}://{name}:{}", address.port());
    }
    let mut address = address;
    if address.ip().is_unspecified() {
        address.set_ip(match address {
            SocketAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            SocketAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        });
    }
    format!("{scheme}://{address}")
}

/// Tells why the folder cannot be opened, with all causes.
fn refused(error: &OpenError) -> Failure {
    let code = match error {
        OpenError::Folder(FolderError::OtherOwner { .. }) | OpenError::Keys(_) => ErrorCode::Forbidden,
        OpenError::Database(DatabaseError::TooNew { .. }) => ErrorCode::VersionMismatch,
        OpenError::Held { .. } => ErrorCode::Unavailable,
        _ => ErrorCode::StorageFailed,
    };
    let mut detail = error.to_string();
    let mut cause = std::error::Error::source(error);
    let mut advice = None;
    while let Some(error) = cause {
        detail = format!("{detail}: {error}");
        advice = advice.or_else(|| disk_refuses(error.downcast_ref()?));
        cause = error.source();
    }
    match advice {
        Some(advice) => Failure::new(ErrorCode::StorageFailed, detail).hint(advice),
        None => Failure::new(code, detail),
    }
}

/// Returns what to do, if it is the disk that refuses.
fn disk_refuses(error: &std::io::Error) -> Option<&'static str> {
    use std::io::ErrorKind::{QuotaExceeded, ReadOnlyFilesystem, StorageFull};
    match error.kind() {
        QuotaExceeded | StorageFull => Some("the disk is full: free some space and try again"),
        ReadOnlyFilesystem => Some("the file system is read-only: choose another folder with --data-dir"),
        _ => None,
    }
}

/// Reaches the process that serves at a socket.
///
/// # Errors
/// When nobody answers, or it speaks another version of the protocol.
pub(crate) async fn ask(socket: &Path) -> Result<Arc<dyn Backend>, ApiError> {
    let client = Client::unix(socket);
    client.handshake().await?;
    Ok(Arc::new(client))
}
