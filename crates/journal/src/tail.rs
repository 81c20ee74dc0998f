//! The newest events, in memory, bounded by bytes; and the notice that the head moved.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use groma_model::Epoch;
use parking_lot::{Mutex, RwLock, RwLockReadGuard};
use tokio::sync::watch;

use crate::Batch;
use crate::event::Event;
use crate::figures::Figures;
use crate::newest::Newest;

/// What a cursor finds in memory.
pub(crate) enum Found {
    /// The batch that holds the wanted number.
    Batch(Arc<Batch>),
    /// It is older than what memory holds.
    Older,
    /// It has not been appended yet.
    Ahead,
}

#[derive(Debug)]
struct Window {
    batches: VecDeque<Arc<Batch>>,
    bytes: usize,
}

/// The shared in-memory end of the journal.
#[derive(Debug)]
pub(crate) struct Tail {
    epoch: Epoch,
    bytes_max: usize,
    figures: Arc<Figures>,
    window: RwLock<Window>,
    newest: RwLock<Newest>,
    /// Events of operations whose commit is under way.
    arriving: Mutex<Vec<Event>>,
    head: watch::Sender<u64>,
    /// The wall clock of the newest event, in microseconds.
    newest_at: AtomicU64,
}

impl Tail {
    pub(crate) fn new(epoch: Epoch, head: u64, bytes_max: usize, figures: Arc<Figures>) -> Self {
        Self {
            epoch,
            bytes_max,
            figures,
            window: RwLock::new(Window { batches: VecDeque::new(), bytes: 0 }),
            newest: RwLock::new(Newest::new()),
            arriving: Mutex::default(),
            head: watch::Sender::new(head),
            newest_at: AtomicU64::new(0),
        }
    }

    /// Takes the events of one committed operation.
    pub(crate) fn arrive(&self, mut events: Vec<Event>) {
        self.arriving.lock().append(&mut events);
    }

    /// Shows what has arrived to readers: called once per commit.
    pub(crate) fn publish(&self) {
        let events = std::mem::take(&mut *self.arriving.lock());
        let Some(last) = events.last() else { return };
        let head = last.number;
        self.newest_at.store(last.at.micros().max(0) as u64, Ordering::Relaxed);
        self.newest.write().learn(&events);
        self.figures.appended(&events);
        let batch = Arc::new(Batch::new(self.epoch, events));
        {
            let mut window = self.window.write();
            window.bytes += batch.bytes;
            window.batches.push_back(batch);
            while window.bytes > self.bytes_max && window.batches.len() > 1 {
                if let Some(oldest) = window.batches.pop_front() {
                    window.bytes -= oldest.bytes;
                }
            }
        }
        self.head.send_replace(head);
    }

    pub(crate) fn newest(&self) -> RwLockReadGuard<'_, Newest> {
        self.newest.read()
    }

    pub(crate) fn head(&self) -> u64 {
        *self.head.borrow()
    }

    pub(crate) fn watch(&self) -> watch::Receiver<u64> {
        self.head.subscribe()
    }

    pub(crate) fn readers(&self) -> usize {
        self.head.receiver_count()
    }

    pub(crate) fn find(&self, number: u64) -> Found {
        if number > self.head() {
            return Found::Ahead;
        }
        let window = self.window.read();
        let index = window.batches.partition_point(|batch| batch.last().is_none_or(|last| last < number));
        match window.batches.get(index) {
            Some(batch) if batch.first().is_some_and(|first| first <= number) => {
                Found::Batch(Arc::clone(batch))
            }
            _ => Found::Older,
        }
    }
}
