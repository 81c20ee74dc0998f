//! `groma exec`.

mod request;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::{Args, ValueEnum};
use groma_app::execution::{ExecutionError, LocalRun, ReportTo};
use groma_execution_types::{
    Command, ExecutionRequest, ExecutionResult, ExecutionStatus, Interpreter, ResolvedCommand, Secret,
};

use crate::context::Context;
use crate::duration;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::local::{self, Guest, Loss, Reason, Stopping};
use crate::output::{Format, Sheet, say};

/// Fields that name what runs.
const PROGRAM: [&str; 2] = ["command.program", "command.path"];
const SIGPIPE: i32 = 13;

/// Run a command here, keep what it writes, and leave nothing of it behind
///
/// The command has this terminal, this directory and this environment. What it writes appears as it is written, and is
/// kept, sealed, for `groma executions logs`. Ctrl-C stops it and everything that it started; Ctrl-C again kills them
/// at once. The exit code is the command's own; `groma help exit-codes` has the others.
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
    #[arg(long, value_name = "TIME", value_parser = request::limit)]
    timeout: Option<Duration>,
    /// Stop it when it writes nothing for so long
    #[arg(long, value_name = "TIME", value_parser = request::limit)]
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
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        let (dry_run, plain_log) = (self.dry_run, self.plain_log);
        let request = self.request()?;
        // Before anything is noted anywhere: who mistypes a program wants to be told, not to make history.
        let resolved = local::engine(cx).resolve(&request).await.map_err(|error| refused(cx, error))?;
        if dry_run {
            return cx.out().print_one(&resolved, || sheet(&resolved));
        }
        let guest = Guest::open(&cx.settings).await?;
        let ended = Box::pin(run(cx, &guest, request, plain_log)).await;
        guest.close().await;
        ended
    }
}

/// Runs a command and passes on how it ended.
async fn run(
    cx: &Context,
    guest: &Arc<Guest>,
    request: ExecutionRequest,
    plain_log: bool,
) -> Result<(), Failure> {
    let loss = Loss::default();
    let stopping = Stopping::listen(cx, loss.clone());
    let aws = matches!(request.command, Command::AwsCli { .. });
    let handlers = local::handlers(cx, &loss);
    let to = Arc::clone(guest) as Arc<dyn ReportTo>;
    let tee = local::tee(cx, &loss);
    let run = LocalRun::command_with_tee(local::config(cx), request, plain_log, handlers, tee, to).await?;
    let (result, reason) = local::see_through(stopping, guest, run, async |run| run.wait().await).await;
    match cx.settings.output {
        Format::Json => cx.out().print_one(&result, Sheet::default)?,
        Format::Ndjson => {}
        Format::Table | Format::Csv => tell(&result, reason, aws),
    }
    loss.check()?;
    match exit(&result, reason) {
        Exit::DONE => Ok(()),
        exit => Err(Failure::Ended(exit)),
    }
}

/// Says what the output and the exit code do not.
fn tell(result: &ExecutionResult, reason: Option<Reason>, aws: bool) {
    local::warn(None, result);
    let known = result.status == ExecutionStatus::Failed && result.exit_code.is_some() && !aws;
    match &result.error {
        Some(error) if !known && !matches!(reason, Some(Reason::ReaderGone | Reason::OutputLost)) => {
            say(format!("groma: {error}"));
        }
        _ => {}
    }
}

/// Returns what a command's end is for a shell.
fn exit(result: &ExecutionResult, reason: Option<Reason>) -> Exit {
    let passed = |code: i32| u8::try_from(code & 0xff).map_or(Exit::ENDED_EARLY, Exit::of_command);
    match (result.status, result.exit_code, result.signal) {
        (ExecutionStatus::Completed, ..) => Exit::DONE,
        (ExecutionStatus::TimedOut, ..) => Exit::TIMED_OUT,
        (ExecutionStatus::Cancelled, ..) if reason == Some(Reason::ReaderGone) => passed(128 + SIGPIPE),
        (ExecutionStatus::Cancelled, ..) => Exit::INTERRUPTED,
        (ExecutionStatus::Failed, Some(code), _) => passed(code),
        (ExecutionStatus::Failed, None, Some(signal)) => passed(128 + signal),
        (ExecutionStatus::Failed, None, None) => Exit::CANNOT_START,
        _ => Exit::ENDED_EARLY,
    }
}

/// Tells why a command cannot be started; the exit code is the one that shells have for it.
fn refused(cx: &Context, error: ExecutionError) -> Failure {
    let exit =
        match &error {
            ExecutionError::Invalid(fault) if PROGRAM.contains(&fault.field.as_str()) => {
                if fault.is_absent() { Exit::NO_PROGRAM } else { Exit::CANNOT_START }
            }
            _ => return local::refused(error),
        };
    local::refused(error).tell(cx.settings.output);
    Failure::Ended(exit)
}

/// Returns what would run, for people.
fn sheet(resolved: &ResolvedCommand) -> Sheet {
    Sheet::of_fields(vec![
        ("program", resolved.program.display().to_string()),
        ("command", resolved.display.clone()),
        ("directory", resolved.working_dir.display().to_string()),
        ("environment", resolved.env.join(" ")),
        ("input", resolved.stdin.clone()),
        ("hash", resolved.digest.clone()),
    ])
}
