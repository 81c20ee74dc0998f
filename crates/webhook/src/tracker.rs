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
    /// Where gaps were told that are not delivered: the position waits there, so that they are told again.
    gaps: Vec<u64>,
    read: u64,
    delivered: u64,
}

impl Tracker {
    pub(crate) const fn new(before: Progress) -> Self {
        let (read, delivered) = (before.position, before.ahead);
        Self { before, outstanding: BTreeSet::new(), gaps: Vec::new(), read, delivered }
    }

    /// Notes that an event was read; returns whether it is to be delivered.
    pub(crate) fn read(&mut self, number: u64) -> bool {
        self.passed(number);
        !self.before.covers(number) && self.outstanding.insert(number)
    }

    /// Notes that a gap was told; returns what it is to be called once it is delivered. Events may yet come that are
    /// older than its end, so it has no number of its own.
    pub(crate) fn gap(&mut self) -> u64 {
        self.gaps.push(self.read);
        self.read
    }

    /// Notes that a gap is delivered.
    pub(crate) fn told(&mut self, gap: u64) {
        if let Some(index) = self.gaps.iter().position(|known| *known == gap) {
            self.gaps.swap_remove(index);
        }
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
        self.outstanding.len() + self.gaps.len()
    }

    /// Returns the position alone.
    pub(crate) fn position(&self) -> u64 {
        let before = self.outstanding.first().map_or(self.read, |first| first.saturating_sub(1));
        self.gaps.iter().copied().fold(before, u64::min)
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
