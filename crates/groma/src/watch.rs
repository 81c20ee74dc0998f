//! Watching a scan from before its start to its end.

pub(crate) mod job;
mod progress;
pub(crate) mod report;

use std::time::Duration;

use groma_api::{CancelRequest, ErrorCode, EventQuery, HistoryQuery, Scan, StartedScan};
use groma_model::{Frame, Payload, Sequence, Subject, TaskId};

use crate::connection::Connection;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::follow::Follow;
use crate::interrupt::Stop;
use crate::output::{Format, say};
use progress::Bar;

/// After so much silence the scan's record is asked, in case its end was told in a history that is gone.
const SILENCE_MAX: Duration = Duration::from_secs(5);

/// Returns the position of the journal's head: events of a scan started now come behind it.
///
/// # Errors
/// What the backend refuses with.
pub(crate) async fn head(connection: &Connection) -> Result<Sequence, Failure> {
    let query = HistoryQuery { limit: Some(1), ..HistoryQuery::default() };
    Ok(connection.backend().event_history(query).await?.head)
}

/// Watches a scan to its end and prints what it found.
///
/// # Errors
/// When the scan does not run to its end, or can no longer be watched.
pub(crate) async fn watch(
    cx: &Context,
    connection: &Connection,
    started: &StartedScan,
    head: Sequence,
) -> Result<(), Failure> {
    cx.interrupts.handle();
    let id = started.task_id;
    if started.existing {
        say(format!("the same scan is running already: watching {id} (--force starts another)"));
    }
    let mut query = EventQuery {
        subject: Some(Subject::scan(id).to_string()),
        follow: Some(true),
        ..EventQuery::default()
    };
    if started.existing {
        query.since = Some(connection.backend().scan_get(id).await?.created_at);
    } else {
        query.after = Some(head.to_string());
    }
    let mut watch = Watch { cx, connection, id, bar: Bar::new() };
    let ended = watch.until_end(Follow::new(connection, query)).await;
    watch.bar.finish();
    match ended? {
        Ended::Scan(scan) => report::print(cx, connection, &scan).await,
        Ended::Left => Err(Failure::Ended(Exit::INTERRUPTED)),
    }
}

/// How the watching ended.
enum Ended {
    Scan(Box<Scan>),
    Left,
}

struct Watch<'a> {
    cx: &'a Context,
    connection: &'a Connection,
    id: TaskId,
    bar: Bar,
}

impl Watch<'_> {
    async fn until_end(&mut self, mut events: Follow<'_>) -> Result<Ended, Failure> {
        let mut stop = std::pin::pin!(self.cx.interrupts.first());
        let mut stopping = false;
        loop {
            tokio::select! {
                how = &mut stop, if !stopping => {
                    stopping = true;
                    match how {
                        Stop::Interrupt => self.cancel().await?,
                        Stop::Terminate => {
                            say(format!("leaving scan {}: whoever holds the folder next goes on with it", self.id));
                            return Ok(Ended::Left);
                        }
                    }
                }
                frame = events.next() => {
                    if let Some(frame) = frame? && !self.heard(&frame)? {
                        continue;
                    }
                    if let Some(scan) = self.ended().await? {
                        return Ok(Ended::Scan(scan));
                    }
                }
                () = tokio::time::sleep(SILENCE_MAX) => {
                    if let Some(scan) = self.ended().await? {
                        return Ok(Ended::Scan(scan));
                    }
                }
            }
        }
    }

    /// Takes in an event; returns whether the scan may have ended.
    fn heard(&mut self, frame: &Frame) -> Result<bool, Failure> {
        let envelope = frame.envelope()?;
        let payload = match envelope.payload() {
            Some(Ok(payload)) => payload,
            // A newer holder may tell more than this program understands.
            Some(Err(_)) | None => return Ok(false),
        };
        match &payload {
            Payload::NetworkScanProgress(progress) => self.bar.progress(progress),
            Payload::NetworkHostDiscovered(_) => self.bar.host(),
            Payload::NetworkPortDiscovered(_) => self.bar.port(),
            Payload::NetworkError(error) => self.bar.say(&format!("warning: {}", error.message)),
            Payload::NetworkScanCompleted(_) | Payload::StreamGap(_) => return Ok(true),
            _ => {}
        }
        if self.cx.settings.output == Format::Ndjson {
            report::stream(&payload)?;
        }
        Ok(false)
    }

    async fn ended(&self) -> Result<Option<Box<Scan>>, Failure> {
        match self.connection.backend().scan_get(self.id).await {
            Ok(scan) => Ok(scan.status.ended().then(|| Box::new(scan))),
            // The stream notices as well, and finds a new way.
            Err(error) if error.code == ErrorCode::Unavailable => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    async fn cancel(&mut self) -> Result<(), Failure> {
        self.bar.say("stopping; what was found is kept (Ctrl-C again ends at once)");
        let request = CancelRequest { reason: "Ctrl-C".to_owned(), keep_partial_results: true };
        loop {
            match self.connection.backend().task_cancel(self.id, request.clone()).await {
                // It may just have ended by itself.
                Ok(_) => return Ok(()),
                Err(error) if error.code == ErrorCode::Conflict => return Ok(()),
                Err(error) if error.code == ErrorCode::Unavailable => self.connection.reopen().await?,
                Err(error) => return Err(error.into()),
            }
        }
    }
}
