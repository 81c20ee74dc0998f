//! The operations on the keys of the data folder.

use super::ADMIN;
use crate::operation::Method::{Delete, Get, Post};
use crate::operation::{Operation, Operation as Op, params};
use crate::{KeyRotation, KeySlot, KeyStatus, RecoveryKey, SlotRemoval, SlotRequest};

/// The rows, in the order of the documents.
pub(super) const TABLE: &[Operation] = &[
    Op::new("key_status", Get, "/v1/keys", ADMIN, "Who can open the data folder, and which keys there are")
        .command("keys status")
        .reply::<KeyStatus>(),
    Op::new("key_slot_add", Post, "/v1/keys/slots", ADMIN, "Add a way of opening the data folder")
        .command("keys add")
        .status(201)
        .request::<SlotRequest>()
        .reply::<KeySlot>(),
    Op::new(
        "key_slot_remove",
        Delete,
        "/v1/keys/slots/{id}",
        ADMIN,
        "Remove a way of opening the data folder",
    )
    .command("keys remove")
    .query(params::<SlotRemoval>)
    .status(204),
    Op::new("key_recovery", Post, "/v1/keys/recovery", ADMIN, "Make a recovery key; shown once")
        .command("keys recovery")
        .status(201)
        .reply::<RecoveryKey>(),
    Op::new(
        "key_rotate",
        Post,
        "/v1/keys/rotate",
        ADMIN,
        "Make a new data key; seal everything again if asked",
    )
    .command("keys rotate")
    .status(202)
    .request::<KeyRotation>()
    .reply::<KeyStatus>(),
];
