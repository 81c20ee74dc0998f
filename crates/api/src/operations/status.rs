//! The operations that tell how Groma is and what it has found lately.

use super::READ;
use crate::operation::Method::Get;
use crate::operation::{Operation, Operation as Op};
use crate::{Health, Summary, VersionInfo};

/// The rows, in the order of the documents.
pub(super) const TABLE: &[Operation] = &[
    Op::new("version", Get, "/v1/version", READ, "Who answers, and which versions")
        .command("doctor")
        .reply::<VersionInfo>(),
    Op::new("summary", Get, "/v1/summary", READ, "Counts, running jobs, what changed lately")
        .command("status")
        .reply::<Summary>(),
    Op::new("metrics", Get, "/metrics", READ, "Metrics in Prometheus' text format")
        .content("text/plain; version=0.0.4"),
    Op::new("livez", Get, "/livez", None, "Whether the process answers").bare::<Health>(),
    Op::new("readyz", Get, "/readyz", None, "Whether Groma can do its work; 503 if not").bare::<Health>(),
];
