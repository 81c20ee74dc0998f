//! Ending what an engine left behind that died: processes that are nobody's children any more.

use std::path::PathBuf;
use std::time::Duration;

use groma_execution_types::{Mechanism, Survivor, Teardown};
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::time::{Instant, sleep};
use uuid::Uuid;

use super::cgroup::Cgroup;
use super::stop::{GONE, LOOK};
use super::sweep::{Member, Sweeper, Wanted};
use crate::ProcessIdentity;

/// By what the leftovers of an execution are known.
#[derive(Debug)]
pub(crate) struct Strays {
    /// Its mark.
    pub id: Uuid,
    /// The process that led its group.
    pub leader: Option<ProcessIdentity>,
    /// Its control group.
    pub cgroup: Option<PathBuf>,
    pub mechanism: Mechanism,
}

impl Strays {
    /// Ends them: asked first, killed when they take longer than `grace`.
    pub(crate) async fn end(self, sweeper: &Sweeper, grace: Duration) -> Teardown {
        let cgroup = self.cgroup.clone().and_then(|path| Cgroup::at(path, self.id));
        let found = self.find(sweeper, cgroup.as_ref()).await;
        self.signal(&found, Signal::TERM);
        self.signal(&found, Signal::CONT);
        let asked_until = Instant::now() + grace;
        let killed_until = asked_until + GONE;
        let (mut left, mut wait, mut forced) = (found.clone(), LOOK.0, false);
        while !left.is_empty() && Instant::now() < killed_until {
            if Instant::now() >= asked_until {
                forced = true;
                cgroup.iter().for_each(Cgroup::kill);
                self.signal(&left, Signal::KILL);
            }
            sleep(wait.min(asked_until.saturating_duration_since(Instant::now()).max(LOOK.0))).await;
            wait = (wait * 2).min(LOOK.1);
            left = self.find(sweeper, cgroup.as_ref()).await;
        }
        drop(cgroup);
        let swept = u32::try_from(found.len().saturating_sub(left.len())).unwrap_or(u32::MAX);
        let survivors: Vec<_> = left.into_iter().map(Survivor::from).collect();
        Teardown { mechanism: self.mechanism, forced, swept, survivors, pipes_held: false }
    }

    /// Returns what is there of them.
    async fn find(&self, sweeper: &Sweeper, cgroup: Option<&Cgroup>) -> Vec<Member> {
        // The group of a leader that is gone may be another's by now.
        let mut found = sweeper.find(Wanted { cookie: self.id, group: self.group() }).await;
        for pid in cgroup.map(Cgroup::members).unwrap_or_default() {
            if !found.iter().any(|member| member.pid == pid) {
                found.extend(Member::of(pid));
            }
        }
        found
    }

    fn group(&self) -> Option<u32> {
        self.leader.as_ref().filter(|leader| leader.is_alive()).map(|leader| leader.pid)
    }

    fn signal(&self, found: &[Member], signal: Signal) {
        if let Some(group) = self.group().and_then(|pid| Pid::from_raw(pid.cast_signed())) {
            let _ = kill_process_group(group, signal);
        }
        for member in found {
            member.signal(signal);
        }
    }
}
