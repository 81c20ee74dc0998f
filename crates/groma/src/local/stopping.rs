//! What a person at the terminal, the system or a reader that went away wants of a run.

use std::time::Duration;

use groma_app::execution::LocalRun;

use super::hangup::Hangup;
use super::loss::Loss;
use crate::context::Context;
use crate::interrupt::{Interrupts, Stop};
use crate::output::say;

/// After so much time it is told that the end is waited for.
const TOLD_AFTER: Duration = Duration::from_millis(700);

/// Why a run is stopped from here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reason {
    /// Ctrl-C.
    Interrupt,
    /// SIGTERM.
    Terminate,
    /// SIGHUP.
    Hangup,
    /// Nobody reads the output.
    ReaderGone,
    /// The output cannot be written, as on a full disk.
    OutputLost,
}

impl Reason {
    const fn text(self) -> &'static str {
        match self {
            Self::Interrupt => "Ctrl-C",
            Self::Terminate => "SIGTERM",
            Self::Hangup => "the terminal was closed",
            Self::ReaderGone => "nobody reads its output any more",
            Self::OutputLost => "its output could not be written",
        }
    }
}

/// Stops a run when that is wanted: in order first, by force when it is wanted again.
#[derive(Debug)]
pub(crate) struct Stopping {
    interrupts: Interrupts,
    hangup: Hangup,
    loss: Loss,
}

impl Stopping {
    /// Begins to listen. `loss` is told by whoever writes the output.
    pub(crate) fn listen(cx: &Context, loss: Loss) -> Self {
        cx.interrupts.handle_two();
        Self { interrupts: cx.interrupts.clone(), hangup: Hangup::listen(), loss }
    }

    /// Waits until a run has `ended`; returns why it was stopped, if it was from here.
    pub(crate) async fn until<T>(
        mut self,
        run: &LocalRun,
        ended: impl Future<Output = T>,
    ) -> (T, Option<Reason>) {
        let mut ended = std::pin::pin!(ended);
        let reason = tokio::select! {
            ended = &mut ended => return (ended, None),
            reason = self.wanted() => reason,
        };
        // One that has just ended has what was wanted.
        let _ = run.engine().cancel_because(run.id(), reason.text()).await;
        let mut told = std::pin::pin!(tokio::time::sleep(TOLD_AFTER));
        let mut quiet = matches!(reason, Reason::ReaderGone | Reason::OutputLost);
        loop {
            tokio::select! {
                ended = &mut ended => return (ended, Some(reason)),
                () = &mut told, if !quiet => {
                    quiet = true;
                    say("groma: stopping; Ctrl-C again kills it at once");
                }
                () = self.insisted(reason) => break,
            }
        }
        run.engine().kill();
        (ended.await, Some(reason))
    }

    async fn wanted(&mut self) -> Reason {
        tokio::select! {
            how = self.interrupts.first() => match how {
                Stop::Interrupt => Reason::Interrupt,
                Stop::Terminate => Reason::Terminate,
            },
            () = self.hangup.arrived() => Reason::Hangup,
            () = self.loss.happened() => match self.loss.why() {
                Some(_) => Reason::OutputLost,
                None => Reason::ReaderGone,
            },
        }
    }

    /// Resolves when somebody who has waited wants it gone now.
    async fn insisted(&self, reason: Reason) {
        match reason {
            Reason::Interrupt | Reason::Terminate => self.interrupts.second().await,
            Reason::Hangup | Reason::ReaderGone | Reason::OutputLost => {
                self.interrupts.first().await;
            }
        }
    }
}
