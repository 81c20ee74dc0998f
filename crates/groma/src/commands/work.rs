//! `groma work`: what does a detached job when no server is there.

use std::fs::OpenOptions;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::OpenOptionsExt as _;
use std::process::{Command, Stdio};
use std::time::Duration;

use clap::Args;
use groma_api::{ApiError, Backend, ErrorCode, ModelState, ScanQuery};
use groma_app::apart;

use crate::connection::{Connection, Purpose};
use crate::context::Context;
use crate::failure::Failure;
use crate::output::text_line;
use crate::settings::Settings;

/// How long nothing may wait or run before this process ends.
const IDLE: Duration = Duration::from_secs(5);
const READY: &str = "ready";
/// What the process says while nobody listens, in the data folder.
const LOG: &str = "work.log";

/// Do what waits, in the background, until nothing waits or runs
///
/// Other commands start it; it holds the data folder meanwhile and serves them.
#[derive(Debug, Args)]
pub(crate) struct Work {}

impl Work {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        // Its own session: the terminal that is closed next takes it for nobody's.
        let _ = rustix::process::setsid();
        cx.interrupts.handle();
        let connection = cx.connect(Purpose::Yielding).await?;
        text_line(READY)?;
        let mut idle = false;
        loop {
            let busy = match busy(&*connection.backend()).await {
                Ok(busy) => busy,
                Err(error) if error.code == ErrorCode::Unavailable => false,
                Err(error) => return Err(error.into()),
            };
            if connection.holder().is_none() || (idle && !busy) {
                break;
            }
            idle = !busy;
            tokio::select! {
                () = tokio::time::sleep(IDLE) => {}
                _ = cx.interrupts.first() => break,
            }
        }
        connection.close().await;
        Ok(())
    }
}

/// Returns whether a scan waits or runs, a job on backups runs, or the model is being installed.
async fn busy(backend: &dyn Backend) -> Result<bool, ApiError> {
    let query = ScanQuery { active: Some(true), limit: Some(1), ..ScanQuery::default() };
    Ok(!backend.scan_list(query).await?.scans.is_empty()
        // Who cannot tell has nothing that runs.
        || backend.backup_settings_get().await.is_ok_and(|settings| settings.running.is_some())
        || backend.model_status().await.is_ok_and(|status| status.state == ModelState::Installing))
}

/// Reaches a process that stays when this command ends: the server, or one begun for it.
///
/// # Errors
/// When none can be reached or started.
pub(crate) async fn staying(cx: &Context) -> Result<Connection, Failure> {
    let connection = cx.connect(Purpose::Brief).await?;
    if connection.holder().is_none() {
        return Ok(connection);
    }
    connection.close().await;
    begin(&cx.settings).await?;
    cx.connect(Purpose::Brief).await
}

/// Starts such a process and returns once it can be asked.
///
/// # Errors
/// When it cannot be started, or ends at once.
async fn begin(settings: &Settings) -> Result<(), Failure> {
    let failed = |why: String| {
        Failure::new(ErrorCode::Unavailable, format!("could not start a process for the job: {why}"))
            .hint("start `groma serve`, or leave --detach out")
    };
    let program = std::env::current_exe().map_err(|error| failed(error.to_string()))?;
    let mut command = Command::new(program);
    command.args(settings.arguments()).arg("work");
    // A pipe would break when this command ends, and whoever logs to it with it.
    let log = settings.data_dir.join(LOG);
    let errors = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&log);
    let errors = errors.map_err(|error| failed(format!("{}: {error}", log.display())))?;
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(errors);
    // A folder to stand in that nobody wants to unmount.
    command.current_dir("/");
    let mut child = command.spawn().map_err(|error| failed(error.to_string()))?;
    let stdout = child.stdout.take();
    let heard = apart("detached-job", move || {
        let mut line = String::new();
        if let Some(stdout) = stdout {
            BufReader::new(stdout).read_line(&mut line)?;
        }
        if line.trim_end() == READY {
            return Ok(None);
        }
        // It is ending: what it said is complete once it has.
        child.wait()?;
        std::io::Result::Ok(Some(std::fs::read_to_string(&log)?))
    });
    match heard.await.flatten() {
        Ok(None) => Ok(()),
        Ok(Some(told)) => Err(failed(told.trim_end().to_owned())),
        Err(error) => Err(failed(error.to_string())),
    }
}
