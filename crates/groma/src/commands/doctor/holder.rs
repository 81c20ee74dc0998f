//! What the process that holds the folder tells.

use std::net::SocketAddr;

use groma_api::{ApiError, Backend, ErrorCode, PROTOCOL_VERSION, Retention, Webhook, WebhookState};
use groma_model::{Clock, SystemClock};

use super::finding::Finding;
use super::{keys, server, system};
use crate::output::{moment, optional};
use crate::settings::Settings;

/// Above this part of the ceiling the disk is nearly as full as it may become.
const CEILING_WARNING_ABOVE: f64 = 0.9;

/// Asks the holder.
pub(super) async fn findings(settings: &Settings, pid: Option<u32>, backend: &dyn Backend) -> Vec<Finding> {
    let who = pid.map_or_else(|| "another process".to_owned(), |pid| format!("process {pid}"));
    let mut findings = vec![Finding::ok("holder", format!("{who} holds the folder and answers"))];
    match backend.version().await {
        Ok(version) => {
            findings.push(same_version(&version.version));
            findings.push(listening(settings, version.listen.as_deref(), version.url.as_deref()));
        }
        Err(error) => findings.push(Finding::refused("version", &error)),
    }
    match backend.summary().await {
        Ok(summary) => {
            findings.push(Finding::ok("database", "the holder reads it and unseals what is in it"));
            let what = "the newest event";
            findings.push(system::clock(SystemClock.now(), summary.last_event_at, what));
        }
        Err(error) => findings.push(Finding::refused("database", &error)),
    }
    findings.extend(match backend.key_status().await {
        Ok(status) => {
            let slots: Vec<keys::Slot> = status
                .slots
                .iter()
                .map(|slot| keys::Slot {
                    kind: slot.kind.as_str().to_owned(),
                    place: slot.place.clone(),
                    used: slot.used,
                })
                .collect();
            keys::findings(&settings.data_dir, &slots, &status.advice)
        }
        Err(error) => vec![Finding::refused("keys", &error)],
    });
    findings.push(match backend.retention_get().await {
        Ok(status) => retention(&status),
        Err(error) => Finding::refused("retention", &error),
    });
    match backend.webhook_list().await {
        Ok(list) => findings.extend(webhooks(&list.webhooks)),
        Err(error) => findings.push(Finding::refused("webhooks", &error)),
    }
    findings
}

/// Tells of a holder that does not answer, or not in our words.
pub(super) fn unreachable(pid: Option<u32>, version: Option<&str>, error: &ApiError) -> Finding {
    if error.code == ErrorCode::VersionMismatch {
        return Finding::refused("version", error);
    }
    let who = pid.map_or_else(|| "a process".to_owned(), |pid| format!("process {pid}"));
    let version = version.map_or_else(String::new, |version| format!(" (version {version})"));
    let found = format!("{who}{version} holds the folder and does not answer: {}", error.detail);
    let pid = pid.map_or_else(|| "its process".to_owned(), |pid| format!("it (kill {pid})"));
    let advice =
        format!("wait for it, or end {pid}: what it does is taken up by whoever holds the folder next");
    Finding::error("holder", found, advice)
}

fn same_version(theirs: &str) -> Finding {
    let ours = env!("CARGO_PKG_VERSION");
    if theirs == ours {
        return Finding::ok("version", format!("{ours}, speaking protocol {PROTOCOL_VERSION} on both sides"));
    }
    let found = format!("the holder is {theirs}, this is {ours}");
    Finding::warning("version", found, "restart the older one when it suits you")
}

/// Whether the server that runs, which may have been told otherwise than by the configuration, can be overheard.
fn listening(settings: &Settings, listen: Option<&str>, url: Option<&str>) -> Finding {
    const CHECK: &str = "server";
    let Some(address) = listen.and_then(|address| address.parse::<SocketAddr>().ok()) else {
        return Finding::ok(CHECK, "the holder serves this user's commands alone");
    };
    let tls = url.is_some_and(|url| url.starts_with("https:"));
    let finding = server::listen(address, tls, true, settings.values.https);
    Finding { check: CHECK, ..finding }
}

/// Whether history is kept as it should be.
pub(super) fn retention(status: &Retention) -> Finding {
    const CHECK: &str = "retention";
    let mib = |bytes: u64| bytes / 1024 / 1024;
    let found =
        format!("{} events, {} of {} MiB", status.events, mib(status.disk_bytes), mib(status.disk_max_bytes));
    let held = status.held_by.join(", ");
    if let Some(run) = status.last_run.as_ref().filter(|run| run.forced > 0) {
        let found = format!("{found}; {} events were dropped though {held} still wanted them", run.forced);
        let advice = "raise the ceiling (`groma retention set`), or let go of who is behind: `groma consumers list`, \
                      `groma webhooks list`";
        return Finding::warning(CHECK, found, advice);
    }
    let full = status.disk_max_bytes > 0
        && status.disk_bytes as f64 > status.disk_max_bytes as f64 * CEILING_WARNING_ABOVE;
    if full {
        let held = if held.is_empty() { String::new() } else { format!("; held by {held}") };
        let advice = "keep less or raise the ceiling (`groma retention set`): at the ceiling the oldest events go, \
                      whoever still wants them";
        return Finding::warning(CHECK, format!("{found}{held}"), advice);
    }
    let held = if held.is_empty() { String::new() } else { format!("; held back by {held}") };
    Finding::ok(CHECK, format!("{found}{held}"))
}

/// Whether every webhook delivers.
pub(super) fn webhooks(webhooks: &[Webhook]) -> Vec<Finding> {
    const CHECK: &str = "webhooks";
    let mut findings = Vec::new();
    for webhook in webhooks {
        let (id, url) = (webhook.id, host(&webhook.url));
        let reason = webhook.reason.clone().unwrap_or_else(|| format!("{} tries failed", webhook.failures));
        match webhook.state {
            WebhookState::Disabled => findings.push(Finding::warning(
                CHECK,
                format!("{id} to {url} is switched off: {reason}"),
                format!("mend the receiver, then `groma webhooks resume {id}`; or delete it"),
            )),
            WebhookState::Resting => findings.push(Finding::warning(
                CHECK,
                format!(
                    "{id} to {url} rests after {} failed tries, next try {}: {reason}",
                    webhook.failures,
                    optional(webhook.retry_at.map(moment))
                ),
                format!("look at `groma webhooks deliveries {id}` and at the receiver"),
            )),
            WebhookState::Active if webhook.failures > 0 => findings.push(Finding::warning(
                CHECK,
                format!(
                    "{id} to {url}: the last {} tries failed, {} events wait",
                    webhook.failures, webhook.waiting
                ),
                format!("look at `groma webhooks deliveries {id}` and at the receiver"),
            )),
            WebhookState::Active | WebhookState::Paused => {}
        }
    }
    if findings.is_empty() {
        let active = webhooks.iter().filter(|webhook| webhook.state == WebhookState::Active).count();
        let found = match (active, webhooks.len() - active) {
            (0, 0) => "there are none".to_owned(),
            (active, 0) => format!("all deliver: {active}"),
            (active, paused) => format!("delivering: {active}, paused: {paused}"),
        };
        findings.push(Finding::ok(CHECK, found));
    }
    findings
}

/// Returns where events go, without what may be a secret: a user's name before it, the path behind it.
fn host(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    format!("{scheme}://{host}")
}
