//! What one side does in a process of its own: so many commands, so many at once.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Instant;

use clap::Args;
use futures::StreamExt as _;
use groma_execution::{
    Command, Containment, EventHandler, ExecutionConfig, ExecutionEngine, ExecutionEvent, ExecutionRequest,
    ExecutionStatus, Interest,
};

use super::side::{Measured, Side};
use crate::Done;

/// One side, once
#[derive(Debug, Args)]
pub(crate) struct Part {
    #[arg(long, value_enum)]
    side: Side,
    /// Where logs go
    #[arg(long)]
    logs: PathBuf,
    /// Commands in all
    #[arg(long, default_value_t = 1)]
    count: usize,
    /// Commands at once
    #[arg(long, default_value_t = 1)]
    at_once: usize,
    /// Megabytes that this process has in memory meanwhile
    #[arg(long, default_value_t = 0)]
    ballast: usize,
    /// The command
    #[arg(last = true, required = true)]
    command: Vec<String>,
}

/// A handler that journals would be: told how far the log is.
#[derive(Debug)]
struct Positions;

#[async_trait::async_trait]
impl EventHandler for Positions {
    async fn on_event(&self, event: ExecutionEvent) {
        std::hint::black_box(event);
    }

    fn interest(&self) -> Interest {
        Interest::Positions
    }
}

impl Part {
    pub(crate) fn run(self) -> Done {
        // Every page is written, so that it is really there.
        let ballast = vec![1u8; self.ballast << 20];
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        let begun = Instant::now();
        let bytes = match self.side {
            Side::Engine | Side::EngineBare | Side::EngineGroup => runtime.block_on(self.engine())?,
            Side::Tokio => runtime.block_on(self.tokio())?,
            Side::Processkit => runtime.block_on(self.processkit())?,
        };
        let seconds = begun.elapsed().as_secs_f64();
        std::hint::black_box(&ballast);
        let measured = Measured { seconds, resident_max: resident_max()?, bytes };
        writeln!(std::io::stdout(), "{}", serde_json::to_string(&measured)?)?;
        Ok(())
    }

    async fn engine(&self) -> Done<u64> {
        let config = ExecutionConfig {
            log_dir: (self.side == Side::Engine).then(|| self.logs.clone()),
            max_concurrent: self.at_once,
            timeout: None,
            containment: match self.side {
                Side::EngineGroup => Containment::ProcessGroup,
                _ => Containment::Auto,
            },
            ..ExecutionConfig::default()
        };
        let engine = ExecutionEngine::new(config).with_event_handler(Arc::new(Positions));
        let (program, args) = self.split()?;
        let command = Command::Exec { program, args };
        let mut waits = Vec::with_capacity(self.count);
        for _ in 0..self.count {
            waits.push(engine.execute(ExecutionRequest::new(command.clone())).await?);
        }
        let mut bytes = 0;
        for id in waits {
            let result = engine.wait(id).await?;
            if result.status != ExecutionStatus::Completed {
                return Err(format!("a command ended as {:?}: {:?}", result.status, result.error).into());
            }
            bytes += result.bytes;
        }
        engine.shutdown().await;
        Ok(bytes)
    }

    async fn tokio(&self) -> Done<u64> {
        let (program, args) = self.split()?;
        let run = |_| {
            let (program, args) = (program.clone(), args.clone());
            async move {
                let mut command = tokio::process::Command::new(program);
                command.args(args).process_group(0).stdin(Stdio::null());
                let output = command.stdout(Stdio::piped()).stderr(Stdio::piped()).output().await?;
                if !output.status.success() {
                    return Err(crate::Failure::from(format!("a command ended with {}", output.status)));
                }
                Ok((output.stdout.len() + output.stderr.len()) as u64)
            }
        };
        each(self.count, self.at_once, run).await
    }

    #[cfg(feature = "peers")]
    async fn processkit(&self) -> Done<u64> {
        let (program, args) = self.split()?;
        let run = |_| {
            let (program, args) = (program.clone(), args.clone());
            async move {
                let result = processkit::Command::new(program).args(args).output_string().await?;
                if !result.is_success() {
                    return Err(crate::Failure::from("a command of processkit failed"));
                }
                Ok(result.stdout().len() as u64)
            }
        };
        each(self.count, self.at_once, run).await
    }

    #[cfg(not(feature = "peers"))]
    #[expect(clippy::unused_async, reason = "as its twin")]
    async fn processkit(&self) -> Done<u64> {
        Err("built without the feature `peers`: run `cargo xtask bench execution`".into())
    }

    fn split(&self) -> Done<(String, Vec<String>)> {
        let (program, args) = self.command.split_first().ok_or("no command")?;
        Ok((program.clone(), args.to_vec()))
    }
}

/// Runs `count` of them, `at_once` at once, as tasks of their own; sums up what they return.
async fn each<F, R>(count: usize, at_once: usize, run: F) -> Done<u64>
where
    F: FnMut(usize) -> R,
    R: Future<Output = Done<u64>> + Send + 'static,
{
    let mut ended = futures::stream::iter((0..count).map(run).map(tokio::spawn)).buffer_unordered(at_once);
    let mut bytes = 0;
    while let Some(one) = ended.next().await {
        bytes += one??;
    }
    Ok(bytes)
}

/// Returns the most memory that this process ever had resident, in bytes.
fn resident_max() -> Done<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no VmHWM")?;
    Ok(line.trim().trim_end_matches("kB").trim().parse::<u64>()? << 10)
}
