//! What happened, added up.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use super::item::Item;
use super::segment::Reading;

/// Counts over all rounds.
#[derive(Debug)]
pub(super) struct Summary {
    begun: Instant,
    pub(super) acknowledged: Count,
    pub(super) unanswered: Count,
    pub(super) scans: Count,
    pub(super) cancelled: Count,
    pub(super) kills: Count,
    pub(super) stops: Count,
    pub(super) full_disks: Count,
    delivered: Count,
    merged: Count,
    gaps: Count,
    alarms: Count,
    connections: Count,
}

/// Goes up.
#[derive(Debug, Default)]
pub(super) struct Count(AtomicU64);

impl Count {
    pub(super) fn add(&self, more: u64) {
        self.0.fetch_add(more, Ordering::Relaxed);
    }
}

impl Default for Summary {
    fn default() -> Self {
        let zero = Count::default;
        Self {
            begun: Instant::now(),
            acknowledged: zero(),
            unanswered: zero(),
            scans: zero(),
            cancelled: zero(),
            kills: zero(),
            stops: zero(),
            full_disks: zero(),
            delivered: zero(),
            merged: zero(),
            gaps: zero(),
            alarms: zero(),
            connections: zero(),
        }
    }
}

impl Summary {
    pub(super) fn add_reader(&self, reading: &Reading) {
        self.connections.add(reading.segments.len() as u64);
        for item in reading.segments.iter().flat_map(|segment| &segment.items) {
            match item {
                Item::Event(_) => self.delivered.add(1),
                Item::Merged { count, .. } => self.merged.add(*count),
                Item::Gap { .. } => self.gaps.add(1),
                Item::Alarm => self.alarms.add(1),
            }
        }
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.begun.elapsed().as_secs_f64();
        writeln!(f, "soaked for {seconds:.0} seconds")?;
        for (what, count) in [
            ("events acknowledged to publishers", &self.acknowledged),
            ("requests to publish without an answer", &self.unanswered),
            ("scans", &self.scans),
            ("scans cancelled", &self.cancelled),
            ("kills of the server", &self.kills),
            ("orderly stops of the server", &self.stops),
            ("times the disk was full", &self.full_disks),
            ("connections of readers", &self.connections),
            ("deliveries", &self.delivered),
            ("events told as merged", &self.merged),
            ("gaps told", &self.gaps),
            ("alarms", &self.alarms),
        ] {
            let count = count.0.load(Ordering::Relaxed);
            writeln!(f, "{count:>12}  {what} ({:.1}/s)", count as f64 / seconds)?;
        }
        Ok(())
    }
}
