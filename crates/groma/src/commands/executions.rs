//! `groma executions`: commands that run or ran.

mod cancel;
mod list;
mod logs;
mod show;

use clap::Subcommand;
use groma_api::{ApiError, Backend, ErrorCode, Execution, ExecutionQuery};
use groma_execution_types::{ExecutionStatus, Teardown};
use groma_model::ExecutionId;

use crate::context::Context;
use crate::failure::Failure;
use crate::output::word;

pub(crate) use self::logs::tame;

/// What can be done with executions.
#[derive(Debug, Subcommand)]
pub(crate) enum Executions {
    List(list::List),
    Show(show::Show),
    Logs(logs::Logs),
    Cancel(cancel::Cancel),
}

impl Executions {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        match self {
            Self::List(args) => args.run(cx).await,
            Self::Show(args) => args.run(cx).await,
            Self::Logs(args) => args.run(cx).await,
            Self::Cancel(args) => args.run(cx).await,
        }
    }
}

/// Names an execution: its id, or `last` for the newest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ExecutionName {
    Id(ExecutionId),
    Last,
}

impl std::str::FromStr for ExecutionName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "last" => Ok(Self::Last),
            text => text.parse().map(Self::Id).map_err(|error: groma_model::IdError| error.to_string()),
        }
    }
}

impl ExecutionName {
    async fn id(self, backend: &dyn Backend) -> Result<ExecutionId, ApiError> {
        if let Self::Id(id) = self {
            return Ok(id);
        }
        let query = ExecutionQuery { limit: Some(1), ..ExecutionQuery::default() };
        let newest = backend.execution_list(query).await?.executions.into_iter().next();
        newest.map(|execution| execution.id).ok_or_else(|| {
            ApiError::new(
                ErrorCode::NotFound,
                "nothing has run yet; run something with `groma exec -- COMMAND`",
            )
        })
    }
}

/// Returns how an execution stands, and what it ended with.
fn status(status: ExecutionStatus, exit_code: Option<i32>, signal: Option<i32>) -> String {
    let word = word(&status).replace('_', " ");
    match (exit_code, signal) {
        (Some(code), _) if code != 0 => format!("{word}, exit code {code}"),
        (_, Some(signal)) => format!("{word}, signal {signal}"),
        _ => word,
    }
}

/// Returns what was found when a command was torn down, for people.
pub(crate) fn teardown(teardown: &Teardown) -> String {
    let mut told = vec![match word(&teardown.mechanism).as_str() {
        "cgroup" => "held together by a control group".to_owned(),
        "process_group" => "held together by a process group".to_owned(),
        other => format!("held together by: {}", other.replace('_', " ")),
    }];
    if teardown.forced {
        told.push("the end was forced".to_owned());
    }
    match teardown.swept {
        0 => {}
        1 => told.push("one process that outlived it was ended".to_owned()),
        n => told.push(format!("{n} processes that outlived it were ended")),
    }
    if teardown.pipes_held {
        told.push("something held its output open".to_owned());
    }
    if teardown.survivors.is_empty() {
        told.push("nothing is left".to_owned());
    } else {
        told.push(format!("still alive: {}", survivors(teardown)));
    }
    told.join("; ")
}

/// Returns processes that live on, with their ids.
pub(crate) fn survivors(teardown: &Teardown) -> String {
    let named = teardown.survivors.iter().map(|process| format!("{} ({})", process.name, process.pid));
    named.collect::<Vec<_>>().join(", ")
}

/// Prints an execution.
fn print(cx: &Context, execution: &Execution) -> Result<(), Failure> {
    cx.out().print_one(execution, || show::sheet(execution))
}
