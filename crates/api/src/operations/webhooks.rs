//! The operations on webhooks.

use super::ADMIN;
use crate::operation::Method::{Delete, Get, Post};
use crate::operation::{Operation, Operation as Op, params};
use crate::{
    StartedReplay, Webhook, WebhookDelivery, WebhookDeliveryPage, WebhookDeliveryQuery, WebhookList,
    WebhookReplay, WebhookRequest, WebhookRotation, WebhookUpdate, WebhookWithSecret,
};

/// The rows, in the order of the documents.
pub(super) const TABLE: &[Operation] = &[
    Op::new("webhook_create", Post, "/v1/webhooks", ADMIN, "Make a webhook")
        .command("webhooks create")
        .status(201)
        .request::<WebhookRequest>()
        .reply::<WebhookWithSecret>(),
    Op::new("webhook_list", Get, "/v1/webhooks", ADMIN, "List webhooks, newest first")
        .command("webhooks list")
        .reply::<WebhookList>(),
    Op::new("webhook_get", Get, "/v1/webhooks/{id}", ADMIN, "One webhook")
        .command("webhooks show")
        .reply::<Webhook>(),
    Op::new("webhook_update", Post, "/v1/webhooks/{id}", ADMIN, "Change a webhook, pause it, let it go on")
        .command("webhooks update")
        .request::<WebhookUpdate>()
        .reply::<Webhook>(),
    Op::new("webhook_delete", Delete, "/v1/webhooks/{id}", ADMIN, "Delete a webhook and its log")
        .command("webhooks delete")
        .status(204),
    Op::new("webhook_test", Post, "/v1/webhooks/{id}/test", ADMIN, "Send a test now and say how it went")
        .command("webhooks test")
        .reply::<WebhookDelivery>(),
    Op::new("webhook_rotate", Post, "/v1/webhooks/{id}/rotate", ADMIN, "Make a new signing secret")
        .command("webhooks rotate")
        .status(201)
        .request::<WebhookRotation>()
        .reply::<WebhookWithSecret>(),
    Op::new("webhook_replay", Post, "/v1/webhooks/{id}/replay", ADMIN, "Deliver a range of events again")
        .command("webhooks replay")
        .status(202)
        .request::<WebhookReplay>()
        .reply::<StartedReplay>(),
    Op::new(
        "webhook_deliveries",
        Get,
        "/v1/webhooks/{id}/deliveries",
        ADMIN,
        "The log of tries, newest first",
    )
    .command("webhooks deliveries")
    .query(params::<WebhookDeliveryQuery>)
    .reply::<WebhookDeliveryPage>(),
];
