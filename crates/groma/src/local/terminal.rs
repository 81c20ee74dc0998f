//! The terminal, lent to a command that wants to read it.
//!
//! A command has a process group of its own, so that all of it can be stopped. Terminals let only one group read at a
//! time and stop all others that try (SIGTTIN). So Groma's own group keeps the terminal, with Ctrl-C, until the command is
//! stopped for wanting it; then the command gets it, as from a shell, Ctrl-C and Ctrl-Z with it.

use std::io::IsTerminal as _;

use async_trait::async_trait;
use groma_app::execution::{EventHandler, Interest};
use groma_execution_types::ExecutionEvent;
use nix::sys::signal::{SigSet, Signal as Blocked};
use rustix::process::{
    Pid, Signal, WaitId, WaitIdOptions, getpgrp, kill_current_process_group, kill_process_group, waitid,
};
use rustix::termios::{tcgetpgrp, tcsetpgrp};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

/// Notes which processes begin.
#[derive(Debug)]
pub(crate) struct Begins(watch::Sender<Option<Pid>>);

#[async_trait]
impl EventHandler for Begins {
    async fn on_event(&self, event: ExecutionEvent) {
        if let ExecutionEvent::Started(started) = event {
            let pid = started.pid.and_then(|pid| i32::try_from(pid).ok()).and_then(Pid::from_raw);
            self.0.send_replace(pid);
        }
    }

    fn interest(&self) -> Interest {
        Interest::Positions
    }
}

/// The terminal of this process, to be lent to a command.
#[derive(Debug)]
pub(crate) struct Terminal {
    begun: watch::Receiver<Option<Pid>>,
    lent: bool,
}

impl Terminal {
    /// Returns it, and who has to be told what begins.
    pub(crate) fn of_process() -> (Begins, Self) {
        let (sender, begun) = watch::channel(None);
        (Begins(sender), Self { begun, lent: false })
    }

    /// Lends the terminal to the command whenever that is stopped for want of it. To be dropped when the command has ended.
    pub(crate) async fn lend(mut self) {
        if !std::io::stdin().is_terminal() {
            return;
        }
        // Tells of stops as well as of ends.
        let Ok(mut changes) = signal(SignalKind::child()) else { return };
        let Ok(begun) = self.begun.wait_for(Option::is_some).await.map(|pid| *pid) else { return };
        let Some(command) = begun else { return };
        loop {
            self.look(command);
            if changes.recv().await.is_none() {
                return;
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
            Some(signal) if signal == Signal::TSTP.as_raw() && self.lent => {
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
        if !in_front() && !self.lent {
            // In the background ourselves: stopped like everybody who wants the terminal there, until brought forward.
            let _ = kill_current_process_group(Signal::TTIN);
        }
        if tcsetpgrp(std::io::stdin(), command).is_ok() {
            self.lent = true;
            let _ = kill_process_group(command, Signal::CONT);
        }
    }

    fn take_back(&mut self) {
        if !std::mem::take(&mut self.lent) {
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
