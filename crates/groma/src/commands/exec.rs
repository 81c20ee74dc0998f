//! `groma exec`.

mod request;

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};
use groma_api::ErrorCode;
use groma_execution_types::{Interpreter, Secret};

use crate::context::Context;
use crate::duration;
use crate::failure::Failure;

/// Run a command here, keep what it writes, and leave nothing of it behind
///
/// The command has this terminal, this directory and this environment. What it writes appears as it is written, and is
/// kept, sealed, for `groma executions logs`. Ctrl-C stops it and everything that it started; Ctrl-C again ends the wait
/// for it. The exit code is the command's own; `groma help exit-codes` has the others.
#[derive(Debug, Args)]
#[command(override_usage = "groma exec [OPTIONS] -- PROGRAM [ARGS]...
       groma exec [OPTIONS] --shell LINE
       groma exec [OPTIONS] --script FILE [-- ARGS...]
       groma exec [OPTIONS] --aws -- SERVICE OPERATION [ARGS]...")]
pub(crate) struct Exec {
    /// The program and what it is given
    #[arg(value_name = "COMMAND", trailing_var_arg = true, required_unless_present_any = ["shell", "script"])]
    command: Vec<String>,
    /// A line for `sh -c`, in place of a program
    #[arg(long, value_name = "LINE", conflicts_with_all = ["script", "aws", "command"])]
    shell: Option<String>,
    /// A script, in place of a program; it is given to its interpreter
    #[arg(long, value_name = "FILE", conflicts_with = "aws")]
    script: Option<PathBuf>,
    /// What reads the script; else what its first line names, else what its ending says, else sh
    #[arg(long, value_enum, requires = "script")]
    interpreter: Option<Reader>,
    /// Call the AWS CLI, without pager or prompt
    #[arg(long)]
    aws: bool,
    #[command(flatten)]
    surroundings: Surroundings,
    #[command(flatten)]
    limits: Limits,
    /// Keep what it writes as plain text, for other programs to read
    #[arg(long)]
    plain_log: bool,
    /// Only say exactly what would run
    #[arg(long)]
    dry_run: bool,
}

/// What the command finds around it.
#[derive(Debug, Args)]
struct Surroundings {
    /// Where it runs, if not here
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// An environment variable; no secrets
    #[arg(long, value_name = "NAME=VALUE", value_parser = request::variable)]
    env: Vec<(String, String)>,
    /// Leave out what is in this environment, but for PATH, HOME, LANG, TZ and TMPDIR
    #[arg(long, conflicts_with = "keep_env")]
    clean_env: bool,
    /// Take over only these variables of this environment
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    keep_env: Vec<String>,
    /// What it reads: a file; `-` for what this command would read, which is usual
    #[arg(long, value_name = "FILE")]
    stdin: Option<PathBuf>,
    /// A variable whose value nobody is shown: of this environment, or NAME=keychain:ENTRY
    #[arg(long, value_name = "NAME[=keychain:ENTRY]", value_parser = request::secret)]
    secret: Vec<(String, Secret)>,
}

/// How long what may take.
#[derive(Debug, Args)]
struct Limits {
    /// Stop it when it takes longer, such as 30s
    #[arg(long, value_name = "TIME", value_parser = duration::parse)]
    timeout: Option<Duration>,
    /// Stop it when it writes nothing for so long
    #[arg(long, value_name = "TIME", value_parser = duration::parse)]
    silence: Option<Duration>,
    /// How long it may take to end once asked to, before it is killed
    #[arg(long, value_name = "TIME", value_parser = duration::parse)]
    grace: Option<Duration>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Reader {
    Bash,
    Sh,
    Python,
}

impl From<Reader> for Interpreter {
    fn from(reader: Reader) -> Self {
        match reader {
            Reader::Bash => Self::Bash,
            Reader::Sh => Self::Sh,
            Reader::Python => Self::Python,
        }
    }
}

impl Exec {
    pub(crate) async fn run(self, _cx: &Context) -> Result<(), Failure> {
        let (_plain, _dry) = (self.plain_log, self.dry_run);
        let _request = self.request()?;
        Err(Failure::new(ErrorCode::Unavailable, "commands cannot be run yet"))
    }
}
