//! What an end means.

use std::os::unix::process::ExitStatusExt as _;
use std::process::ExitStatus;
use std::time::Duration;

use groma_execution_types::ExecutionStatus;

/// Why an attempt was ended before it did so itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Cause {
    /// Somebody stopped it; why.
    Stopped(String),
    /// The attempt took too long.
    Attempt(Duration),
    /// All attempts together took too long.
    Total(Duration),
    /// It wrote nothing for too long.
    Silence(Duration),
}

/// What became of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Outcome {
    pub status: ExecutionStatus,
    pub exit_code: Option<i32>,
    pub signal: Option<i32>,
    pub error: Option<String>,
    /// Whether the same again may end otherwise.
    pub retryable: bool,
}

impl Outcome {
    /// Returns what became of a process that was started. `status` is `None` when its end was never seen.
    pub(crate) fn of(cause: Option<&Cause>, status: Option<ExitStatus>, aws: bool) -> Self {
        let signal = status.and_then(|status| status.signal());
        let (own, code) = match (cause, status) {
            (Some(cause), _) => (Self::stopped(cause), None),
            (None, Some(status)) => (Self::ended(status, aws), status.code()),
            (None, None) => (Self::failed("its end cannot be seen: the system does not let go of it"), None),
        };
        Self { exit_code: code, signal, ..own }
    }

    /// Returns that it could not even start.
    pub(crate) fn failed(error: impl Into<String>) -> Self {
        let (status, error) = (ExecutionStatus::Failed, Some(error.into()));
        Self { status, exit_code: None, signal: None, error, retryable: false }
    }

    /// Returns that somebody or a limit stopped it.
    pub(crate) fn stopped(cause: &Cause) -> Self {
        let (error, retryable) = match cause {
            Cause::Stopped(reason) if reason.is_empty() => ("cancelled".to_owned(), false),
            Cause::Stopped(reason) => (format!("cancelled: {reason}"), false),
            Cause::Attempt(limit) => (format!("it took longer than {limit:?} (`timeout_ms`)"), true),
            Cause::Total(limit) => {
                (format!("with all attempts it took longer than {limit:?} (`total_timeout_ms`)"), false)
            }
            Cause::Silence(limit) => (format!("it wrote nothing for {limit:?} (`silence_timeout_ms`)"), true),
        };
        let status = match cause {
            Cause::Stopped(_) => ExecutionStatus::Cancelled,
            _ => ExecutionStatus::TimedOut,
        };
        Self { status, exit_code: None, signal: None, error: Some(error), retryable }
    }

    fn ended(status: ExitStatus, aws: bool) -> Self {
        if status.success() {
            let status = ExecutionStatus::Completed;
            return Self { status, exit_code: None, signal: None, error: None, retryable: false };
        }
        let (error, retryable) = match (status.code(), status.signal()) {
            (Some(code), _) if aws => aws_meaning(code),
            (Some(code), _) => (code_meaning(code), true),
            (None, Some(signal)) => (format!("it was ended by {}", signal_name(signal)), true),
            (None, None) => (format!("it ended otherwise: {status}"), true),
        };
        Self { retryable, ..Self::failed(error) }
    }
}

/// What shells say with these codes is so common that it is worth telling.
fn code_meaning(code: i32) -> String {
    match code {
        126 => "it exited with code 126: what a shell says when a command cannot be run".to_owned(),
        127 => "it exited with code 127: what a shell says when a command is not found".to_owned(),
        _ => format!("it exited with code {code}"),
    }
}

/// What the AWS CLI (version 2) says with its exit codes; whether trying again may help.
fn aws_meaning(code: i32) -> (String, bool) {
    match code {
        252 => (
            "the AWS CLI does not understand the command (code 252); see its standard error".to_owned(),
            false,
        ),
        253 => {
            let text = "the AWS CLI is not configured for this (code 253): credentials, profile or region are missing";
            (text.to_owned(), false)
        }
        254 => ("AWS answered with an error (code 254); see standard error for which".to_owned(), true),
        255 => ("the AWS CLI failed (code 255); see its standard error".to_owned(), true),
        130 => ("the AWS CLI was interrupted (code 130)".to_owned(), false),
        _ => (code_meaning(code), true),
    }
}

/// Returns the name and number of a signal.
pub(crate) fn signal_name(number: i32) -> String {
    let name = match number {
        1 => "SIGHUP",
        2 => "SIGINT",
        3 => "SIGQUIT",
        4 => "SIGILL",
        5 => "SIGTRAP",
        6 => "SIGABRT",
        8 => "SIGFPE",
        9 => "SIGKILL, by hand or for lack of memory",
        11 => "SIGSEGV",
        13 => "SIGPIPE",
        14 => "SIGALRM",
        15 => "SIGTERM",
        _ => return format!("signal {number}"),
    };
    format!("signal {number} ({name})")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(raw: i32, aws: bool) -> (ExecutionStatus, Option<i32>, Option<i32>, bool) {
        let outcome = Outcome::of(None, Some(ExitStatus::from_raw(raw)), aws);
        (outcome.status, outcome.exit_code, outcome.signal, outcome.retryable)
    }

    #[test]
    fn codes_and_signals_are_never_mixed_up() {
        use ExecutionStatus::{Completed, Failed};
        assert_eq!(of(0, false), (Completed, Some(0), None, false));
        assert_eq!(of(3 << 8, false), (Failed, Some(3), None, true));
        assert_eq!(of(9, false), (Failed, None, Some(9), true));
        assert_eq!(of(137 << 8, false), (Failed, Some(137), None, true));
    }

    #[test]
    fn the_codes_of_the_aws_cli_are_told_apart() {
        let texts: Vec<_> = [252, 253, 254, 255].map(aws_meaning).into();
        assert_eq!(texts.iter().map(|text| text.1).collect::<Vec<_>>(), [false, false, true, true]);
        for (at, text) in texts.iter().enumerate() {
            assert!(texts.iter().skip(at + 1).all(|other| other.0 != text.0));
        }
    }

    #[test]
    fn what_was_stopped_has_no_exit_code_of_its_own() {
        let outcome = Outcome::of(
            Some(&Cause::Attempt(Duration::from_millis(1500))),
            Some(ExitStatus::from_raw(0)),
            false,
        );
        assert_eq!((outcome.status, outcome.exit_code), (ExecutionStatus::TimedOut, None));
        assert_eq!(outcome.error.unwrap(), "it took longer than 1.5s (`timeout_ms`)");
        let outcome =
            Outcome::of(Some(&Cause::Stopped("enough".into())), Some(ExitStatus::from_raw(15)), false);
        assert_eq!((outcome.status, outcome.signal), (ExecutionStatus::Cancelled, Some(15)));
    }
}
