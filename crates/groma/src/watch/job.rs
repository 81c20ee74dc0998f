//! Watching a job that the holder of the folder does and that is asked how far it is.

mod bar;

use std::sync::Arc;
use std::time::Duration;

use groma_api::{ApiError, Backend, ErrorCode};

use crate::connection::Connection;
use crate::context::Context;
use crate::failure::Failure;
use crate::interrupt::Stop;

pub(crate) use bar::Bar;

/// The wait between two questions.
const ASKED_EVERY: Duration = Duration::from_millis(200);

/// How far a job is.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Progress {
    /// What it does now.
    pub(crate) phase: String,
    /// Bytes done.
    pub(crate) bytes: u64,
    /// Bytes in all, once known.
    pub(crate) bytes_total: Option<u64>,
    /// Bytes per second, where the job says so; counted here otherwise.
    pub(crate) bytes_per_second: Option<f64>,
}

/// What the holder says of a job.
#[derive(Debug)]
pub(crate) enum Told<T> {
    /// It goes on.
    Running(Progress),
    /// It has ended.
    Ended(T),
}

/// How the watching ended.
#[derive(Debug)]
pub(crate) enum Watched<T> {
    /// With the job.
    Ended(T),
    /// Because somebody wants to stop.
    Stopped(Stop),
}

/// Asks how far a job is, shows that on a terminal, and returns when it has ended, whoever holds the folder meanwhile; or,
/// if it `heeds` them, with the first request to stop.
///
/// # Errors
/// What the backend refuses with, or when no way is found.
pub(crate) async fn job<T>(
    cx: &Context,
    connection: &Connection,
    heeds: bool,
    ask: impl AsyncFn(Arc<dyn Backend>) -> Result<Told<T>, ApiError>,
) -> Result<Watched<T>, Failure> {
    cx.interrupts.handle();
    let mut bar = Bar::new();
    let mut stop = std::pin::pin!(cx.interrupts.first());
    loop {
        match ask(connection.backend()).await {
            Ok(Told::Ended(end)) => return Ok(Watched::Ended(end)),
            Ok(Told::Running(progress)) => bar.show(&progress),
            Err(error) if error.code == ErrorCode::Unavailable => connection.reopen().await?,
            Err(error) => return Err(error.into()),
        }
        tokio::select! {
            how = &mut stop, if heeds => return Ok(Watched::Stopped(how)),
            () = tokio::time::sleep(ASKED_EVERY) => {}
        }
    }
}
