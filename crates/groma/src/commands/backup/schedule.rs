//! `groma backup schedule`.

use std::time::Duration;

use clap::Args;
use groma_api::{BackupRetention, BackupSchedule, BackupSettingsRequest};

use crate::connection::{Connection, Purpose};
use crate::context::Context;
use crate::duration;
use crate::failure::Failure;

/// Settle when backups are made, which are kept, and how often a restore is proven; what is not named stays
///
/// A backup that one of the rules keeps is kept. Backups are made while a server runs; those that were due without one
/// are made when it starts.
#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
pub(crate) struct Schedule {
    /// One every so often, such as 6h; 15m at least
    #[arg(long, value_name = "TIME", value_parser = duration::parse, group = "when")]
    every: Option<Duration>,
    /// One a day, in the hour that begins then (0 to 23), in UTC
    #[arg(long, value_name = "HOUR", value_parser = clap::value_parser!(u8).range(0..=23), group = "when")]
    daily: Option<u8>,
    /// None by themselves
    #[arg(long, group = "when")]
    off: bool,
    /// Keep the last so many
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    keep_last: Option<u32>,
    /// Keep the last of each of so many days that have any
    #[arg(long, value_name = "N")]
    keep_daily: Option<u32>,
    /// Keep the last of each of so many weeks that have any
    #[arg(long, value_name = "N")]
    keep_weekly: Option<u32>,
    /// Keep the last of each of so many months that have any
    #[arg(long, value_name = "N")]
    keep_monthly: Option<u32>,
    /// Prove every so many days that the latest backup restores; 0: never
    #[arg(long, value_name = "N")]
    drill_days: Option<u32>,
}

impl Schedule {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        let connection = cx.connect(Purpose::Brief).await?;
        let set = self.set(&connection).await;
        connection.close().await;
        super::print(cx, &set?)
    }

    async fn set(&self, connection: &Connection) -> Result<groma_api::BackupSettings, Failure> {
        let retention = if self.keeps() {
            let now = connection.backend().backup_settings_get().await?.retention;
            Some(self.retention(now))
        } else {
            None
        };
        let request = BackupSettingsRequest {
            schedule: self.when(),
            retention,
            drill_days: self.drill_days,
            target: None,
        };
        Ok(connection.backend().backup_settings_set(request).await?)
    }

    fn when(&self) -> Option<BackupSchedule> {
        let every = self.every.map(|every| BackupSchedule::Every { seconds: every.as_secs() });
        let daily = self.daily.map(|hour| BackupSchedule::Daily { hour });
        every.or(daily).or(self.off.then_some(BackupSchedule::Off {}))
    }

    fn keeps(&self) -> bool {
        [self.keep_last, self.keep_daily, self.keep_weekly, self.keep_monthly].iter().any(Option::is_some)
    }

    fn retention(&self, now: BackupRetention) -> BackupRetention {
        BackupRetention {
            keep_last: self.keep_last.unwrap_or(now.keep_last),
            daily: self.keep_daily.unwrap_or(now.daily),
            weekly: self.keep_weekly.unwrap_or(now.weekly),
            monthly: self.keep_monthly.unwrap_or(now.monthly),
        }
    }
}
