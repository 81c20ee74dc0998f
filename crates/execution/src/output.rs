//! The output of a command: read, freed of secrets, cut into lines, written to the log, and told how far it is.

mod position;
pub(crate) mod redact;

pub(crate) use position::{Kept, OutputOptions, Position, Pumped};

use std::io;
use std::sync::Arc;

use tokio::process::{ChildStderr, ChildStdout};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::{LogSink, Note};

/// The output of one execution, of all its attempts.
#[derive(Debug)]
pub(crate) struct Output {
    position: watch::Sender<Position>,
}

impl Output {
    /// Returns output of which nothing was read. Nothing is made in the sink before the first note or byte. `secrets`
    /// are replaced before anything is kept.
    pub(crate) fn new(
        id: Uuid,
        sink: Option<Arc<dyn LogSink>>,
        options: OutputOptions,
        secrets: &[Zeroizing<Vec<u8>>],
    ) -> Self {
        let _ = (id, sink, options, secrets);
        Self { position: watch::Sender::new(Position::default()) }
    }

    /// Writes a note into the index. When it returns, the end of this process (not of the computer) loses it no more.
    ///
    /// # Errors
    /// When the index cannot be made or written.
    pub(crate) async fn note(&mut self, note: &Note) -> io::Result<()> {
        let _ = note;
        Ok(())
    }

    /// Reads both pipes until both have ended, or until `give_up`: then what is there is still read, without waiting.
    /// A log that cannot be written is told once; reading goes on. May be called for each attempt.
    pub(crate) async fn pump(
        &mut self,
        stdout: Option<ChildStdout>,
        stderr: Option<ChildStderr>,
        give_up: CancellationToken,
    ) -> Pumped {
        let _ = (stdout, stderr, give_up);
        Pumped { held: false }
    }

    /// Returns how far it is, now and later.
    pub(crate) fn position(&self) -> watch::Receiver<Position> {
        self.position.subscribe()
    }

    /// Returns what a result carries of it.
    pub(crate) fn kept(&self) -> Kept {
        Kept::default()
    }
}
