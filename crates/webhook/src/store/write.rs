//! Writing webhooks and their log.

use groma_api::WebhookDelivery;
use groma_database::rusqlite::Connection;
use groma_database::{OpError, WriteTx};
use groma_journal::NewEvent;
use groma_model::system::{self, Severity};
use groma_model::{Timestamp, WebhookId};

use super::{ANSWER, OpResult, REASON, SECRETS, Said, Store, TARGET};
use crate::WebhookError;
use crate::attempt;
use crate::record::{KeptSecret, Reading, Record, Standing, Target, Will};
use crate::tracker::Retry;

/// Webhooks of one folder.
const WEBHOOKS_MAX: i64 = 50;
/// Entries of a webhook's log, and how long they are kept.
const TRIES_MAX: i64 = 10_000;
const TRIES_SECONDS: i64 = 7 * 86_400;
/// Entries of the log written between two looks at its size.
const TRIM_EVERY: i64 = 500;

/// What became of deliveries since it was last written.
#[derive(Debug)]
pub(crate) struct Changes {
    pub(crate) standing: Standing,
    pub(crate) readings: Vec<Reading>,
    /// Replays that are over.
    pub(crate) ended: Vec<u32>,
    pub(crate) retries: Vec<(u32, Retry)>,
    /// Events that waited for another try and were delivered.
    pub(crate) settled: Vec<(u32, u64)>,
    pub(crate) tries: Vec<WebhookDelivery>,
    /// Why the webhook was just disabled.
    pub(crate) disabled: Option<Ended>,
}

/// Why a webhook was disabled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ended {
    pub(crate) reason: String,
    pub(crate) at: Timestamp,
}

impl Store {
    async fn write<T, F>(&self, op: F) -> Result<T, WebhookError>
    where
        T: Send + 'static,
        F: FnOnce(&Self, &mut WriteTx<'_>) -> OpResult<T> + Send + 'static,
    {
        let store = self.clone();
        Ok(self.database.write(move |tx| op(&store, tx)).await?)
    }

    /// Keeps a new webhook.
    ///
    /// # Errors
    /// When there are too many, or storage refuses.
    pub(crate) async fn insert(&self, record: Record, live: Reading) -> Result<(), WebhookError> {
        self.write(move |store, tx| {
            let connection = tx.connection();
            let count: i64 = connection.query_row("SELECT count(*) FROM webhooks", [], |row| row.get(0))?;
            if count >= WEBHOOKS_MAX {
                let detail = format!("there are {count} webhooks, which is as many as there may be: delete one first");
                return Err(OpError::Refused(WebhookError::Conflict(detail)));
            }
            let key = record.id.uuid().into_bytes();
            let target = store.seal(TARGET, &key, &record.target)?;
            let secrets = store.seal(SECRETS, &key, &record.secrets)?;
            connection.execute(
                "INSERT INTO webhooks (id, created, state, target_sealed, secrets_sealed) VALUES (?1, ?2, 'active', ?3, ?4)",
                (key, record.created.micros(), target, secrets),
            )?;
            put_reading(connection, record.id, &live)
        })
        .await
    }

    /// Keeps a changed target and what is wanted of the webhook. Who lets it go on forgets its failures.
    ///
    /// # Errors
    /// When it is gone, or storage refuses.
    pub(crate) async fn update(
        &self,
        id: WebhookId,
        target: Target,
        will: Option<Will>,
    ) -> Result<(), WebhookError> {
        self.write(move |store, tx| {
            let (connection, key) = (tx.connection(), id.uuid().into_bytes());
            let sealed = store.seal(TARGET, &key, &target)?;
            if connection.execute("UPDATE webhooks SET target_sealed = ?2 WHERE id = ?1", (key, sealed))? == 0 {
                return Err(OpError::Refused(WebhookError::NotFound(id)));
            }
            match will {
                Some(Will::Active) => {
                    let sql = "UPDATE webhooks SET state = 'active', failures = 0, rests_until = NULL, reason_sealed = NULL WHERE id = ?1";
                    connection.execute(sql, [key])?;
                    connection.execute("DELETE FROM webhook_retries WHERE webhook = ?1", [key])?;
                }
                Some(Will::Paused) => {
                    connection.execute("UPDATE webhooks SET state = 'paused' WHERE id = ?1", [key])?;
                }
                Some(Will::Disabled(_)) | None => {}
            }
            Ok(())
        })
        .await
    }

    /// Keeps changed secrets.
    ///
    /// # Errors
    /// When the webhook is gone, or storage refuses.
    pub(crate) async fn save_secrets(
        &self,
        id: WebhookId,
        secrets: Vec<KeptSecret>,
    ) -> Result<(), WebhookError> {
        self.write(move |store, tx| {
            let key = id.uuid().into_bytes();
            let sealed = store.seal(SECRETS, &key, &secrets)?;
            match tx
                .connection()
                .execute("UPDATE webhooks SET secrets_sealed = ?2 WHERE id = ?1", (key, sealed))?
            {
                0 => Err(OpError::Refused(WebhookError::NotFound(id))),
                _ => Ok(()),
            }
        })
        .await
    }

    /// Forgets a webhook and its log.
    ///
    /// # Errors
    /// When it is gone, or storage refuses.
    pub(crate) async fn delete(&self, id: WebhookId) -> Result<(), WebhookError> {
        self.write(move |_, tx| {
            match tx.connection().execute("DELETE FROM webhooks WHERE id = ?1", [id.uuid().into_bytes()])? {
                0 => Err(OpError::Refused(WebhookError::NotFound(id))),
                _ => Ok(()),
            }
        })
        .await
    }

    /// Keeps a new replay.
    ///
    /// # Errors
    /// When storage refuses.
    pub(crate) async fn begin_reading(&self, id: WebhookId, reading: Reading) -> Result<(), WebhookError> {
        self.write(move |_, tx| put_reading(tx.connection(), id, &reading)).await
    }

    /// Notes a try that belongs to no reading.
    ///
    /// # Errors
    /// When storage refuses.
    pub(crate) async fn note(&self, id: WebhookId, delivery: WebhookDelivery) -> Result<(), WebhookError> {
        self.write(move |store, tx| store.put_tries(tx.connection(), id, &[delivery])).await
    }

    /// Notes what became of deliveries: all of it or nothing.
    ///
    /// # Errors
    /// When storage refuses.
    pub(crate) async fn record(&self, id: WebhookId, changes: Changes) -> Result<(), WebhookError> {
        self.write(move |store, tx| store.put_changes(tx, id, changes)).await
    }

    fn put_changes(&self, tx: &mut WriteTx<'_>, id: WebhookId, changes: Changes) -> OpResult<()> {
        let key = id.uuid().into_bytes();
        {
            let (connection, standing) = (tx.connection(), &changes.standing);
            let sql = "UPDATE webhooks SET delivered = ?2, failures = ?3, rests_until = ?4, last_success = ?5, last_failure = ?6 \
                       WHERE id = ?1";
            let micros = |at: Option<Timestamp>| at.map(Timestamp::micros);
            let updated = connection.prepare_cached(sql)?.execute((
                key,
                signed(standing.delivered),
                standing.failures,
                micros(standing.rests_until),
                micros(standing.last_success),
                micros(standing.last_failure),
            ))?;
            if updated == 0 {
                return Err(OpError::Refused(WebhookError::NotFound(id)));
            }
            for reading in &changes.readings {
                put_reading(connection, id, reading)?;
            }
            for (reading, retry) in &changes.retries {
                let sql = "INSERT INTO webhook_retries (webhook, reading, number, attempts, first_at, retry_at) \
                           VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO UPDATE SET attempts = ?4, retry_at = ?6";
                let values = (
                    key,
                    reading,
                    signed(retry.number),
                    retry.attempts,
                    retry.first_at.micros(),
                    retry.retry_at.micros(),
                );
                connection.prepare_cached(sql)?.execute(values)?;
            }
            for (reading, number) in &changes.settled {
                let sql = "DELETE FROM webhook_retries WHERE webhook = ?1 AND reading = ?2 AND number = ?3";
                connection.prepare_cached(sql)?.execute((key, reading, signed(*number)))?;
            }
            for reading in &changes.ended {
                let sql = "DELETE FROM webhook_readings WHERE webhook = ?1 AND reading = ?2";
                connection.prepare_cached(sql)?.execute((key, reading))?;
            }
            self.put_tries(connection, id, &changes.tries)?;
        }
        match changes.disabled {
            Some(ended) => self.put_disabled(tx, id, ended),
            None => Ok(()),
        }
    }

    /// Disables a webhook, and tells it in the journal: nothing is given up in silence.
    fn put_disabled(&self, tx: &mut WriteTx<'_>, id: WebhookId, Ended { reason, at }: Ended) -> OpResult<()> {
        let key = id.uuid().into_bytes();
        let sealed = self.seal(REASON, &key, &reason)?;
        let sql = "UPDATE webhooks SET state = 'disabled', reason_sealed = ?2 WHERE id = ?1";
        tx.connection().execute(sql, (key, sealed))?;
        let message = format!(
            "webhook {id} was disabled: {reason}; its position is kept: once the receiver works, go on with `groma webhooks resume {id}`"
        );
        let context = Some(format!("webhook/{id}"));
        let payload =
            system::Error { message, severity: Severity::Error, context, timestamp: at.millis() }.into();
        self.journal.append(tx, vec![NewEvent { subject: None, payload }])?;
        Ok(())
    }

    fn put_tries(&self, connection: &Connection, id: WebhookId, tries: &[WebhookDelivery]) -> OpResult<()> {
        let Some(last) = tries.last() else { return Ok(()) };
        let key = id.uuid().into_bytes();
        let newest: i64 =
            connection
                .query_row("SELECT coalesce(max(ordinal), 0) FROM webhook_tries", [], |row| row.get(0))?;
        let sql = "INSERT INTO webhook_tries (ordinal, webhook, at, kind, outcome, message, epoch, number, type, subject, attempt, \
                   duration_ms, status, retry_at, answer_sealed) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)";
        let mut insert = connection.prepare_cached(sql)?;
        let mut ordinal = newest;
        for delivery in tries {
            ordinal += 1;
            let message = delivery.message_id.uuid().into_bytes();
            let said = Said { error: delivery.error.clone(), response: delivery.response.clone() };
            let answer = match said == Said::default() {
                true => None,
                false => Some(self.seal(ANSWER, &message, &said)?),
            };
            insert.execute((
                ordinal,
                key,
                delivery.at.micros(),
                attempt::kind_word(delivery.kind),
                attempt::outcome_word(delivery.outcome),
                message,
                delivery.sequence.map(|sequence| signed(sequence.epoch.number())),
                delivery.sequence.map(|sequence| signed(sequence.number)),
                &delivery.event_type,
                &delivery.subject,
                delivery.attempt,
                signed(delivery.duration_ms),
                delivery.status,
                delivery.retry_at.map(Timestamp::micros),
                answer,
            ))?;
        }
        if ordinal / TRIM_EVERY != newest / TRIM_EVERY {
            trim(connection, last.at)?;
        }
        Ok(())
    }

    /// Drops what the log no longer keeps.
    ///
    /// # Errors
    /// When storage refuses.
    pub(crate) async fn trim(&self, now: Timestamp) -> Result<(), WebhookError> {
        self.write(move |_, tx| Ok(trim(tx.connection(), now)?)).await
    }
}

fn trim(connection: &Connection, now: Timestamp) -> groma_database::rusqlite::Result<()> {
    let oldest = now.plus_seconds(-TRIES_SECONDS).micros();
    connection.execute("DELETE FROM webhook_tries WHERE at < ?1", [oldest])?;
    let keys: Result<Vec<[u8; 16]>, _> =
        connection.prepare_cached("SELECT id FROM webhooks")?.query_map([], |row| row.get(0))?.collect();
    for key in keys? {
        let sql = "DELETE FROM webhook_tries WHERE webhook = ?1 AND ordinal <= \
                   (SELECT ordinal FROM webhook_tries WHERE webhook = ?1 ORDER BY ordinal DESC LIMIT 1 OFFSET ?2)";
        connection.prepare_cached(sql)?.execute((key, TRIES_MAX))?;
    }
    Ok(())
}

fn put_reading(connection: &Connection, id: WebhookId, reading: &Reading) -> OpResult<()> {
    let sql = "INSERT INTO webhook_readings (webhook, reading, epoch, position, ahead, missing, through) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO UPDATE SET epoch = ?3, position = ?4, ahead = ?5, missing = ?6";
    let missing: Vec<u8> = reading.progress.missing.iter().flat_map(|number| number.to_be_bytes()).collect();
    connection.prepare_cached(sql)?.execute((
        id.uuid().into_bytes(),
        reading.reading,
        signed(reading.epoch),
        signed(reading.progress.position),
        signed(reading.progress.ahead),
        missing,
        reading.through.map(signed),
    ))?;
    Ok(())
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
