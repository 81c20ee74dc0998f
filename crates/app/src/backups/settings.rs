//! Where backups go, when, and which are kept.

use std::path::PathBuf;

use groma_api::{ApiError, BackupSchedule, BackupSettings, BackupSettingsRequest, BackupTarget, ErrorCode};
use groma_backup::{Access, JournalHead, S3, Schedule, Target, next_run};
use groma_inventory::{BackupPlan, BackupRecord};
use groma_model::{Epoch, Sequence, Timestamp};
use groma_seal::Zeroizing;
use jiff::tz::TimeZone;

use crate::{App, error};

const EVERY_SECONDS_MIN: u64 = 900;
const EVERY_SECONDS_MAX: u64 = 366 * 86_400;
/// A backup or a drill that is so many times its interval old is told as overdue.
const OVERDUE: i64 = 2;

impl App {
    pub(super) async fn backup_settings(&self) -> Result<BackupSettings, ApiError> {
        let _ending = self.backups.ending.read().await;
        let (plan, record) = self.inventory.backup_plan().await.map_err(error::inventory)?;
        let now = self.clock.now();
        Ok(BackupSettings {
            next_at: self.next_backup(&plan, &record),
            running: self.backups.running.lock().as_ref().map(|running| running.job.clone()),
            warnings: warnings(&plan, &record, now),
            target: plan.target.map(without_secret),
            schedule: plan.schedule,
            retention: plan.retention,
            drill_days: plan.drill_days,
            last_success_at: record.last_success,
            last_drill_at: record.last_drill,
            outcomes: record.outcomes,
        })
    }

    pub(super) async fn change_backup_plan(&self, request: BackupSettingsRequest) -> Result<(), ApiError> {
        let (mut plan, _) = self.inventory.backup_plan().await.map_err(error::inventory)?;
        if let Some(schedule) = request.schedule {
            check(&schedule)?;
            plan.schedule = schedule;
            plan.since = self.clock.now();
        }
        if let Some(retention) = request.retention {
            if retention.keep_last == 0 {
                return Err(ApiError::invalid("retention.keep_last", "at least one backup is kept"));
            }
            plan.retention = retention;
        }
        plan.drill_days = request.drill_days.unwrap_or(plan.drill_days);
        if let Some(new) = request.target {
            let new = with_old_secret(new, plan.target.as_ref());
            // Whether it can be reached, and whether it is ours, is told before it is kept.
            self.repository(Some(new.clone())).await?;
            plan.target = Some(new);
        }
        self.inventory.set_backup_plan(plan).await.map_err(error::inventory)
    }

    /// Returns when the next backup is due; `None` if none is made by itself.
    pub(super) fn next_backup(&self, plan: &BackupPlan, record: &BackupRecord) -> Option<Timestamp> {
        plan.target.as_ref()?;
        let schedule = match plan.schedule {
            BackupSchedule::Off {} => return None,
            BackupSchedule::Every { seconds } => {
                Schedule::Every(jiff::SignedDuration::from_secs(i64::try_from(seconds).ok()?))
            }
            BackupSchedule::Daily { hour } => {
                Schedule::Daily(jiff::civil::time(i8::try_from(hour).ok()?, 0, 0, 0))
            }
        };
        // A try that failed counts: it is not tried again at once for ever.
        let tried = record.outcomes.iter().find(|outcome| outcome.kind == "create").map(|outcome| outcome.at);
        let (last, since) = (tried.and_then(moment), moment(plan.since)?);
        let (seed, _) = self.keyring.folder().as_u64_pair();
        let next = next_run(last, since, schedule, &TimeZone::UTC, seed);
        Some(Timestamp::from_micros(next.as_microsecond()))
    }
}

fn check(schedule: &BackupSchedule) -> Result<(), ApiError> {
    match schedule {
        BackupSchedule::Every { seconds } if !(EVERY_SECONDS_MIN..=EVERY_SECONDS_MAX).contains(seconds) => {
            let detail =
                format!("{seconds} is not between {EVERY_SECONDS_MIN} and {EVERY_SECONDS_MAX} seconds");
            Err(ApiError::invalid("schedule.seconds", detail))
        }
        BackupSchedule::Daily { hour: 24.. } => {
            Err(ApiError::invalid("schedule.hour", "an hour is between 0 and 23"))
        }
        _ => Ok(()),
    }
}

/// Returns what is wrong, for people.
fn warnings(plan: &BackupPlan, record: &BackupRecord, now: Timestamp) -> Vec<String> {
    let mut found = Vec::new();
    if plan.target.is_none() {
        return vec!["nothing is backed up: nobody has said where backups go".to_owned()];
    }
    let interval = match plan.schedule {
        BackupSchedule::Off {} => None,
        BackupSchedule::Every { seconds } => i64::try_from(seconds).ok(),
        BackupSchedule::Daily { .. } => Some(86_400),
    };
    match (interval, record.last_success) {
        (None, _) => found.push("no backup is made by itself: no schedule is set".to_owned()),
        (Some(_), None) => found.push("there is no backup yet".to_owned()),
        (Some(interval), Some(at)) if overdue(at, interval, now) => {
            found.push(format!("the last backup that succeeded is of {at}: the next is overdue"));
        }
        _ => {}
    }
    let drill = i64::from(plan.drill_days) * 86_400;
    match record.last_drill {
        _ if drill == 0 => found.push("no restore is ever tried: drills are off".to_owned()),
        None => found.push("no restore was proven yet: `groma backup drill` does".to_owned()),
        Some(at) if overdue(at, drill, now) => {
            found.push(format!("the last restore that was proven is of {at}: a drill is overdue"));
        }
        Some(_) => {}
    }
    for kind in ["create", "verify", "drill", "forget"] {
        let last = record.outcomes.iter().find(|outcome| outcome.kind == kind);
        if let Some(failed) = last.filter(|outcome| !outcome.success) {
            found.push(format!("the last {kind} failed on {}: {}", failed.at, failed.message));
        }
    }
    found
}

fn overdue(at: Timestamp, interval: i64, now: Timestamp) -> bool {
    at.plus_seconds(interval.saturating_mul(OVERDUE)) < now
}

/// Returns a target as it may be shown.
pub(super) fn without_secret(target: BackupTarget) -> BackupTarget {
    match target {
        BackupTarget::S3 { bucket, prefix, region, endpoint, access_key_id, .. } => {
            BackupTarget::S3 { bucket, prefix, region, endpoint, access_key_id, secret_access_key: None }
        }
        local @ BackupTarget::Local { .. } => local,
    }
}

/// Lets a secret stand that was not given again for the same key.
fn with_old_secret(new: BackupTarget, old: Option<&BackupTarget>) -> BackupTarget {
    match (new, old) {
        (
            BackupTarget::S3 {
                bucket,
                prefix,
                region,
                endpoint,
                access_key_id: Some(id),
                secret_access_key: None,
            },
            Some(BackupTarget::S3 { access_key_id: Some(old_id), secret_access_key, .. }),
        ) if id == *old_id => BackupTarget::S3 {
            bucket,
            prefix,
            region,
            endpoint,
            access_key_id: Some(id),
            secret_access_key: secret_access_key.clone(),
        },
        (new, _) => new,
    }
}

/// Returns a target as the library takes it.
pub(super) fn target(target: &BackupTarget) -> Result<Target, ApiError> {
    match target {
        BackupTarget::Local { path } => {
            let path = PathBuf::from(path);
            if !path.is_absolute() {
                return Err(ApiError::invalid("target.path", "the folder of backups is an absolute path"));
            }
            Ok(Target::Local { path })
        }
        BackupTarget::S3 { bucket, prefix, region, endpoint, access_key_id, secret_access_key } => {
            Ok(Target::S3(S3 {
                bucket: bucket.clone(),
                prefix: prefix.clone().unwrap_or_default(),
                region: region.clone().unwrap_or_else(|| "us-east-1".to_owned()),
                allow_http: endpoint.as_deref().is_some_and(is_loopback),
                endpoint: endpoint.clone(),
                access: access(access_key_id.clone(), secret_access_key.clone())?,
                virtual_hosted: None,
            }))
        }
    }
}

fn access(id: Option<String>, secret: Option<String>) -> Result<Access, ApiError> {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    match (id, secret) {
        (Some(key_id), Some(secret)) => {
            Ok(Access { key_id, secret: Zeroizing::new(secret), session_token: None })
        }
        (Some(_), None) => Err(ApiError::invalid("target.secret_access_key", "a key's id needs its secret")),
        (None, _) => match (variable("AWS_ACCESS_KEY_ID"), variable("AWS_SECRET_ACCESS_KEY")) {
            (Some(key_id), Some(secret)) => {
                let session_token = variable("AWS_SESSION_TOKEN").map(Zeroizing::new);
                Ok(Access { key_id, secret: Zeroizing::new(secret), session_token })
            }
            _ => {
                let detail = "no access key was given, and the environment in which Groma runs has no AWS_ACCESS_KEY_ID and \
                              AWS_SECRET_ACCESS_KEY";
                Err(ApiError::new(ErrorCode::InvalidRequest, detail))
            }
        },
    }
}

/// Returns whether a store is on this machine: there plain http is heard by nobody.
fn is_loopback(endpoint: &str) -> bool {
    let Some(rest) = endpoint.strip_prefix("http://") else { return false };
    let host = rest.split('/').next().unwrap_or_default();
    let host = host.rsplit_once(':').map_or(host, |(host, _)| host);
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<std::net::IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

/// Returns a position as the API tells it.
pub(super) fn sequence(head: JournalHead) -> String {
    Sequence::new(Epoch::from_millis(head.epoch), head.number).to_string()
}

pub(super) fn moment(at: Timestamp) -> Option<jiff::Timestamp> {
    jiff::Timestamp::from_microsecond(at.micros()).ok()
}
