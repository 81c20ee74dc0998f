//! Stdout that takes no more, which ends a run: what it writes would be lost.

use std::io;
use std::sync::{Arc, OnceLock};

use tokio_util::sync::CancellationToken;

use crate::failure::Failure;

/// Remembers the first time that output could not be written; clones remember the same.
#[derive(Debug, Clone, Default)]
pub(crate) struct Loss {
    first: Arc<OnceLock<Failure>>,
    lost: CancellationToken,
}

impl Loss {
    /// Notes that output could not be written.
    pub(crate) fn note(&self, failure: Failure) {
        // Later failures follow from the first one.
        let _ = self.first.set(failure);
        self.lost.cancel();
    }

    /// Notes why output could not be written, if it could not.
    pub(crate) fn look(&self, written: &io::Result<()>) {
        if let Err(error) = written {
            self.note(Failure::of_output(error));
        }
    }

    /// Resolves once output could not be written.
    pub(crate) async fn happened(&self) {
        self.lost.cancelled().await;
    }

    /// Returns why output is lost that somebody wanted: not where the reader went away by itself.
    pub(crate) fn why(&self) -> Option<&str> {
        match self.first.get() {
            Some(Failure::OutputLost { why }) => Some(why),
            _ => None,
        }
    }

    /// Returns what a command ends with, if output is lost that somebody wanted.
    ///
    /// # Errors
    /// Then.
    pub(crate) fn check(&self) -> Result<(), Failure> {
        self.why().map_or(Ok(()), |why| Err(Failure::OutputLost { why: why.to_owned() }))
    }
}
