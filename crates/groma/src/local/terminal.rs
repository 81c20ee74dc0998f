//! The terminal, lent to a command that wants to read it.
//!
//! A command has a process group of its own, so that all of it can be stopped. Terminals let only one group read at a
//! time and stop all others that try (SIGTTIN). So Groma's own group keeps the terminal, with Ctrl-C, until the command is
//! stopped for wanting it; then the command gets it, as from a shell, Ctrl-C and Ctrl-Z with it.

use std::collections::HashMap;
use std::io::IsTerminal as _;
use std::sync::Arc;

use async_trait::async_trait;
use groma_app::execution::{EventHandler, Interest};
use groma_execution_types::ExecutionEvent;
use nix::sys::signal::{SigSet, Signal as Blocked};
use parking_lot::Mutex;
use rustix::process::{
    Pid, Signal, WaitId, WaitIdOptions, getpgrp, kill_current_process_group, kill_process_group, waitid,
};
use rustix::termios::{tcgetpgrp, tcsetpgrp};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::Notify;
use uuid::Uuid;

/// Notes which commands run.
#[derive(Debug)]
pub(crate) struct Begins(Arc<Running>);

/// The commands that run, by execution; each leads a group of its own.
#[derive(Debug, Default)]
struct Running {
    leaders: Mutex<HashMap<Uuid, Pid>>,
    changed: Notify,
}

#[async_trait]
impl EventHandler for Begins {
    async fn on_event(&self, event: ExecutionEvent) {
        let running = &self.0;
        match event {
            ExecutionEvent::Started(started) => {
                let pid = started.pid.and_then(|pid| i32::try_from(pid).ok()).and_then(Pid::from_raw);
                if let (Some(id), Some(pid)) = (started.execution_id, pid) {
                    running.leaders.lock().insert(id, pid);
                    running.changed.notify_one();
                }
            }
            ExecutionEvent::Completed(ended)
            | ExecutionEvent::Failed(ended)
            | ExecutionEvent::Cancelled(ended) => {
                if let Some(id) = ended.execution_id {
                    running.leaders.lock().remove(&id);
                    running.changed.notify_one();
                }
            }
            _ => {}
        }
    }

    fn interest(&self) -> Interest {
        Interest::Positions
    }
}

/// The terminal of this process, to be lent to a command.
#[derive(Debug)]
pub(crate) struct Terminal {
    running: Arc<Running>,
    /// Which command has it.
    lent: Option<Pid>,
}

impl Terminal {
    /// Returns it, and who has to be told what begins and ends.
    pub(crate) fn of_process() -> (Begins, Self) {
        let running = Arc::<Running>::default();
        (Begins(Arc::clone(&running)), Self { running, lent: None })
    }

    /// Lends the terminal to a command whenever that is stopped for want of it. To be dropped when all have ended.
    pub(crate) async fn lend(mut self) {
        if !std::io::stdin().is_terminal() {
            return;
        }
        // Tells of stops as well as of ends.
        let Ok(mut changes) = signal(SignalKind::child()) else { return };
        let running = Arc::clone(&self.running);
        loop {
            let leaders: Vec<Pid> = running.leaders.lock().values().copied().collect();
            if self.lent.is_some_and(|lent| !leaders.contains(&lent)) {
                self.take_back();
            }
            for leader in leaders {
                self.look(leader);
            }
            tokio::select! {
                Some(()) = changes.recv() => {}
                () = running.changed.notified() => {}
            }
        }
    }

    /// Does what a stop of the command asks for.
    fn look(&mut self, command: Pid) {
        let stopped = WaitIdOptions::STOPPED | WaitIdOptions::NOWAIT | WaitIdOptions::NOHANG;
        // One that has ended is nobody's to be lent anything; its end belongs to the engine.
        let Ok(Some(status)) = waitid(WaitId::Pid(command), stopped) else { return };
        let reading = [Signal::TTIN, Signal::TTOU].map(Signal::as_raw);
        match status.stopping_signal() {
            Some(signal) if reading.contains(&signal) => self.give(command),
            Some(signal) if signal == Signal::TSTP.as_raw() && self.lent == Some(command) => {
                self.take_back();
                // Ctrl-Z was meant for the whole: this returns when the shell lets it go on.
                let _ = kill_current_process_group(Signal::STOP);
                if in_front() {
                    self.give(command);
                } else {
                    let _ = kill_process_group(command, Signal::CONT);
                }
            }
            // Somebody else stopped it, and will let it go on.
            _ => {}
        }
    }

    fn give(&mut self, command: Pid) {
        if self.lent.is_some() {
            // One at a time: this one's turn comes when the other has ended.
            return;
        }
        if !in_front() {
            // In the background ourselves: stopped like everybody who wants the terminal there, until brought forward.
            let _ = kill_current_process_group(Signal::TTIN);
        }
        if in_front() && tcsetpgrp(std::io::stdin(), command).is_ok() {
            self.lent = Some(command);
            let _ = kill_process_group(command, Signal::CONT);
        }
    }

    fn take_back(&mut self) {
        if self.lent.take().is_none() {
            return;
        }
        // Who is not in front may not take the terminal, unless it does not listen to being told so. On a thread of its
        // own, which nothing else runs on.
        let thread = std::thread::spawn(|| {
            let mut set = SigSet::empty();
            set.add(Blocked::SIGTTOU);
            if set.thread_block().is_ok() {
                let _ = tcsetpgrp(std::io::stdin(), getpgrp());
            }
        });
        let _ = thread.join();
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.take_back();
    }
}

/// Returns whether this process's group has the terminal.
fn in_front() -> bool {
    tcgetpgrp(std::io::stdin()).is_ok_and(|group| group == getpgrp())
}
