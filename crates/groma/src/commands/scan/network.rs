//! `groma scan network`.

use std::time::Duration;

use clap::Args;
use groma_api::{NetworkScanRequest, ScanRequest, StartedScan, Validation};

use crate::commands::work;
use crate::connection::{Connection, Purpose};
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Sheet, say, text_line};
use crate::settings::ScanDefaults;
use crate::{duration, watch};

/// Find hosts and open TCP ports, and keep them
///
/// Shows progress on a terminal and prints what was found at the end; with --output ndjson each finding is printed
/// as it comes. Ctrl-C stops the scan and keeps what was found; a second one ends at once, and the scan goes on
/// when Groma next runs.
#[derive(Debug, Args)]
pub(crate) struct Network {
    /// Addresses, networks (10.1.0.0/24), ranges (10.1.0.1-20), host names, @FILE, or @- for stdin
    #[arg(required = true, value_name = "TARGET")]
    targets: Vec<String>,
    /// Targets to leave out; the same forms
    #[arg(long, value_name = "TARGET", value_delimiter = ',')]
    exclude: Vec<String>,
    /// Ports: numbers, ranges, names, `-` for all, top100 (the default)
    #[arg(long, short = 'p', allow_hyphen_values = true)]
    ports: Option<String>,
    /// Probe every address, without looking for hosts first
    #[arg(long)]
    no_ping: bool,
    /// Probes in flight at most
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=65_535))]
    concurrency: Option<u32>,
    /// How long a probe waits for its answer, such as 500ms or 1s
    #[arg(long, value_name = "TIME", value_parser = duration::parse)]
    timeout: Option<Duration>,
    /// Probes per second at most
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    max_rate: Option<u32>,
    /// How often an unanswered probe is sent again
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=10))]
    retries: Option<u32>,
    /// Allow addresses outside private networks; audited
    #[arg(long)]
    allow_public: bool,
    /// Start even if the same scan is running
    #[arg(long)]
    force: bool,
    /// Start the scan and leave; needs a running server
    #[arg(long, conflicts_with = "dry_run")]
    detach: bool,
    /// Only say what would be done
    #[arg(long)]
    dry_run: bool,
}

impl Network {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        let (detach, dry_run) = (self.detach, self.dry_run);
        let request = self.request(&cx.settings.values.scan)?;
        if dry_run {
            let validation = cx.read(async |backend| backend.scan_validate(request.clone()).await).await?;
            return print_validation(cx, &validation);
        }
        start_and_watch(cx, detach, async |connection| Ok(connection.backend().scan_start(request).await?))
            .await
    }

    fn request(self, defaults: &ScanDefaults) -> Result<ScanRequest, Failure> {
        let default_timeout = defaults.timeout.as_deref().map(duration::parse).transpose();
        let timeout = match self.timeout {
            Some(timeout) => Some(timeout),
            None => default_timeout.map_err(Failure::usage)?,
        };
        let targets = super::targets::expand(self.targets)?;
        let ports = self.ports.or_else(|| defaults.ports.clone()).unwrap_or_else(|| "top100".to_owned());
        let mut request = NetworkScanRequest::new(targets, ports);
        request.exclude = super::targets::expand(self.exclude)?;
        request.exclude.extend(defaults.exclude.iter().cloned());
        request.discovery = !self.no_ping;
        request.concurrency = self.concurrency.or(defaults.concurrency);
        request.timeout_ms = timeout.map(|timeout| u64::try_from(timeout.as_millis()).unwrap_or(u64::MAX));
        request.retries = self.retries.or(defaults.retries);
        request.max_rate = self.max_rate.or(defaults.max_rate);
        request.allow_public = self.allow_public;
        request.force = self.force;
        Ok(ScanRequest::Network(request))
    }
}

/// Starts a scan and watches it to its end, or leaves it to the server.
///
/// # Errors
/// When it cannot be started, nobody is there to do it, or it does not run to its end.
pub(crate) async fn start_and_watch(
    cx: &Context,
    detach: bool,
    start: impl AsyncFnOnce(&Connection) -> Result<StartedScan, Failure>,
) -> Result<(), Failure> {
    if detach {
        return Box::pin(leave(cx, start)).await;
    }
    let connection = cx.connect(Purpose::Lasting).await?;
    let ended = Box::pin(async {
        let head = watch::head(&connection).await?;
        let started = start(&connection).await?;
        watch::watch(cx, &connection, &started, head).await
    })
    .await;
    connection.close().await;
    ended
}

/// Starts a scan that goes on when this command has ended: in the server, or in a process begun for it.
async fn leave(
    cx: &Context,
    start: impl AsyncFnOnce(&Connection) -> Result<StartedScan, Failure>,
) -> Result<(), Failure> {
    let connection = work::staying(cx).await?;
    let started = start(&connection).await;
    connection.close().await;
    let id = started?.task_id;
    text_line(id.to_string())?;
    say(format!("watch it with: groma events tail --follow --subject scan/{id}"));
    Ok(())
}

fn print_validation(cx: &Context, validation: &Validation) -> Result<(), Failure> {
    cx.out().print_one(validation, || {
        let issues = |issues: &[groma_api::ValidationIssue]| {
            let lines = issues.iter().map(|issue| format!("{}: {}", issue.field, issue.message));
            lines.collect::<Vec<_>>().join("\n")
        };
        Sheet::of_fields(vec![
            ("valid", validation.valid.to_string()),
            ("addresses", validation.hosts.to_string()),
            ("ports per address", validation.ports.to_string()),
            ("probes at most", validation.calls_expected.to_string()),
            ("time at most", duration::display_ms((validation.seconds_expected * 1000.0) as u64)),
            ("errors", issues(&validation.errors)),
            ("warnings", issues(&validation.warnings)),
        ])
    })?;
    if validation.valid { Ok(()) } else { Err(Failure::Ended(Exit::USAGE)) }
}
