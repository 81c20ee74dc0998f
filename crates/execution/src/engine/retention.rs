//! Deleting the logs of executions that ended long ago, and the oldest when there are too many.

use std::sync::Arc;
use std::time::Duration;

use groma_execution_types::ExecutionResult;
use jiff::Timestamp;
use uuid::Uuid;

use super::aside::aside;
use crate::{ExecutionConfig, ExecutionEngine, ExecutionError, LogReader, LogSink, Note, log};

/// What was deleted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cleaned {
    /// Logs.
    pub logs: u64,
    /// Bytes of output that were in them.
    pub bytes: u64,
}

impl ExecutionEngine {
    /// Deletes logs as configured: those of executions that ended longer ago than `log_age_max`, and the oldest while all
    /// together have more than `logs_bytes_max`. Those of executions that have not ended stay; see [`Self::reconcile`].
    ///
    /// # Errors
    /// When the logs cannot be listed. One that cannot be deleted is told in the log of the program and left.
    pub async fn clean_logs(&self) -> Result<Cleaned, ExecutionError> {
        let engine = self.engine();
        let Some(sink) = engine.sink.clone() else { return Ok(Cleaned::default()) };
        if engine.config.log_age_max.is_none() && engine.config.logs_bytes_max.is_none() {
            return Ok(Cleaned::default());
        }
        let ids = engine.stored(&sink).await?;
        let config = engine.config.clone();
        let cleaned = aside(move || Ok(clean(&sink, ids, &config, Timestamp::now()))).await;
        cleaned.map_err(|error| engine.unreadable(Uuid::nil(), error))
    }
}

/// A log of what has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Ended {
    id: Uuid,
    at: Timestamp,
    bytes: u64,
}

fn clean(sink: &Arc<dyn LogSink>, ids: Vec<Uuid>, config: &ExecutionConfig, now: Timestamp) -> Cleaned {
    let logs = ids.into_iter().filter_map(|id| ended(sink, id, config.log_bytes_max)).collect();
    let mut cleaned = Cleaned::default();
    for gone in surplus(logs, config.log_age_max, config.logs_bytes_max, now) {
        match log::remove(&**sink, gone.id) {
            Ok(()) => {
                cleaned.logs += 1;
                cleaned.bytes += gone.bytes;
            }
            Err(error) => tracing::warn!(id = %gone.id, %error, "failed to delete the log of an execution"),
        }
    }
    cleaned
}

/// Returns what a log says of its end; `None`: nothing yet, or it cannot be read.
fn ended(sink: &Arc<dyn LogSink>, id: Uuid, bytes_max: u64) -> Option<Ended> {
    let notes = LogReader::open(Arc::clone(sink), id).and_then(|mut reader| reader.notes()).ok()?;
    let result: ExecutionResult = notes.into_iter().rev().find_map(|note| match note {
        Note::Ended { result } => Some(*result),
        _ => None,
    })?;
    Some(Ended { id, at: result.completed_at?, bytes: result.bytes.min(bytes_max) })
}

/// Returns the logs that are to go.
fn surplus(
    mut logs: Vec<Ended>,
    age_max: Option<Duration>,
    bytes_max: Option<u64>,
    now: Timestamp,
) -> Vec<Ended> {
    logs.sort_by_key(|log| std::cmp::Reverse((log.at, log.id)));
    let mut bytes = 0_u64;
    logs.retain(|log| {
        bytes = bytes.saturating_add(log.bytes);
        let age = Duration::try_from(now.duration_since(log.at)).unwrap_or_default();
        age_max.is_some_and(|most| age > most) || bytes_max.is_some_and(|most| bytes > most)
    });
    logs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_old_and_the_oldest_beyond_the_limit_go() {
        let now = Timestamp::from_second(1_000_000).unwrap();
        let logs: Vec<Ended> = (0..5)
            .map(|age| Ended {
                id: Uuid::now_v7(),
                at: Timestamp::from_second(1_000_000 - age * 100).unwrap(),
                bytes: 10,
            })
            .collect();
        let gone = |age: Option<u64>, bytes| {
            let gone = surplus(logs.clone(), age.map(Duration::from_secs), bytes, now);
            gone.iter().map(|log| logs.iter().position(|of| of == log).unwrap()).collect::<Vec<_>>()
        };
        assert!(gone(None, None).is_empty());
        assert_eq!(gone(Some(200), None), [3, 4]);
        assert_eq!(gone(None, Some(25)), [2, 3, 4]);
        assert_eq!(gone(None, Some(0)), [0, 1, 2, 3, 4]);
        assert_eq!(gone(Some(350), Some(40)), [4]);
    }
}
