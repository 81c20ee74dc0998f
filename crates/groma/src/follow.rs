//! A stream of events that goes on when the process that serves it ends and another takes over.

use futures::StreamExt;
use groma_api::{ErrorCode, EventQuery, EventStream};
use groma_model::Frame;

use crate::connection::Connection;
use crate::failure::Failure;

/// Reads events in order, each once, over as many connections as it takes.
pub(crate) struct Follow<'a> {
    connection: &'a Connection,
    query: EventQuery,
    stream: Option<EventStream>,
}

impl<'a> Follow<'a> {
    /// Begins where the query says.
    pub(crate) const fn new(connection: &'a Connection, query: EventQuery) -> Self {
        Self { connection, query, stream: None }
    }

    /// Returns the next event or control frame; `None` at the head if the query does not follow. Dropping the
    /// future loses nothing.
    ///
    /// # Errors
    /// When the stream is refused, or it broke and no way leads back to the folder.
    pub(crate) async fn next(&mut self) -> Result<Option<Frame>, Failure> {
        loop {
            let stream = match &mut self.stream {
                Some(stream) => stream,
                slot @ None => match self.connection.backend().events(self.query.clone()).await {
                    Ok(stream) => slot.insert(stream),
                    Err(error) if error.code == ErrorCode::Unavailable => {
                        self.connection.reopen().await?;
                        continue;
                    }
                    Err(error) => return Err(error.into()),
                },
            };
            match stream.next().await {
                Some(Ok(frame)) => {
                    if let Some(sequence) = frame.sequence {
                        self.query.after = Some(sequence.to_string());
                        self.query.since = None;
                    }
                    return Ok(Some(frame));
                }
                None if self.query.follow == Some(false) => return Ok(None),
                Some(Err(error)) if error.code != ErrorCode::Unavailable => return Err(error.into()),
                Some(Err(_)) | None => {
                    self.stream = None;
                    self.connection.reopen().await?;
                }
            }
        }
    }
}

impl std::fmt::Debug for Follow<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Follow").field("query", &self.query).finish_non_exhaustive()
    }
}
