//! The operations on how long events are kept, and the readers that hold them back.

use super::{ADMIN, OPERATE, READ};
use crate::operation::Method::{Delete, Get, Post};
use crate::operation::{Operation, Operation as Op};
use crate::{Consumer, ConsumerList, ConsumerRequest, Retention, RetentionRequest, RetentionRun};

/// The rows, in the order of the documents.
pub(super) const TABLE: &[Operation] = &[
    Op::new("retention_get", Get, "/v1/retention", READ, "How long events are kept, and what there is")
        .command("retention show")
        .reply::<Retention>(),
    Op::new("retention_set", Post, "/v1/retention", ADMIN, "Change how long events are kept")
        .command("retention set")
        .request::<RetentionRequest>()
        .reply::<Retention>(),
    Op::new("retention_run", Post, "/v1/retention/run", ADMIN, "Drop now what may go")
        .command("retention run")
        .reply::<RetentionRun>(),
    Op::new(
        "consumer_put",
        Post,
        "/v1/consumers",
        OPERATE,
        "Register a reader for which events are kept, or tell its position",
    )
    .command("consumers put")
    .request::<ConsumerRequest>()
    .reply::<Consumer>(),
    Op::new("consumer_list", Get, "/v1/consumers", READ, "List registered readers")
        .command("consumers list")
        .reply::<ConsumerList>(),
    Op::new("consumer_delete", Delete, "/v1/consumers/{name}", OPERATE, "Forget a registered reader")
        .command("consumers delete")
        .status(204),
];
