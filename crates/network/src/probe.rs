//! The prober: one thread that has thousands of connection attempts in flight for all units of a scan.
//!
//! A thread of its own with its own readiness queue costs a fraction of a task per probe, and one owner of all
//! sockets makes the bounds exact: probes in flight, probes per second, probes per host.

mod engine;
mod ledger;
mod pace;
mod socket;
mod sweep;

use std::collections::HashSet;
use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

use groma_model::network::PortState;
use mio::{Poll, Token, Waker};
use tokio::sync::mpsc;

use engine::{Command, Engine};
use pace::Wishes;
use sweep::{Kind, Sweep};

/// The waker's token; probes use the numbers below.
const WAKE: Token = Token(usize::MAX);
/// Reports that wait for their unit at most; a unit that lags holds up its own probes, nothing else.
const REPORTS_MAX: usize = 4;

/// The bounds of all probes together.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    /// Probes in flight at most.
    pub(crate) concurrency: u32,
    /// Descriptors that this process has for the probes of all its probers.
    pub(crate) room: u32,
    /// Probes per second at most.
    pub(crate) max_rate: Option<u32>,
    /// How long every probe waits; learned if absent.
    pub(crate) timeout: Option<Duration>,
    /// How often an unanswered probe is sent again; learned if absent.
    pub(crate) retries: Option<u32>,
}

/// The ports of one host to probe.
#[derive(Debug)]
pub(crate) struct HostSweep {
    /// Where.
    pub(crate) address: IpAddr,
    /// The ports, in the order of probing.
    pub(crate) order: Vec<u16>,
    /// How many of them are done already.
    pub(crate) start: u32,
    /// Ports whose state is reported even if they are not open.
    pub(crate) watch: HashSet<u16>,
    /// What an earlier answer took.
    pub(crate) rtt: Option<Duration>,
}

/// How a sweep ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SweepEnd {
    /// Every probe is decided, or the first answer came where one is enough.
    Done,
    /// The system had no descriptors, ports or memory for far too long.
    Starved,
}

/// What a sweep found since its last report.
#[derive(Debug, Default)]
pub(crate) struct Report {
    /// Open ports, and watched ones in whatever state.
    pub(crate) found: Vec<(u16, PortState)>,
    /// Every probe before this one of the order is decided.
    pub(crate) watermark: u32,
    /// How long the first answer of the host itself took, once there was one.
    pub(crate) heard: Option<Duration>,
    /// Whether the system knew no route for a probe.
    pub(crate) no_route: bool,
    /// Set in the last report.
    pub(crate) end: Option<SweepEnd>,
}

/// A running sweep; dropping it stops it.
#[derive(Debug)]
pub(crate) struct Running {
    /// Its reports, the last of which has `end` set.
    pub(crate) reports: mpsc::Receiver<Report>,
    id: u64,
    handle: Arc<Handle>,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.handle.send(Command::Stop(self.id));
    }
}

/// The way to the thread; it ends when the last clone is gone.
#[derive(Debug)]
pub(crate) struct Prober(Arc<Handle>);

#[derive(Debug)]
struct Handle {
    commands: Sender<Command>,
    waker: Waker,
    next: AtomicU64,
}

impl Handle {
    fn send(&self, command: Command) {
        // Without the thread, reports end, which their readers notice.
        if self.commands.send(command).is_ok() {
            let _ = self.waker.wake();
        }
    }
}

impl Prober {
    /// Starts the thread.
    ///
    /// # Errors
    /// When the system gives no thread or no readiness queue.
    pub(crate) fn start(bounds: Bounds) -> io::Result<Self> {
        let poll = Poll::new()?;
        let waker = Waker::new(poll.registry(), WAKE)?;
        let (commands, inbox) = channel();
        let engine = Engine::new(poll, inbox, bounds);
        std::thread::Builder::new().name("groma-probe".to_owned()).spawn(move || engine.run())?;
        Ok(Self(Arc::new(Handle { commands, waker, next: AtomicU64::new(0) })))
    }

    /// Probes the ports of a host.
    pub(crate) fn sweep(&self, host: HostSweep) -> Running {
        self.begin(host, Kind::Ports)
    }

    /// Asks a host at a few ports until it answers anything at all.
    pub(crate) fn ping(&self, address: IpAddr, ports: &[u16]) -> Running {
        let host = HostSweep { address, order: ports.to_vec(), start: 0, watch: HashSet::new(), rtt: None };
        self.begin(host, Kind::Ping)
    }

    fn begin(&self, host: HostSweep, kind: Kind) -> Running {
        let id = self.0.next.fetch_add(1, Ordering::Relaxed);
        let (out, reports) = mpsc::channel(REPORTS_MAX);
        self.0.send(Command::Start(Box::new(Sweep::new(id, host, kind, out))));
        Running { reports, id, handle: Arc::clone(&self.0) }
    }
}

impl Bounds {
    const fn wishes(&self) -> Wishes {
        Wishes { timeout: self.timeout, retries: self.retries }
    }
}

#[cfg(test)]
mod tests;
