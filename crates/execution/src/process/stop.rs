//! Ending a process and whatever it started, and seeing that nothing is left.
//!
//! Asked to end (TERM, and CONT for what is stopped) → a grace → killed, the whole group always, and whatever else
//! carries the mark or is in the control group → reaped. The leader is reaped last: until then its id, and so its
//! group's, belongs to nobody else.

use std::collections::HashSet;
use std::process::ExitStatus;
use std::time::Duration;

use groma_execution_types::{Mechanism, Survivor};
use rustix::process::Signal;
use tokio::time::{Instant, sleep, timeout};

use super::sweep::Member;
use super::{Running, Sweeper};

/// How long killed processes may take to be gone before they count as survivors: in the kernel, waiting for a device.
pub(super) const GONE: Duration = Duration::from_secs(5);

/// The wait between two looks at what is still there; it doubles up to the second.
pub(super) const LOOK: (Duration, Duration) = (Duration::from_millis(2), Duration::from_millis(100));

/// What became of a process and what it started.
#[derive(Debug)]
pub(crate) struct Cleared {
    /// How the process itself ended; `None` when it cannot be killed.
    pub status: Option<ExitStatus>,
    pub mechanism: Mechanism,
    /// Others that were there when it had ended, and were killed.
    pub swept: u32,
    /// What is there in spite of everything.
    pub survivors: Vec<Survivor>,
}

/// Asks a process and whatever it started to end, and kills them when they take longer than `grace`. Returns whether
/// they had to be killed. The process has ended when this returns, unless even that did not help.
pub(crate) async fn terminate(running: &mut Running, sweeper: &Sweeper, grace: Duration) -> bool {
    running.signal(Signal::TERM);
    running.signal(Signal::CONT);
    let group = running.pid();
    let all = sweeper.find(running.wanted()).await;
    for left_the_group in all.iter().filter(|member| member.group != group) {
        left_the_group.signal(Signal::TERM);
        left_the_group.signal(Signal::CONT);
    }
    if timeout(grace, gone(running, sweeper)).await.is_ok() {
        return false;
    }
    kill(running, &[]);
    let _ = timeout(GONE, running.ended()).await;
    true
}

/// Returns once the process has ended and nothing that it started is left.
async fn gone(running: &mut Running, sweeper: &Sweeper) {
    running.ended().await;
    let mut wait = LOOK.0;
    while !others(running, sweeper).await.is_empty() {
        sleep(wait).await;
        wait = (wait * 2).min(LOOK.1);
    }
}

/// Kills whatever is left of a process that has ended, sees that it is gone, and reaps it.
pub(crate) async fn clear(mut running: Running, sweeper: &Sweeper) -> Cleared {
    let mut killed = HashSet::new();
    let deadline = Instant::now() + GONE;
    let mut wait = LOOK.0;
    let left = loop {
        let left = others(&running, sweeper).await;
        // The group always: a member whose environment was cleared and that is just being started is not among the
        // found. Nobody else can have its id yet.
        kill(&running, &left);
        let nothing = left.is_empty();
        killed.extend(left.iter().map(|member| (member.pid, member.start_ticks)));
        if nothing || Instant::now() >= deadline {
            break left;
        }
        sleep(wait).await;
        wait = (wait * 2).min(LOOK.1);
    };
    let mechanism = running.mechanism();
    let status = running.reap();
    if left.is_empty() {
        remove_cgroup(&running).await;
    }
    let mut survivors: Vec<_> = left.into_iter().map(Survivor::from).collect();
    if status.is_none() {
        survivors.extend(Member::of(running.pid()).map(Survivor::from));
    }
    let swept = u32::try_from(killed.len() - survivors.len().min(killed.len())).unwrap_or(u32::MAX);
    Cleared { status, mechanism, swept, survivors }
}

/// Removes the control group of what is gone: the kernel takes a moment to let go of what was in it.
async fn remove_cgroup(running: &Running) {
    let Some(cgroup) = running.cgroup() else { return };
    let mut wait = LOOK.0;
    while !cgroup.remove() && wait < LOOK.1 {
        sleep(wait).await;
        wait *= 2;
    }
}

/// Returns what is there of what the process started, without itself.
async fn others(running: &Running, sweeper: &Sweeper) -> Vec<Member> {
    let mut others = sweeper.find(running.wanted()).await;
    if let Some(cgroup) = running.cgroup() {
        for pid in cgroup.members() {
            if !others.iter().any(|member| member.pid == pid) {
                others.extend(Member::of(pid));
            }
        }
    }
    others.retain(|member| member.pid != running.pid());
    others
}

fn kill(running: &Running, found: &[Member]) {
    running.signal(Signal::KILL);
    if let Some(cgroup) = running.cgroup() {
        cgroup.kill();
    }
    for member in found {
        member.signal(Signal::KILL);
    }
}

impl From<Member> for Survivor {
    fn from(member: Member) -> Self {
        Self { pid: member.pid, name: member.name }
    }
}
