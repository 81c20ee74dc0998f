//! Noting what became of deliveries.

use std::sync::Arc;
use std::time::Duration;

use groma_model::Sequence;
use tokio::time::Instant;

use super::Worker;
use crate::WebhookError;
use crate::record::Will;
use crate::store::{Changes, Ended};

/// How long storage is left alone after it refused.
const REFUSED: Duration = Duration::from_secs(5);
/// How long what became of deliveries is gathered before it is written: others write too.
const PAUSE: Duration = Duration::from_millis(50);

impl Worker {
    /// Writes what changed, unless that is under way: what arrives meanwhile is written together.
    pub(super) fn write(&mut self) {
        if !self.dirty
            || self.writing.is_some()
            || self.write_after.is_some_and(|after| after > Instant::now())
        {
            return;
        }
        self.dirty = false;
        self.write_after = None;
        for open in self.readings.values_mut() {
            open.kept.progress = open.tracker.progress();
        }
        let changes = Changes {
            standing: self.standing.clone(),
            readings: self.readings.values().map(|open| open.kept.clone()).collect(),
            ended: std::mem::take(&mut self.ended),
            retries: std::mem::take(&mut self.retries),
            settled: std::mem::take(&mut self.settled),
            tries: std::mem::take(&mut self.tries),
            disabled: self.disabled.take(),
        };
        let (around, id) = (Arc::clone(&self.around), self.record.id);
        self.writing = Some(Box::pin(async move { around.store.record(id, changes).await }));
    }

    pub(super) fn written(&mut self, written: Result<(), WebhookError>) {
        self.writing = None;
        match written {
            Ok(()) => {
                self.refused = false;
                self.write_after = Some(Instant::now() + PAUSE);
                let epoch = self.around.journal.head().epoch;
                let held = self.readings.values().map(|open| open.kept.progress.position).min();
                if let Some(held) = held {
                    self.live.lock().held = Sequence::new(epoch, held);
                }
            }
            Err(error) => {
                // Deliveries go on: at worst they are made again after a restart.
                if !std::mem::replace(&mut self.refused, true) {
                    tracing::error!(webhook = %self.record.id, %error, "failed to note what became of deliveries");
                }
                self.dirty = true;
                if let Will::Disabled(reason) = &self.standing.will {
                    self.disabled = Some(Ended { reason: reason.clone(), at: self.around.clock.now() });
                }
                self.write_after = Some(Instant::now() + REFUSED);
            }
        }
    }
}
