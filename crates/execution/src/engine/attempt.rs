//! One attempt: a process from its start until nothing of it is left.

use std::time::Duration;

use groma_execution_types::Teardown;
use tokio::sync::{SemaphorePermit, watch};
use tokio::time::{Instant, sleep_until, timeout};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::core::Engine;
use super::outcome::{Cause, Outcome};
use super::stop::Stop;
use crate::output::{Output, Position};
use crate::process::{self, Input, Running, Spawn};
use crate::resolve::{Resolved, ResolvedStdin};

/// How long an attempt may take.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// From the start of its process.
    pub attempt: Option<Duration>,
    /// When all attempts together have to be over, and how long that is.
    pub total: Option<(Instant, Duration)>,
    /// Without a byte of output.
    pub silence: Option<Duration>,
    /// From the request to end to the end by force.
    pub grace: Duration,
}

/// What an attempt is made with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Attempt<'a> {
    pub engine: &'a Engine,
    pub id: Uuid,
    pub limits: Limits,
    pub stop: &'a Stop,
}

/// A process that runs, and its output.
pub(crate) struct Spawned {
    pub running: Running,
    pub stdout: Option<tokio::process::ChildStdout>,
    pub stderr: Option<tokio::process::ChildStderr>,
}

impl Attempt<'_> {
    /// Starts the process.
    pub(crate) async fn start(&self, resolved: &Resolved) -> Result<Spawned, Outcome> {
        let cgroup = self.engine.cgroup(self.id).map_err(|why| {
            Outcome::failed(format!("no control group can be made, and it is configured to need one: {why}"))
        })?;
        let stdin = match &resolved.stdin {
            ResolvedStdin::None => Input::None,
            ResolvedStdin::Inherit => Input::Inherit,
            ResolvedStdin::Bytes(bytes) => Input::Bytes(bytes),
            ResolvedStdin::File(path) => Input::File(path),
        };
        let what = Spawn {
            id: self.id,
            program: &resolved.program,
            args: &resolved.args,
            working_dir: &resolved.working_dir,
            env: &resolved.env,
            stdin,
        };
        match process::spawn(what, cgroup, self.engine.sweeper.leaders(), self.stop.token()).await {
            Ok((running, stdout, stderr)) => Ok(Spawned { running, stdout, stderr }),
            Err(process::SpawnError::Cancelled) => Err(Outcome::stopped(&Cause::Stopped(self.stop.reason()))),
            Err(error) => Err(Outcome { retryable: true, ..Outcome::failed(error.to_string()) }),
        }
    }

    /// Sees a process through: until it ends or has to, nothing of it is left, and its output is read.
    ///
    /// `slot` is given back as soon as the process has ended; what follows costs hardly anything.
    pub(crate) async fn see_through(
        &self,
        spawned: Spawned,
        output: &mut Output,
        slot: SemaphorePermit<'_>,
        aws: bool,
    ) -> (Outcome, Teardown) {
        let Spawned { running, stdout, stderr } = spawned;
        let position = output.position();
        let give_up = CancellationToken::new();
        let mut reading = std::pin::pin!(output.pump(stdout, stderr, give_up.clone()));
        let mut ending = std::pin::pin!(self.end(running, position, slot, aws));
        let mut read = None;
        let (outcome, mut teardown) = loop {
            tokio::select! {
                pumped = &mut reading, if read.is_none() => read = Some(pumped),
                ended = &mut ending => break ended,
            }
        };
        let pumped = match read {
            Some(pumped) => pumped,
            None => match timeout(self.engine.config.drain, &mut reading).await {
                Ok(pumped) => pumped,
                Err(_) => {
                    give_up.cancel();
                    reading.await
                }
            },
        };
        teardown.pipes_held = pumped.held;
        (outcome, teardown)
    }

    /// Waits for the end, brings it about when it has to, and clears up.
    async fn end(
        &self,
        mut running: Running,
        position: watch::Receiver<Position>,
        slot: SemaphorePermit<'_>,
        aws: bool,
    ) -> (Outcome, Teardown) {
        let sweeper = &self.engine.sweeper;
        let cause = self.until(&mut running, &position).await;
        let forced = match &cause {
            Some(_) => tokio::select! {
                forced = process::terminate(&mut running, sweeper, self.limits.grace) => forced,
                () = self.stop.forced() => process::terminate(&mut running, sweeper, Duration::ZERO).await,
            },
            None => false,
        };
        drop(slot);
        let cleared = process::clear(running, sweeper).await;
        let outcome = Outcome::of(cause.as_ref(), cleared.status, aws);
        let teardown = Teardown {
            mechanism: cleared.mechanism,
            forced,
            swept: cleared.swept,
            survivors: cleared.survivors,
            pipes_held: false,
        };
        (outcome, teardown)
    }

    /// Returns once the process has ended (`None`) or why it has to.
    async fn until(&self, running: &mut Running, position: &watch::Receiver<Position>) -> Option<Cause> {
        let began = Instant::now();
        let limits = self.limits;
        tokio::select! {
            biased;
            () = running.ended() => None,
            () = self.stop.stopped() => Some(Cause::Stopped(self.stop.reason())),
            limit = over(limits.attempt.map(|limit| (began + limit, limit))) => Some(Cause::Attempt(limit)),
            limit = over(limits.total) => Some(Cause::Total(limit)),
            limit = silent(position, limits.silence) => Some(Cause::Silence(limit)),
        }
    }
}

/// Returns once a limit is passed; never where there is none.
async fn over(limit: Option<(Instant, Duration)>) -> Duration {
    let Some((at, limit)) = limit else { return std::future::pending().await };
    sleep_until(at).await;
    limit
}

/// Returns once nothing was read for this long; never where there is no limit.
async fn silent(position: &watch::Receiver<Position>, limit: Option<Duration>) -> Duration {
    let Some(limit) = limit else { return std::future::pending().await };
    let began = Instant::now();
    loop {
        let until = position.borrow().last_read.max(began) + limit;
        if Instant::now() >= until {
            return limit;
        }
        sleep_until(until).await;
    }
}
