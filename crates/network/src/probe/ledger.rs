//! Which of the ordered probes are decided: the number below which all are.

use std::collections::VecDeque;

/// Keeps as many marks as lie between the first undecided probe and the last decided one.
#[derive(Debug)]
pub(super) struct Ledger {
    below: u32,
    marks: VecDeque<bool>,
}

impl Ledger {
    /// Starts with everything below `start` decided.
    pub(super) const fn new(start: u32) -> Self {
        Self { below: start, marks: VecDeque::new() }
    }

    /// Marks a probe as decided.
    pub(super) fn decide(&mut self, index: u32) {
        let Some(at) = index.checked_sub(self.below) else { return };
        let at = at as usize;
        if self.marks.len() <= at {
            self.marks.resize(at + 1, false);
        }
        if let Some(mark) = self.marks.get_mut(at) {
            *mark = true;
        }
        while self.marks.front() == Some(&true) {
            self.marks.pop_front();
            self.below += 1;
        }
    }

    /// Returns the number below which every probe is decided.
    pub(super) const fn watermark(&self) -> u32 {
        self.below
    }
}

#[cfg(test)]
mod tests;
