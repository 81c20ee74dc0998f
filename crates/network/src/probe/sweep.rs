//! One host being probed: what comes next, what is decided, what is still to be told.

use std::collections::{HashSet, VecDeque};
use std::net::IpAddr;
use std::time::{Duration, Instant};

use groma_model::network::PortState;
use tokio::sync::mpsc::Sender;
use tokio::sync::mpsc::error::TrySendError;

use super::ledger::Ledger;
use super::pace::{Pace, Wishes};
use super::socket::Verdict;
use super::{HostSweep, Report, SweepEnd};

/// A report waits at most so long for more.
const REPORT_EVERY: Duration = Duration::from_millis(100);
/// A ping begins with so many ports, and asks at all of them when these stay silent.
const PING_FIRST: u32 = 2;
const PING_WIDEN: Duration = Duration::from_millis(300);
/// Long enough for the system's own second attempt after one second, at TCP and at neighbour resolution.
const PING_PATIENCE: Duration = Duration::from_millis(1300);

/// What a sweep is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// The state of every port.
    Ports,
    /// Whether the host answers at all.
    Ping,
}

/// A probe to send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Try {
    /// Its place in the order.
    pub(super) index: u32,
    /// How often it was sent before.
    pub(super) attempt: u8,
}

/// One host being probed.
#[derive(Debug)]
pub(super) struct Sweep {
    pub(super) id: u64,
    pub(super) address: IpAddr,
    pub(super) flying: u32,
    kind: Kind,
    order: Vec<u16>,
    watch: HashSet<u16>,
    rtt: Option<Duration>,
    cursor: u32,
    again: VecDeque<Try>,
    ledger: Ledger,
    pace: Pace,
    begun: Instant,
    patience: Duration,
    report: Report,
    reported: Instant,
    news: bool,
    blocked: bool,
    out: Sender<Report>,
}

impl Sweep {
    pub(super) fn new(id: u64, host: HostSweep, kind: Kind, out: Sender<Report>) -> Self {
        let now = Instant::now();
        Self {
            id,
            address: host.address,
            flying: 0,
            kind,
            order: host.order,
            watch: host.watch,
            rtt: host.rtt,
            cursor: host.start,
            again: VecDeque::new(),
            ledger: Ledger::new(host.start),
            pace: Pace::new(Wishes::default(), 1, None),
            begun: now,
            patience: PING_PATIENCE,
            report: Report { watermark: host.start, ..Report::default() },
            reported: now,
            news: false,
            blocked: false,
            out,
        }
    }

    /// Sets the pace that the scan asks for.
    pub(super) fn set_out(&mut self, wishes: Wishes, window_most: u32) {
        self.pace = Pace::new(wishes, window_most, self.rtt);
        self.begun = Instant::now();
        if let Some(timeout) = wishes.timeout {
            self.patience = timeout + PING_WIDEN;
        }
    }

    /// Returns the next probe if one may be sent now.
    pub(super) fn take(&mut self, now: Instant) -> Option<Try> {
        if self.blocked || self.report.end.is_some() || self.flying >= self.window(now) {
            return None;
        }
        self.again.pop_front().or_else(|| {
            let index = self.cursor;
            (index < self.order.len() as u32).then(|| {
                if index == 0 {
                    self.begun = now;
                }
                self.cursor += 1;
                Try { index, attempt: 0 }
            })
        })
    }

    fn window(&self, now: Instant) -> u32 {
        match self.kind {
            Kind::Ports => self.pace.window(),
            Kind::Ping if now.duration_since(self.begun) < PING_WIDEN => PING_FIRST,
            Kind::Ping => u32::MAX,
        }
    }

    /// Returns whether nothing came from the host and nothing is on its way to it.
    pub(super) const fn untouched(&self) -> bool {
        self.flying == 0 && self.report.heard.is_none()
    }

    /// Takes back a probe that could not be sent.
    pub(super) fn put_back(&mut self, probe: Try) {
        self.again.push_front(probe);
    }

    /// Returns the port of a probe.
    pub(super) fn port(&self, probe: Try) -> u16 {
        self.order.get(probe.index as usize).copied().unwrap_or_default()
    }

    /// Returns when a probe sent now has waited long enough.
    pub(super) fn deadline(&self, probe: Try, now: Instant) -> Instant {
        match self.kind {
            Kind::Ports => now + self.pace.timeout(probe.attempt),
            // Counted from the probe itself: with few descriptors or a low rate it may be sent late.
            Kind::Ping if probe.index < PING_FIRST => now + self.patience,
            Kind::Ping => now + self.patience.saturating_sub(PING_WIDEN),
        }
    }

    /// Notes what came of a probe.
    pub(super) fn answered(&mut self, probe: Try, verdict: Verdict, after: Duration) {
        let state = match verdict {
            Verdict::Open => PortState::Open,
            Verdict::Closed => PortState::Closed,
            _ => PortState::Filtered,
        };
        self.report.no_route |= matches!(verdict, Verdict::NoRoute | Verdict::NoAddress);
        if state != PortState::Filtered {
            self.pace.answered(probe.attempt, after, state == PortState::Open);
            self.news |= self.report.heard.is_none();
            self.report.heard.get_or_insert(after);
        }
        self.decide(probe, state);
        if self.kind == Kind::Ping && self.report.heard.is_some() {
            self.finish(SweepEnd::Done);
        }
    }

    /// Notes that a probe stayed without an answer: it is sent again, or the port counts as filtered.
    pub(super) fn unanswered(&mut self, probe: Try) {
        self.pace.unanswered(probe.attempt);
        if self.kind == Kind::Ports && u32::from(probe.attempt) + 1 < self.pace.tries() {
            self.again.push_back(Try { attempt: probe.attempt + 1, ..probe });
        } else {
            self.decide(probe, PortState::Filtered);
        }
    }

    fn decide(&mut self, probe: Try, state: PortState) {
        let port = self.port(probe);
        if state == PortState::Open || self.watch.contains(&port) {
            self.report.found.push((port, state));
        }
        self.ledger.decide(probe.index);
        self.report.watermark = self.ledger.watermark();
        self.news = true;
        if self.report.watermark as usize >= self.order.len() {
            self.finish(SweepEnd::Done);
        }
    }

    /// Ends the sweep; the report that says so goes out with the next [`Self::tell`].
    pub(super) fn finish(&mut self, end: SweepEnd) {
        self.news = true;
        self.report.end.get_or_insert(end);
    }

    /// Returns whether no probe is to be sent any more.
    pub(super) const fn ended(&self) -> bool {
        self.report.end.is_some()
    }

    /// Ends a sweep that has nothing to do from the start.
    pub(super) fn finish_if_empty(&mut self) {
        if self.cursor as usize >= self.order.len() {
            self.finish(SweepEnd::Done);
        }
    }

    /// Sends the report if it is due; returns whether the sweep is over and can go.
    pub(super) fn tell(&mut self, now: Instant) -> bool {
        let due = self.report.end.is_some() || now.duration_since(self.reported) >= REPORT_EVERY;
        if !(self.news && due) {
            return false;
        }
        let next = Report { watermark: self.report.watermark, heard: self.report.heard, ..Report::default() };
        let report = std::mem::replace(&mut self.report, next);
        let end = report.end.is_some();
        match self.out.try_send(report) {
            Ok(()) => {
                (self.blocked, self.news, self.reported) = (false, false, now);
                end
            }
            Err(TrySendError::Full(report)) => {
                (self.report, self.blocked) = (report, true);
                false
            }
            Err(TrySendError::Closed(_)) => true,
        }
    }
}
