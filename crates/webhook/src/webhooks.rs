//! The webhooks of a folder.

mod change;
mod entry;
mod show;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use groma_database::Database;
use groma_journal::Journal;
use groma_model::{Clock, NodeId, Sequence, WebhookId};
use groma_seal::Keyring;
use parking_lot::Mutex;

use crate::connector::Trust;
use crate::figures::{Counters, Figures};
use crate::record::Will;
use crate::schedule::Policy;
use crate::sender::Sender;
use crate::store::{Store, Stored};
use crate::surroundings::Surroundings;
use crate::webhooks::entry::Entry;
use crate::{WebhookError, worker};

/// What webhooks need to know.
#[derive(Debug, Clone)]
pub struct WebhookOptions {
    /// The installation, part of a test's `source`.
    pub node: NodeId,
    /// How patient deliveries are.
    pub policy: Policy,
    /// Whose certificates are believed.
    pub trust: Trust,
}

/// The webhooks of a folder; cloning shares them.
#[derive(Debug, Clone)]
pub struct Webhooks {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    around: Arc<Surroundings>,
    entries: Mutex<BTreeMap<WebhookId, Entry>>,
    /// One change at a time.
    changing: tokio::sync::Mutex<()>,
    /// Whether deliveries go out.
    started: AtomicBool,
}

impl Webhooks {
    /// Reads the webhooks of a database; deliveries wait for [`Webhooks::start`].
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn open(
        database: Database,
        keyring: Arc<Keyring>,
        journal: Arc<Journal>,
        clock: Arc<dyn Clock>,
        options: WebhookOptions,
    ) -> Result<Self, WebhookError> {
        let around = Arc::new(Surroundings {
            store: Store::new(database, keyring, Arc::clone(&journal)),
            sender: Sender::new(&options.policy, options.trust),
            policy: options.policy,
            figures: Counters::default(),
            node: options.node,
            journal,
            clock,
        });
        let epoch = around.journal.head().epoch;
        let stored = around.store.load().await?;
        let entries = stored.into_iter().map(|stored: Stored| (stored.record.id, Entry::new(stored, epoch)));
        let entries = Mutex::new(entries.collect());
        let inner = Inner {
            around,
            entries,
            changing: tokio::sync::Mutex::default(),
            started: AtomicBool::new(false),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Begins to deliver, from where deliveries were.
    ///
    /// # Errors
    /// When storage refuses.
    pub async fn start(&self) -> Result<(), WebhookError> {
        let _one = self.inner.changing.lock().await;
        if self.inner.started.swap(true, Ordering::SeqCst) {
            return Ok(());
        }
        if self.inner.entries.lock().is_empty() {
            return Ok(());
        }
        self.inner.around.store.trim(self.inner.around.clock.now()).await?;
        let ids: Vec<WebhookId> = self.inner.entries.lock().keys().copied().collect();
        for id in ids {
            self.work(id).await?;
        }
        Ok(())
    }

    /// Stops delivering, in order: tries under way may end for a moment, others are made again at the next start.
    pub async fn stop(&self) {
        let _one = self.inner.changing.lock().await;
        self.inner.started.store(false, Ordering::SeqCst);
        let running: Vec<_> =
            self.inner.entries.lock().values_mut().filter_map(|entry| entry.running.take()).collect();
        for running in &running {
            running.stop.cancel();
        }
        for running in running {
            running.ended().await;
        }
    }

    /// Returns who still needs events behind which position: retention leaves them.
    #[must_use]
    pub fn holds(&self) -> Vec<(String, Sequence)> {
        let entries = self.inner.entries.lock();
        entries.iter().map(|(id, entry)| (format!("webhook/{id}"), entry.live.lock().held)).collect()
    }

    /// Returns figures about deliveries.
    #[must_use]
    pub fn figures(&self) -> Figures {
        let mut figures = self.inner.around.figures.figures();
        for entry in self.inner.entries.lock().values() {
            let live = entry.live.lock();
            figures.waiting += live.waiting;
            match &live.standing.will {
                Will::Active if live.standing.failures >= self.inner.around.policy.failures_max => {
                    figures.resting += 1;
                }
                Will::Active => figures.active += 1,
                Will::Disabled(_) => figures.disabled += 1,
                Will::Paused => {}
            }
        }
        figures
    }

    /// Has a webhook work, if it should.
    async fn work(&self, id: WebhookId) -> Result<(), WebhookError> {
        if !self.inner.started.load(Ordering::SeqCst) {
            return Ok(());
        }
        let found = {
            let entries = self.inner.entries.lock();
            let entry = entries.get(&id).filter(|entry| entry.running.is_none());
            entry.map(|entry| (entry.record.clone(), Arc::clone(&entry.live)))
        };
        let Some((record, live)) = found else { return Ok(()) };
        if live.lock().standing.will != Will::Active {
            return Ok(());
        }
        let worker = worker::Worker::new(Arc::clone(&self.inner.around), record, live).await?;
        if let Some(entry) = self.inner.entries.lock().get_mut(&id) {
            entry.running = Some(entry::Running::begin(worker));
        }
        Ok(())
    }

    /// Has a webhook rest from work, in order.
    async fn rest(&self, id: WebhookId) {
        let running = self.inner.entries.lock().get_mut(&id).and_then(|entry| entry.running.take());
        if let Some(running) = running {
            running.stop.cancel();
            running.ended().await;
        }
    }
}

#[cfg(test)]
mod tests;
