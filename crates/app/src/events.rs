//! Streams and pages of the journal.

use std::collections::VecDeque;

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
    ready: VecDeque<Frame>,
    over: bool,
}

impl Reading {
    async fn next(&mut self) -> Option<Result<Frame, ApiError>> {
        loop {
            if let Some(frame) = self.ready.pop_front() {
                return Some(Ok(frame));
            }
            if self.over {
                return None;
            }
            let delivery =
                if self.follow { self.cursor.next().await.map(Some) } else { self.cursor.poll().await };
            match delivery {
                Ok(Some(delivery)) => self.ready.extend(delivery.frames()),
                Ok(None) => return None,
                Err(refusal) => {
                    self.over = true;
                    return Some(Err(error::journal(refusal)));
                }
            }
        }
    }
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
        let reading =
            Reading { cursor, follow: query.follow.unwrap_or(true), ready: VecDeque::new(), over: false };
        let frames = stream::unfold(reading, |mut reading| async move {
            reading.next().await.map(|frame| (frame, reading))
        });
        let stopping = self.app.stopping.clone();
        Ok(frames.take_until(async move { stopping.cancelled().await }).boxed())
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
