//! The way to the data folder: this process holds it, or asks the one that does.

use std::sync::Arc;
use std::time::Duration;

use groma_api::{ApiError, Backend, ErrorCode, ScanQuery};
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::failure::Failure;
use crate::holder::{self, Holder, Opened};
use crate::output::say;
use crate::settings::Settings;

/// How long a command stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// One question: if this process comes to hold the folder, it leaves queued and interrupted scans alone.
    Brief,
    /// As [`Self::Brief`], about commands that run or ran: if this process comes to hold the folder, it first ends what
    /// those left behind whose own process was killed.
    Tidying,
    /// Until something ends: if this process comes to hold the folder, it takes up what waits there.
    Lasting,
    /// As [`Self::Lasting`], and leaves the folder to a server that comes.
    Yielding,
    /// As [`Self::Lasting`], and asks a holder that yields to leave the folder.
    Serving,
}

/// How long to try while one holder ends and the next begins.
const HANDOVER_MAX: Duration = Duration::from_secs(15);
const HANDOVER_PAUSE: Duration = Duration::from_millis(50);
/// The wait between two questions whether something has ended.
const ASKED_EVERY: Duration = Duration::from_millis(100);
/// After so much time it is told that leftovers are waited for.
const TIDYING_TOLD_AFTER: Duration = Duration::from_secs(1);
/// How much longer than their grace leftovers are waited for.
const TIDYING_MORE_MAX: Duration = Duration::from_secs(2);
/// How long a server waits for a command that holds the folder for a moment.
const MOMENT_MAX: Duration = Duration::from_secs(2);

/// A way to the data folder that outlives its holder.
#[derive(Debug)]
pub(crate) struct Connection {
    settings: Settings,
    purpose: Purpose,
    way: parking_lot::Mutex<Way>,
    reopening: Mutex<()>,
}

#[derive(Debug, Clone)]
enum Way {
    Holder(Arc<Holder>),
    Client(Arc<dyn Backend>),
}

impl Connection {
    /// Takes the folder, or reaches the process that holds it.
    ///
    /// # Errors
    /// When neither works, or the holder speaks another version of the protocol.
    pub(crate) async fn open(settings: &Settings, purpose: Purpose) -> Result<Self, Failure> {
        let way = find_way(settings, purpose).await?;
        Ok(Self {
            settings: settings.clone(),
            purpose,
            way: parking_lot::Mutex::new(way),
            reopening: Mutex::new(()),
        })
    }

    /// Returns the operations.
    pub(crate) fn backend(&self) -> Arc<dyn Backend> {
        match &*self.way.lock() {
            Way::Holder(holder) => holder.backend(),
            Way::Client(backend) => Arc::clone(backend),
        }
    }

    /// Returns this process's hold on the folder, if it has it.
    pub(crate) fn holder(&self) -> Option<Arc<Holder>> {
        match &*self.way.lock() {
            Way::Holder(holder) => Some(Arc::clone(holder)),
            Way::Client(_) => None,
        }
    }

    /// Finds a new way after the holder that was asked ended; this process may become the holder.
    ///
    /// # Errors
    /// When this process is the holder itself, so that nobody else can help, or no way is found.
    pub(crate) async fn reopen(&self) -> Result<(), Failure> {
        let _one_at_a_time = self.reopening.lock().await;
        if self.holder().is_some() {
            return Err(Failure::new(ErrorCode::Unavailable, "Groma is stopping in this process"));
        }
        // A holder that is stopping may still shake hands.
        tokio::time::sleep(HANDOVER_PAUSE).await;
        let way = find_way(&self.settings, self.purpose).await?;
        *self.way.lock() = way;
        Ok(())
    }

    /// Asks again and again, whoever holds the folder meanwhile, until the answer says that it is the last one, or
    /// [`HANDOVER_MAX`] has passed.
    ///
    /// # Errors
    /// What the backend refuses with, or when no way is found.
    pub(crate) async fn until<T>(
        &self,
        ask: impl AsyncFn(Arc<dyn Backend>) -> Result<(bool, T), ApiError>,
    ) -> Result<T, Failure> {
        let give_up = Instant::now() + HANDOVER_MAX;
        loop {
            match ask(self.backend()).await {
                Ok((last, answer)) if last || Instant::now() >= give_up => return Ok(answer),
                Ok(_) => tokio::time::sleep(ASKED_EVERY).await,
                Err(error) if error.code == ErrorCode::Unavailable => self.reopen().await?,
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Lets go of the folder in order, if this process holds it: running scans are checkpointed.
    pub(crate) async fn close(self) {
        if let Way::Holder(holder) = self.way.into_inner() {
            holder.close().await;
        }
    }
}

/// Asks a process that does a detached scan to leave it to this one; it checkpoints and goes.
fn ask_to_leave(pid: u32) {
    let pid = i32::try_from(pid).ok().and_then(rustix::process::Pid::from_raw);
    if let Some(pid) = pid {
        // One that is gone already has left the folder.
        let _ = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
    }
}

/// Says which scans of earlier processes go on in this one: they share its rate and its screen.
async fn tell_left(holder: &Holder) {
    let query = ScanQuery { active: Some(true), ..ScanQuery::default() };
    // Who cannot be asked will refuse what comes next as well.
    let Ok(list) = holder.backend().scan_list(query).await else { return };
    match list.scans.as_slice() {
        [] => {}
        [scan] => say(format!("the interrupted scan {} goes on in this process", scan.id)),
        scans => {
            say(format!(
                "{} interrupted scans go on in this process: groma scans list --active",
                scans.len()
            ));
        }
    }
}

/// Ends what commands left behind whose process was killed, as far as that takes no longer than they are given to end.
async fn tidy(settings: &Settings, holder: &Holder) {
    let mut ending = std::pin::pin!(holder.end_leftovers());
    let ended = match tokio::time::timeout(TIDYING_TOLD_AFTER, &mut ending).await {
        Ok(ended) => Some(ended),
        Err(_) => {
            say("groma: ending what a command whose groma was killed left behind");
            let grace = settings.values.execution.options().grace;
            tokio::time::timeout(grace + TIDYING_MORE_MAX, ending).await.ok()
        }
    };
    match ended {
        Some(Ok(())) => {}
        Some(Err(error)) => {
            tracing::warn!(code = %error.code, "what commands left behind could not be ended");
        }
        None => say("groma: warning: that takes too long; the next command goes on with it"),
    }
}

async fn find_way(settings: &Settings, purpose: Purpose) -> Result<Way, Failure> {
    let give_up = Instant::now() + HANDOVER_MAX;
    let moment = Instant::now() + MOMENT_MAX;
    let mut asked = None;
    loop {
        match Holder::open(settings, purpose == Purpose::Yielding).await? {
            Opened::Holder(holder) => {
                match purpose {
                    Purpose::Brief => {}
                    Purpose::Tidying => tidy(settings, &holder).await,
                    Purpose::Lasting | Purpose::Yielding | Purpose::Serving => {
                        tell_left(&holder).await;
                        holder.start_tasks().await?;
                    }
                }
                return Ok(Way::Holder(Arc::new(holder)));
            }
            Opened::Held { pid: Some(pid), yields: true, .. }
                if purpose == Purpose::Serving && Instant::now() < give_up =>
            {
                // Once: a second signal would cut it off.
                if asked.replace(pid) != Some(pid) {
                    ask_to_leave(pid);
                }
                tokio::time::sleep(HANDOVER_PAUSE).await;
            }
            Opened::Held { .. } if purpose == Purpose::Serving && Instant::now() < moment => {
                tokio::time::sleep(HANDOVER_PAUSE).await;
            }
            Opened::Held { pid, socket, .. } => match holder::ask(&socket).await {
                Ok(backend) => return Ok(Way::Client(backend)),
                // It has just begun, or is just ending.
                Err(error) if error.code == ErrorCode::Unavailable && Instant::now() < give_up => {
                    tokio::time::sleep(HANDOVER_PAUSE).await;
                }
                Err(error) if error.code == ErrorCode::Unavailable => {
                    let folder = settings.data_dir.display();
                    let pid =
                        pid.map_or_else(|| "another process".to_owned(), |pid| format!("process {pid}"));
                    let why = format!("{pid} holds {folder} and does not answer: {}", error.detail);
                    return Err(Failure::new(ErrorCode::Unavailable, why).hint(
                        "wait for it, or end it; what it does is resumed by whoever holds the folder next",
                    ));
                }
                Err(error) => return Err(error.into()),
            },
        }
    }
}
