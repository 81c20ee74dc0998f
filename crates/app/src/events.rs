//! Streams and pages of the journal.

use futures::StreamExt as _;
use futures::stream;
use groma_api::{ApiError, EventPage, EventQuery, EventStream, HistoryQuery, StartAt};
use groma_journal::{Cursor, HistoryRequest, Start};
use groma_model::{Frame, Sequence, SequenceError};

use crate::backend::Caller;
use crate::error;

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
        let cursor = self.app.journal.cursor(start, query.filter()?).await.map_err(error::journal)?;
        let reading = Reading { cursor, follow: query.follow.unwrap_or(true), over: false };
        let deliveries = stream::unfold(reading, |mut reading| async move {
            reading.next().await.map(|delivery| (delivery, reading))
        });
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
