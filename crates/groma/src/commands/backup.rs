//! `groma backup`.

mod cancel;
mod create;
mod drill;
mod job;
mod list;
mod restore;
mod schedule;
mod status;
mod target;
mod verify;

use clap::Subcommand;
use groma_api::{BackupOutcome, BackupRetention, BackupSchedule, BackupSettings, BackupTarget};

use crate::context::Context;
use crate::duration::{display_ms, display_seconds};
use crate::failure::Failure;
use crate::output::{Format, Sheet, moment, optional, say};
use crate::size;

/// What can be done with backups.
#[derive(Debug, Subcommand)]
pub(crate) enum Backup {
    /// Settle where backups go
    #[command(subcommand)]
    Target(target::Target),
    Schedule(schedule::Schedule),
    Create(create::Create),
    List(list::List),
    Status(status::Status),
    Verify(verify::Verify),
    Drill(drill::Drill),
    Restore(Box<restore::Restore>),
    Cancel(cancel::Cancel),
}

impl Backup {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        match self {
            Self::Target(args) => args.run(cx).await,
            Self::Schedule(args) => args.run(cx).await,
            Self::Create(args) => args.run(cx).await,
            Self::List(args) => args.run(cx).await,
            Self::Status(args) => args.run(cx).await,
            Self::Verify(args) => args.run(cx).await,
            Self::Drill(args) => args.run(cx).await,
            Self::Restore(args) => args.run(cx).await,
            Self::Cancel(args) => args.run(cx).await,
        }
    }
}

/// Prints the settings, and says what is wrong and what is missing.
fn print(cx: &Context, settings: &BackupSettings) -> Result<(), Failure> {
    let out = cx.out();
    out.print_one(settings, || sheet(settings))?;
    if out.format != Format::Table {
        return Ok(());
    }
    for warning in &settings.warnings {
        say(format!("warning: {warning}"));
    }
    if settings.target.is_none() {
        say("backups go nowhere yet; settle that with: groma backup target local PATH");
    } else if matches!(settings.schedule, BackupSchedule::Off {}) {
        say("none are made by themselves; change that with: groma backup schedule --daily 3");
    }
    Ok(())
}

fn sheet(settings: &BackupSettings) -> Sheet {
    let running = settings.running.as_ref().map(|job| {
        let total = job.bytes_total.map_or_else(String::new, |total| format!(" of {}", size::display(total)));
        format!("{}: {}, {}{total}", job.kind, job.phase, size::display(job.bytes))
    });
    let mut fields = vec![
        ("target", settings.target.as_ref().map_or_else(|| "none".to_owned(), target)),
        ("schedule", schedule(&settings.schedule)),
        ("next", optional(settings.next_at.map(moment))),
        ("kept", retention(&settings.retention)),
        (
            "drill",
            match settings.drill_days {
                0 => "never".to_owned(),
                1 => "every day".to_owned(),
                days => format!("every {days} days"),
            },
        ),
        ("last success", settings.last_success_at.map_or_else(|| "never".to_owned(), moment)),
        ("last restore proven", settings.last_drill_at.map_or_else(|| "never".to_owned(), moment)),
        ("running", optional(running)),
    ];
    fields.extend(settings.outcomes.iter().map(|outcome| ("ended", ended(outcome))));
    Sheet::of_fields(fields)
}

/// Returns how a job ended, in a line.
fn ended(outcome: &BackupOutcome) -> String {
    let how = if outcome.success { "done" } else { "failed" };
    format!(
        "{} {}, {how} in {}: {}",
        moment(outcome.at),
        outcome.kind,
        display_ms(outcome.duration_ms),
        outcome.message
    )
}

fn target(target: &BackupTarget) -> String {
    match target {
        BackupTarget::Local { path } => path.clone(),
        BackupTarget::S3 { bucket, prefix, region, endpoint, access_key_id, .. } => {
            let prefix = prefix.as_ref().map_or_else(String::new, |prefix| format!("/{prefix}"));
            let region = region.as_ref().map_or_else(String::new, |region| format!(" in {region}"));
            let endpoint = endpoint.as_ref().map_or_else(String::new, |endpoint| format!(" at {endpoint}"));
            let key = access_key_id.as_ref().map_or_else(
                || ", with the key of the environment".to_owned(),
                |id| format!(", with access key {id}"),
            );
            format!("s3://{bucket}{prefix}{region}{endpoint}{key}")
        }
    }
}

fn schedule(schedule: &BackupSchedule) -> String {
    match schedule {
        BackupSchedule::Off {} => "off".to_owned(),
        BackupSchedule::Every { seconds } => format!("every {}", display_seconds(*seconds)),
        BackupSchedule::Daily { hour } => format!("daily, from {hour:02}:00 UTC on"),
    }
}

fn retention(retention: &BackupRetention) -> String {
    let BackupRetention { keep_last, daily, weekly, monthly } = retention;
    let of = |count: &u32, what: &str| (*count > 0).then(|| format!("one of each of {count} {what}"));
    let more = [of(daily, "days"), of(weekly, "weeks"), of(monthly, "months")];
    let parts: Vec<String> =
        [format!("the last {keep_last}")].into_iter().chain(more.into_iter().flatten()).collect();
    parts.join(", ")
}

#[cfg(test)]
mod tests;
