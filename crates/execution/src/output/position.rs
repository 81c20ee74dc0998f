//! How far the output of an execution is.

use tokio::time::Instant;

/// How output is kept.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OutputOptions {
    /// Bytes of a line; a longer one is cut.
    pub(crate) line_bytes_max: usize,
    /// Bytes of the log; of more, the beginning and the end.
    pub(crate) log_bytes_max: u64,
    /// Bytes of each stream that a result carries.
    pub(crate) result_bytes_max: usize,
}

/// How far the output of an execution is. Receivers are woken by lines, progress, gaps and faults, not by every byte:
/// who waits for silence looks at `last_read` when the time would be up.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Position {
    /// Lines in the log.
    pub(crate) lines: u64,
    /// Bytes in the log, also those left out since because it was at its limit.
    pub(crate) bytes: u64,
    /// When the last byte was read, or reading began.
    pub(crate) last_read: Instant,
    /// The line that the program redraws, and the percentage in it.
    pub(crate) progress: Option<(String, Option<f64>)>,
    /// Why the log could not be written.
    pub(crate) fault: Option<String>,
    /// The first and last line that are in no log: left out in the middle, because it was at its limit.
    pub(crate) gap: Option<(u64, u64)>,
    /// Lines that were read after the log could no longer be written: `lines + 1` to `lines + lost`.
    pub(crate) lost: u64,
}

impl Default for Position {
    fn default() -> Self {
        Self {
            lines: 0,
            bytes: 0,
            last_read: Instant::now(),
            progress: None,
            fault: None,
            gap: None,
            lost: 0,
        }
    }
}

/// How reading ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pumped {
    /// Whether something still holds a pipe open, so that more could follow.
    pub(crate) held: bool,
}

/// What a result carries of output.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Kept {
    /// Standard output.
    pub(crate) stdout: String,
    /// Standard error.
    pub(crate) stderr: String,
    /// Whether it is not all there was.
    pub(crate) truncated: bool,
}
