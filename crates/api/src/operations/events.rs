//! The operations on events, their types and their figures.

use super::{ADMIN, OPERATE, READ};
use crate::operation::Method::{Get, Post};
use crate::operation::{Operation, Operation as Op, params};
use crate::{
    EventPage, EventQuery, EventStatistics, EventTypeInfo, EventTypeList, EventTypeRequest, HistoryQuery,
    PublishRequest, Published,
};

/// The rows, in the order of the documents.
pub(super) const TABLE: &[Operation] = &[
    Op::new(
        "events",
        Get,
        "/v1/events",
        READ,
        "Stream events: SSE, or NDJSON with `Accept: application/x-ndjson`",
    )
    .command("events tail")
    .content("text/event-stream")
    .query(params::<EventQuery>),
    Op::new("events_ws", Get, "/v1/events/ws", READ, "Stream events over a WebSocket").status(101),
    Op::new("event_history", Get, "/v1/events/history", READ, "A page of the journal")
        .command("events tail")
        .query(params::<HistoryQuery>)
        .reply::<EventPage>(),
    Op::new("event_publish", Post, "/v1/events", OPERATE, "Publish events of types that plugins declared")
        .command("events publish")
        .status(201)
        .request::<PublishRequest>()
        .reply::<Published>(),
    Op::new(
        "event_type_register",
        Post,
        "/v1/event-types",
        ADMIN,
        "Declare a type of event, or widen the schema of one",
    )
    .command("events types register")
    .status(201)
    .request::<EventTypeRequest>()
    .reply::<EventTypeInfo>(),
    Op::new("event_type_list", Get, "/v1/event-types", READ, "List types of events, declared ones included")
        .command("events types list")
        .reply::<EventTypeList>(),
    Op::new(
        "event_type_schema",
        Get,
        "/v1/event-types/{name}/schema",
        READ,
        "The JSON Schema of the data of a type's events",
    )
    .command("events types show")
    .content("application/schema+json"),
    Op::new(
        "event_statistics",
        Get,
        "/v1/statistics/events",
        READ,
        "Events by type, rate, lag, merged, dropped",
    )
    .command("events statistics")
    .reply::<EventStatistics>(),
];
