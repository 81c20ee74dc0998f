//! Making, changing and trying webhooks. Each change runs to its end even if nobody waits for it any more.

use std::sync::Arc;

use groma_api::{
    DeliveryKind, DeliveryOutcome, StartedReplay, Webhook, WebhookDelivery, WebhookReplay, WebhookRequest,
    WebhookRotation, WebhookUpdate, WebhookWithSecret,
};
use groma_journal::Start;
use groma_model::system::WebhookTest;
use groma_model::{Envelope, Epoch, EventData as _, EventId, Sequence, Timestamp, WebhookId};
use tokio::time::Instant;

use super::entry::Entry;
use super::show::position;
use super::{WebhookError, Webhooks};
use crate::attempt;
use crate::message::Message;
use crate::record::{KeptSecret, Reading, Record, Standing, Target, Will};
use crate::secret::Secret;
use crate::store::Stored;

/// How long an old secret signs beside the new one, in seconds, unless told, and at most.
const OVERLAP: u64 = 86_400;
const OVERLAP_MAX: u64 = 30 * 86_400;

async fn to_the_end<T, F>(act: F) -> Result<T, WebhookError>
where
    T: Send + 'static,
    F: Future<Output = Result<T, WebhookError>> + Send + 'static,
{
    tokio::spawn(act).await.unwrap_or(Err(WebhookError::Stopping))
}

impl Webhooks {
    /// Makes a webhook; its secret is returned here and never again.
    ///
    /// # Errors
    /// When something that was asked for does not fit, there are too many, or storage refuses.
    pub async fn create(&self, request: WebhookRequest) -> Result<WebhookWithSecret, WebhookError> {
        let webhooks = self.clone();
        to_the_end(async move { webhooks.make(request).await }).await
    }

    async fn make(&self, request: WebhookRequest) -> Result<WebhookWithSecret, WebhookError> {
        let _one = self.inner.changing.lock().await;
        let WebhookRequest { url, description, types, subject, format, allow_private, after } = request;
        let description = description.filter(|text| !text.is_empty());
        let target = Target { url, description, types, subject, format, allow_private };
        target.check()?;
        let around = &self.inner.around;
        let start = match after.as_deref() {
            None => Start::Live,
            Some(after) => position("after", after)?.map_or(Start::Oldest, Start::After),
        };
        let head = around.journal.head();
        let from = match start {
            Start::After(sequence) if sequence > head => {
                return Err(WebhookError::invalid(
                    "after",
                    format!("{sequence} lies behind the head {head}"),
                ));
            }
            // Whether events are gone is found, and told to the receiver, when it is read.
            Start::After(sequence) => sequence,
            start => around.journal.cursor(start, target.filter()?).await?.position(),
        };
        let (now, secret) = (around.clock.now(), Secret::random());
        let kept = KeptSecret { secret: secret.clone(), created_at: now, expires_at: None };
        let record = Record { id: WebhookId::now(), created: now, target, secrets: vec![kept] };
        let (id, live) = (record.id, Reading::beginning(0, from, None));
        around.store.insert(record.clone(), live.clone()).await?;
        let standing = Standing {
            will: Will::Active,
            delivered: 0,
            failures: 0,
            rests_until: None,
            last_success: None,
            last_failure: None,
        };
        let entry = Entry::new(Stored { record, standing, readings: vec![live] }, head.epoch);
        self.inner.entries.lock().insert(id, entry);
        self.work(id).await?;
        Ok(WebhookWithSecret { webhook: self.get(id)?, secret: secret.reveal() })
    }

    /// Changes a webhook: what is absent stays.
    ///
    /// # Errors
    /// When there is none, something does not fit, or storage refuses; it then goes on as before.
    pub async fn update(&self, id: WebhookId, update: WebhookUpdate) -> Result<Webhook, WebhookError> {
        let webhooks = self.clone();
        to_the_end(async move { webhooks.change(id, update).await }).await
    }

    async fn change(&self, id: WebhookId, update: WebhookUpdate) -> Result<Webhook, WebhookError> {
        let _one = self.inner.changing.lock().await;
        let mut target = self.record(id)?.target;
        let WebhookUpdate { url, description, types, subject, format, allow_private, enabled } = update;
        let elsewhere = url.as_ref().is_some_and(|url| *url != target.url);
        target.url = url.unwrap_or(target.url);
        target.types = types.unwrap_or(target.types);
        target.format = format.unwrap_or(target.format);
        target.allow_private = allow_private.unwrap_or(target.allow_private);
        let replaced =
            |new: Option<String>, old| new.map_or(old, |new| Some(new).filter(|text| !text.is_empty()));
        target.description = replaced(description, target.description);
        target.subject = replaced(subject, target.subject);
        target.check()?;
        self.rest(id).await;
        let active = {
            let entries = self.inner.entries.lock();
            entries.get(&id).is_some_and(|entry| entry.live.lock().standing.will == Will::Active)
        };
        // What another receiver did says nothing of this one.
        let enabled = enabled.or((elsewhere && active).then_some(true));
        let will = enabled.map(|enabled| if enabled { Will::Active } else { Will::Paused });
        let done = self.inner.around.store.update(id, target.clone(), will.clone()).await;
        if done.is_ok()
            && let Some(entry) = self.inner.entries.lock().get_mut(&id)
        {
            entry.record.target = target;
            let mut live = entry.live.lock();
            if will == Some(Will::Active) {
                live.standing.failures = 0;
                live.standing.rests_until = None;
                live.retry_at = None;
            }
            live.standing.will = will.unwrap_or_else(|| live.standing.will.clone());
        }
        self.work(id).await?;
        done?;
        self.get(id)
    }

    /// Deletes a webhook and its log.
    ///
    /// # Errors
    /// When there is none, or storage refuses.
    pub async fn delete(&self, id: WebhookId) -> Result<(), WebhookError> {
        let webhooks = self.clone();
        to_the_end(async move {
            let _one = webhooks.inner.changing.lock().await;
            webhooks.record(id)?;
            webhooks.rest(id).await;
            match webhooks.inner.around.store.delete(id).await {
                Ok(()) | Err(WebhookError::NotFound(_)) => {
                    webhooks.inner.entries.lock().remove(&id);
                    Ok(())
                }
                Err(error) => {
                    webhooks.work(id).await?;
                    Err(error)
                }
            }
        })
        .await
    }

    /// Makes a new secret, returned here and never again; the old one signs too for a while.
    ///
    /// # Errors
    /// When there is no such webhook, the overlap is too long, or storage refuses.
    pub async fn rotate(
        &self,
        id: WebhookId,
        rotation: WebhookRotation,
    ) -> Result<WebhookWithSecret, WebhookError> {
        let webhooks = self.clone();
        to_the_end(async move { webhooks.renew(id, rotation).await }).await
    }

    async fn renew(
        &self,
        id: WebhookId,
        rotation: WebhookRotation,
    ) -> Result<WebhookWithSecret, WebhookError> {
        let _one = self.inner.changing.lock().await;
        let overlap = rotation.overlap_seconds.unwrap_or(OVERLAP);
        if overlap > OVERLAP_MAX {
            let detail = format!("{overlap} seconds are more than 30 days: a secret that should go has to");
            return Err(WebhookError::invalid("overlap_seconds", detail));
        }
        let (now, secret) = (self.inner.around.clock.now(), Secret::random());
        let mut secrets = vec![KeptSecret { secret: secret.clone(), created_at: now, expires_at: None }];
        if overlap > 0 {
            // At most two sign: of the old ones, only the newest.
            let old = self.record(id)?.secrets.into_iter().next();
            let expires_at = Some(now.plus_seconds(i64::try_from(overlap).unwrap_or(i64::MAX)));
            secrets.extend(old.map(|old| KeptSecret { expires_at, ..old }));
        }
        self.rest(id).await;
        let done = self.inner.around.store.save_secrets(id, secrets.clone()).await;
        if done.is_ok()
            && let Some(entry) = self.inner.entries.lock().get_mut(&id)
        {
            entry.record.secrets = secrets;
        }
        self.work(id).await?;
        done?;
        Ok(WebhookWithSecret { webhook: self.get(id)?, secret: secret.reveal() })
    }

    /// Delivers a range again, beside what happens; survives restarts.
    ///
    /// # Errors
    /// When there is no such webhook, the range is malformed, or storage refuses.
    pub async fn replay(&self, id: WebhookId, replay: WebhookReplay) -> Result<StartedReplay, WebhookError> {
        let webhooks = self.clone();
        to_the_end(async move {
            let _one = webhooks.inner.changing.lock().await;
            let (reading, started) = webhooks.range(id, &replay).await?;
            if started.events == 0 {
                return Ok(started);
            }
            webhooks.rest(id).await;
            let from = Sequence::new(Epoch::from_millis(reading.epoch), reading.progress.position);
            let done = webhooks.inner.around.store.begin_reading(id, reading).await;
            if let Some(entry) = webhooks.inner.entries.lock().get(&id).filter(|_| done.is_ok()) {
                let mut live = entry.live.lock();
                live.held = live.held.min(from);
            }
            webhooks.work(id).await?;
            done.map(|()| started)
        })
        .await
    }

    /// Sends a test now, once, and says how that went.
    ///
    /// # Errors
    /// When there is no such webhook, or storage refuses.
    pub async fn test(&self, id: WebhookId) -> Result<WebhookDelivery, WebhookError> {
        let (record, around) = (self.record(id)?, Arc::clone(&self.inner.around));
        to_the_end(async move {
            let at = around.clock.now();
            let message = test_message(id, around.node, at)?;
            let begun = Instant::now();
            let answer = around.sender.send(&record.address(at)?, &message, at).await;
            let took = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
            around.figures.tried(begun.elapsed(), answer.verdict);
            let mut delivery = attempt::entry(&message, DeliveryKind::Test, 1, at, took, &answer);
            if delivery.outcome == DeliveryOutcome::Failed {
                delivery.outcome = DeliveryOutcome::GivenUp;
            }
            around.store.note(id, delivery.clone()).await?;
            Ok(delivery)
        })
        .await
    }

    fn record(&self, id: WebhookId) -> Result<Record, WebhookError> {
        let entries = self.inner.entries.lock();
        entries.get(&id).map(|entry| entry.record.clone()).ok_or(WebhookError::NotFound(id))
    }
}

fn test_message(id: WebhookId, node: groma_model::NodeId, at: Timestamp) -> Result<Message, WebhookError> {
    let failed = |error: serde_json::Error| WebhookError::Storage(format!("failed to write a test: {error}"));
    let event_type = WebhookTest::TYPE;
    let test = WebhookTest { webhook_id: id, message: "Groma reaches this webhook.".to_owned() };
    let envelope = Envelope {
        specversion: "1.0".to_owned(),
        id: EventId::now(),
        source: format!("/groma/{node}/{}", event_type.domain),
        event_type: event_type.name.to_owned(),
        subject: None,
        time: at,
        datacontenttype: "application/json".to_owned(),
        dataschema: event_type.schema_path(),
        sequence: None,
        data: serde_json::value::to_raw_value(&test).map_err(failed)?.into(),
    };
    let json = serde_json::to_vec(&envelope).map_err(failed)?.into();
    let event_type = event_type.name.to_owned();
    Ok(Message { id: envelope.id, sequence: None, event_type, subject: None, json })
}
