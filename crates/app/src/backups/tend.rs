//! Making backups and drills by themselves when they are due.

use std::sync::Arc;
use std::time::Duration;

use groma_api::ApiError;
use groma_inventory::BackupRecord;
use groma_model::Timestamp;
use groma_model::system::Severity;
use tokio::time::{Instant, MissedTickBehavior, interval_at};

use super::jobs::Job;
use crate::{App, error};

const LOOK_EVERY: Duration = Duration::from_secs(30);
/// A drill that failed is not tried again before.
const DRILL_AGAIN_SECONDS: i64 = 6 * 3_600;

impl App {
    /// Looks from time to time what is due, until the application stops.
    pub(crate) fn tend_backups(self: &Arc<Self>) {
        let (app, stopping) = (Arc::downgrade(self), self.stopping.clone());
        let tend = async move {
            let mut looks = interval_at(Instant::now() + LOOK_EVERY, LOOK_EVERY);
            looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            let mut told = None;
            loop {
                looks.tick().await;
                let Some(app) = app.upgrade() else { return };
                let failed = app.tend_backups_once().await.err().map(|error| error.detail);
                // Told once: until something else is wrong, nothing new is to be said.
                if failed != told {
                    if let Some(why) = &failed {
                        tracing::error!("a backup that is due cannot be begun");
                        app.tell_backups(
                            format!("A backup that is due cannot be begun: {why}"),
                            Severity::Error,
                        )
                        .await;
                    }
                    told = failed;
                }
            }
        };
        tokio::spawn(async move { stopping.run_until_cancelled(tend).await });
    }

    async fn tend_backups_once(self: &Arc<Self>) -> Result<(), ApiError> {
        if self.backups.running.lock().is_some() {
            return Ok(());
        }
        let (plan, record) = self.inventory.backup_plan().await.map_err(error::inventory)?;
        let now = self.clock.now();
        if self.next_backup(&plan, &record).is_some_and(|next| next <= now) {
            let repository = self.repository(None).await?;
            return self.run_job(Job::Create, repository);
        }
        if plan.target.is_some() && drill_is_due(&record, plan.drill_days, now) {
            let repository = self.repository(None).await?;
            return self.run_job(Job::Drill { backup: None }, repository);
        }
        Ok(())
    }
}

/// A drill needs a backup; the first is due with the first backup.
fn drill_is_due(record: &BackupRecord, days: u32, now: Timestamp) -> bool {
    let tried = record.outcomes.iter().find(|outcome| outcome.kind == "drill");
    if days == 0
        || record.last_success.is_none()
        || tried.is_some_and(|outcome| !outcome.success && outcome.at.plus_seconds(DRILL_AGAIN_SECONDS) > now)
    {
        return false;
    }
    record.last_drill.is_none_or(|last| last.plus_seconds(i64::from(days) * 86_400) <= now)
}
