//! A process that was started and that nobody has waited for yet.

use std::future::Future;
use std::io;
use std::process::{Child, ExitStatus};
use std::time::Duration;

use groma_execution_types::Mechanism;
use rustix::process::{Pid, Signal};
use tokio::task::AbortHandle;
use uuid::Uuid;

use super::cgroup::Cgroup;
use super::exit::ExitWatch;
use super::sweep::{Leaders, Leading, Wanted};

/// A process that was started. It leads a group of its own, mostly, and as long as it is not reaped, no other process and no
/// other group has its id.
///
/// Dropping it kills the group and what else has the mark, at once, and reaps it on a thread of its own: what is left
/// for when the engine is dropped or its runtime ends.
#[derive(Debug)]
pub(crate) struct Running {
    /// `None` once reaped.
    child: Option<Child>,
    pid: Pid,
    id: Uuid,
    watch: Option<ExitWatch>,
    feed: Option<AbortHandle>,
    cgroup: Option<Cgroup>,
    leading: Option<Leading>,
    leads_group: bool,
}

impl Running {
    /// Takes over a child that leads its own group, or is alone in that of this process.
    ///
    /// # Errors
    /// When its end cannot be watched; it is then killed.
    pub(super) fn over(
        child: Child,
        id: Uuid,
        cgroup: Option<Cgroup>,
        leaders: &Leaders,
        leads_group: bool,
    ) -> io::Result<Self> {
        let leading = Some(leaders.add(child.id()));
        let pid = Pid::from_raw(child.id().cast_signed()).ok_or(io::ErrorKind::InvalidData)?;
        let mut running =
            Self { child: Some(child), pid, id, watch: None, feed: None, cgroup, leading, leads_group };
        // What it started before this is found by its group and its mark.
        if running.cgroup.as_ref().is_some_and(|cgroup| cgroup.add(pid).is_err()) {
            running.cgroup = None;
        }
        running.watch = Some(ExitWatch::new(pid)?);
        Ok(running)
    }

    /// Returns its id, which is also its group's.
    pub(crate) const fn pid(&self) -> u32 {
        self.pid.as_raw_nonzero().get().cast_unsigned()
    }

    /// Returns by what its processes are known.
    pub(super) const fn wanted(&self) -> Wanted {
        Wanted { cookie: self.id, group: Some(self.pid()) }
    }

    /// Returns its control group, if it has one.
    pub(crate) const fn cgroup(&self) -> Option<&Cgroup> {
        self.cgroup.as_ref()
    }

    /// Returns what holds its processes together.
    pub(crate) const fn mechanism(&self) -> Mechanism {
        if self.cgroup.is_some() { Mechanism::Cgroup } else { Mechanism::ProcessGroup }
    }

    /// Lets a task write its standard input; it ends when the process does.
    pub(super) fn feed(&mut self, work: impl Future<Output = ()> + Send + 'static) {
        self.feed = Some(tokio::spawn(work).abort_handle());
    }

    /// Returns once it has ended; it stays to be reaped.
    pub(crate) async fn ended(&mut self) {
        if let Some(watch) = &mut self.watch
            && let Err(error) = watch.ended().await
        {
            tracing::error!(pid = self.pid(), %error, "failed to watch a process, so it is killed");
            self.signal(Signal::KILL);
        }
    }

    /// Signals its group. That it is gone is no fault.
    pub(super) fn signal(&self, signal: Signal) {
        if self.child.is_none() {
            return;
        }
        let _ = match self.leads_group {
            true => rustix::process::kill_process_group(self.pid, signal),
            false => rustix::process::kill_process(self.pid, signal),
        };
    }

    /// Takes note of its end: its id is free from here on. `None`: it has not ended.
    pub(super) fn reap(&mut self) -> Option<ExitStatus> {
        self.leading = None;
        let status = match self.child.as_mut()?.try_wait() {
            Ok(status) => status?,
            // Somebody else waits for the children of this process. Its id is not ours to use any more.
            Err(error) => {
                tracing::error!(pid = self.pid(), %error, "failed to learn how a process ended");
                self.child = None;
                return None;
            }
        };
        self.child = None;
        self.stop_feeding();
        Some(status)
    }

    fn stop_feeding(&mut self) {
        if let Some(feed) = self.feed.take() {
            feed.abort();
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop_feeding();
        self.leading = None;
        self.signal(Signal::KILL);
        let cgroup = self.cgroup.take();
        let Some(mut child) = self.child.take() else {
            return;
        };
        if let Some(cgroup) = &cgroup {
            cgroup.kill();
        }
        let wanted = self.wanted();
        let reaper = std::thread::Builder::new().name("groma-reap".into());
        // Without a thread it stays a zombie until this process ends; it is killed all the same.
        let _ = reaper.spawn(move || {
            for member in super::sweep::walk_once(wanted) {
                member.signal(Signal::KILL);
            }
            let _ = child.wait();
            // The kernel takes a moment to let go of what was in it.
            for _ in 0..50 {
                if cgroup.as_ref().is_none_or(Cgroup::remove) {
                    break;
                }
                std::thread::park_timeout(Duration::from_millis(2));
            }
        });
    }
}
