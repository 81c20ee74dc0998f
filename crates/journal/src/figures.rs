//! Figures of the journal since it was opened, kept as events pass.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::time::Instant;

use groma_api::{EventStatistics, EventTypeFigures};
use groma_model::{Sequence, Timestamp};
use parking_lot::Mutex;

use crate::counts::Counts;
use crate::event::Event;
use crate::types::Types;

const SECONDS: usize = 60;

/// All figures.
#[derive(Debug)]
pub(crate) struct Figures {
    since: Timestamp,
    started: Instant,
    types: Mutex<BTreeMap<u16, OfType>>,
    all: Mutex<Minute>,
    readers: Mutex<Readers>,
    merged: AtomicU64,
    gaps: AtomicU64,
    failed: AtomicU64,
}

#[derive(Debug, Default)]
struct OfType {
    appended: u64,
    minute: Minute,
    stored: u64,
    bytes: u64,
    merged: u64,
    dropped: u64,
    last_at: Option<Timestamp>,
}

/// How many there were in each second of the last minute.
#[derive(Debug)]
struct Minute {
    counts: [u64; SECONDS],
    /// The second that is counted now, since the start.
    second: u64,
}

impl Default for Minute {
    fn default() -> Self {
        Self { counts: [0; SECONDS], second: 0 }
    }
}

impl Minute {
    fn add(&mut self, second: u64, count: u64) {
        self.pass(second);
        if let Some(now) = self.counts.get_mut((self.second % SECONDS as u64) as usize) {
            *now += count;
        }
    }

    /// Forgets what is more than a minute old.
    fn pass(&mut self, second: u64) {
        let passed = second.saturating_sub(self.second).min(SECONDS as u64);
        for step in 1..=passed {
            if let Some(old) = self.counts.get_mut(((self.second + step) % SECONDS as u64) as usize) {
                *old = 0;
            }
        }
        if passed == SECONDS as u64 {
            self.counts = [0; SECONDS];
        }
        self.second = self.second.max(second);
    }

    /// Returns the figures, oldest first.
    fn oldest_first(&self) -> Vec<u64> {
        let oldest = self.second + 1;
        (oldest..oldest + SECONDS as u64)
            .map(|second| self.counts.get((second % SECONDS as u64) as usize).copied().unwrap_or(0))
            .collect()
    }
}

/// Where one reader is.
#[derive(Debug, Default)]
pub(crate) struct Place {
    /// The number of the event that it reads next.
    next: AtomicU64,
    /// Whether it reached the head once; 1 if so.
    live: AtomicU64,
}

impl Place {
    pub(crate) fn set(&self, next: u64, live: bool) {
        self.next.store(next, Ordering::Relaxed);
        self.live.store(u64::from(live), Ordering::Relaxed);
    }
}

#[derive(Debug, Default)]
struct Readers {
    places: Vec<Weak<Place>>,
    tidy_at: usize,
}

impl Figures {
    pub(crate) fn new(since: Timestamp, counts: &Counts) -> Self {
        let of_type = |(code, count): (&u16, &crate::counts::Count)| {
            (*code, OfType { stored: count.stored, bytes: count.bytes, ..OfType::default() })
        };
        Self {
            since,
            started: Instant::now(),
            types: Mutex::new(counts.iter().map(of_type).collect()),
            all: Mutex::default(),
            readers: Mutex::default(),
            merged: AtomicU64::new(0),
            gaps: AtomicU64::new(0),
            failed: AtomicU64::new(0),
        }
    }

    /// Counts events that are on disk.
    pub(crate) fn appended(&self, events: &[Event]) {
        let second = self.started.elapsed().as_secs();
        self.all.lock().add(second, events.len() as u64);
        let mut types = self.types.lock();
        for event in events {
            let figures = types.entry(event.event_type.code).or_default();
            figures.appended += 1;
            figures.minute.add(second, 1);
            figures.stored += 1;
            figures.bytes += event.stored_bytes();
            figures.last_at = Some(event.at);
        }
    }

    /// Counts events of a type that retention dropped.
    pub(crate) fn dropped(&self, code: u16, events: u64, bytes: u64) {
        let mut types = self.types.lock();
        let figures = types.entry(code).or_default();
        figures.dropped += events;
        figures.stored = figures.stored.saturating_sub(events);
        figures.bytes = figures.bytes.saturating_sub(bytes);
    }

    /// Counts events of a type that were left out for a slow reader.
    pub(crate) fn merged(&self, code: u16, events: u64) {
        self.merged.fetch_add(events, Ordering::Relaxed);
        self.types.lock().entry(code).or_default().merged += events;
    }

    /// Counts a gap that was told.
    pub(crate) fn gap(&self) {
        self.gaps.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts events that could not be appended.
    pub(crate) fn failed(&self, events: u64) {
        self.failed.fetch_add(events, Ordering::Relaxed);
    }

    pub(crate) fn merged_in_all(&self) -> u64 {
        self.merged.load(Ordering::Relaxed)
    }

    /// Adds a reader; it counts until its place is dropped.
    pub(crate) fn reader(&self, next: u64) -> Arc<Place> {
        let place = Arc::new(Place::default());
        place.set(next, false);
        let mut readers = self.readers.lock();
        if readers.places.len() >= readers.tidy_at {
            readers.places.retain(|place| place.strong_count() > 0);
            readers.tidy_at = 64.max(2 * readers.places.len());
        }
        readers.places.push(Arc::downgrade(&place));
        place
    }

    /// Returns how many readers there are, and how far the slowest live one is behind.
    fn lag(&self, head: u64) -> (u64, u64) {
        let readers = self.readers.lock();
        let open = readers.places.iter().filter_map(Weak::upgrade);
        open.fold((0, 0), |(count, lag), place| {
            let behind = (head + 1).saturating_sub(place.next.load(Ordering::Relaxed));
            let live = place.live.load(Ordering::Relaxed) == 1;
            (count + 1, if live { lag.max(behind) } else { lag })
        })
    }

    pub(crate) fn statistics(&self, types: &Types, head: Sequence, as_of: Timestamp) -> EventStatistics {
        let second = self.started.elapsed().as_secs();
        // A process that has just begun is measured over the time that it had.
        let measured = (self.started.elapsed().as_secs_f64()).clamp(1.0, SECONDS as f64);
        let (readers, lag_max) = self.lag(head.number);
        let (mut by_name, mut dropped) = (BTreeMap::new(), 0);
        for (code, figures) in &mut *self.types.lock() {
            figures.minute.pass(second);
            dropped += figures.dropped;
            let Some(event_type) = types.by_code(*code) else { continue };
            let lately: u64 = figures.minute.counts.iter().sum();
            let told = EventTypeFigures {
                appended: figures.appended,
                per_second: lately as f64 / measured,
                stored: figures.stored,
                bytes: figures.bytes,
                merged: figures.merged,
                dropped: figures.dropped,
                last_at: figures.last_at,
            };
            by_name.insert(event_type.name.to_owned(), told);
        }
        let mut all = self.all.lock();
        all.pass(second);
        EventStatistics {
            since: self.since,
            as_of,
            head,
            types: by_name,
            last_minute: all.oldest_first(),
            readers,
            lag_max,
            merged: self.merged_in_all(),
            gaps: self.gaps.load(Ordering::Relaxed),
            dropped,
            failed: self.failed.load(Ordering::Relaxed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_forgets_what_is_older() {
        let mut minute = Minute::default();
        for (second, count) in [(0, 5), (1, 1), (59, 2)] {
            minute.add(second, count);
        }
        assert_eq!(minute.counts.iter().sum::<u64>(), 8);
        assert_eq!(minute.oldest_first().first(), Some(&5));
        minute.add(60, 3);
        assert_eq!(minute.counts.iter().sum::<u64>(), 6);
        assert_eq!(minute.oldest_first().last(), Some(&3));
        minute.pass(10_000);
        assert_eq!(minute.counts.iter().sum::<u64>(), 0);
    }
}
