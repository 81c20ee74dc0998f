//! A command line: runs a program, a shell line, a request or a plan, and prints what it writes.
//!
//! ```text
//! cargo run -p groma-execution --example cli -- exec ls -l
//! cargo run -p groma-execution --example cli -- shell 'du -sh * | sort -h'
//! cargo run -p groma-execution --example cli -- request request.json
//! cargo run -p groma-execution --example cli -- plan nightly.yaml
//! ```

use std::error::Error;
use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::Arc;

use async_trait::async_trait;
use groma_execution::{
    Command, EventHandler, ExecutionConfig, ExecutionEngine, ExecutionEvent, ExecutionRequest,
    ExecutionStatus, read_plan,
};

/// Prints lines where they were written, and what became of steps.
#[derive(Debug)]
struct Printer;

#[async_trait]
impl EventHandler for Printer {
    async fn on_event(&self, event: ExecutionEvent) {
        // Nobody to print to is no reason to stop.
        let _ = match event {
            ExecutionEvent::Stdout(line) => writeln!(io::stdout(), "{}", line.line),
            ExecutionEvent::Stderr(line) => writeln!(io::stderr(), "{}", line.line),
            ExecutionEvent::OutputGap(gap) => {
                writeln!(
                    io::stderr(),
                    "(lines {} to {} are missing: {})",
                    gap.first_line,
                    gap.last_line,
                    gap.reason
                )
            }
            ExecutionEvent::Progress(progress) if progress.plan_id.is_some() => {
                let step = progress.current_step.unwrap_or_default();
                writeln!(io::stderr(), "[{}/{}] {step}", progress.completed, progress.total)
            }
            _ => Ok(()),
        };
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    run().await.unwrap_or_else(|error| {
        let _ = writeln!(io::stderr(), "{error}");
        ExitCode::from(2)
    })
}

async fn run() -> Result<ExitCode, Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let engine = ExecutionEngine::new(ExecutionConfig::from_env()?).with_event_handler(Arc::new(Printer));
    let request = match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["exec", program, ref args @ ..] => {
            let args = args.iter().map(|&arg| arg.to_owned()).collect();
            ExecutionRequest::new(Command::Exec { program: program.to_owned(), args })
        }
        ["shell", line] => ExecutionRequest::new(Command::Shell { command: line.to_owned() }),
        ["request", file] => serde_json::from_slice(&std::fs::read(file)?)?,
        ["plan", file] => return plan(&engine, file).await,
        _ => return Err("usage: cli exec PROGRAM [ARG]… | shell LINE | request FILE | plan FILE".into()),
    };
    let execution_id = engine.execute(request).await?;
    let result = tokio::select! {
        result = engine.wait(execution_id) => result?,
        _ = tokio::signal::ctrl_c() => {
            engine.cancel_because(execution_id, "interrupted").await?;
            engine.wait(execution_id).await?
        },
    };
    // Until every line was printed.
    engine.shutdown().await;
    if let Some(error) = &result.error {
        writeln!(io::stderr(), "{error} (after {:?})", result.duration)?;
    }
    let code = result.exit_code.and_then(|code| u8::try_from(code).ok());
    Ok(ExitCode::from(code.unwrap_or(1)))
}

async fn plan(engine: &ExecutionEngine, file: &str) -> Result<ExitCode, Box<dyn Error>> {
    let plan = read_plan(&std::fs::read(file)?)?;
    let id = engine.execute_plan(plan).await?;
    let result = tokio::select! {
        result = engine.wait_plan(id) => result?,
        _ = tokio::signal::ctrl_c() => {
            engine.cancel_because(id, "interrupted").await?;
            engine.wait_plan(id).await?
        },
    };
    engine.shutdown().await;
    for step in &result.steps {
        writeln!(io::stderr(), "{:<20} {:?}", step.id, step.status)?;
    }
    Ok(if result.status == ExecutionStatus::Completed { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
