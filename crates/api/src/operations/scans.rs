//! The operations on scans.

use super::{READ, SCAN};
use crate::operation::Method::{Delete, Get, Post};
use crate::operation::{Operation, Operation as Op, params};
use crate::{Scan, ScanDiff, ScanHostPage, ScanList, ScanQuery, ScanRequest, StartedScan, Validation};

/// The rows, in the order of the documents.
pub(super) const TABLE: &[Operation] = &[
    Op::new(
        "scan_start",
        Post,
        "/v1/scans",
        SCAN,
        "Start a scan; 200 instead of 202 when an identical one runs already",
    )
    .command("scan network")
    .status(202)
    .request::<ScanRequest>()
    .reply::<StartedScan>(),
    Op::new("scan_validate", Post, "/v1/scans/validate", READ, "Say what a scan would do, without doing it")
        .command("scan network --dry-run")
        .request::<ScanRequest>()
        .reply::<Validation>(),
    Op::new("scan_list", Get, "/v1/scans", READ, "List scans, newest first")
        .command("scans list")
        .query(params::<ScanQuery>)
        .reply::<ScanList>(),
    Op::new("scan_last", Get, "/v1/scans/last", READ, "The scan that ended last")
        .command("scans show last")
        .reply::<Scan>(),
    Op::new("scan_get", Get, "/v1/scans/{id}", READ, "One scan").command("scans show").reply::<Scan>(),
    Op::new("scan_hosts", Get, "/v1/scans/{id}/hosts", READ, "What a scan saw")
        .command("scans show")
        .reply::<ScanHostPage>(),
    Op::new(
        "scan_diff",
        Get,
        "/v1/scans/{id}/diff/{other}",
        READ,
        "What a scan saw that another did not, and the reverse",
    )
    .command("scans diff")
    .reply::<ScanDiff>(),
    Op::new(
        "scan_delete",
        Delete,
        "/v1/scans/{id}",
        SCAN,
        "Delete the record of an ended scan; what it changed stays",
    )
    .command("scans delete")
    .status(204),
];
