//! Commands in a Groma of its own, and the processes that they leave or do not leave.

use std::process::Command;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::process::{Pid, PidfdFlags, pidfd_open};
use serde_json::Value;

use crate::harness::{Ended, Groma, Running};

impl Groma {
    /// Prepares `groma exec OPTIONS --shell LINE`.
    pub(crate) fn shell(&self, options: &str, line: &str) -> Command {
        let mut command = self.command(&format!("exec {options} --shell"));
        command.arg(line);
        command
    }

    /// Runs `groma exec OPTIONS --shell LINE` to its end.
    pub(crate) fn exec(&self, options: &str, line: &str) -> Ended {
        self.begin(self.shell(options, line)).end()
    }

    /// Returns the newest execution.
    #[track_caller]
    pub(crate) fn newest(&self) -> Value {
        self.run("executions show last -o json").code(0).json()
    }

    /// Waits until the newest execution has that status.
    #[track_caller]
    pub(crate) fn becomes(&self, status: &str) -> Value {
        loop {
            let newest = self.newest();
            if newest["status"] == status {
                return newest;
            }
            let going = ["pending", "running"].iter().any(|going| newest["status"] == *going);
            assert!(going, "it is not {status}: {newest}");
        }
    }
}

impl Running {
    /// Waits for the next line, which is the id of a process.
    #[track_caller]
    pub(crate) fn pid(&mut self) -> i32 {
        let line = self.line();
        line.parse().unwrap_or_else(|_| panic!("`{line}` is no process"))
    }
}

/// Waits until a process has ended.
pub(crate) fn gone(pid: i32) {
    let Ok(pidfd) = pidfd_open(Pid::from_raw(pid).unwrap(), PidfdFlags::empty()) else { return };
    poll(&mut [PollFd::new(&pidfd, PollFlags::IN)], None).unwrap();
}

/// Returns whether a process is there and has not ended.
pub(crate) fn lives(pid: i32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit(')').next().is_some_and(|rest| !rest.is_empty() && !rest.starts_with(" Z"))
}

/// A process that nothing but SIGKILL ends: says its id, and goes on for an hour.
pub(crate) const STUBBORN: &str = "(trap '' TERM INT HUP; sh -c 'echo $PPID'; exec sleep 3600) &";
