//! Log lines on stderr. They carry ids only, never names or addresses.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

use crate::cli::Command;

/// Begins to log: from `info` in a server, from `warn` elsewhere; `GROMA_LOG` says otherwise.
pub(crate) fn begin(command: &Command) {
    let level = if matches!(command, Command::Serve(_)) { "info" } else { "warn" };
    let filter = EnvFilter::builder()
        .with_env_var("GROMA_LOG")
        .try_from_env()
        .unwrap_or_else(|_| EnvFilter::new(level));
    let colour =
        std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|set| set.is_empty());
    // Fails only if a logger is set already, which then does the same.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(colour)
        .with_target(false)
        .try_init();
}
