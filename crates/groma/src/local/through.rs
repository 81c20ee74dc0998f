//! What a command writes, passed on as it is read.

use std::io::{self, Write};

use groma_app::execution::Tee;
use groma_execution_types::Stream;

use super::loss::Loss;

/// Writes to the streams of this process what a command wrote to its own.
#[derive(Debug)]
pub(crate) struct Through {
    loss: Loss,
}

impl Through {
    /// `loss` is told when stdout takes no more.
    pub(crate) const fn new(loss: Loss) -> Self {
        Self { loss }
    }
}

impl Tee for Through {
    fn write(&self, stream: Stream, bytes: &[u8]) -> io::Result<()> {
        match stream {
            Stream::Stdout => {
                let mut stdout = io::stdout().lock();
                let written = stdout.write_all(bytes).and_then(|()| stdout.flush());
                self.loss.look(&written);
                written
            }
            Stream::Stderr => {
                // A program goes on without a reader of its errors.
                let _ = io::stderr().lock().write_all(bytes);
                Ok(())
            }
        }
    }
}
