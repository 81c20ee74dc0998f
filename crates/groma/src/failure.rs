//! Why a command did not do what was asked, and how that is told.

use std::io::{self, Write};

use groma_api::{ApiError, ErrorCode};

use crate::exit::Exit;
use crate::output::Format;

/// What helps where output could not be written.
const ROOM: &str = "make room where it goes, or send it elsewhere";

/// Ends a command.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Something was refused or went wrong.
    Refused {
        /// What, why, and its exit code.
        error: ApiError,
        /// What to do next.
        hint: Option<String>,
    },
    /// The command has said all there is to say.
    Ended(Exit),
    /// Whoever read our output went away, as `head` does.
    ReaderGone,
    /// Our output could not be written, as on a full disk.
    OutputLost {
        /// What the system says.
        why: String,
    },
}

impl Failure {
    /// Makes a failure of the given kind.
    pub(crate) fn new(code: ErrorCode, detail: impl Into<String>) -> Self {
        Self::Refused { error: ApiError::new(code, detail), hint: None }
    }

    /// Makes a failure of the command line or configuration.
    pub(crate) fn usage(detail: impl Into<String>) -> Self {
        Self::new(ErrorCode::InvalidRequest, detail)
    }

    /// Returns what it means that output could not be written.
    pub(crate) fn of_output(error: &io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self::ReaderGone;
        }
        Self::OutputLost { why: error.to_string() }
    }

    /// Adds what to do next.
    pub(crate) fn hint(self, text: impl Into<String>) -> Self {
        match self {
            Self::Refused { error, .. } => Self::Refused { error, hint: Some(text.into()) },
            other => other,
        }
    }

    /// Tells it on stderr, as a problem document where output is JSON; returns the exit code.
    pub(crate) fn tell(self, format: Format) -> Exit {
        match self {
            Self::Ended(exit) => exit,
            Self::ReaderGone => Exit::DONE,
            Self::OutputLost { why } => {
                let detail = format!("the output could not be written: {why}");
                // Nobody is left to be told when stderr fails.
                let _ = if matches!(format, Format::Json | Format::Ndjson) {
                    let problem = serde_json::json!({"title": "Output lost", "detail": detail, "hint": ROOM});
                    writeln!(io::stderr().lock(), "{problem}")
                } else {
                    writeln!(io::stderr().lock(), "error: {detail}\nhint: {ROOM}")
                };
                Exit::OUTPUT_LOST
            }
            Self::Refused { error, hint } => {
                let mut stderr = io::stderr().lock();
                // Nobody is left to be told when stderr fails.
                let _ = if matches!(format, Format::Json | Format::Ndjson) {
                    let mut problem = serde_json::to_value(error.problem()).unwrap_or_default();
                    if let (Some(hint), Some(object)) = (hint, problem.as_object_mut()) {
                        object.insert("hint".to_owned(), hint.into());
                    }
                    writeln!(stderr, "{problem}")
                } else {
                    // A message that names a command says what to do already.
                    let usual = default_hint(error.code).filter(|_| !error.detail.contains("`groma "));
                    let hint = hint.or_else(|| usual.map(str::to_owned));
                    writeln!(stderr, "error: {}", error.detail)
                        .and_then(|()| hint.map_or(Ok(()), |hint| writeln!(stderr, "hint: {hint}")))
                };
                Exit::from(error.code)
            }
        }
    }
}

/// Returns what helps against most refusals of a kind.
const fn default_hint(code: ErrorCode) -> Option<&'static str> {
    match code {
        ErrorCode::PublicTarget => Some("--allow-public permits it and notes it in the audit"),
        ErrorCode::NotFound => Some("the `list` command beside this one shows what there is"),
        ErrorCode::StorageFailed => Some("`groma doctor` looks for the cause"),
        ErrorCode::VersionMismatch => Some(
            "stop the other Groma and start it again with this version, or run the command with its version",
        ),
        ErrorCode::Internal => Some("please report this with the output of `groma doctor`"),
        _ => None,
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Refused { error, .. } => f.write_str(&error.detail),
            Self::Ended(exit) => f.write_str(exit.meaning),
            Self::ReaderGone => f.write_str("nobody reads the output"),
            Self::OutputLost { why } => write!(f, "the output could not be written: {why}"),
        }
    }
}

impl From<ApiError> for Failure {
    fn from(error: ApiError) -> Self {
        Self::Refused { error, hint: None }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::of_output(&error)
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        if error.is_io() {
            return Self::of_output(&error.into());
        }
        Self::new(ErrorCode::Internal, format!("could not write the output as JSON: {error}"))
    }
}
