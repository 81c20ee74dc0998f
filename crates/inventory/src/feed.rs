//! What became of things, for those who keep a picture of them in memory.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Mutex, PoisonError};

use groma_database::WriteTx;
use groma_model::{ThingId, Timestamp};

use crate::inventory::Inventory;
use crate::things::Thing;

/// What became of a thing.
#[derive(Debug)]
pub(crate) enum Fed {
    /// Something about it is different, or it is new, or gone.
    Changed(Box<Thing>),
    /// It was seen again.
    Seen(ThingId, Timestamp),
    /// Its last sight was taken back: this is the one before.
    SeenBefore(ThingId, Timestamp),
    /// There is nothing left of it, not even a tombstone.
    Forgotten(ThingId),
}

/// Transactions that may wait for whoever listens.
const QUEUE: usize = 1_024;

/// The way from the writer to whoever keeps a picture.
#[derive(Debug, Default)]
pub(crate) struct Feed {
    listener: Mutex<Option<SyncSender<Vec<Fed>>>>,
    lost: AtomicBool,
}

impl Feed {
    /// Begins to listen: everything that is committed from now on comes, in order.
    pub(crate) fn listen(&self) -> Receiver<Vec<Fed>> {
        let (sender, receiver) = sync_channel(QUEUE);
        *self.listener.lock().unwrap_or_else(PoisonError::into_inner) = Some(sender);
        self.lost.store(false, Ordering::Release);
        receiver
    }

    /// Returns, once, whether something did not come because too much waited: the picture is to be made anew.
    pub(crate) fn lost(&self) -> bool {
        self.lost.swap(false, Ordering::AcqRel)
    }

    /// Ends the listening: whoever listens hears that nothing more comes.
    pub(crate) fn end(&self) {
        *self.listener.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn send(&self, fed: Vec<Fed>) {
        let mut listener = self.listener.lock().unwrap_or_else(PoisonError::into_inner);
        match listener.as_ref().map(|sender| sender.try_send(fed)) {
            // The writer waits for nobody.
            Some(Err(TrySendError::Full(_))) => self.lost.store(true, Ordering::Release),
            Some(Err(TrySendError::Disconnected(_))) => *listener = None,
            Some(Ok(())) | None => {}
        }
    }
}

impl Inventory {
    /// Tells what became of things, once that is on disk.
    pub(crate) fn feed(&self, tx: &mut WriteTx<'_>, fed: Vec<Fed>) {
        if !fed.is_empty() {
            let feed = std::sync::Arc::clone(&self.feed);
            tx.on_commit(move || feed.send(fed));
        }
    }
}
