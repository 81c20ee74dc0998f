//! Telling how far an installation is, and asking whether it should go on.

use std::time::{Duration, Instant};

use crate::pins::ModelFile;

/// What is being done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// A file comes from the source.
    Fetching,
    /// Its bytes are checked.
    Checking,
    /// The weights are turned into what is run.
    Converting,
}

/// How far a phase is with a file.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Progress {
    /// What is being done.
    pub phase: Phase,
    /// To which file.
    pub file: &'static str,
    /// How many of its bytes are done, those of earlier calls included.
    pub bytes: u64,
    /// How many there are.
    pub total: u64,
    /// Bytes per second since this call began with it; 0 at the begin.
    pub rate: f64,
}

/// Told at most this often.
const PERIOD: Duration = Duration::from_millis(100);

pub(super) struct Report<'a> {
    progress: &'a mut dyn FnMut(Progress),
    cancelled: &'a dyn Fn() -> bool,
    now: Progress,
    begun: (Instant, u64),
    told: Instant,
}

impl<'a> Report<'a> {
    pub(super) fn new(progress: &'a mut dyn FnMut(Progress), cancelled: &'a dyn Fn() -> bool) -> Self {
        let now = Progress { phase: Phase::Fetching, file: "", bytes: 0, total: 0, rate: 0.0 };
        Self { progress, cancelled, now, begun: (Instant::now(), 0), told: Instant::now() }
    }

    /// A phase begins; so many bytes were done before.
    pub(super) fn begin(&mut self, phase: Phase, file: &ModelFile, bytes: u64) {
        self.now = Progress { phase, file: file.name, bytes, total: file.bytes, rate: 0.0 };
        self.begun = (Instant::now(), bytes);
        self.tell();
    }

    /// Takes in how many bytes are done. Returns whether to go on.
    pub(super) fn step(&mut self, bytes: u64) -> bool {
        self.now.bytes = bytes;
        if self.told.elapsed() < PERIOD {
            return true;
        }
        self.tell();
        self.wanted()
    }

    /// The phase is done.
    pub(super) fn end(&mut self, bytes: u64) {
        self.now.bytes = bytes;
        self.tell();
    }

    /// Returns whether to go on.
    pub(super) fn wanted(&self) -> bool {
        !(self.cancelled)()
    }

    fn tell(&mut self) {
        let (at, bytes) = self.begun;
        let seconds = at.elapsed().as_secs_f64();
        let done = self.now.bytes.saturating_sub(bytes) as f64;
        self.now.rate = if seconds > 0.0 { done / seconds } else { 0.0 };
        self.told = Instant::now();
        (self.progress)(self.now);
    }
}
