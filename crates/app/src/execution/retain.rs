//! Deletes old logs: by age, and by what all of them take. What they are logs of stays on record.

use std::collections::HashMap;
use std::io;
use std::time::Duration;

use groma_api::{ApiError, ErrorCode};
use groma_inventory::KeptLog;
use groma_model::Timestamp;
use uuid::Uuid;

use super::sealed_logs::SealedLogs;
use crate::{App, error};

impl App {
    /// Deletes the logs that may go.
    pub(crate) async fn retain_logs(&self) -> Result<(), ApiError> {
        let options = &self.executions.options;
        let kept = self.inventory.kept_logs().await.map_err(error::inventory)?;
        let folder = self.executions.log_dir().to_owned();
        let sizes = groma_database::apart("logs", move || SealedLogs::sizes(&folder)).await;
        let sizes = sizes.flatten().map_err(failed)?;
        let victims = victims(&kept, &sizes, self.clock.now(), options.log_age_max, options.logs_bytes_max);
        if victims.is_empty() {
            return Ok(());
        }
        // First the record, then the file: a log that is said to be there is there.
        self.inventory.logs_gone(victims.clone()).await.map_err(error::inventory)?;
        self.executions.readers.clear();
        let folder = self.executions.log_dir().to_owned();
        let delete = move || victims.into_iter().try_for_each(|id| SealedLogs::delete(&folder, id));
        groma_database::apart("logs", delete).await.flatten().map_err(failed)
    }
}

/// Returns which logs go: those that are too old, then the oldest until the rest fits.
fn victims(
    kept: &[KeptLog],
    sizes: &HashMap<Uuid, u64>,
    now: Timestamp,
    age_max: Option<Duration>,
    bytes_max: Option<u64>,
) -> Vec<Uuid> {
    let mut bytes: u64 = sizes.values().sum();
    let mut victims = Vec::new();
    for log in kept {
        let old = age_max.is_some_and(|max| now.seconds_since(log.completed_at) > max.as_secs_f64());
        if old || bytes_max.is_some_and(|max| bytes > max) {
            bytes = bytes.saturating_sub(sizes.get(&log.id).copied().unwrap_or(0));
            victims.push(log.id);
        }
    }
    victims
}

fn failed(error: io::Error) -> ApiError {
    ApiError::new(ErrorCode::StorageFailed, format!("failed to delete old logs: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_logs_go_and_then_the_oldest_until_the_rest_fits() {
        let at = |seconds: i64| Timestamp::UNIX_EPOCH.plus_seconds(seconds);
        let kept: Vec<KeptLog> =
            [10, 20, 30, 40].map(|end| KeptLog { id: Uuid::now_v7(), completed_at: at(end) }).to_vec();
        let sizes = kept.iter().map(|log| (log.id, 100)).collect();
        let age = Some(Duration::from_secs(85));
        let gone = |age, bytes| victims(&kept, &sizes, at(100), age, bytes).len();
        assert_eq!(gone(None, None), 0);
        assert_eq!(gone(age, None), 1);
        assert_eq!(gone(None, Some(250)), 2);
        assert_eq!(gone(age, Some(250)), 2);
        assert_eq!(gone(None, Some(0)), 4);
    }
}
