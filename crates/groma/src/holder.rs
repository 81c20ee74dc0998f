//! Holding the data folder: the application inside this process, and the socket through which it serves others.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use groma_api::{ApiError, Backend, ErrorCode};

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
    backend: Arc<dyn Backend>,
}

impl Holder {
    pub(crate) async fn open(_settings: &Settings) -> Result<Opened, Failure> {
        Err(Failure::new(ErrorCode::Unavailable, "the application is not there yet"))
    }

    pub(crate) fn backend(&self) -> Arc<dyn Backend> {
        Arc::clone(&self.backend)
    }

    pub(crate) fn start_tasks(&self) {}

    pub(crate) async fn close(&self) {}
}

pub(crate) async fn ask(_socket: &Path) -> Result<Arc<dyn Backend>, ApiError> {
    Err(ApiError::new(ErrorCode::Unavailable, "the client is not there yet"))
}

/// The listening server.
#[derive(Debug)]
pub(crate) struct Server {
    address: std::net::SocketAddr,
}

impl Holder {
    pub(crate) async fn serve_tcp(&self, address: std::net::SocketAddr) -> Result<Server, Failure> {
        Ok(Server { address })
    }
}

impl Server {
    pub(crate) fn address(&self) -> std::net::SocketAddr {
        self.address
    }

    pub(crate) async fn ended(&self) -> Result<(), Failure> {
        std::future::pending().await
    }
}
