//! How runs in this process are set up and ended.

use std::sync::Arc;
use std::time::Duration;

use groma_api::{ApiError, ErrorCode};
use groma_app::execution::{
    EventHandler, ExecutionConfig, ExecutionEngine, ExecutionError, Keychain, LocalRun, Tee,
};

use super::events::{EventLines, Gaps};
use super::guest::Guest;
use super::loss::Loss;
use super::stopping::{Reason, Stopping};
use super::through::Through;
use crate::context::Context;
use crate::failure::Failure;
use crate::output::{Format, say};

/// How long to wait at the end for a holder that can be told; the log tells the next one what could not be.
const PATIENCE: Duration = Duration::from_secs(5);

/// Returns how commands are run here.
pub(crate) fn config(cx: &Context) -> ExecutionConfig {
    cx.settings.values.execution.options().config()
}

/// Returns an engine that says what would run.
pub(crate) fn engine(cx: &Context) -> ExecutionEngine {
    ExecutionEngine::new(config(cx)).with_secret_source(Arc::new(Keychain))
}

/// Returns who is told what happens in a run, beside the holder of the folder.
pub(crate) fn handlers(cx: &Context, loss: &Loss) -> Vec<Arc<dyn EventHandler>> {
    match cx.settings.output {
        Format::Ndjson => vec![Arc::new(EventLines::new(loss.clone()))],
        Format::Json => Vec::new(),
        Format::Table | Format::Csv => vec![Arc::new(Gaps)],
    }
}

/// Returns who is handed what a command writes; nobody where something else is printed.
pub(crate) fn tee(cx: &Context, loss: &Loss) -> Option<Arc<dyn Tee>> {
    match cx.settings.output {
        Format::Table | Format::Csv => Some(Arc::new(Through::new(loss.clone()))),
        Format::Json | Format::Ndjson => None,
    }
}

/// Lives with a run until it has ended, and ends it once all of it was told. Returns what became of it, and why it was
/// stopped, if it was from here.
pub(crate) async fn see_through<T>(
    stopping: Stopping,
    guest: &Guest,
    run: LocalRun,
    ended: impl AsyncFnOnce(&LocalRun) -> T,
) -> (T, Option<Reason>) {
    let id = run.id();
    let ended = {
        let mut leaving = std::pin::pin!(guest.leave());
        let mut ended = std::pin::pin!(stopping.until(&run, ended(&run)));
        tokio::select! {
            ended = &mut ended => ended,
            () = &mut leaving => ended.await,
        }
    };
    guest.hurry();
    run.engine().shutdown().await;
    if let Err(error) = run.finish(PATIENCE).await {
        say(format!(
            "groma: warning: the end of {id} could not be noted: {}; its log has it, and whoever holds the data folder next \
             takes it from there",
            error.detail
        ));
    }
    ended
}

/// Returns why something is not run.
pub(crate) fn refused(error: ExecutionError) -> Failure {
    let mut detail = error.to_string();
    let mut cause = std::error::Error::source(&error);
    while let Some(error) = cause {
        detail = format!("{detail}: {error}");
        cause = error.source();
    }
    match error {
        ExecutionError::Invalid(fault) => ApiError::invalid(&fault.field, detail).into(),
        ExecutionError::Secret(_) => Failure::new(ErrorCode::InvalidRequest, detail),
        ExecutionError::NotFound(_) => Failure::new(ErrorCode::NotFound, detail),
        ExecutionError::Exists(_) | ExecutionError::Drift { .. } => Failure::new(ErrorCode::Conflict, detail),
        ExecutionError::Log { .. } | ExecutionError::Script { .. } => {
            Failure::new(ErrorCode::StorageFailed, detail)
        }
        _ => Failure::new(ErrorCode::Unavailable, detail),
    }
}
