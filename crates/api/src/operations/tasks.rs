//! The operations on what runs, ran or can run again: tasks.

use utoipa::IntoParams;

use super::{READ, SCAN};
use crate::operation::Method::{Get, Post};
use crate::operation::{Operation, Operation as Op, params};
use crate::{CancelRequest, DiscardRequest, StartedScan, TaskStatus};

/// Query of `GET /v1/scan/task/{task_id}`.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "read by the generated document alone")]
struct WaitQuery {
    /// Seconds to wait for the end, up to 60.
    wait: Option<u32>,
}

/// The rows, in the order of the documents.
pub(super) const TABLE: &[Operation] = &[
    Op::new(
        "task_get",
        Get,
        "/v1/scan/task/{task_id}",
        READ,
        "Where a task is; waits for its end when asked",
    )
    .command("scans show")
    .query(params::<WaitQuery>)
    .reply::<TaskStatus>(),
    Op::new(
        "task_cancel",
        Post,
        "/v1/scan/task/{task_id}/cancel",
        SCAN,
        "Cancel a task; keep or discard what it found",
    )
    .command("scans cancel")
    .request::<CancelRequest>()
    .reply::<TaskStatus>(),
    Op::new(
        "task_discard",
        Post,
        "/v1/scan/task/{task_id}/discard",
        SCAN,
        "Take back what an ended scan changed",
    )
    .command("scans discard")
    .request::<DiscardRequest>()
    .reply::<StartedScan>(),
    Op::new(
        "task_resume",
        Post,
        "/v1/scan/task/{task_id}/resume",
        SCAN,
        "Do what an ended scan left undone, as a new scan",
    )
    .command("scans resume")
    .status(202)
    .reply::<StartedScan>(),
    Op::new(
        "task_retry",
        Post,
        "/v1/scan/task/{task_id}/retry",
        SCAN,
        "Do again what failed in an ended scan, as a new scan",
    )
    .command("scans retry")
    .status(202)
    .reply::<StartedScan>(),
];
