//! `groma plan run`.

mod lines;
mod live;
mod read;
mod steps;

use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use groma_app::execution::{Approval, EventHandler, LocalRun, ReportTo};
use groma_execution_types::{ExecutionPlan, ExecutionStatus, PlanResult, ResolvedPlan, Strategy};

use self::lines::Lines;
use self::live::Live;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::local::{self, Guest, Loss, Stopping};
use crate::output::{Format, Sheet, plain, say, text_line, word};

/// Run the steps of a plan here, each as soon as what it depends on has completed
///
/// The plan is a file in YAML or JSON. Steps run in this directory and with this environment, as with `groma exec`.
/// Ctrl-C stops all of them.
#[derive(Debug, Args)]
pub(crate) struct Run {
    /// The plan; `-` for standard input
    #[arg(value_name = "FILE")]
    plan: PathBuf,
    /// Steps that run at once, in place of what the plan says
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    max_concurrency: Option<u32>,
    /// Only say exactly what would run, and its hash
    #[arg(long)]
    dry_run: bool,
    /// Run only if this is still what would run: the hash that --dry-run printed, or a file with all that it printed as
    /// JSON, by which a change can be told in detail
    #[arg(long, value_name = "HASH|FILE", conflicts_with = "dry_run")]
    approve: Option<String>,
    /// Keep what steps write as plain text, for other programs to read
    #[arg(long)]
    plain_log: bool,
}

impl Run {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        let mut plan = read::read(&self.plan)?;
        if let Some(bound) = self.max_concurrency {
            bind(&mut plan.strategy, bound)?;
        }
        if self.dry_run {
            let resolved = local::engine(cx).resolve_plan(&plan).await.map_err(local::refused)?;
            return print_resolved(cx, &resolved);
        }
        let approved = self.approve.as_deref().map(read::approval).transpose()?;
        let guest = Guest::open(&cx.settings).await?;
        let ended = Box::pin(run_plan(cx, &guest, plan, approved, self.plain_log)).await;
        guest.close().await;
        ended
    }
}

/// Runs a plan and prints what became of it.
async fn run_plan(
    cx: &Context,
    guest: &Arc<Guest>,
    plan: ExecutionPlan,
    approved: Option<Approval>,
    plain_log: bool,
) -> Result<(), Failure> {
    let loss = Loss::default();
    let stopping = Stopping::listen(cx, loss.clone());
    let mut handlers = local::handlers(cx, &loss);
    let live = view(cx, &plan, &loss, &mut handlers);
    let (config, to) = (local::config(cx), Arc::clone(guest) as Arc<dyn ReportTo>);
    let run = LocalRun::plan(config, plan, approved, plain_log, handlers, to).await?;
    let (result, _) = local::see_through(stopping, guest, run, async |run| run.wait_plan().await).await;
    if let Some(live) = live {
        live.finish();
    }
    let told = report(cx, &result);
    loss.check().and(told)
}

/// Puts another bound in place of the plan's own.
fn bind(strategy: &mut Strategy, bound: u32) -> Result<(), Failure> {
    match strategy {
        Strategy::Parallel { max_concurrency } | Strategy::DependencyGraph { max_concurrency } => {
            *max_concurrency = bound;
            Ok(())
        }
        Strategy::Serial { .. } => Err(Failure::usage(
            "the steps of this plan run one after the other: --max-concurrency has nothing to bound",
        )
        .hint("its `strategy` would have to be `parallel` or `dependency_graph`")),
    }
}

/// Adds who shows people what happens: a tree that lives on a terminal, lines elsewhere.
fn view(
    cx: &Context,
    plan: &ExecutionPlan,
    loss: &Loss,
    handlers: &mut Vec<Arc<dyn EventHandler>>,
) -> Option<Arc<Live>> {
    if cx.settings.output != Format::Table {
        return None;
    }
    let terminal = std::io::stdout().is_terminal() && std::io::stderr().is_terminal();
    if let Some(live) = terminal.then(|| Live::new(plan)).flatten() {
        let live = Arc::new(live);
        handlers.push(Arc::clone(&live) as Arc<dyn EventHandler>);
        return Some(live);
    }
    handlers.push(Arc::new(Lines::new(loss.clone())));
    None
}

fn print_resolved(cx: &Context, resolved: &ResolvedPlan) -> Result<(), Failure> {
    let everywhere = everywhere(resolved);
    let sheet = || {
        let headings =
            &["step", "after", "attempts", "program", "command", "directory", "input", "variables"];
        let mut sheet = Sheet::new(headings);
        for step in &resolved.steps {
            let command = &step.command;
            let own = command.env.iter().filter(|name| !everywhere.contains(&name.as_str()));
            sheet.row(vec![
                step.id.clone(),
                step.depends_on.join(", "),
                step.max_attempts.to_string(),
                command.program.display().to_string(),
                command.display.clone(),
                command.working_dir.display().to_string(),
                command.stdin.clone(),
                own.map(String::as_str).collect::<Vec<_>>().join(" "),
            ]);
        }
        sheet
    };
    cx.out().print(resolved, &resolved.steps, sheet)?;
    if cx.settings.output == Format::Table {
        let names = plain(&everywhere.join(" "));
        text_line(format!("\nvariables of every step: {names}\nhash: {}", resolved.hash))?;
        say(format!("run exactly this with: groma plan run FILE --approve {}", resolved.hash));
    }
    Ok(())
}

/// Returns the environment variables that every step has: hundreds, mostly, that need to be read once.
fn everywhere(resolved: &ResolvedPlan) -> Vec<&str> {
    let Some((first, others)) = resolved.steps.split_first() else { return Vec::new() };
    let names = first.command.env.iter().map(String::as_str);
    // Names are sorted.
    let everywhere = |name: &&str| {
        others.iter().all(|step| step.command.env.binary_search_by(|other| other.as_str().cmp(name)).is_ok())
    };
    names.filter(everywhere).collect()
}

/// Prints what became of the plan.
fn report(cx: &Context, result: &PlanResult) -> Result<(), Failure> {
    for step in &result.steps {
        if let Some(result) = &step.result {
            local::warn(Some(&step.id), result);
        }
    }
    match cx.settings.output {
        // The last event was the plan's end.
        Format::Ndjson => {}
        _ => cx.out().print(result, &result.steps, || super::steps(&result.steps))?,
    }
    if result.status == ExecutionStatus::Completed {
        return Ok(());
    }
    if cx.settings.output == Format::Table {
        steps::tell_last_words(result);
        let why = result.error.as_deref().unwrap_or("no reason is known");
        let status = word(&result.status).replace('_', " ");
        say(match why.starts_with("the plan ") {
            true => format!("groma: {why}"),
            false => format!("groma: the plan {status}: {why}"),
        });
    }
    Err(Failure::Ended(match result.status {
        ExecutionStatus::Cancelled => Exit::INTERRUPTED,
        ExecutionStatus::TimedOut => Exit::TIMED_OUT,
        _ => Exit::ENDED_EARLY,
    }))
}
