//! Pages of the journal, forwards or backwards.

use std::sync::Arc;

use groma_database::rusqlite::Connection;
use groma_model::{EventFilter, EventType, Frame, Sequence, Timestamp};

use crate::counts;
use crate::journal::{Journal, JournalError};
use crate::pack::Pack;
use crate::storage::{self, Range};

/// Which page to read.
#[derive(Debug, Clone, Default)]
pub struct HistoryRequest {
    /// What is wanted.
    pub filter: EventFilter,
    /// Behind this position, oldest first.
    pub after: Option<Sequence>,
    /// Ahead of this position, newest first.
    pub before: Option<Sequence>,
    /// Appended at or after.
    pub since: Option<Timestamp>,
    /// Appended before.
    pub until: Option<Timestamp>,
    /// At most so many.
    pub limit: usize,
}

/// A page, in journal order.
#[derive(Debug, Clone)]
pub struct HistoryPage {
    /// The events.
    pub frames: Vec<Frame>,
    /// The newest position when it was read.
    pub head: Sequence,
    /// Whether there is more in the direction that was asked.
    pub more: bool,
    /// Whether events are missing at the asked position, or a record in the page is damaged.
    pub gap: bool,
}

impl Journal {
    /// Reads a page.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn history(self: &Arc<Self>, request: HistoryRequest) -> Result<HistoryPage, JournalError> {
        let journal = Arc::clone(self);
        let read = move |connection: &Connection| {
            // One snapshot: what was dropped and what is left belong together.
            let snapshot = connection.unchecked_transaction()?;
            journal.read_history(&snapshot, &request)
        };
        Ok(self.database.read(read).await?)
    }

    fn read_history(
        &self,
        connection: &Connection,
        request: &HistoryRequest,
    ) -> groma_database::rusqlite::Result<HistoryPage> {
        let epoch = self.origin.epoch;
        let (newest, _) = storage::newest(connection)?;
        let oldest = storage::oldest(connection)?.unwrap_or(newest + 1);
        let mut gap = false;
        let mut range = Range {
            from: oldest,
            below: newest + 1,
            subject: request.filter.subject,
            backwards: request.after.is_none(),
            holes: None,
        };
        if let Some(after) = request.after {
            let wanted = |code| {
                let event_type = self.types.by_code(code);
                event_type.is_some_and(|event_type| may_match(&request.filter, event_type))
            };
            let dropped = counts::dropped_from(connection, after.number.saturating_add(1), wanted)?;
            gap = after.epoch != epoch || dropped.is_some() || after.number > newest;
            if after.epoch == epoch {
                range.from = range.from.max(after.number.saturating_add(1));
            } else if after.epoch > epoch {
                range.from = newest + 1;
            }
        }
        if let Some(before) = request.before {
            if before.epoch == epoch {
                range.below = range.below.min(before.number);
            } else if before.epoch < epoch {
                gap = true;
                range.below = 0;
            }
        }
        if let Some(since) = request.since {
            range.from = range.from.max(storage::first_since(connection, since)?);
            range.backwards = request.before.is_some();
        }
        if let Some(until) = request.until {
            range.below = range.below.min(storage::first_since(connection, until)?);
        }
        let pack = Pack::new(Arc::clone(&self.origin), request.limit);
        let wanted = |event_type: &EventType, subject| request.filter.matches(event_type, subject);
        let open = (&*self.keyring, &self.types);
        let page = storage::scan(connection, open, pack, range, request.limit, wanted)?;
        gap |= !page.damaged.is_empty();
        let mut frames: Vec<_> = page.events.iter().map(|event| event.frame(epoch)).collect();
        if range.backwards {
            frames.reverse();
        }
        Ok(HistoryPage { frames, head: Sequence::new(epoch, newest), more: page.more, gap })
    }
}

/// Returns whether a filter wants events of a type about whatever it is that it wants them about.
pub(crate) fn may_match(filter: &EventFilter, event_type: &EventType) -> bool {
    filter.matches(event_type, filter.subject)
}
