//! Which backups are kept.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::error::BackupError;
use crate::list::Listed;
use crate::name;
use crate::repository::Repository;

/// How many backups are kept: a backup stays if any of these keeps it. The newest one that can be read always stays.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Retention {
    /// So many of the newest.
    pub last: u32,
    /// The newest of each of so many days that have one.
    pub daily: u32,
    /// The newest of each of so many weeks that have one; weeks begin on Mondays.
    pub weekly: u32,
    /// The newest of each of so many months that have one.
    pub monthly: u32,
}

/// Why a backup is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kept {
    /// It is among the last.
    Last,
    /// It is the newest of its day.
    Daily,
    /// It is the newest of its week.
    Weekly,
    /// It is the newest of its month.
    Monthly,
}

/// What was forgotten, or would be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ForgetReport {
    /// Backups that stay, and why.
    pub kept: BTreeMap<u64, BTreeSet<Kept>>,
    /// Backups that are forgotten; what only they need is deleted by pruning.
    pub forgotten: Vec<u64>,
    /// Numbers that cannot be read. They stay until they are forgotten by number.
    pub unreadable: Vec<u64>,
}

impl Retention {
    /// Returns which of these backups are kept, given by number and time, and why.
    #[must_use]
    pub fn keep(&self, backups: &[(u64, Timestamp)], zone: &TimeZone) -> BTreeMap<u64, BTreeSet<Kept>> {
        let mut kept: BTreeMap<u64, BTreeSet<Kept>> = BTreeMap::new();
        let mut by_number: Vec<u64> = backups.iter().map(|(number, _)| *number).collect();
        by_number.sort_unstable_by(|one, other| other.cmp(one));
        for number in by_number.iter().take(self.last.max(1) as usize) {
            kept.entry(*number).or_default().insert(Kept::Last);
        }
        let mut by_time = backups.to_vec();
        by_time.sort_unstable_by_key(|(number, time)| std::cmp::Reverse((*time, *number)));
        let mut rule = |count: u32, why, of: &dyn Fn(jiff::civil::Date) -> (i16, i16)| {
            let mut seen = BTreeSet::new();
            for (number, time) in &by_time {
                if seen.len() == count as usize {
                    break;
                }
                if seen.insert(of(time.to_zoned(zone.clone()).date())) {
                    kept.entry(*number).or_default().insert(why);
                }
            }
        };
        rule(self.daily, Kept::Daily, &|date| (date.year(), date.day_of_year()));
        rule(self.weekly, Kept::Weekly, &|date| {
            let week = date.iso_week_date();
            (week.year(), i16::from(week.week()))
        });
        rule(self.monthly, Kept::Monthly, &|date| (date.year(), i16::from(date.month())));
        kept
    }
}

impl Repository {
    /// Forgets the backups that a retention does not keep; days begin and end as they do in `zone`.
    ///
    /// # Errors
    /// When the retention keeps nothing, or the store refuses.
    pub async fn forget(
        &self,
        retention: &Retention,
        zone: &TimeZone,
        dry_run: bool,
    ) -> Result<ForgetReport, BackupError> {
        if *retention == Retention::default() {
            return Err(BackupError::KeepsNothing);
        }
        let listed = self.list().await?;
        let read =
            |listed: &Listed| listed.backup.as_ref().ok().map(|backup| (listed.number, backup.created));
        let backups: Vec<(u64, Timestamp)> = listed.iter().filter_map(read).collect();
        let kept = retention.keep(&backups, zone);
        let unreadable =
            listed.iter().filter(|listed| listed.backup.is_err()).map(|listed| listed.number).collect();
        let forgotten = backups.iter().map(|(number, _)| *number).filter(|number| !kept.contains_key(number));
        let forgotten: Vec<u64> = forgotten.collect();
        if !dry_run {
            for number in &forgotten {
                self.empty(*number).await?;
            }
        }
        Ok(ForgetReport { kept, forgotten, unreadable })
    }

    /// Forgets backups by number, those that cannot be read too.
    ///
    /// # Errors
    /// When there is none of a number, or the store refuses.
    pub async fn forget_numbers(&self, numbers: &[u64]) -> Result<(), BackupError> {
        let listed = self.list().await?;
        for number in numbers {
            if !listed.iter().any(|listed| listed.number == *number) {
                let wanted = format!("backup {number}");
                return Err(BackupError::NoBackup { wanted, target: self.store.shown() });
            }
        }
        for number in numbers {
            self.empty(*number).await?;
        }
        Ok(())
    }

    /// Numbers are never free again: an empty object stays in the place of what is forgotten.
    async fn empty(&self, number: u64) -> Result<(), BackupError> {
        self.store.overwrite(&name::entry(number), Bytes::new()).await
    }
}

#[cfg(test)]
mod tests;
