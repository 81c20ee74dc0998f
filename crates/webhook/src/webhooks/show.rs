//! Looking at webhooks and their log.

use groma_api::{
    StartedReplay, Webhook, WebhookDelivery, WebhookDeliveryPage, WebhookDeliveryQuery, WebhookList,
    WebhookReplay, WebhookState,
};
use groma_journal::Start;
use groma_model::{Sequence, SequenceError, WebhookId};

use super::Webhooks;
use super::entry::Entry;
use crate::record::{Reading, Will};
use crate::{WebhookError, attempt, reading};

/// Entries of the log shown at once, unless told, and at most.
const PAGE: u32 = 100;
const PAGE_MAX: u32 = 1000;
/// Replays of a webhook at once.
const REPLAYS_MAX: usize = 4;

impl Webhooks {
    /// Returns all webhooks, newest first.
    #[must_use]
    pub fn list(&self) -> WebhookList {
        let entries = self.inner.entries.lock();
        let mut webhooks: Vec<Webhook> = entries.values().map(|entry| self.shown(entry)).collect();
        webhooks.sort_by_key(|webhook| std::cmp::Reverse((webhook.created_at, webhook.id)));
        WebhookList { webhooks }
    }

    /// Returns one webhook.
    ///
    /// # Errors
    /// When there is none.
    pub fn get(&self, id: WebhookId) -> Result<Webhook, WebhookError> {
        let entries = self.inner.entries.lock();
        entries.get(&id).map(|entry| self.shown(entry)).ok_or(WebhookError::NotFound(id))
    }

    fn shown(&self, entry: &Entry) -> Webhook {
        let (record, live) = (&entry.record, entry.live.lock());
        let (standing, around) = (&live.standing, &self.inner.around);
        let (state, reason) = match &standing.will {
            Will::Active if standing.failures >= around.policy.failures_max => {
                (WebhookState::Resting, Some(format!("{} tries in a row failed", standing.failures)))
            }
            Will::Active => (WebhookState::Active, None),
            Will::Paused => (WebhookState::Paused, None),
            Will::Disabled(reason) => (WebhookState::Disabled, Some(reason.clone())),
        };
        let (now, head) = (around.clock.now(), around.journal.head());
        let before = if live.position.epoch == head.epoch { live.position.number } else { 0 };
        Webhook {
            id: record.id,
            url: record.target.url.clone(),
            description: record.target.description.clone(),
            types: record.target.types.clone(),
            subject: record.target.subject.clone(),
            format: record.target.format,
            allow_private: record.target.allow_private,
            state,
            reason,
            position: live.position,
            waiting: live.waiting,
            behind: head.number.saturating_sub(before),
            delivered: standing.delivered,
            failures: standing.failures,
            retry_at: live.retry_at.filter(|at| standing.will == Will::Active && *at > now),
            last_success_at: standing.last_success,
            last_failure_at: standing.last_failure,
            secrets: record.secrets.iter().filter(|kept| kept.signs(now)).map(|kept| kept.shown()).collect(),
            created_at: record.created,
        }
    }

    /// Returns a page of the log, newest first.
    ///
    /// # Errors
    /// When there is no such webhook, the query is malformed, or storage refuses.
    pub async fn deliveries(
        &self,
        id: WebhookId,
        query: WebhookDeliveryQuery,
    ) -> Result<WebhookDeliveryPage, WebhookError> {
        self.get(id)?;
        let outcome = query.outcome.as_deref().map(|word| {
            let refuse = || {
                WebhookError::invalid(
                    "outcome",
                    format!("`{word}` is not one of delivered, failed and given_up"),
                )
            };
            attempt::read_outcome(word).ok_or_else(refuse)
        });
        let limit = match query.limit.unwrap_or(PAGE) {
            limit @ 1..=PAGE_MAX => limit as usize,
            limit => {
                return Err(WebhookError::invalid(
                    "limit",
                    format!("{limit} is not between 1 and {PAGE_MAX}"),
                ));
            }
        };
        let before = query.cursor.as_deref().map_or(Ok(i64::MAX), str::parse);
        let before = before
            .map_err(|_| WebhookError::invalid("cursor", "pass the `next_cursor` of the page before"))?;
        let mut tries = self.inner.around.store.tries(id, outcome.transpose()?, before, limit + 1).await?;
        let more = tries.len() > limit;
        tries.truncate(limit);
        let next_cursor = tries.last().filter(|_| more).map(|(ordinal, _)| ordinal.to_string());
        let deliveries: Vec<WebhookDelivery> = tries.into_iter().map(|(_, delivery)| delivery).collect();
        Ok(WebhookDeliveryPage { deliveries, next_cursor })
    }

    /// Finds out where a range begins and ends, and how much of it there is.
    pub(super) async fn range(
        &self,
        id: WebhookId,
        replay: &WebhookReplay,
    ) -> Result<(Reading, StartedReplay), WebhookError> {
        let filter = {
            let entries = self.inner.entries.lock();
            let entry = entries.get(&id).ok_or(WebhookError::NotFound(id))?;
            entry.record.target.filter()?
        };
        let journal = &self.inner.around.journal;
        let start = match (&replay.after, replay.since) {
            (Some(_), Some(_)) => {
                return Err(WebhookError::invalid("since", "give `after` or `since`, not both"));
            }
            (None, None) => {
                return Err(WebhookError::invalid(
                    "after",
                    "say where to begin: `after` a position or `oldest`, or `since` a time",
                ));
            }
            (Some(after), None) => position("after", after)?.map_or(Start::Oldest, Start::After),
            (None, Some(since)) => Start::Since(since),
        };
        let head = journal.head();
        let through = match replay.through.as_deref() {
            Some(text) => position("through", text)?.unwrap_or(Sequence::new(head.epoch, 0)),
            None => head,
        };
        if through > head {
            return Err(WebhookError::invalid("through", format!("{through} lies behind the head {head}")));
        }
        let through = if through.epoch == head.epoch { through.number } else { 0 };
        let cursor = journal.cursor(start, filter).await?;
        let after = cursor.position();
        let (events, gap) = reading::count(cursor, through).await?;
        let kept = self.inner.around.store.readings(id).await?;
        if kept.iter().filter(|(reading, _)| reading.reading != 0).count() >= REPLAYS_MAX {
            let detail = format!("{REPLAYS_MAX} replays of the webhook are under way: wait for one to end");
            return Err(WebhookError::Conflict(detail));
        }
        let number = kept.iter().map(|(reading, _)| reading.reading).max().unwrap_or(0) + 1;
        let after = match start {
            // From there, so that the gap is told to the receiver too.
            Start::After(sequence) if sequence < after => sequence,
            _ => after,
        };
        Ok((Reading::beginning(number, after, Some(through)), StartedReplay { events, gap }))
    }
}

/// Reads a position; `None` for `oldest`.
pub(super) fn position(field: &'static str, text: &str) -> Result<Option<Sequence>, WebhookError> {
    if text == "oldest" {
        return Ok(None);
    }
    let sequence: Result<Sequence, SequenceError> = text.parse();
    sequence.map(Some).map_err(|error| WebhookError::invalid(field, error.to_string()))
}
