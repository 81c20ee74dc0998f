//! What waits for delivery, in order per subject: each subject of each reading has a lane, of which only the head is
//! ever on its way.

use std::collections::{BTreeSet, HashMap, VecDeque};

use groma_model::{Subject, Timestamp};
use tokio::time::Instant;

use crate::message::Message;

/// Names a lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Lane {
    /// 0 is the live reading, others are replays.
    pub(crate) reading: u32,
    pub(crate) subject: Option<Subject>,
}

/// An event in a lane.
#[derive(Debug, Clone)]
pub(crate) struct Waiting {
    pub(crate) message: Message,
    /// Its number in the journal; frames that are not journaled have none.
    pub(crate) number: Option<u64>,
    /// What the tracker calls it, if it is a gap.
    pub(crate) gap: Option<u64>,
    /// Tries that failed and count.
    pub(crate) attempts: u32,
    pub(crate) first_at: Option<Timestamp>,
    /// When the schedule has its next try.
    pub(crate) retry: Option<Instant>,
    /// Whether the next try comes before its time, and does not count if it fails.
    pub(crate) early: bool,
}

/// All lanes of a webhook.
#[derive(Debug, Default)]
pub(crate) struct Lanes {
    lanes: HashMap<Lane, VecDeque<Waiting>>,
    /// Lanes whose head may go out, in the order in which they became so.
    ready: VecDeque<Lane>,
    /// Lanes whose head waits for a time.
    due: BTreeSet<(Instant, Lane)>,
    /// Per reading: how many events, and how many bytes.
    waiting: HashMap<u32, (usize, usize)>,
}

impl Lanes {
    /// Adds an event at the end of its lane.
    pub(crate) fn push(&mut self, lane: Lane, waiting: Waiting) {
        let (events, bytes) = self.waiting.entry(lane.reading).or_default();
        *events += 1;
        *bytes += waiting.message.json.len();
        let queue = self.lanes.entry(lane).or_default();
        queue.push_back(waiting);
        let first = queue.len() == 1;
        if first {
            self.arrange(lane);
        }
    }

    /// Returns how many events of a reading are in lanes, on their way or not, and how many bytes they take.
    pub(crate) fn waiting(&self, reading: u32) -> (usize, usize) {
        self.waiting.get(&reading).copied().unwrap_or_default()
    }

    /// Takes the next lane whose head may go out; it is on its way until told otherwise.
    pub(crate) fn next(&mut self, now: Instant) -> Option<(Lane, &Waiting)> {
        while let Some((_, lane)) = self.due.first().copied().filter(|(at, _)| *at <= now) {
            self.due.pop_first();
            self.ready.push_back(lane);
        }
        let lane = self.ready.pop_front()?;
        self.lanes.get(&lane)?.front().map(|waiting| (lane, waiting))
    }

    /// Returns the head of a lane.
    pub(crate) fn head(&mut self, lane: Lane) -> Option<&mut Waiting> {
        self.lanes.get_mut(&lane)?.front_mut()
    }

    /// Takes the head of a lane out: it is delivered.
    pub(crate) fn delivered(&mut self, lane: Lane) -> Option<Waiting> {
        let queue = self.lanes.get_mut(&lane)?;
        let head = queue.pop_front()?;
        if let Some((events, bytes)) = self.waiting.get_mut(&lane.reading) {
            *events = events.saturating_sub(1);
            *bytes = bytes.saturating_sub(head.message.json.len());
        }
        if queue.is_empty() {
            self.lanes.remove(&lane);
        } else {
            self.arrange(lane);
        }
        Some(head)
    }

    /// Has the head of a lane go out again once its `retry` has come.
    pub(crate) fn again(&mut self, lane: Lane) {
        self.arrange(lane);
    }

    /// Has everything that waits for a time go out now: the receiver answers again.
    pub(crate) fn hurry(&mut self) {
        for (_, lane) in std::mem::take(&mut self.due) {
            if let Some(head) = self.head(lane) {
                head.early = true;
            }
            self.ready.push_back(lane);
        }
    }

    /// Returns when the next lane is due; `None` if none waits for a time.
    pub(crate) fn due(&self) -> Option<Instant> {
        self.due.first().map(|(at, _)| *at)
    }

    /// Returns whether some head may go out now.
    pub(crate) fn ready(&self) -> bool {
        !self.ready.is_empty()
    }

    fn arrange(&mut self, lane: Lane) {
        match self.lanes.get(&lane).and_then(VecDeque::front) {
            Some(Waiting { retry: Some(at), .. }) => {
                self.due.insert((*at, lane));
            }
            Some(_) => self.ready.push_back(lane),
            None => {}
        }
    }
}
