//! Reading webhooks and their log.

use groma_api::{DeliveryOutcome, WebhookDelivery};
use groma_database::rusqlite::{self, Connection, Row};
use groma_model::{Epoch, EventId, Sequence, Timestamp, WebhookId};
use uuid::Uuid;

use super::{ANSWER, REASON, SECRETS, Said, Store, TARGET};
use crate::WebhookError;
use crate::attempt;
use crate::record::{Reading, Record, Standing, Will};
use crate::tracker::{Progress, Retry};

/// A webhook with everything that is kept of it.
#[derive(Debug, Clone)]
pub(crate) struct Stored {
    pub(crate) record: Record,
    pub(crate) standing: Standing,
    pub(crate) readings: Vec<Reading>,
}

fn unsigned(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    Ok(row.get::<_, i64>(column)?.max(0) as u64)
}

fn time(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Timestamp>> {
    Ok(row.get::<_, Option<i64>>(column)?.map(Timestamp::from_micros))
}

impl Store {
    /// Reads all webhooks. One whose target does not open is told in the log and left out: it hides no other.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub(crate) async fn load(&self) -> Result<Vec<Stored>, WebhookError> {
        let store = self.clone();
        let load = move |connection: &Connection| {
            let mut all = Vec::new();
            let sql = "SELECT id, created, state, delivered, failures, rests_until, last_success, last_failure, \
                       target_sealed, secrets_sealed, reason_sealed FROM webhooks ORDER BY created, id";
            let mut statement = connection.prepare_cached(sql)?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                if let Some((record, standing)) = store.webhook(row)? {
                    let readings = readings(connection, record.id)?;
                    all.push(Stored { record, standing, readings });
                }
            }
            Ok(all)
        };
        Ok(self.database.read(load).await?)
    }

    fn webhook(&self, row: &Row<'_>) -> rusqlite::Result<Option<(Record, Standing)>> {
        let key: [u8; 16] = row.get(0)?;
        let id = WebhookId::from_uuid(Uuid::from_bytes(key));
        let target = self.open(TARGET, &key, row.get_ref(8)?.as_blob()?);
        let secrets = self.open(SECRETS, &key, row.get_ref(9)?.as_blob()?);
        let (Some(target), Some(secrets)) = (target, secrets) else {
            tracing::error!(webhook = %id, "the record of a webhook is damaged: delete it and make it anew");
            return Ok(None);
        };
        let will = match row.get_ref(2)?.as_str()? {
            "active" => Will::Active,
            "paused" => Will::Paused,
            _ => {
                let sealed = row.get_ref(10)?.as_blob_or_null()?;
                Will::Disabled(sealed.and_then(|sealed| self.open(REASON, &key, sealed)).unwrap_or_default())
            }
        };
        let standing = Standing {
            will,
            delivered: unsigned(row, 3)?,
            failures: row.get(4)?,
            rests_until: time(row, 5)?,
            last_success: time(row, 6)?,
            last_failure: time(row, 7)?,
        };
        let created = Timestamp::from_micros(row.get(1)?);
        Ok(Some((Record { id, created, target, secrets }, standing)))
    }

    /// Reads the readings of a webhook, and what of each waits for another try.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub(crate) async fn readings(&self, id: WebhookId) -> Result<Vec<(Reading, Vec<Retry>)>, WebhookError> {
        let read = move |connection: &Connection| {
            let mut all = Vec::new();
            for reading in readings(connection, id)? {
                let retries = retries(connection, id, reading.reading)?;
                all.push((reading, retries));
            }
            Ok(all)
        };
        Ok(self.database.read(read).await?)
    }

    /// Reads a page of the log, newest first, with each entry's place in it.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub(crate) async fn tries(
        &self,
        id: WebhookId,
        outcome: Option<DeliveryOutcome>,
        before: i64,
        limit: usize,
    ) -> Result<Vec<(i64, WebhookDelivery)>, WebhookError> {
        let store = self.clone();
        let read = move |connection: &Connection| {
            let by_outcome = if outcome.is_some() { "AND outcome = ?4" } else { "AND ?4 IS NULL" };
            let sql = format!(
                "SELECT ordinal, at, kind, outcome, message, epoch, number, type, subject, attempt, duration_ms, status, \
                 retry_at, answer_sealed FROM webhook_tries WHERE webhook = ?1 AND ordinal < ?2 {by_outcome} \
                 ORDER BY ordinal DESC LIMIT ?3"
            );
            let mut statement = connection.prepare_cached(&sql)?;
            let limit = i64::try_from(limit).unwrap_or(i64::MAX);
            let parameters = (id.uuid().into_bytes(), before, limit, outcome.map(attempt::outcome_word));
            statement.query_map(parameters, |row| store.delivery(row))?.collect()
        };
        Ok(self.database.read(read).await?)
    }

    fn delivery(&self, row: &Row<'_>) -> rusqlite::Result<(i64, WebhookDelivery)> {
        let ordinal: i64 = row.get(0)?;
        let message: [u8; 16] = row.get(4)?;
        let sealed = row.get_ref(13)?.as_blob_or_null()?;
        let said: Said = sealed.and_then(|sealed| self.open(ANSWER, &message, sealed)).unwrap_or_default();
        let sequence = match (row.get::<_, Option<i64>>(5)?, row.get::<_, Option<i64>>(6)?) {
            (Some(epoch), Some(number)) => {
                Some(Sequence::new(Epoch::from_millis(epoch.max(0) as u64), number.max(0) as u64))
            }
            _ => None,
        };
        let delivery = WebhookDelivery {
            message_id: EventId::from_uuid(Uuid::from_bytes(message)),
            sequence,
            event_type: row.get(7)?,
            subject: row.get(8)?,
            kind: attempt::read_kind(row.get_ref(2)?.as_str()?).unwrap_or(groma_api::DeliveryKind::Live),
            attempt: row.get(9)?,
            at: Timestamp::from_micros(row.get(1)?),
            duration_ms: unsigned(row, 10)?,
            outcome: attempt::read_outcome(row.get_ref(3)?.as_str()?).unwrap_or(DeliveryOutcome::Failed),
            status: row.get(11)?,
            error: said.error,
            response: said.response,
            retry_at: time(row, 12)?,
        };
        Ok((ordinal, delivery))
    }
}

fn readings(connection: &Connection, id: WebhookId) -> rusqlite::Result<Vec<Reading>> {
    let sql = "SELECT reading, epoch, position, ahead, missing, through FROM webhook_readings WHERE webhook = ?1 ORDER BY reading";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map([id.uuid().into_bytes()], |row| {
        let missing = row.get_ref(4)?.as_blob()?.as_chunks().0.iter().map(|bytes| u64::from_be_bytes(*bytes));
        Ok(Reading {
            reading: row.get(0)?,
            epoch: unsigned(row, 1)?,
            progress: Progress {
                position: unsigned(row, 2)?,
                ahead: unsigned(row, 3)?,
                missing: missing.collect(),
            },
            through: row.get::<_, Option<i64>>(5)?.map(|through| through.max(0) as u64),
        })
    })?;
    rows.collect()
}

fn retries(connection: &Connection, id: WebhookId, reading: u32) -> rusqlite::Result<Vec<Retry>> {
    let sql = "SELECT number, attempts, first_at, retry_at FROM webhook_retries WHERE webhook = ?1 AND reading = ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map((id.uuid().into_bytes(), reading), |row| {
        Ok(Retry {
            number: unsigned(row, 0)?,
            attempts: row.get(1)?,
            first_at: Timestamp::from_micros(row.get(2)?),
            retry_at: Timestamp::from_micros(row.get(3)?),
        })
    })?;
    rows.collect()
}
