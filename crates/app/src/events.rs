//! Streams and pages of the journal, and its events as lines of the log.

use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt as _;
use futures::stream;
use groma_api::{ApiError, EventPage, EventQuery, EventStream, HistoryQuery, StartAt};
use groma_journal::{Cursor, Delivery, Event, HistoryRequest, Start};
use groma_model::{DeliveryClass, EventFilter, Frame, Sequence, SequenceError};

use crate::backend::Caller;
use crate::execution::Expansion;
use crate::{App, error};

struct Reading {
    cursor: Cursor,
    follow: bool,
    over: bool,
}

impl Reading {
    /// Returns what the cursor hands out next, all of it: to wait, and to look whether the end has come, costs more
    /// than to pass a frame on.
    async fn next(&mut self) -> Option<Result<Vec<Frame>, ApiError>> {
        if self.over {
            return None;
        }
        let delivery =
            if self.follow { self.cursor.next().await.map(Some) } else { self.cursor.poll().await };
        match delivery {
            Ok(delivery) => delivery.map(|delivery| Ok(delivery.frames().collect())),
            Err(refusal) => {
                self.over = true;
                Some(Err(error::journal(refusal)))
            }
        }
    }
}

/// Passes frames on one by one.
fn each(delivery: Result<Vec<Frame>, ApiError>) -> impl futures::Stream<Item = Result<Frame, ApiError>> {
    let (frames, refusal) = match delivery {
        Ok(frames) => (frames, None),
        Err(refusal) => (Vec::new(), Some(Err(refusal))),
    };
    stream::iter(frames.into_iter().map(Ok).chain(refusal))
}

impl Caller {
    pub(crate) async fn stream(&self, query: EventQuery) -> Result<EventStream, ApiError> {
        let start = match query.start()? {
            StartAt::Oldest => Start::Oldest,
            StartAt::After(sequence) => Start::After(sequence),
            StartAt::Since(at) => Start::Since(at),
            StartAt::Live => Start::Live,
        };
        let mut filter = query.filter()?;
        let lines = Expansion::wanted(&mut filter);
        let cursor = self.app.journal.cursor(start, filter).await.map_err(error::journal)?;
        let begin = cursor.position();
        let reading = Reading { cursor, follow: query.follow.unwrap_or(true), over: false };
        let deliveries = stream::unfold(reading, |mut reading| async move {
            reading.next().await.map(|delivery| (delivery, reading))
        });
        let deliveries = match lines {
            Some(wants) => Expansion::into(Arc::clone(&self.app), wants, begin, deliveries.boxed()),
            None => deliveries.boxed(),
        };
        let stopping = self.app.stopping.clone();
        let deliveries = deliveries.take_until(async move { stopping.cancelled().await });
        Ok(deliveries.flat_map(each).boxed())
    }

    pub(crate) async fn history(&self, query: HistoryQuery) -> Result<EventPage, ApiError> {
        let position = |field: &str, text: &Option<String>| match text.as_deref() {
            None => Ok(None),
            Some("oldest") => Ok(Some(Sequence::new(self.app.identity.epoch, 0))),
            Some(text) => {
                let sequence: Result<Sequence, SequenceError> = text.parse();
                sequence.map(Some).map_err(|error| ApiError::invalid(field, error.to_string()))
            }
        };
        if query.after.is_some() && query.before.is_some() {
            return Err(ApiError::invalid("before", "give `after` or `before`, not both"));
        }
        let request = HistoryRequest {
            filter: query.filter()?,
            after: position("after", &query.after)?,
            before: position("before", &query.before)?,
            since: query.since,
            until: query.until,
            limit: query.limit()?,
        };
        let page = self.app.journal.history(request).await.map_err(error::journal)?;
        let decode = |frame: &Frame| {
            frame.envelope().map_err(|error| {
                ApiError::new(
                    groma_api::ErrorCode::Internal,
                    format!("an event of the journal does not decode: {error}"),
                )
            })
        };
        let events = page.frames.iter().map(decode).collect::<Result<_, _>>()?;
        Ok(EventPage { events, head: page.head, more: page.more, gap: page.gap })
    }
}

/// The target of the log lines that tell of events, for filters: `RUST_LOG=groma::events=debug`.
macro_rules! line {
    ($level:ident, $event:expr, $epoch:expr) => {{
        let event: &Event = $event;
        let sequence = Sequence::new($epoch, event.number);
        match event.subject {
            Some(subject) => tracing::event!(
                target: "groma::events", tracing::Level::$level, event_type = event.event_type.name, %sequence,
                %subject, "event"
            ),
            None => tracing::event!(
                target: "groma::events", tracing::Level::$level, event_type = event.event_type.name, %sequence, "event"
            ),
        }
    }};
}

impl App {
    /// How long the lines of what happened last may take when the process ends.
    const LOG_END_MAX: Duration = Duration::from_secs(2);

    /// Writes a line of the log for each event once it is on disk: ids only, those of the Latest class for debugging
    /// alone. It reads the journal as everybody does, so that a log that is slow to write holds up nobody.
    pub(crate) fn log_events(self: &Arc<Self>) {
        if !tracing::enabled!(target: "groma::events", tracing::Level::INFO) {
            return;
        }
        let (journal, stopping, epoch) =
            (Arc::clone(&self.journal), self.closing.clone(), self.identity.epoch);
        let log = async move {
            let mut cursor = match journal.cursor(Start::Live, EventFilter::default()).await {
                Ok(cursor) => cursor,
                Err(error) => {
                    tracing::warn!(%error, "events are not logged");
                    return;
                }
            };
            loop {
                let delivery = match stopping.run_until_cancelled(cursor.next()).await {
                    Some(delivery) => delivery.map(Some),
                    // What is on disk by now is logged to its end.
                    None => cursor.poll().await,
                };
                match delivery {
                    Ok(Some(Delivery::Events(events))) => {
                        for event in events.iter() {
                            match event.event_type.class {
                                DeliveryClass::Latest => line!(DEBUG, event, epoch),
                                _ => line!(INFO, event, epoch),
                            }
                        }
                    }
                    Ok(Some(Delivery::Control(_))) => {}
                    Ok(None) => return,
                    Err(error) => {
                        tracing::warn!(%error, "events are no longer logged");
                        return;
                    }
                }
            }
        };
        *self.event_log.lock() = Some(tokio::spawn(log));
    }

    /// Returns once what happened is in the log.
    pub(crate) async fn end_event_log(&self) {
        self.closing.cancel();
        let log = self.event_log.lock().take();
        if let Some(log) = log
            && tokio::time::timeout(Self::LOG_END_MAX, log).await.is_err()
        {
            tracing::warn!("the log takes lines too slowly: events of the last moments are missing there");
        }
    }
}
