//! `groma executions show`.

use clap::Args;
use groma_api::Execution;
use groma_execution_types::{InheritEnv, Stdin};

use super::ExecutionName;
use crate::context::Context;
use crate::failure::Failure;
use crate::output::{Sheet, moment, optional, word};
use crate::size;

/// More of a text fits no screen.
const TEXT_CHARS_MAX: usize = 1000;

/// Show one command that runs or ran
#[derive(Debug, Args)]
pub(crate) struct Show {
    /// The execution's id, or `last`
    #[arg(value_name = "ID")]
    execution: ExecutionName,
}

impl Show {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        let name = self.execution;
        let execution =
            cx.read(async |backend| backend.execution_get(name.id(&*backend).await?).await).await?;
        super::print(cx, &execution)
    }
}

pub(super) fn sheet(execution: &Execution) -> Sheet {
    let (summary, result, request) = (&execution.summary, &execution.result, &execution.request);
    let log = if summary.log { "" } else { "; the log is gone" };
    Sheet::of_fields(vec![
        ("id", summary.id.to_string()),
        ("command", summary.command.clone()),
        ("directory", optional(request.working_dir.as_ref().map(|dir| dir.display().to_string()))),
        ("environment", environment(execution)),
        ("input", input(&request.stdin)),
        ("status", super::status(summary.status, summary.exit_code, summary.signal)),
        ("error", summary.error.clone().unwrap_or_default()),
        ("process", optional(execution.pid)),
        ("plan", optional(summary.plan_id)),
        ("step", summary.step_id.clone().unwrap_or_default()),
        ("run by", format!("{} ({})", summary.principal, word(&summary.origin))),
        ("created", moment(summary.created_at)),
        ("started", optional(summary.started_at.map(moment))),
        ("ended", optional(summary.completed_at.map(moment))),
        ("took", optional(super::list::took(summary))),
        ("attempts", optional((result.attempts > 1).then_some(result.attempts))),
        ("output", format!("{} lines, {}{log}", summary.lines, size::display(summary.bytes))),
        ("tear-down", optional(result.teardown.as_ref().map(super::teardown))),
    ])
    .cut(1, TEXT_CHARS_MAX)
}

/// Returns the names of variables that were set: values belong to no screen.
fn environment(execution: &Execution) -> String {
    let request = &execution.request;
    let base = match &request.inherit_env {
        InheritEnv::All => String::new(),
        InheritEnv::Clean => "clean".to_owned(),
        InheritEnv::Named(names) => format!("only {}", names.join(", ")),
    };
    let set: Vec<&str> = request.env.keys().map(String::as_str).collect();
    let secret: Vec<&str> = request.secrets.keys().map(String::as_str).collect();
    let parts = [("", base), ("set ", set.join(", ")), ("secret ", secret.join(", "))];
    let parts = parts.into_iter().filter(|(_, text)| !text.is_empty());
    parts.map(|(word, text)| format!("{word}{text}")).collect::<Vec<_>>().join("; ")
}

fn input(stdin: &Stdin) -> String {
    match stdin {
        Stdin::None => String::new(),
        Stdin::Inherit => "the caller's own".to_owned(),
        Stdin::Text { text } => format!("{} of text", size::display(text.len() as u64)),
        Stdin::Bytes { base64 } => format!("about {}", size::display(base64.len() as u64 / 4 * 3)),
        Stdin::File { path } => path.display().to_string(),
        Stdin::Secret { .. } => "a secret".to_owned(),
    }
}
