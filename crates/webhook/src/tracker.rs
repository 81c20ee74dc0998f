//! What of a reading of the journal is delivered: everything up to a position, and more beyond it.

use std::collections::BTreeSet;

use groma_model::Timestamp;

/// How far a reading is, as it is kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Progress {
    /// Everything up to here is delivered or needs no delivery.
    pub(crate) position: u64,
    /// And everything up to here, except what is missing.
    pub(crate) ahead: u64,
    /// In ascending order, above the position and up to `ahead`.
    pub(crate) missing: Vec<u64>,
}

impl Progress {
    pub(crate) const fn at(position: u64) -> Self {
        Self { position, ahead: position, missing: Vec::new() }
    }

    /// Returns whether an event needs no delivery any more.
    pub(crate) fn covers(&self, number: u64) -> bool {
        number <= self.position || number <= self.ahead && self.missing.binary_search(&number).is_err()
    }
}

/// An event that was tried and waits for another try, as it is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Retry {
    pub(crate) number: u64,
    /// Tries that count.
    pub(crate) attempts: u32,
    pub(crate) first_at: Timestamp,
    pub(crate) retry_at: Timestamp,
}

/// Follows a reading while events come and go.
#[derive(Debug)]
pub(crate) struct Tracker {
    /// What an earlier process left.
    before: Progress,
    /// Read, and not delivered.
    outstanding: BTreeSet<u64>,
    read: u64,
    delivered: u64,
}

impl Tracker {
    pub(crate) const fn new(before: Progress) -> Self {
        let (read, delivered) = (before.position, before.ahead);
        Self { before, outstanding: BTreeSet::new(), read, delivered }
    }

    /// Notes that an event was read; returns whether it is to be delivered.
    pub(crate) fn read(&mut self, number: u64) -> bool {
        self.passed(number);
        !self.before.covers(number) && self.outstanding.insert(number)
    }

    /// Notes that everything wanted up to a number was read.
    pub(crate) fn passed(&mut self, number: u64) {
        self.read = self.read.max(number);
    }

    /// Notes that an event is delivered.
    pub(crate) fn done(&mut self, number: u64) {
        self.outstanding.remove(&number);
        self.delivered = self.delivered.max(number);
    }

    /// Returns how many events were read and are not delivered.
    pub(crate) fn waiting(&self) -> usize {
        self.outstanding.len()
    }

    /// Returns the position alone.
    pub(crate) fn position(&self) -> u64 {
        self.outstanding.first().map_or(self.read, |first| first.saturating_sub(1))
    }

    /// Returns what is to be kept.
    pub(crate) fn progress(&self) -> Progress {
        let position = self.position();
        // What was left missing beyond the point of reading is so still.
        let unread = self.before.missing.iter().copied().filter(|number| *number > self.read);
        let ahead = self.delivered.max(position);
        let known = self.outstanding.iter().copied().filter(|number| *number <= ahead);
        let missing: Vec<u64> = known.chain(unread).collect();
        Progress { position, ahead, missing }
    }
}

#[cfg(test)]
mod tests;
