//! Up to where events of each type may go.

use std::collections::BTreeMap;

use groma_database::rusqlite::{self, Connection};
use groma_model::{Epoch, Timestamp};

use super::Hold;
use super::settings::{Settings, rule_of};
use crate::counts::{self, Counts};
use crate::storage;
use crate::types::Types;

/// What a run may drop by its rules.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    /// Per type.
    pub(super) types: BTreeMap<u16, Cut>,
    /// Events above this are held by somebody.
    pub(super) held_above: u64,
    /// The newest event, which always stays: the next number follows from it.
    pub(super) newest: u64,
    pub(super) counts: Counts,
}

/// What of a type may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cut {
    /// Nothing is left of it up to here.
    pub(super) from: u64,
    /// Older ones go, up to and with this number.
    pub(super) aged_through: u64,
    /// So many bytes are too many: the oldest go, of whatever age.
    pub(super) excess: u64,
}

impl Plan {
    /// Settles it in the snapshot that `connection` sees.
    pub(super) fn make(
        connection: &Connection,
        types: &Types,
        settings: &Settings,
        holds: &[Hold],
        (epoch, now): (Epoch, Timestamp),
    ) -> rusqlite::Result<Self> {
        let counts = counts::read(connection)?;
        let (newest, _) = storage::newest(connection)?;
        let held_above = holds.iter().map(|hold| through(hold, epoch)).min().unwrap_or(u64::MAX);
        let mut ages: BTreeMap<u64, u64> = BTreeMap::new();
        let mut cuts = BTreeMap::new();
        for (code, count) in &counts {
            // What this version does not know is nobody's to drop.
            let Some(rule) = types.by_code(*code).and_then(|known| rule_of(&settings.rules, known)) else {
                continue;
            };
            let aged_through = match rule.max_age_seconds {
                None => 0,
                Some(age) => match ages.get(&age) {
                    Some(known) => *known,
                    None => {
                        let seconds = i64::try_from(age).unwrap_or(i64::MAX);
                        let at = Timestamp::from_micros(
                            now.micros().saturating_sub(seconds.saturating_mul(1_000_000)),
                        );
                        let through = storage::first_since(connection, at)?.saturating_sub(1);
                        ages.insert(age, through);
                        through
                    }
                },
            };
            let excess = rule.max_bytes.map_or(0, |max| count.bytes.saturating_sub(max));
            cuts.insert(*code, Cut { from: count.empty_through, aged_through, excess });
        }
        Ok(Self { types: cuts, held_above, newest, counts })
    }

    /// The highest number that may go at all.
    pub(super) fn ceiling(&self) -> u64 {
        self.held_above.min(self.newest.saturating_sub(1))
    }

    /// Returns where the rows of types lie that may go: from behind one number through another, apart from each other.
    pub(super) fn ranges(&self) -> Vec<(u64, u64)> {
        let ceiling = self.ceiling();
        let present = |code: &u16| self.counts.get(code).is_some_and(|count| count.stored > 0);
        let mut ranges: Vec<(u64, u64)> = self
            .types
            .iter()
            .filter(|(code, _)| present(code))
            .map(|(_, cut)| (cut.from, cut.through(ceiling)))
            .filter(|(from, through)| from < through)
            .collect();
        ranges.sort_unstable();
        let mut apart: Vec<(u64, u64)> = Vec::new();
        for (from, through) in ranges {
            match apart.last_mut() {
                Some(last) if from <= last.1 => last.1 = last.1.max(through),
                _ => apart.push((from, through)),
            }
        }
        apart
    }

    /// Returns who holds events that rules would drop.
    pub(super) fn held_by(&self, holds: &[Hold], epoch: Epoch) -> Vec<String> {
        let unheld = self.newest.saturating_sub(1);
        let wanted = self.types.iter().filter(|(code, cut)| {
            self.counts.get(code).is_some_and(|count| count.stored > 0) && cut.from < cut.through(unheld)
        });
        let highest = wanted.map(|(_, cut)| cut.through(unheld)).max().unwrap_or(0);
        let holding = holds.iter().filter(|hold| through(hold, epoch) < highest);
        holding.map(|hold| hold.who.clone()).collect()
    }
}

impl Cut {
    /// The highest number of which the type may have to give some up.
    pub(super) fn through(&self, ceiling: u64) -> u64 {
        if self.excess > 0 { ceiling } else { self.aged_through.min(ceiling) }
    }
}

/// The number of a hold; one of an earlier history holds everything.
fn through(hold: &Hold, epoch: Epoch) -> u64 {
    if hold.through.epoch < epoch { 0 } else { hold.through.number }
}
