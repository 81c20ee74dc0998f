//! Holding the data folder: the application inside this process, and the socket through which it serves others.

mod edge;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use groma_api::{ApiError, Backend, ErrorCode};
use groma_client::Client;

use self::edge::Listening;

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
    },
}

/// This process's hold on the folder.
#[derive(Debug)]
pub(crate) struct Holder {
    gate: Arc<dyn groma_api::Gate>,
    backend: Arc<dyn Backend>,
    listening: parking_lot::Mutex<Vec<Listening>>,
}

impl Holder {
    pub(crate) async fn open(_settings: &Settings) -> Result<Opened, Failure> {
        Err(Failure::new(ErrorCode::Unavailable, "the application is not there yet"))
    }

    /// Returns the operations on behalf of the folder's owner.
    pub(crate) fn backend(&self) -> Arc<dyn Backend> {
        Arc::clone(&self.backend)
    }

    /// Takes up queued and interrupted scans.
    pub(crate) fn start_tasks(&self) {}

    /// Serves browsers and programs on TCP too; returns the address, whose port the system chose if it was 0.
    ///
    /// # Errors
    /// When the address is taken or not ours.
    pub(crate) async fn serve_tcp(&self, address: SocketAddr) -> Result<SocketAddr, Failure> {
        let (listening, address) = Listening::on_tcp(Arc::clone(&self.gate), address).await?;
        self.listening.lock().push(listening);
        Ok(address)
    }

    /// Stops in order: running scans are checkpointed, readers are told, connections end.
    pub(crate) async fn close(&self) {
        let listening = std::mem::take(&mut *self.listening.lock());
        for listening in listening {
            listening.ended().await;
        }
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
