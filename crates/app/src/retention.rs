//! How long events are kept, who still needs them, and figures about them.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use groma_api::{
    ApiError, Consumer, ConsumerList, ConsumerRequest, EventStatistics, Retention, RetentionOperations,
    RetentionRequest, RetentionRun, ScanStatus,
};
use groma_journal::{Hold, NewEvent, Start};
use groma_model::EventFilter;
use groma_model::system::Severity;
use tokio::time::{Instant, MissedTickBehavior};

use crate::backend::Caller;
use crate::{App, error};

/// How often what may go is dropped.
const RUN_EVERY: Duration = Duration::from_secs(600);
/// How often the size of the database is looked at: a burst of events fills gigabytes between two runs.
const LOOK_EVERY: Duration = Duration::from_secs(15);
/// Running scans that are looked at; there are never so many.
const RUNNING_MAX: u32 = 1_000;

#[async_trait]
impl RetentionOperations for Caller {
    async fn retention_get(&self) -> Result<Retention, ApiError> {
        self.allow("retention_get")?;
        self.app.journal.retention(self.app.holds().await?).await
    }

    async fn retention_set(&self, request: RetentionRequest) -> Result<Retention, ApiError> {
        let detail = serde_json::to_string(&request).unwrap_or_default();
        let act = async {
            self.app.journal.set_retention(request).await?;
            self.app.journal.retention(self.app.holds().await?).await
        };
        self.audited("retention_set", None, detail, act).await
    }

    async fn retention_run(&self) -> Result<RetentionRun, ApiError> {
        let act = async { self.app.journal.retain(self.app.holds().await?).await };
        self.audited("retention_run", None, String::new(), act).await
    }

    async fn consumer_put(&self, request: ConsumerRequest) -> Result<Consumer, ApiError> {
        self.allow_often("consumer_put").await?;
        self.app.journal.put_consumer(request).await
    }

    async fn consumer_list(&self) -> Result<ConsumerList, ApiError> {
        self.allow("consumer_list")?;
        Ok(ConsumerList { consumers: self.app.journal.consumers().await? })
    }

    async fn consumer_delete(&self, name: String) -> Result<(), ApiError> {
        let detail = name.chars().take(200).collect();
        let act = self.app.journal.delete_consumer(&name);
        self.audited("consumer_delete", None, detail, act).await
    }

    async fn event_statistics(&self) -> Result<EventStatistics, ApiError> {
        self.allow("event_statistics")?;
        Ok(self.app.journal.statistics())
    }
}

impl App {
    /// Returns for whom events are held, besides the consumers that the journal knows: webhooks and running scans.
    async fn holds(&self) -> Result<Vec<Hold>, ApiError> {
        let webhooks = self.webhooks.holds().into_iter();
        let mut holds: Vec<Hold> = webhooks.map(|(who, through)| Hold { who, through }).collect();
        let running = self.inventory.scans(vec![ScanStatus::Running], None, RUNNING_MAX).await;
        for scan in running.map_err(error::inventory)?.scans {
            let since = Start::Since(scan.started_at.unwrap_or(scan.created_at));
            let cursor = self.journal.cursor(since, EventFilter::default()).await.map_err(error::journal)?;
            holds.push(Hold { who: format!("scan {}", scan.id), through: cursor.position() });
        }
        Ok(holds)
    }

    /// Drops what may go from time to time, until the application stops.
    pub(crate) fn tend_journal(self: &Arc<Self>) {
        let (app, stopping) = (Arc::downgrade(self), self.stopping.clone());
        let tend = async move {
            let mut look = tokio::time::interval_at(Instant::now() + LOOK_EVERY, LOOK_EVERY);
            look.set_missed_tick_behavior(MissedTickBehavior::Delay);
            let mut last_run = Instant::now();
            let mut failing = false;
            loop {
                look.tick().await;
                let Some(app) = app.upgrade() else { return };
                let due = last_run.elapsed() >= RUN_EVERY;
                match app.tend_once(due).await {
                    Ok(ran) => {
                        failing = false;
                        last_run = if ran { Instant::now() } else { last_run };
                    }
                    // Told once: until it works again, nothing new is to be said.
                    Err(error) if !failing => {
                        failing = true;
                        app.tell_retention_fails(&error).await;
                    }
                    Err(_) => {}
                }
            }
        };
        tokio::spawn(async move { stopping.run_until_cancelled(tend).await });
    }

    /// Runs retention if it is due or the database takes too much; returns whether it did.
    async fn tend_once(&self, due: bool) -> Result<bool, ApiError> {
        let over = self.journal.tend().await?;
        if due || over {
            self.journal.retain(self.holds().await?).await?;
        }
        if due {
            self.forget_old().await?;
        }
        Ok(due || over)
    }

    /// Forgets what of the inventory is older than it is to be kept.
    async fn forget_old(&self) -> Result<(), ApiError> {
        let now = self.clock.now();
        let before = |days: Option<u32>| days.map(|days| now.plus_seconds(-i64::from(days) * 86_400));
        let (changes, tombstones) = (before(self.memory.history_days), before(self.memory.tombstone_days));
        let forgotten = self.inventory.forget_old(changes, tombstones).await.map_err(error::inventory)?;
        if forgotten != groma_inventory::Forgotten::default() {
            tracing::info!(
                changes = forgotten.changes,
                tombstones = forgotten.tombstones,
                "forgot what is old"
            );
        }
        Ok(())
    }

    async fn tell_retention_fails(&self, error: &ApiError) {
        tracing::error!(%error, "retention failed");
        let (journal, payload) = (
            Arc::clone(&self.journal),
            self.trouble(format!("Old events cannot be dropped: {error}"), Severity::Error),
        );
        let told = self.database.write(move |tx| {
            journal.append(tx, vec![NewEvent { subject: None, payload }])?;
            Ok::<_, groma_database::OpError<std::convert::Infallible>>(())
        });
        if let Err(error) = told.await {
            tracing::error!(%error, "failed to journal that retention failed");
        }
    }
}
