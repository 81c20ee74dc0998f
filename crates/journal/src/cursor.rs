//! A reader's position. It falls back from memory to the file and never makes anybody wait.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use groma_model::system::{GapReason, StreamGap, StreamMerged};
use groma_model::{EventData as _, EventFilter, EventType, Frame, Sequence};
use tokio::sync::watch;

use crate::batch::{Batch, EventSlice, Picked};
use crate::counts;
use crate::figures::Place;
use crate::history::may_match;
use crate::journal::{Journal, JournalError};
use crate::newest::{self, Key};
use crate::pack::Pack;
use crate::storage::{Range, scan};
use crate::tail::Found;

/// Events read from the file at once.
const PAGE: usize = 1000;
/// A live reader that is this many events behind gets Latest-class events merged.
const LAG: u64 = 2000;

/// Where a cursor begins, and what it has to tell first.
#[derive(Debug)]
pub(crate) struct Position {
    pub(crate) next: u64,
    /// What was dropped up to here is not missed, or told already.
    pub(crate) told: u64,
    pub(crate) gap: Option<(Sequence, Sequence, GapReason)>,
}

impl Position {
    pub(crate) const fn at(next: u64) -> Self {
        Self { next, told: 0, gap: None }
    }
}

/// What a cursor hands out.
#[derive(Debug, Clone)]
pub enum Delivery {
    /// Events, in order.
    Events(EventSlice),
    /// A frame without a sequence.
    Control(Frame),
}

impl Delivery {
    /// Goes through what was handed out as it travels.
    pub fn frames(&self) -> impl Iterator<Item = Frame> + '_ {
        let (events, control) = match self {
            Self::Events(slice) => (Some(slice), None),
            Self::Control(frame) => (None, Some(frame.clone())),
        };
        events.into_iter().flat_map(EventSlice::frames).chain(control)
    }
}

/// A reader of the journal.
#[derive(Debug)]
pub struct Cursor {
    journal: Arc<Journal>,
    next: u64,
    filter: EventFilter,
    moved: watch::Receiver<u64>,
    alarm: watch::Receiver<Option<Frame>>,
    waiting: VecDeque<Delivery>,
    /// How many were left out and not yet told.
    merged: BTreeMap<Key, u64>,
    /// Whether the head was reached once: from then on, being far behind means being slow.
    live: bool,
    /// What was dropped up to here is not missed.
    told: u64,
    place: Arc<Place>,
}

impl Cursor {
    pub(crate) fn new(
        journal: Arc<Journal>,
        position: Position,
        filter: EventFilter,
        moved: watch::Receiver<u64>,
        alarm: watch::Receiver<Option<Frame>>,
    ) -> Self {
        let place = journal.figures.reader(position.next);
        let mut cursor = Self {
            told: position.told,
            place,
            journal,
            next: position.next,
            filter,
            moved,
            alarm,
            waiting: VecDeque::new(),
            merged: BTreeMap::new(),
            live: false,
        };
        if let Some((from, to, reason)) = position.gap {
            cursor.tell_gap(from, to, reason);
        }
        cursor
    }

    /// Returns the position behind which the cursor goes on.
    #[must_use]
    pub fn position(&self) -> Sequence {
        Sequence::new(self.journal.origin.epoch, self.next.saturating_sub(1))
    }

    /// Returns the next events or control frame; waits at the head. Cancelling loses nothing.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn next(&mut self) -> Result<Delivery, JournalError> {
        loop {
            if let Some(delivery) = self.poll().await? {
                return Ok(delivery);
            }
            tokio::select! {
                // The journal outlives its cursors, so neither sender is ever gone.
                _ = self.moved.changed() => {}
                _ = self.alarm.changed() => {
                    let frame = self.alarm.borrow_and_update().clone();
                    if let Some(frame) = frame {
                        return Ok(Delivery::Control(frame));
                    }
                }
            }
        }
    }

    /// Returns the next events or control frame, or nothing at the head. Cancelling loses nothing.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn poll(&mut self) -> Result<Option<Delivery>, JournalError> {
        loop {
            if let Some(delivery) = self.waiting.pop_front() {
                return Ok(Some(delivery));
            }
            self.moved.borrow_and_update();
            match self.journal.tail.find(self.next) {
                Found::Ahead if self.merged.is_empty() => {
                    self.live = true;
                    self.place.set(self.next, true);
                    return Ok(None);
                }
                Found::Ahead => self.tell_merged(),
                Found::Batch(batch) => {
                    let (slice, lags) = (batch.select(self.next, &self.filter), self.lags());
                    self.next = batch.last().map_or(self.next, |last| last + 1);
                    self.place.set(self.next, self.live);
                    self.hand_out(slice, lags);
                }
                Found::Older => self.read_page().await?,
            }
        }
    }

    fn lags(&self) -> bool {
        self.live && self.journal.tail.head().saturating_sub(self.next) > LAG
    }

    async fn read_page(&mut self) -> Result<(), JournalError> {
        let (from, told, head) = (self.next, self.told, self.journal.tail.head());
        let (journal, filter) = (Arc::clone(&self.journal), self.filter.clone());
        let read = move |connection: &groma_database::rusqlite::Connection| {
            let wanted = |event_type: &'static EventType, subject| filter.matches(event_type, subject);
            // One snapshot: what was dropped and what is left belong together.
            let snapshot = connection.unchecked_transaction()?;
            let dropped = counts::dropped_from(&snapshot, from.max(told + 1), |code| {
                journal.types.by_code(code).is_some_and(|event_type| may_match(&filter, event_type))
            })?;
            let holes = dropped.map(|through| (told, through));
            let range = Range { from, below: head + 1, subject: filter.subject, backwards: false, holes };
            let pack = Pack::new(Arc::clone(&journal.origin), PAGE);
            scan(&snapshot, (&journal.keyring, &journal.types), pack, range, PAGE, wanted)
        };
        let page = self.journal.database.read(read).await?;
        self.next = match page.last {
            Some(last) if page.more => last + 1,
            // Everything that is wanted up to the head is in the page.
            _ => head + 1,
        };
        self.place.set(self.next, self.live);
        let lags = self.live && head.saturating_sub(from) > LAG;
        let epoch = self.journal.origin.epoch;
        let mut events = page.events;
        let damaged =
            page.damaged.iter().map(|number| (number.saturating_sub(1), *number, GapReason::Damaged));
        let dropped = page.holes.iter().map(|(from, to)| (*from, *to, GapReason::Retention));
        let mut gaps: Vec<_> = damaged.chain(dropped).collect();
        gaps.sort_unstable_by_key(|(_, to, _)| *to);
        for (from, to, reason) in gaps {
            let behind = events.split_off(events.partition_point(|event| event.number < to));
            self.flush(std::mem::replace(&mut events, behind), lags);
            self.tell_gap(Sequence::new(epoch, from), Sequence::new(epoch, to), reason);
        }
        self.flush(events, lags);
        Ok(())
    }

    fn flush(&mut self, events: Vec<crate::Event>, lags: bool) {
        if events.is_empty() {
            return;
        }
        let batch = Arc::new(Batch::new(self.journal.origin.epoch, events));
        self.hand_out(EventSlice { batch, picked: Picked::From(0) }, lags);
    }

    fn hand_out(&mut self, slice: EventSlice, lags: bool) {
        let slice = if lags { self.merge(slice) } else { slice };
        if slice.is_empty() {
            return;
        }
        if !self.merged.is_empty() && (!lags || slice.iter().any(|event| newest::key(event).is_some())) {
            self.tell_merged();
        }
        self.waiting.push_back(Delivery::Events(slice));
    }

    /// Leaves out events whose place a newer one takes, however far ahead that is, and counts them.
    fn merge(&mut self, slice: EventSlice) -> EventSlice {
        let newest = self.journal.tail.newest();
        let mut left_out: BTreeMap<Key, u64> = BTreeMap::new();
        for key in slice.iter().filter_map(|event| newest.replaces(event)) {
            *left_out.entry(key).or_insert(0) += 1;
        }
        if left_out.is_empty() {
            return slice;
        }
        for (key, count) in left_out {
            self.journal.figures.merged(key.0, count);
            *self.merged.entry(key).or_insert(0) += count;
        }
        // The same guard for both, so that no event is left out without being counted.
        slice.retain(|event| newest.replaces(event).is_none())
    }

    fn tell_merged(&mut self) {
        for ((code, subject), count) in std::mem::take(&mut self.merged) {
            let event_type = self.journal.types.by_code(code);
            let event_type = event_type.map_or("", |event_type| event_type.name).to_owned();
            let data = StreamMerged { event_type, subject, count };
            let frame = self.journal.control(StreamMerged::TYPE, subject, &data);
            self.waiting.push_back(Delivery::Control(frame));
        }
    }

    fn tell_gap(&mut self, from: Sequence, to: Sequence, reason: GapReason) {
        self.journal.figures.gap();
        let data = StreamGap { from, to, reason, snapshot_url: "/v1/summary".to_owned() };
        self.waiting.push_back(Delivery::Control(self.journal.control(StreamGap::TYPE, None, &data)));
    }
}
