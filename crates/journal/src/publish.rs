//! Publishing events of declared types: all of a request, in order, or none.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use governor::clock::{Clock as _, DefaultClock};
use governor::{Quota, RateLimiter};
use groma_api::{ApiError, ErrorCode, EventDraft, PublishRequest, Published};
use groma_model::{Custom, Payload, PrincipalId, Sequence, Subject, SubjectError};

use crate::journal::{Journal, NewEvent};
use crate::refuse;
use crate::schema;
use crate::types::Types;

/// The data of one event, in bytes.
const EVENT_BYTES_MAX: usize = 64 << 10;
/// The data of all events of a request, in bytes.
const REQUEST_BYTES_MAX: usize = 1 << 20;
/// Events of one request.
const EVENTS_MAX: usize = 1_000;
/// Principals whose rates are remembered before full buckets are forgotten.
const PRINCIPALS: usize = 1_000;

/// How fast one principal may publish.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublishRate {
    /// Events per second.
    pub per_second: NonZeroU32,
    /// Events at once; at least those of one request.
    pub burst: NonZeroU32,
}

impl Default for PublishRate {
    fn default() -> Self {
        // A tenth of what the file takes, so that no plugin can keep scans from it.
        let above_one = |more| NonZeroU32::MIN.saturating_add(more);
        Self { per_second: above_one(4_999), burst: above_one(9_999) }
    }
}

/// The rates of all principals.
#[derive(Debug)]
pub(crate) struct Rates {
    limiter: RateLimiter<
        PrincipalId,
        governor::state::keyed::HashMapStateStore<PrincipalId>,
        DefaultClock,
        governor::middleware::NoOpMiddleware,
    >,
}

impl Rates {
    pub(crate) fn new(rate: PublishRate) -> Self {
        let most = NonZeroU32::new(EVENTS_MAX as u32).unwrap_or(rate.burst);
        let quota = Quota::per_second(rate.per_second).allow_burst(rate.burst.max(most));
        Self { limiter: RateLimiter::hashmap(quota) }
    }

    fn take(&self, principal: PrincipalId, events: usize) -> Result<(), ApiError> {
        if self.limiter.len() > PRINCIPALS {
            self.limiter.retain_recent();
        }
        let events = u32::try_from(events).ok().and_then(NonZeroU32::new).unwrap_or(NonZeroU32::MIN);
        let wait = match self.limiter.check_key_n(&principal, events) {
            Ok(Ok(())) => return Ok(()),
            Ok(Err(later)) => later.wait_time_from(DefaultClock::default().now()),
            // The burst is never smaller than a request.
            Err(_) => Duration::from_secs(1),
        };
        let detail = format!(
            "more events were published than one principal may: try again in {} s",
            wait.as_millis().div_ceil(1000).max(1)
        );
        Err(ApiError::new(ErrorCode::TooManyRequests, detail).retry_after(wait))
    }
}

impl Journal {
    /// Publishes events of declared types; they are on disk when this returns.
    ///
    /// # Errors
    /// When one does not fit its type's schema, there are too many, or storage refuses; then none is published.
    pub async fn publish(
        self: &Arc<Self>,
        request: PublishRequest,
        principal: PrincipalId,
    ) -> Result<Published, ApiError> {
        let count = request.events.len();
        if count == 0 {
            return Err(ApiError::invalid("events", "a request publishes at least one event"));
        }
        if count > EVENTS_MAX {
            let detail = format!("{count} events in one request are more than {EVENTS_MAX}: send several");
            return Err(ApiError::new(ErrorCode::TooLarge, detail).at("events"));
        }
        let bytes: usize = request.events.iter().map(|event| event.data.get().len()).sum();
        if bytes > REQUEST_BYTES_MAX {
            let detail =
                format!("the data takes {bytes} bytes, more than {REQUEST_BYTES_MAX}: send several requests");
            return Err(ApiError::new(ErrorCode::TooLarge, detail).at("events"));
        }
        self.rates.take(principal, count)?;
        let journal = Arc::clone(self);
        // Checking is work that others should not wait for.
        let events = self.work.run(move || check(&journal.types, request)).await;
        let events = events.ok_or_else(|| refuse::internal("the events could not be checked"))??;
        let journal = Arc::clone(self);
        let last = self.database.write(move |tx| Ok(journal.append(tx, events)?)).await;
        let last = last.map_err(|error| {
            self.figures.failed(count as u64);
            refuse::written(error)
        })?;
        let last = last.unwrap_or_else(|| self.head());
        let first = (last.number + 1).saturating_sub(count as u64);
        Ok(Published {
            sequences: (first..=last.number).map(|number| Sequence::new(last.epoch, number)).collect(),
        })
    }
}

fn check(types: &Types, request: PublishRequest) -> Result<Vec<NewEvent>, ApiError> {
    let events = request.events.into_iter().enumerate();
    events.map(|(at, event)| check_one(types, event).map_err(|error| within(error, at))).collect()
}

/// Names the event of the request in the field at fault.
fn within(mut error: ApiError, at: usize) -> ApiError {
    let field = error.field.take().unwrap_or_default();
    let detail = std::mem::take(&mut error.detail);
    error.detail = format!("event {at}: {detail}");
    error.at(format!("events/{at}/{field}"))
}

fn check_one(types: &Types, event: EventDraft) -> Result<NewEvent, ApiError> {
    let EventDraft { event_type: name, subject, data } = event;
    let Some(declared) = types.declared(&name) else {
        let shown: String = name.chars().take(100).collect();
        let detail = format!(
            "`{shown}` is no declared type: only events of declared types can be published; \
             `groma events types register` declares one"
        );
        return Err(ApiError::invalid("type", detail));
    };
    let subject: Option<Result<Subject, SubjectError>> = subject.map(|subject| subject.parse());
    let subject = subject.transpose().map_err(|error| ApiError::invalid("subject", error.to_string()))?;
    let bytes = data.get().len();
    if bytes > EVENT_BYTES_MAX {
        let detail = format!("the data takes {bytes} bytes, more than {EVENT_BYTES_MAX}");
        return Err(ApiError::new(ErrorCode::TooLarge, detail).at("data"));
    }
    let (value, line) = schema::read(data.get())
        .map_err(|fault| ApiError::invalid("data", format!("the data is not taken: {fault}")))?;
    let Some(schema) = &declared.schema else {
        return Err(refuse::internal(format!("the schema of {name} is damaged: declare it again")));
    };
    let fits = schema
        .check(&value)
        .map_err(|fault| refuse::internal(format!("the schema of {name} is of no use any more: {fault}")))?;
    if let Err(misfit) = fits {
        let place = if misfit.path.is_empty() { "/" } else { &misfit.path };
        let detail =
            format!("the data does not fit {name}: at {place}, {} (rule {})", misfit.what, misfit.rule);
        return Err(ApiError::invalid(&format!("data{}", misfit.path), detail));
    }
    Ok(NewEvent { subject, payload: Payload::Custom(Custom { event_type: declared.event_type, data: line }) })
}

#[cfg(test)]
mod tests;
