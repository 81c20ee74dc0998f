//! Output handed on as it comes, in place of a terminal.

use std::fmt;
use std::future::pending;
use std::io;
use std::sync::Arc;

use groma_execution_types::Stream;
use tokio::task::JoinHandle;

use crate::log::start_off_thread;

/// Takes output as it comes: bytes, free of secrets, not lines; what is read of both streams, in that order.
pub trait Tee: Send + Sync + fmt::Debug {
    /// Takes bytes. May block; while it does, the command waits as it would on a full pipe.
    ///
    /// # Errors
    /// When nobody takes them any more: it is not asked again, and the command runs on.
    fn write(&self, stream: Stream, bytes: &[u8]) -> io::Result<()>;
}

/// Bytes that may wait for the tee before reading does.
const WAITING_BYTES_MAX: usize = 128 << 10;

/// What waits for a tee; one write at a time, on a thread where it may block.
#[derive(Debug, Default)]
pub(super) struct Passing {
    tee: Option<Arc<dyn Tee>>,
    waiting: Vec<(Stream, Vec<u8>)>,
    bytes: usize,
    work: Option<JoinHandle<io::Result<()>>>,
}

impl Passing {
    pub(super) fn to(tee: Arc<dyn Tee>) -> Self {
        Self { tee: Some(tee), ..Self::default() }
    }

    /// Returns whether more may be read.
    pub(super) const fn room(&self) -> bool {
        self.bytes < WAITING_BYTES_MAX
    }

    /// Takes bytes that were read.
    pub(super) fn push(&mut self, stream: Stream, bytes: &[u8]) {
        if self.tee.is_none() || bytes.is_empty() {
            return;
        }
        self.bytes += bytes.len();
        match self.waiting.last_mut() {
            Some((last, waiting)) if *last == stream => waiting.extend_from_slice(bytes),
            _ => self.waiting.push((stream, bytes.to_vec())),
        }
        self.start();
    }

    /// Returns when what was being written is written; never, if nothing is. Stopping to wait loses nothing.
    pub(super) async fn passed(&mut self) {
        let Some(work) = &mut self.work else { return pending().await };
        let written = work.await;
        self.work = None;
        self.bytes = self.waiting.iter().map(|(_, bytes)| bytes.len()).sum();
        if !matches!(written, Ok(Ok(()))) {
            *self = Self::default();
        }
        self.start();
    }

    /// Returns once all that came is written.
    pub(super) async fn settle(&mut self) {
        while self.work.is_some() {
            self.passed().await;
        }
    }

    fn start(&mut self) {
        let Some(tee) = self.tee.as_ref().filter(|_| self.work.is_none() && !self.waiting.is_empty()) else {
            return;
        };
        let (tee, waiting) = (Arc::clone(tee), std::mem::take(&mut self.waiting));
        self.work = Some(start_off_thread(move || {
            waiting.iter().try_for_each(|(stream, bytes)| tee.write(*stream, bytes))
        }));
    }
}
