//! Requests that carry an idempotency key, and the answers that repetitions get.
//!
//! What a request does and the note that it was done are two transactions, so a process that dies between them leaves
//! a request of which nobody knows whether it was done. That is told; it is never done a second time.

use std::time::Duration;

use groma_api::{ApiError, Attempt, AttemptEnd, ErrorCode, KeptAnswer, KeyedRequest};
use groma_database::WriteTx;
use groma_database::rusqlite::OptionalExtension as _;

use crate::error::OpResult;
use crate::inventory::Inventory;
use crate::{InventoryError, sealed};

/// How long a key stands for its request.
const KEPT_SECONDS: i64 = 24 * 3600;
/// The most keys of one principal at once.
const KEYS_MAX: i64 = 10_000;
/// How soon to ask again for a request that runs.
const RUNNING_PAUSE: Duration = Duration::from_secs(2);

impl Inventory {
    /// Begins a keyed request, or tells how it was answered before.
    ///
    /// The inner error says that it must not be done: it runs, nobody knows whether it was done, its answer was a
    /// secret, or the key stands for another request.
    ///
    /// # Errors
    /// When storage refuses.
    pub async fn attempt(&self, request: &KeyedRequest) -> Result<Result<Attempt, ApiError>, InventoryError> {
        let request = request.clone();
        self.write(move |inventory, tx| inventory.begin(tx, &request)).await
    }

    /// Notes how a keyed request ended.
    ///
    /// # Errors
    /// When storage refuses.
    pub async fn attempt_ended(&self, request: &KeyedRequest, end: AttemptEnd) -> Result<(), InventoryError> {
        let key = self.key(request);
        self.write(move |inventory, tx| {
            let (state, answer) = match end {
                AttemptEnd::NothingDone => {
                    let sql = "DELETE FROM idempotency WHERE key = ?1 AND state = 'started'";
                    tx.connection().prepare_cached(sql)?.execute([key])?;
                    return Ok(());
                }
                AttemptEnd::Unknown => ("unknown", None),
                AttemptEnd::AnsweredSecretly => ("secret", None),
                AttemptEnd::Answered(answer) => {
                    ("answered", Some(sealed::seal(&inventory.keyring, COLUMN, &key, &answer)?))
                }
            };
            let sql =
                "UPDATE idempotency SET state = ?2, answer_sealed = ?3 WHERE key = ?1 AND state = 'started'";
            tx.connection().prepare_cached(sql)?.execute((key, state, answer))?;
            Ok(())
        })
        .await
    }

    fn begin(&self, tx: &mut WriteTx<'_>, request: &KeyedRequest) -> OpResult<Result<Attempt, ApiError>> {
        let connection = tx.connection();
        let now = self.clock.now();
        let ended = now.plus_seconds(-KEPT_SECONDS).micros();
        connection.prepare_cached("DELETE FROM idempotency WHERE created < ?1")?.execute([ended])?;
        let key = self.key(request);
        let digest = self.keyring.lookup("idempotency.request", &request.digest);
        let sql = "SELECT request, holder, state, answer_sealed FROM idempotency WHERE key = ?1";
        let known = connection
            .prepare_cached(sql)?
            .query_row([key], |row| {
                let answer = match row.get_ref(3)?.as_blob_or_null()? {
                    Some(bytes) => Some(sealed::open::<KeptAnswer>(&self.keyring, COLUMN, &key, bytes)?),
                    None => None,
                };
                Ok(Known {
                    same: row.get::<_, [u8; 16]>(0)? == digest,
                    ours: row.get::<_, [u8; 16]>(1)? == self.holder.into_bytes(),
                    state: row.get(2)?,
                    answer,
                })
            })
            .optional()?;
        if let Some(known) = known {
            return Ok(known.answer(request));
        }
        let principal = request.principal.uuid().into_bytes();
        let sql = "SELECT count(*), min(created) FROM idempotency WHERE principal = ?1";
        let (count, oldest): (i64, Option<i64>) =
            connection.prepare_cached(sql)?.query_row([principal], |row| Ok((row.get(0)?, row.get(1)?)))?;
        if count >= KEYS_MAX {
            let left = oldest.map_or(0, |oldest| oldest.saturating_sub(ended)).max(1_000_000);
            let detail = format!(
                "{KEYS_MAX} idempotency keys of the last 24 hours are kept for this principal: wait until the oldest \
                 has ended, or send the request without a key"
            );
            let wait = Duration::from_micros(left.unsigned_abs());
            return Ok(Err(ApiError::new(ErrorCode::TooManyRequests, detail).retry_after(wait)));
        }
        let sql = "INSERT INTO idempotency (key, request, principal, created, holder, state) \
                   VALUES (?1, ?2, ?3, ?4, ?5, 'started')";
        connection.prepare_cached(sql)?.execute((
            key,
            digest,
            principal,
            now.micros(),
            self.holder.into_bytes(),
        ))?;
        Ok(Ok(Attempt::First))
    }

    fn key(&self, request: &KeyedRequest) -> [u8; 16] {
        let mut whole = request.principal.uuid().into_bytes().to_vec();
        whole.extend_from_slice(request.operation.as_bytes());
        // No operation's name holds a zero.
        whole.push(0);
        whole.extend_from_slice(request.key.as_bytes());
        self.keyring.lookup("idempotency.key", &whole)
    }
}

const COLUMN: &str = "idempotency.answer";

/// What is kept under a key.
struct Known {
    same: bool,
    ours: bool,
    state: String,
    answer: Option<KeptAnswer>,
}

impl Known {
    fn answer(self, request: &KeyedRequest) -> Result<Attempt, ApiError> {
        let operation = request.operation;
        let refuse = |code, detail: String| Err(ApiError::new(code, detail).at("Idempotency-Key"));
        if !self.same {
            let detail = format!(
                "the idempotency key was used for another request of {operation} in the last 24 hours: use a new key for \
                 a new request"
            );
            return refuse(ErrorCode::IdempotencyMismatch, detail);
        }
        match (self.state.as_str(), self.answer) {
            ("answered", Some(answer)) => Ok(Attempt::Repeated(answer)),
            ("secret", _) => {
                let detail = format!(
                    "{operation} was done under this idempotency key; its answer held a secret, which was shown once and \
                     is not kept: take back what was made, and ask again under a new key"
                );
                refuse(ErrorCode::Conflict, detail)
            }
            ("started", _) if self.ours => {
                let detail = format!("{operation} is being done under this idempotency key: ask again soon");
                refuse(ErrorCode::Conflict, detail).map_err(|error| error.retry_after(RUNNING_PAUSE))
            }
            _ => {
                let detail = format!(
                    "{operation} was begun under this idempotency key and broke off: nobody knows whether it was done. \
                     Look, and ask again under a new key if it was not"
                );
                refuse(ErrorCode::Conflict, detail)
            }
        }
    }
}
