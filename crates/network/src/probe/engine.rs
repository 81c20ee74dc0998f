//! The loop of the probing thread: commands in, sockets out, answers and timeouts to their sweeps.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::num::NonZeroU32;
use std::sync::mpsc::{Receiver, TryRecvError};
use std::time::{Duration, Instant};

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use mio::unix::SourceFd;
use mio::{Events, Interest, Poll, Token};
use socket2::Socket;
use std::os::fd::AsRawFd;

use super::socket::{Verdict, attempt, outcome};
use super::sweep::{Sweep, Try};
use super::{Bounds, SweepEnd, WAKE};
use crate::limits::Share;

/// Probes sent in one turn at most, in all and for one host, so that commands and answers get their turn too.
const TURN_MOST: u32 = 256;
const TURN_HOST_MOST: u32 = 64;
/// With work under way, the loop looks after reports and pauses at least so often.
const TICK: Duration = Duration::from_millis(20);
/// How long nothing is sent after the system ran out of something.
const STARVED_PAUSE: Duration = Duration::from_millis(20);
/// A system that has nothing for so long fails the sweep.
const STARVED_MOST: Duration = Duration::from_secs(10);
const CONCURRENCY_LEAST: u32 = 16;

/// What the thread is told.
#[derive(Debug)]
pub(super) enum Command {
    Start(Box<Sweep>),
    Stop(u64),
}

#[derive(Debug)]
struct Flight {
    socket: Socket,
    sweep: usize,
    probe: Try,
    sent: Instant,
    serial: u64,
}

/// The state of the thread.
#[derive(Debug)]
pub(super) struct Engine {
    poll: Poll,
    inbox: Receiver<Command>,
    bounds: Bounds,
    rate: Option<DefaultDirectRateLimiter>,
    sweeps: Vec<Option<Box<Sweep>>>,
    running: usize,
    turn: usize,
    flights: Vec<Option<Flight>>,
    free: Vec<usize>,
    flying: u32,
    /// Probes in flight at most, for now: shrinks when the system runs out of something.
    limit: u32,
    deadlines: BinaryHeap<Reverse<(Instant, usize, u64)>>,
    serial: u64,
    paused_until: Option<Instant>,
    starved_since: Option<Instant>,
    share: Share,
}

impl Engine {
    pub(super) fn new(poll: Poll, inbox: Receiver<Command>, bounds: Bounds) -> Self {
        let rate = bounds.max_rate.and_then(NonZeroU32::new).map(|rate| {
            let burst = NonZeroU32::new(rate.get() / 50).unwrap_or(NonZeroU32::MIN);
            RateLimiter::direct(Quota::per_second(rate).allow_burst(burst))
        });
        Self {
            poll,
            inbox,
            bounds,
            rate,
            sweeps: Vec::new(),
            running: 0,
            turn: 0,
            flights: Vec::new(),
            free: Vec::new(),
            flying: 0,
            limit: bounds.concurrency.max(1),
            deadlines: BinaryHeap::new(),
            serial: 0,
            paused_until: None,
            starved_since: None,
            share: Share::of(bounds.room),
        }
    }

    /// Runs until the other end of the inbox is gone.
    pub(super) fn run(mut self) {
        let mut events = Events::with_capacity(1024);
        while self.obey() {
            self.expire();
            let wait = self.launch();
            self.tell();
            let wait = if self.running == 0 { None } else { Some(wait) };
            if let Err(error) = self.poll.poll(&mut events, wait)
                && error.kind() != std::io::ErrorKind::Interrupted
            {
                tracing::error!(%error, "waiting for probes failed: all sweeps stop");
                return;
            }
            for event in &events {
                if event.token() != WAKE {
                    self.ready(event.token().0);
                }
            }
        }
    }

    fn obey(&mut self) -> bool {
        loop {
            match self.inbox.try_recv() {
                Ok(Command::Start(mut sweep)) => {
                    sweep.set_out(self.bounds.wishes(), self.bounds.concurrency);
                    sweep.finish_if_empty();
                    self.running += 1;
                    match self.sweeps.iter_mut().find(|slot| slot.is_none()) {
                        Some(slot) => *slot = Some(sweep),
                        None => self.sweeps.push(Some(sweep)),
                    }
                }
                Ok(Command::Stop(id)) => {
                    let at =
                        self.sweeps.iter().position(|slot| slot.as_ref().is_some_and(|sweep| sweep.id == id));
                    if let Some(at) = at {
                        self.remove(at);
                    }
                }
                Err(TryRecvError::Empty) => return true,
                Err(TryRecvError::Disconnected) => return false,
            }
        }
    }

    fn remove(&mut self, at: usize) {
        self.ground(at);
        if self.sweeps.get_mut(at).and_then(Option::take).is_some() {
            self.running -= 1;
        }
    }

    /// Ends all flights of a sweep.
    fn ground(&mut self, sweep: usize) {
        if self.sweeps.get(sweep).and_then(Option::as_ref).is_none_or(|sweep| sweep.flying == 0) {
            return;
        }
        for slot in 0..self.flights.len() {
            if self.flights.get(slot).and_then(Option::as_ref).is_some_and(|flight| flight.sweep == sweep) {
                self.land(slot);
            }
        }
    }

    /// Takes a flight out; its socket closes when the caller is done with it.
    fn land(&mut self, slot: usize) -> Option<Flight> {
        let flight = self.flights.get_mut(slot)?.take()?;
        self.free.push(slot);
        self.flying -= 1;
        self.limit = self.limit.saturating_add(1).min(self.bounds.concurrency);
        if let Some(Some(sweep)) = self.sweeps.get_mut(flight.sweep) {
            sweep.flying -= 1;
        }
        Some(flight)
    }

    fn expire(&mut self) {
        let now = Instant::now();
        while let Some(Reverse((deadline, slot, serial))) = self.deadlines.peek().copied() {
            let current =
                self.flights.get(slot).and_then(Option::as_ref).is_some_and(|flight| flight.serial == serial);
            if current && deadline > now {
                break;
            }
            self.deadlines.pop();
            if current {
                self.late(slot);
            }
        }
    }

    fn late(&mut self, slot: usize) {
        let Some(flight) = self.land(slot) else { return };
        // The answer may have come since the loop last looked.
        let verdict = outcome(&flight.socket);
        let Some(Some(sweep)) = self.sweeps.get_mut(flight.sweep) else { return };
        match verdict {
            Verdict::Waiting | Verdict::Exhausted => sweep.unanswered(flight.probe),
            verdict => sweep.answered(flight.probe, verdict, flight.sent.elapsed()),
        }
        self.settle(flight.sweep);
    }

    fn ready(&mut self, slot: usize) {
        let Some(Some(flight)) = self.flights.get(slot) else { return };
        let verdict = outcome(&flight.socket);
        if verdict == Verdict::Waiting {
            return;
        }
        let Some(flight) = self.land(slot) else { return };
        let Some(Some(sweep)) = self.sweeps.get_mut(flight.sweep) else { return };
        match verdict {
            Verdict::Exhausted => sweep.unanswered(flight.probe),
            verdict => sweep.answered(flight.probe, verdict, flight.sent.elapsed()),
        }
        self.settle(flight.sweep);
    }

    /// Ends what is left of a sweep that is over.
    fn settle(&mut self, at: usize) {
        if self.sweeps.get(at).and_then(Option::as_ref).is_some_and(|sweep| sweep.ended()) {
            self.ground(at);
        }
    }

    /// Sends what may be sent, host by host in turn; returns how long the loop may wait.
    fn launch(&mut self) -> Duration {
        let now = Instant::now();
        if self.paused_until.is_some_and(|until| now < until) {
            return TICK;
        }
        self.paused_until = None;
        let limit = self.limit.min(self.share.size());
        let (count, mut sent, mut more) = (self.sweeps.len(), 0, false);
        for step in 0..count {
            let at = (self.turn + step) % count;
            let mut of_host = 0;
            while of_host < TURN_HOST_MOST && sent < TURN_MOST {
                if self.flying >= limit {
                    self.turn = at;
                    return self.until_deadline(now);
                }
                let Some(Some(sweep)) = self.sweeps.get_mut(at) else { break };
                let Some(probe) = sweep.take(now) else { break };
                if let Some(wait) = self.wait_for_rate() {
                    if let Some(Some(sweep)) = self.sweeps.get_mut(at) {
                        sweep.put_back(probe);
                    }
                    self.turn = at;
                    return wait.min(self.until_deadline(now));
                }
                if !self.send(at, probe) {
                    return TICK;
                }
                of_host += 1;
                sent += 1;
            }
            more |= of_host == TURN_HOST_MOST || sent == TURN_MOST;
            if sent == TURN_MOST {
                self.turn = at + 1;
                break;
            }
        }
        if more { Duration::ZERO } else { self.until_deadline(now) }
    }

    fn until_deadline(&self, now: Instant) -> Duration {
        let next =
            self.deadlines.peek().map(|Reverse((deadline, ..))| deadline.saturating_duration_since(now));
        next.unwrap_or(TICK).min(TICK)
    }

    fn wait_for_rate(&self) -> Option<Duration> {
        let not_until = self.rate.as_ref()?.check().err()?;
        Some(not_until.wait_time_from(DefaultClock::default().now()))
    }

    /// Sends one probe; `false` if the system is out of something.
    fn send(&mut self, at: usize, probe: Try) -> bool {
        let Some(Some(sweep)) = self.sweeps.get_mut(at) else { return true };
        let sent = Instant::now();
        let (verdict, socket) = attempt(sweep.address, sweep.port(probe));
        match (verdict, socket) {
            (Verdict::Waiting, Some(socket)) => {
                let deadline = sweep.deadline(probe, sent);
                self.serial += 1;
                let flight = Flight { socket, sweep: at, probe, sent, serial: self.serial };
                if !self.watch(flight, deadline) {
                    return self.starve(at, probe);
                }
            }
            // Ports run out only after many probes; before any, the family itself has no address here.
            (Verdict::NoAddress, _) if !sweep.untouched() => return self.starve(at, probe),
            (Verdict::Exhausted | Verdict::Waiting, _) => return self.starve(at, probe),
            (verdict, _) => {
                sweep.answered(probe, verdict, sent.elapsed());
                self.settle(at);
            }
        }
        self.starved_since = None;
        true
    }

    fn watch(&mut self, flight: Flight, deadline: Instant) -> bool {
        let slot = self.free.pop().unwrap_or_else(|| {
            self.flights.push(None);
            self.flights.len() - 1
        });
        let fd = flight.socket.as_raw_fd();
        if self.poll.registry().register(&mut SourceFd(&fd), Token(slot), Interest::WRITABLE).is_err() {
            self.free.push(slot);
            return false;
        }
        self.deadlines.push(Reverse((deadline, slot, flight.serial)));
        if let Some(Some(sweep)) = self.sweeps.get_mut(flight.sweep) {
            sweep.flying += 1;
        }
        self.flying += 1;
        if let Some(place) = self.flights.get_mut(slot) {
            *place = Some(flight);
        }
        true
    }

    /// Slows down because the system is out of descriptors, ports or memory: the probe proves nothing and is
    /// sent again later.
    fn starve(&mut self, at: usize, probe: Try) -> bool {
        let now = Instant::now();
        let Some(Some(sweep)) = self.sweeps.get_mut(at) else { return false };
        let since = *self.starved_since.get_or_insert(now);
        if now.duration_since(since) >= STARVED_MOST {
            sweep.finish(SweepEnd::Starved);
            self.ground(at);
            self.starved_since = None;
            return false;
        }
        sweep.put_back(probe);
        self.limit = (self.flying / 2).max(CONCURRENCY_LEAST).min(self.bounds.concurrency);
        self.paused_until = Some(now + STARVED_PAUSE);
        false
    }

    fn tell(&mut self) {
        let now = Instant::now();
        for at in 0..self.sweeps.len() {
            if self.sweeps.get_mut(at).and_then(Option::as_mut).is_some_and(|sweep| sweep.tell(now)) {
                self.remove(at);
            }
        }
    }
}
