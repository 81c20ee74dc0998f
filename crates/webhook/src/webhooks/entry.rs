//! A webhook in memory.

use std::sync::Arc;

use groma_model::{Epoch, Sequence};
use parking_lot::Mutex;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::record::Record;
use crate::store::Stored;
use crate::worker::{Live, Worker};

#[derive(Debug)]
pub(super) struct Entry {
    pub(super) record: Record,
    pub(super) live: Arc<Mutex<Live>>,
    pub(super) running: Option<Running>,
}

impl Entry {
    pub(super) fn new(stored: Stored, epoch: Epoch) -> Self {
        let Stored { record, standing, readings } = stored;
        let at = |reading: &crate::record::Reading| {
            Sequence::new(Epoch::from_millis(reading.epoch), reading.progress.position)
        };
        let position = readings.first().map_or(Sequence::new(epoch, 0), at);
        let held = readings.iter().map(at).min().unwrap_or(position);
        let waiting = readings.iter().map(|reading| reading.progress.missing.len() as u64).sum();
        let retry_at = standing.rests_until;
        let live = Arc::new(Mutex::new(Live { standing, position, held, waiting, retry_at }));
        Self { record, live, running: None }
    }
}

/// A webhook at work.
#[derive(Debug)]
pub(super) struct Running {
    pub(super) stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Running {
    pub(super) fn begin(worker: Worker) -> Self {
        let stop = CancellationToken::new();
        Self { task: tokio::spawn(worker.run(stop.clone())), stop }
    }

    pub(super) async fn ended(self) {
        if let Err(error) = self.task.await {
            tracing::error!(%error, "a webhook ended with a fault");
        }
    }
}
