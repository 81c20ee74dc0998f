//! Finding the processes of an execution wherever they went: by the mark in their environment, and by their group.
//!
//! A walk over all processes costs milliseconds, so one walk serves everybody who asked before it began, and what a
//! walk learned spares the next one most of the work (`sweep/known.rs`).

mod known;
mod walk;

use std::collections::HashSet;
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use rustix::process::Signal;
use tokio::sync::oneshot;
use uuid::Uuid;

use super::identity::Stat;
use walk::Walker;

/// By what the processes of an execution are known.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted {
    /// The mark in their environment.
    pub cookie: Uuid,
    /// Their group, as long as its leader is not reaped.
    pub group: Option<u32>,
}

/// A process that was found, and had not ended.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Member {
    pub pid: u32,
    pub start_ticks: u64,
    pub group: u32,
    pub name: String,
}

impl Member {
    /// Returns the process of an id that was read elsewhere; `None` when it has ended.
    pub(super) fn of(pid: u32) -> Option<Self> {
        let stat = Stat::read(pid).filter(|stat| !stat.has_ended())?;
        Some(Self { pid, start_ticks: stat.start_ticks, group: stat.group, name: stat.name })
    }

    /// Signals this very process: whoever else has its id by now is left alone.
    #[cfg(target_os = "linux")]
    pub(crate) fn signal(&self, signal: Signal) {
        use rustix::process::{Pid, PidfdFlags, kill_process, pidfd_open, pidfd_send_signal};
        let Some(pid) = Pid::from_raw(self.pid.cast_signed()) else { return };
        let held = pidfd_open(pid, PidfdFlags::empty());
        // The descriptor holds on to whoever had the id when it was opened; who that was is read afterwards.
        if Stat::read(self.pid).is_none_or(|stat| stat.start_ticks != self.start_ticks) {
            return;
        }
        let _ = match held {
            Ok(held) => pidfd_send_signal(held, signal),
            Err(_) => kill_process(pid, signal),
        };
    }

    /// Signals this very process.
    #[cfg(not(target_os = "linux"))]
    pub(crate) fn signal(&self, _signal: Signal) {}
}

/// Who asks, and where the answer goes.
type Ask = (Wanted, oneshot::Sender<Vec<Member>>);

/// Finds processes, on a thread of its own that begins with the first question and ends with the engine.
#[derive(Debug, Default)]
pub(crate) struct Sweeper {
    asks: Mutex<Option<mpsc::Sender<Ask>>>,
    leaders: Leaders,
}

/// The processes that the engine itself started and has not reaped. It knows all about them, and most of what is new at
/// any time is one of them, so that walks need not read them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Leaders(Arc<Mutex<HashSet<u32>>>);

impl Leaders {
    /// Adds one, until what is returned is dropped.
    pub(super) fn add(&self, pid: u32) -> Leading {
        self.0.lock().insert(pid);
        Leading { leaders: self.clone(), pid }
    }

    fn has(&self, pid: u32) -> bool {
        self.0.lock().contains(&pid)
    }
}

/// A process that the engine started. To be dropped before the process is reaped, for then its id is anybody's.
#[derive(Debug)]
pub(super) struct Leading {
    leaders: Leaders,
    pid: u32,
}

impl Drop for Leading {
    fn drop(&mut self) {
        self.leaders.0.lock().remove(&self.pid);
    }
}

impl Sweeper {
    /// Returns the processes that are not looked at.
    pub(crate) const fn leaders(&self) -> &Leaders {
        &self.leaders
    }

    /// Returns the processes of an execution that are there after this was called, without the one that leads them as
    /// long as it is not reaped.
    pub(crate) async fn find(&self, wanted: Wanted) -> Vec<Member> {
        if !cfg!(target_os = "linux") {
            return Vec::new();
        }
        let (tell, told) = oneshot::channel();
        self.send((wanted, tell));
        told.await.unwrap_or_default()
    }

    fn send(&self, ask: Ask) {
        let mut asks = self.asks.lock();
        let ask = match &*asks {
            Some(thread) => match thread.send(ask) {
                Ok(()) => return,
                Err(mpsc::SendError(ask)) => ask,
            },
            None => ask,
        };
        let (thread, queue) = mpsc::channel();
        let leaders = self.leaders.clone();
        let serve = move || serve(&queue, leaders);
        match std::thread::Builder::new().name("groma-sweep".into()).spawn(serve) {
            Ok(_) => {
                let _ = thread.send(ask);
                *asks = Some(thread);
            }
            // No thread to be had: here and now, then.
            Err(_) => answer(&mut Walker::new(self.leaders.clone()), vec![ask]),
        }
    }
}

/// How much longer than a walk took the next one waits, for each who was answered: the more ask, the more are answered
/// at once, and who asks alone is answered at once.
const REST: u32 = 10;
/// How long that is at most, unless walks themselves take so long that they would take more than a fifth of the time.
const REST_MAX: Duration = Duration::from_millis(5);

/// Walks for whoever asks until nobody can ask any more.
fn serve(asks: &mpsc::Receiver<Ask>, leaders: Leaders) {
    let mut walker = Walker::new(leaders);
    let mut rested = Instant::now();
    while let Ok(first) = asks.recv() {
        let mut batch = vec![first];
        while let Ok(more) = asks.recv_timeout(rested.saturating_duration_since(Instant::now())) {
            batch.push(more);
        }
        let (began, answered) = (Instant::now(), u32::try_from(batch.len()).unwrap_or(u32::MAX));
        answer(&mut walker, batch);
        let took = began.elapsed();
        rested =
            Instant::now() + took.saturating_mul(REST.saturating_mul(answered)).min(REST_MAX.max(took * 4));
    }
}

/// Walks once, for all who asked.
fn answer(walker: &mut Walker, batch: Vec<Ask>) {
    let (wanted, tell): (Vec<_>, Vec<_>) = batch.into_iter().unzip();
    for (found, tell) in walker.walk(&wanted).into_iter().zip(tell) {
        let _ = tell.send(found);
    }
}

/// Walks once on this thread.
pub(super) fn walk_once(wanted: Wanted) -> Vec<Member> {
    Walker::new(Leaders::default()).walk(&[wanted]).pop().unwrap_or_default()
}

#[cfg(all(test, target_os = "linux"))]
mod tests;
