//! The events of a network scan that are no findings.

use std::collections::BTreeMap;

use groma_api::NetworkScanRequest;
use groma_model::network::{
    EndStatus, Error, ErrorType, ScanCompleted, ScanOptions, ScanProgress, ScanResults, ScanStarted,
};
use groma_model::task::{TaskEnd, TaskSummary};
use groma_model::{Payload, TaskId, Timestamp};
use groma_task::Snapshot;

use super::tally;

pub(super) fn started(
    task: TaskId,
    request: &NetworkScanRequest,
    options: ScanOptions,
    resumes: Option<TaskId>,
    at: Timestamp,
) -> Payload {
    ScanStarted {
        scan_id: task,
        targets: request.targets.clone(),
        ports: request.ports.clone(),
        options,
        timestamp: at,
        resumes,
    }
    .into()
}

pub(super) fn progress(snapshot: &Snapshot) -> Payload {
    ScanProgress {
        scan_id: snapshot.task,
        hosts_scanned: snapshot.tally.get(tally::HOSTS_SCANNED),
        total_hosts: snapshot.tally.get(tally::HOSTS_TOTAL),
        ports_scanned: snapshot.tally.get(tally::PORTS_SCANNED),
        total_ports: snapshot.tally.get(tally::PORTS_TOTAL),
        elapsed_ms: snapshot.elapsed_ms,
        estimated_remaining_ms: snapshot.estimated_remaining_ms,
        timestamp: snapshot.at,
    }
    .into()
}

pub(super) fn error(
    task: TaskId,
    kind: ErrorType,
    message: &str,
    context: BTreeMap<String, String>,
    at: Timestamp,
) -> Payload {
    Error { scan_id: Some(task), error_type: kind, message: message.to_owned(), context, timestamp: at }
        .into()
}

pub(super) fn completed(task: TaskId, end: &TaskEnd, summary: &TaskSummary, at: Timestamp) -> Payload {
    let seen = |kind: &str| summary.seen.get(kind).copied().unwrap_or_default();
    let (status, error) = match end {
        TaskEnd::Completed => (EndStatus::Completed, None),
        TaskEnd::Failed { error } => (EndStatus::Failed, Some(error.clone())),
        TaskEnd::Cancelled { reason } => (EndStatus::Cancelled, Some(format!("cancelled: {reason}"))),
    };
    ScanCompleted {
        scan_id: task,
        status,
        partial: summary.units_pending > 0 || summary.units_failed > 0 || status != EndStatus::Completed,
        success: status == EndStatus::Completed,
        results: ScanResults {
            hosts_up: seen("network.host"),
            hosts_scanned: summary.tally.get(tally::HOSTS_SCANNED),
            ports_open: seen("network.service"),
            ports_scanned: summary.tally.get(tally::PORTS_SCANNED),
            href: format!("/v1/scans/{task}"),
        },
        duration_ms: summary.duration_ms,
        error,
        timestamp: at,
    }
    .into()
}
