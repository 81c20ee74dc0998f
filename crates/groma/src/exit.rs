//! What the process's exit code says. This table is the only place: `groma help exit-codes` prints it and
//! `docs/exit-codes.md` repeats it, which a test checks.

use std::process::ExitCode;

use groma_api::ErrorCode;

/// An exit code with its meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Exit {
    /// The number.
    pub(crate) code: u8,
    /// When a command ends with it.
    pub(crate) meaning: &'static str,
}

impl Exit {
    /// Done as asked.
    pub(crate) const DONE: Self = Self { code: 0, meaning: "Done as asked." };
    /// `doctor` found an error.
    pub(crate) const UNHEALTHY: Self =
        Self { code: 1, meaning: "`groma doctor` found something that has to be repaired." };
    /// The command line, the configuration or a request is not valid.
    pub(crate) const USAGE: Self =
        Self { code: 2, meaning: "The command line, the configuration or the request is not valid." };
    /// A scan or a plan did not run to its end.
    pub(crate) const ENDED_EARLY: Self = Self {
        code: 3,
        meaning: "A scan was cancelled, failed or was interrupted; what it found until then is kept unless you discarded it. Or a plan, a job on backups or the installation of the model did not complete.",
    };
    const NOT_FOUND: Self = Self {
        code: 4,
        meaning: "There is no such thing: resource, scan, host, execution, plan, conversation, backup, token, webhook, event type, consumer or key slot.",
    };
    const NOT_ALLOWED: Self =
        Self { code: 5, meaning: "Not allowed: permissions, or a public target without --allow-public." };
    const NOT_NOW: Self = Self {
        code: 6,
        meaning: "Not possible in the present state, such as resuming a running scan, removing the last key slot, or running a plan that is no longer what was approved.",
    };
    const TRY_AGAIN: Self = Self {
        code: 7,
        meaning: "Not available for the moment, or too much at once: the same command may succeed later.",
    };
    const STORAGE: Self =
        Self { code: 8, meaning: "Storage failed: nothing more is written. See `groma doctor`." };
    const VERSION: Self = Self {
        code: 9,
        meaning: "The process that holds the data folder is of another version and speaks another protocol.",
    };
    const INTERNAL: Self = Self { code: 70, meaning: "A fault of Groma's own." };
    /// What was to be printed could not be (EX_IOERR of sysexits.h).
    pub(crate) const OUTPUT_LOST: Self = Self {
        code: 74,
        meaning: "The output could not be written, as on a full disk. A command or plan that was running is stopped; what was kept until then can be read with `groma executions logs`.",
    };
    /// A command took too long.
    pub(crate) const TIMED_OUT: Self =
        Self { code: 124, meaning: "`groma exec`: the command took too long, or was silent for too long." };
    /// A command cannot be started.
    pub(crate) const CANNOT_START: Self =
        Self { code: 126, meaning: "`groma exec`: the program is there and cannot be started." };
    /// A program is not there.
    pub(crate) const NO_PROGRAM: Self =
        Self { code: 127, meaning: "`groma exec`: there is no such program." };
    /// Ended at once.
    pub(crate) const INTERRUPTED: Self = Self {
        code: 130,
        meaning: "Ended at once by Ctrl-C (the second one, where the first stops in order) or SIGTERM; or a command of `groma exec` was stopped by either, or by `groma executions cancel`.",
    };

    /// Every code that a command can end with.
    pub(crate) const ALL: &'static [Self] = &[
        Self::DONE,
        Self::UNHEALTHY,
        Self::USAGE,
        Self::ENDED_EARLY,
        Self::NOT_FOUND,
        Self::NOT_ALLOWED,
        Self::NOT_NOW,
        Self::TRY_AGAIN,
        Self::STORAGE,
        Self::VERSION,
        Self::INTERNAL,
        Self::OUTPUT_LOST,
        Self::TIMED_OUT,
        Self::CANNOT_START,
        Self::NO_PROGRAM,
        Self::INTERRUPTED,
    ];
}

/// What the table cannot say.
pub(crate) const OF_COMMANDS: &str = "\
`groma exec` passes on the exit code of the command that it ran, whatever it is, and, as shells do, 128 + the number of
the signal by which it ended: 137 for SIGKILL, 141 for SIGPIPE, which is also the code where nobody reads on, as behind
`| head`. With `--output json` or `ndjson` the result says which of these it was.";

impl Exit {
    /// Returns the end of a command that was run, to be passed on.
    pub(crate) const fn of_command(code: u8) -> Self {
        Self { code, meaning: "The command that was run ended so." }
    }
}

impl From<ErrorCode> for Exit {
    fn from(code: ErrorCode) -> Self {
        let code = code.exit();
        Self::ALL.iter().copied().find(|exit| exit.code == code).unwrap_or(Self::INTERNAL)
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code)
    }
}

/// Returns the table as lines of Markdown, which read well in a terminal too.
pub(crate) fn table() -> String {
    let rows = Exit::ALL.iter().map(|exit| format!("| {} | {} |\n", exit.code, exit.meaning));
    format!("| code | meaning |\n|---|---|\n{}", rows.collect::<String>())
}

#[cfg(test)]
mod tests;
