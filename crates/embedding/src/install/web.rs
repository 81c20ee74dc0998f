//! Bringing a file over HTTP, going on where an earlier connection ended.

mod request;
mod tls;

use std::fs::File;
use std::io::Write as _;
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::thread;
use std::time::Duration;

use tokio::sync::oneshot;
use url::Url;

use super::InstallError;
use super::part::Part;
use super::report::{Phase, Report};
use crate::pins::ModelFile;
use request::{Answer, Request, Trouble};

/// How long to wait for what, and how often to try.
#[derive(Debug, Clone)]
pub(super) struct Patience {
    /// Without a byte for this long, a connection is given up.
    pub(super) idle: Duration,
    /// Between two tries.
    pub(super) pause: Duration,
    /// Tries in a row that bring nothing new.
    pub(super) tries: u32,
}

impl Default for Patience {
    fn default() -> Self {
        Self { idle: Duration::from_secs(30), pause: Duration::from_secs(2), tries: 4 }
    }
}

/// How often is asked whether to go on while nothing comes.
const PERIOD: Duration = Duration::from_millis(100);
/// Chunks that may wait for the disk.
const CHUNKS: usize = 8;

/// Fetches a file into a part; returns where it came from.
pub(super) fn bring(
    base: &str,
    part: &mut Part,
    file: &ModelFile,
    report: &mut Report<'_>,
    patience: &Patience,
) -> Result<String, InstallError> {
    let url = address(base, file)?;
    if part.len() > file.bytes {
        part.remove();
    }
    report.begin(Phase::Fetching, file, part.len());
    let (mut tries, mut most) = (0, part.len());
    while part.len() != file.bytes {
        let why = match attempt(&url, part, file, report, patience) {
            Ok(()) => continue,
            Err(Trouble::Broken(why)) => why,
            Err(Trouble::Final(error)) => return Err(error),
        };
        // A server that cannot go on in the middle has to get further than ever to count.
        if part.len() > most {
            (tries, most) = (0, part.len());
        }
        tries += 1;
        if tries >= patience.tries {
            let (got, total) = (part.len(), file.bytes);
            return Err(InstallError::Interrupted { url: url.into(), got, total, why });
        }
        pause(patience.pause, report)?;
    }
    report.end(file.bytes);
    Ok(url.into())
}

fn address(base: &str, file: &ModelFile) -> Result<Url, InstallError> {
    let refuse = |why: String| InstallError::Url { url: base.to_owned(), why };
    let mut url = Url::parse(base).map_err(|error| refuse(error.to_string()))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(refuse("it begins with neither https: nor http:".to_owned()));
    }
    let segments = url.path_segments_mut();
    segments.map_err(|()| refuse("it has no path".to_owned()))?.pop_if_empty().push(file.name);
    Ok(url)
}

/// Waits without being deaf to a cancellation.
fn pause(time: Duration, report: &Report<'_>) -> Result<(), InstallError> {
    let (_open, nothing) = sync_channel::<()>(1);
    let mut left = time;
    while !left.is_zero() {
        if !report.wanted() {
            return Err(InstallError::Cancelled);
        }
        let step = left.min(PERIOD);
        let _ = nothing.recv_timeout(step);
        left -= step;
    }
    Ok(())
}

/// Makes one connection and takes what comes. HTTP has a thread of its own, so that this may be called from anywhere.
fn attempt(
    url: &Url,
    part: &mut Part,
    file: &ModelFile,
    report: &mut Report<'_>,
    patience: &Patience,
) -> Result<(), Trouble> {
    let (to, answers) = sync_channel(CHUNKS);
    // Dropped when this ends, however it ends; then the thread ends as well.
    let (_wanted, unwanted) = oneshot::channel();
    let request = Request { url: url.clone(), from: part.len(), length: file.bytes, idle: patience.idle };
    thread::Builder::new()
        .name("model-fetch".to_owned())
        .spawn(move || request.run(to, unwanted))
        .map_err(|error| Trouble::Final(InstallError::Thread(error)))?;
    take(&answers, part, file, report)
}

fn take(
    answers: &Receiver<Answer>,
    part: &mut Part,
    file: &ModelFile,
    report: &mut Report<'_>,
) -> Result<(), Trouble> {
    let mut to: Option<File> = None;
    let mut done = part.len();
    loop {
        if !report.wanted() {
            return Err(Trouble::Final(InstallError::Cancelled));
        }
        match answers.recv_timeout(PERIOD) {
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => {
                return Err(Trouble::Broken("the connection ended".to_owned()));
            }
            Ok(Answer::Begin { from: 0 }) => {
                to = Some(part.restart()?);
                done = 0;
                report.begin(Phase::Fetching, file, 0);
            }
            Ok(Answer::Begin { .. }) => to = Some(part.go_on()?),
            Ok(Answer::Chunk(bytes)) => {
                done += bytes.len() as u64;
                if done > file.bytes {
                    part.remove();
                    return Err(Trouble::too_long(done, file));
                }
                if let Some(to) = &mut to {
                    to.write_all(&bytes).map_err(InstallError::writing(&part.path))?;
                }
                if !report.step(done) {
                    return Err(Trouble::Final(InstallError::Cancelled));
                }
            }
            Ok(Answer::End(Ok(()))) if done == file.bytes => return Ok(()),
            Ok(Answer::End(Ok(()))) => {
                return Err(Trouble::Broken("the answer ended early".to_owned()));
            }
            Ok(Answer::End(Err(trouble))) => return Err(trouble),
        }
    }
}

#[cfg(test)]
mod tests;
