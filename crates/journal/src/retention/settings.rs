//! What people set.

use groma_api::{ApiError, RetentionRequest, RetentionRule, RetentionRun};
use groma_database::rusqlite::{self, Connection, OptionalExtension as _};
use groma_model::{DeliveryClass, EventType, TypePattern, TypePatternError};
use serde::{Deserialize, Serialize};

use crate::journal::Journal;
use crate::refuse;

const DAY: u64 = 86_400;
const RULES_MAX: usize = 100;
const AGE_SECONDS_MIN: u64 = 60;
const CONSUMER_EXPIRY_SECONDS_MAX: u64 = 3_650 * DAY;
/// Less could not even hold what scans find.
const DISK_BYTES_MIN: u64 = 64 << 20;
/// The largest number that every reader of JSON takes for what it is.
const NUMBER_MAX: u64 = 1 << 53;

/// How long events are kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Settings {
    pub(super) rules: Vec<RetentionRule>,
    pub(super) disk_max_bytes: u64,
    pub(super) archive: bool,
    pub(super) consumer_expiry_seconds: u64,
}

impl Default for Settings {
    fn default() -> Self {
        let rule = |types: &str, days| RetentionRule {
            types: types.to_owned(),
            max_age_seconds: Some(days * DAY),
            max_bytes: None,
        };
        Self {
            // Progress is of no interest the day after; a quarter answers what changed and who did it.
            rules: vec![rule("latest", 1), rule("kept", 90)],
            // Some ten million events; a forgotten scan in a loop must not fill the disk of whoever tries Groma.
            disk_max_bytes: 5 << 30,
            // Archives grow without a bound: somebody has to want that.
            archive: false,
            consumer_expiry_seconds: 7 * DAY,
        }
    }
}

/// The rule that counts for a type.
pub(super) fn rule_of<'a>(rules: &'a [RetentionRule], event_type: &EventType) -> Option<&'a RetentionRule> {
    rules.iter().find(|rule| match rule.types.as_str() {
        "kept" => event_type.class == DeliveryClass::Kept,
        "latest" => event_type.class == DeliveryClass::Latest,
        pattern => {
            let pattern: Result<TypePattern, TypePatternError> = pattern.parse();
            pattern.is_ok_and(|pattern| pattern.matches(event_type.name))
        }
    })
}

/// Reads what was set; the defaults if nothing was.
pub(super) fn read(connection: &Connection) -> rusqlite::Result<(Settings, Option<RetentionRun>)> {
    let found = connection
        .prepare_cached("SELECT settings, last_run FROM retention")?
        .query_row([], |row| Ok((row.get::<_, Option<String>>(0)?, row.get::<_, Option<String>>(1)?)))
        .optional()?;
    let (settings, last_run) = found.unwrap_or_default();
    let settings = settings.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
    Ok((settings, last_run.and_then(|text| serde_json::from_str(&text).ok())))
}

/// Returns for how long a silent consumer holds events.
pub(crate) fn expiry_seconds(connection: &Connection) -> rusqlite::Result<i64> {
    let (settings, _) = read(connection)?;
    Ok(i64::try_from(settings.consumer_expiry_seconds).unwrap_or(i64::MAX))
}

/// Notes what a run did.
pub(super) fn keep_run(connection: &Connection, run: &RetentionRun) -> rusqlite::Result<()> {
    let sql = "INSERT INTO retention (only, last_run) VALUES (1, ?1)
               ON CONFLICT (only) DO UPDATE SET last_run = excluded.last_run";
    connection.execute(sql, [serde_json::to_string(run).unwrap_or_default()])?;
    Ok(())
}

impl Journal {
    /// Changes how long events are kept.
    ///
    /// # Errors
    /// When the request does not fit its form, or storage refuses.
    pub async fn set_retention(&self, request: RetentionRequest) -> Result<(), ApiError> {
        check(&request)?;
        let set = self.database.write(move |tx| {
            let (mut settings, _) = read(tx.connection())?;
            settings.rules = request.rules.unwrap_or(settings.rules);
            settings.disk_max_bytes = request.disk_max_bytes.unwrap_or(settings.disk_max_bytes);
            settings.archive = request.archive.unwrap_or(settings.archive);
            settings.consumer_expiry_seconds =
                request.consumer_expiry_seconds.unwrap_or(settings.consumer_expiry_seconds);
            let sql = "INSERT INTO retention (only, settings) VALUES (1, ?1)
                       ON CONFLICT (only) DO UPDATE SET settings = excluded.settings";
            tx.connection().execute(sql, [serde_json::to_string(&settings).unwrap_or_default()])?;
            Ok(())
        });
        set.await.map_err(refuse::written)
    }
}

fn check(request: &RetentionRequest) -> Result<(), ApiError> {
    let rules = request.rules.as_deref().unwrap_or_default();
    if rules.len() > RULES_MAX {
        let detail = format!("{} rules are more than {RULES_MAX}", rules.len());
        return Err(ApiError::invalid("rules", detail));
    }
    for (at, rule) in rules.iter().enumerate() {
        let pattern: Result<TypePattern, TypePatternError> = rule.types.parse();
        if let Err(error) = pattern {
            return Err(ApiError::invalid(&format!("rules/{at}/types"), error.to_string()));
        }
        let allowed = AGE_SECONDS_MIN..=NUMBER_MAX;
        if let Some(age) = rule.max_age_seconds.filter(|age| !allowed.contains(age)) {
            let detail = format!("events are kept for {AGE_SECONDS_MIN} to {NUMBER_MAX} seconds, not {age}");
            return Err(ApiError::invalid(&format!("rules/{at}/max_age_seconds"), detail));
        }
    }
    let allowed = |bytes: u64| bytes == 0 || (DISK_BYTES_MIN..=NUMBER_MAX).contains(&bytes);
    if let Some(bytes) = request.disk_max_bytes.filter(|bytes| !allowed(*bytes)) {
        let detail = format!(
            "{bytes} bytes are not between {DISK_BYTES_MIN} and {NUMBER_MAX}; 0 stands for no ceiling"
        );
        return Err(ApiError::invalid("disk_max_bytes", detail));
    }
    let expiry = request.consumer_expiry_seconds;
    if let Some(seconds) =
        expiry.filter(|seconds| !(AGE_SECONDS_MIN..=CONSUMER_EXPIRY_SECONDS_MAX).contains(seconds))
    {
        let detail = format!(
            "{seconds} seconds are not between {AGE_SECONDS_MIN} seconds and {CONSUMER_EXPIRY_SECONDS_MAX} (ten years)"
        );
        return Err(ApiError::invalid("consumer_expiry_seconds", detail));
    }
    Ok(())
}
