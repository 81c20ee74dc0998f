//! The way of a run to whoever keeps the records. A run may last for days: it holds the data folder for a moment at
//! most, so that servers come and go meanwhile, and goes on where nobody holds it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use groma_api::{ApiError, Backend, ErrorCode, RunGrant, RunReport, RunRequest, RunStanding};
use groma_app::execution::ReportTo;
use groma_app::served_at;
use groma_model::ExecutionId;
use tokio::sync::{Mutex, RwLock};

use crate::connection::{Connection, Purpose};
use crate::failure::Failure;
use crate::holder;
use crate::settings::Settings;

/// How long the folder is kept where nobody else holds it: most commands have ended by then, and are noted at once.
const HELD_MAX: Duration = Duration::from_secs(1);
/// How often what is about to run is told, to one holder after the other.
const BEGIN_ATTEMPTS: u32 = 3;

/// A way to the data folder that is there only while somebody holds it.
#[derive(Debug)]
pub(crate) struct Guest {
    settings: Settings,
    way: Mutex<Way>,
    /// Held for reading by questions: the folder is let go between them.
    asking: RwLock<()>,
    /// Whether to take the folder where nobody holds it: at the end, when nothing else is left to wait for.
    may_take: AtomicBool,
}

#[derive(Debug)]
enum Way {
    /// This process's own hold, or the holder that was there when it came.
    Opened(Box<Connection>),
    /// A holder that came later.
    Client(Arc<dyn Backend>),
    Nobody,
}

impl Guest {
    /// Reaches the holder of the folder, or takes it for a moment.
    ///
    /// # Errors
    /// When neither works.
    pub(crate) async fn open(settings: &Settings) -> Result<Arc<Self>, Failure> {
        let opened = Connection::open(settings, Purpose::Tidying).await?;
        let guest = Self {
            settings: settings.clone(),
            way: Mutex::new(Way::Opened(Box::new(opened))),
            asking: RwLock::default(),
            may_take: AtomicBool::new(false),
        };
        Ok(Arc::new(guest))
    }

    /// Lets the folder go after a moment, if this process holds it.
    pub(crate) async fn leave(&self) {
        tokio::time::sleep(HELD_MAX).await;
        let _nobody_asks = self.asking.write().await;
        let mut way = self.way.lock().await;
        let holds = matches!(&*way, Way::Opened(connection) if connection.holder().is_some());
        if holds
            && !self.may_take.load(Ordering::Relaxed)
            && let Way::Opened(connection) = std::mem::replace(&mut *way, Way::Nobody)
        {
            connection.close().await;
        }
    }

    /// Takes the folder from now on where nobody holds it: what is left to tell is told at once.
    pub(crate) fn hurry(&self) {
        self.may_take.store(true, Ordering::Relaxed);
    }

    /// Lets go of the folder, if this process holds it.
    pub(crate) async fn close(&self) {
        let _nobody_asks = self.asking.write().await;
        let mut way = self.way.lock().await;
        if let Way::Opened(connection) = std::mem::replace(&mut *way, Way::Nobody) {
            connection.close().await;
        }
    }

    /// Returns the operations of whoever holds the folder.
    async fn reach(&self) -> Result<Arc<dyn Backend>, ApiError> {
        let mut way = self.way.lock().await;
        match &*way {
            Way::Opened(connection) => return Ok(connection.backend()),
            Way::Client(backend) => return Ok(Arc::clone(backend)),
            Way::Nobody => {}
        }
        let dir = &self.settings.data_dir;
        match served_at(dir) {
            Ok(Some(socket)) => {
                let backend = holder::ask(&socket).await?;
                *way = Way::Client(Arc::clone(&backend));
                Ok(backend)
            }
            Ok(None) if self.may_take.load(Ordering::Relaxed) => {
                let opened = Connection::open(&self.settings, Purpose::Brief).await.map_err(api_error)?;
                let backend = opened.backend();
                *way = Way::Opened(Box::new(opened));
                Ok(backend)
            }
            Ok(None) => Err(unavailable(format!("nobody holds {}", dir.display()))),
            Err(error) => Err(unavailable(format!("{} cannot be looked at: {error}", dir.display()))),
        }
    }

    /// Forgets a holder that is gone, so that the next question looks for another.
    async fn heard<T>(&self, answer: Result<T, ApiError>) -> Result<T, ApiError> {
        if answer.as_ref().is_err_and(|error| error.code == ErrorCode::Unavailable) {
            let mut way = self.way.lock().await;
            let ours = matches!(&*way, Way::Opened(connection) if connection.holder().is_some());
            if !ours {
                *way = Way::Nobody;
            }
        }
        answer
    }

    async fn try_begin(&self, request: RunRequest) -> Result<RunGrant, ApiError> {
        let _asking = self.asking.read().await;
        let answer = self.reach().await?.run_begin(request).await;
        self.heard(answer).await
    }
}

#[async_trait]
impl ReportTo for Guest {
    async fn begin(&self, request: RunRequest) -> Result<RunGrant, ApiError> {
        let mut attempt = 1;
        loop {
            match self.try_begin(request.clone()).await {
                Err(error) if error.code == ErrorCode::Unavailable && attempt < BEGIN_ATTEMPTS => {
                    attempt += 1;
                    // The holder is just ending: another comes, or this process.
                    let opened = Connection::open(&self.settings, Purpose::Brief).await.map_err(api_error)?;
                    *self.way.lock().await = Way::Opened(Box::new(opened));
                }
                answer => return answer,
            }
        }
    }

    async fn report(&self, run: ExecutionId, report: RunReport) -> Result<RunStanding, ApiError> {
        let _asking = self.asking.read().await;
        let answer = self.reach().await?.run_report(run, report).await;
        self.heard(answer).await
    }
}

fn unavailable(detail: String) -> ApiError {
    ApiError::new(ErrorCode::Unavailable, detail)
}

fn api_error(failure: Failure) -> ApiError {
    match failure {
        Failure::Refused { error, .. } => error,
        other => unavailable(other.to_string()),
    }
}
