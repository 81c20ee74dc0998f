//! SIGHUP: the terminal was closed.

use tokio::signal::unix::{Signal, SignalKind, signal};

/// What is ignored, as a mask of signals in hexadecimal (proc(5)).
const IGNORED: &str = "SigIgn:";

/// Tells when the terminal is closed.
#[derive(Debug)]
pub(crate) struct Hangup(Option<Signal>);

impl Hangup {
    /// Begins to listen, unless whoever started this process wants it to go on without a terminal (`nohup`).
    pub(crate) fn listen() -> Self {
        // Who cannot be told of it is ended by it, as before.
        Self(if ignored() { None } else { signal(SignalKind::hangup()).ok() })
    }

    /// Resolves when the terminal was closed.
    pub(crate) async fn arrived(&mut self) {
        match &mut self.0 {
            Some(signal) => {
                signal.recv().await;
            }
            None => std::future::pending().await,
        }
    }
}

/// Returns whether the signal is ignored, where the system tells.
fn ignored() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix(IGNORED));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask & (1 << (SignalKind::hangup().as_raw_value() - 1)) != 0)
}
