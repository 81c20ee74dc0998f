//! What a command writes, passed on as it is read.

use std::io::{self, Write};

use groma_app::execution::Tee;
use groma_execution_types::Stream;
use tokio_util::sync::CancellationToken;

/// Writes to the streams of this process what a command wrote to its own.
#[derive(Debug)]
pub(crate) struct Through {
    reader_gone: CancellationToken,
}

impl Through {
    /// `reader_gone` is cancelled when nobody reads what goes to stdout.
    pub(crate) const fn new(reader_gone: CancellationToken) -> Self {
        Self { reader_gone }
    }
}

impl Tee for Through {
    fn write(&self, stream: Stream, bytes: &[u8]) -> io::Result<()> {
        match stream {
            Stream::Stdout => {
                let mut stdout = io::stdout().lock();
                let written = stdout.write_all(bytes).and_then(|()| stdout.flush());
                if written.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::BrokenPipe) {
                    self.reader_gone.cancel();
                }
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
