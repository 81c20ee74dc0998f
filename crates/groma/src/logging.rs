//! Log lines. They carry ids only, never names, addresses or payloads.

mod rolling;

use std::io::{self, IsTerminal};
use std::path::Path;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::writer::BoxMakeWriter;

use self::rolling::Rolling;
use crate::cli::Command;
use crate::settings::{LogFormat, LogValues};

/// Begins to log as the settings say: `RUST_LOG` wins over `log.level`, which wins over `info` in a server and `warn`
/// elsewhere. A line per event goes to a file unless told otherwise: a terminal or a pipe that nobody reads would hold
/// the server up once there are thousands.
///
/// A log that cannot be written is told once on stderr, and keeps nobody from working.
pub(crate) fn begin(command: &Command, values: &LogValues) {
    let usual = match (command, &values.file) {
        (Command::Serve(_), Some(_)) => "info",
        (Command::Serve(_), None) => "info,groma::events=warn",
        _ => "warn",
    };
    let told =
        std::env::var("RUST_LOG").ok().filter(|text| !text.is_empty()).or_else(|| values.level.clone());
    let filter = told.map_or_else(
        || EnvFilter::new(usual),
        |text| {
            EnvFilter::try_new(&text).unwrap_or_else(|error| {
                crate::output::say(format!(
                    "warning: RUST_LOG is not understood ({error}); `{usual}` is logged"
                ));
                EnvFilter::new(usual)
            })
        },
    );
    let (writer, terminal) = match &values.file {
        Some(path) => (to_file(path, values), false),
        None => (BoxMakeWriter::new(io::stderr), io::stderr().is_terminal()),
    };
    let colour = terminal && std::env::var_os("NO_COLOR").is_none_or(|set| set.is_empty());
    // Fails only if a logger is set already, which then does the same.
    let _ = match values.format {
        LogFormat::Human => tracing_subscriber::fmt()
            .with_env_filter(filter)
            .with_writer(writer)
            .with_ansi(colour)
            .with_target(false)
            .try_init(),
        LogFormat::Json => tracing_subscriber::fmt()
            .json()
            .flatten_event(true)
            .with_current_span(false)
            .with_span_list(false)
            .with_env_filter(filter)
            .with_writer(writer)
            .try_init(),
    };
}

/// Says whether a filter is understood.
///
/// # Errors
/// Why it is not.
pub(crate) fn check_filter(text: &str) -> Result<(), String> {
    EnvFilter::try_new(text)
        .map(drop)
        .map_err(|error| format!("`{text}` is not a level or a filter: {error}"))
}

fn to_file(path: &Path, values: &LogValues) -> BoxMakeWriter {
    let rolling = Rolling::new(path.to_owned(), values.file_bytes_max, values.files_max);
    if let Err(error) = rolling.try_open() {
        crate::output::say(format!("warning: the log {} cannot be written: {error}", path.display()));
    }
    BoxMakeWriter::new(Shared(std::sync::Arc::new(rolling)))
}

#[derive(Debug, Clone)]
struct Shared(std::sync::Arc<Rolling>);

impl<'a> MakeWriter<'a> for Shared {
    type Writer = &'a Rolling;

    fn make_writer(&'a self) -> Self::Writer {
        &self.0
    }
}
