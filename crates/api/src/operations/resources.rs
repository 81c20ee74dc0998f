//! The operations on things of every domain.

use super::READ;
use crate::operation::Method::Get;
use crate::operation::{Operation, Operation as Op, params};
use crate::{
    Coverage, CoverageQuery, ExportQuery, RelationList, Resource, ResourceHistory, ResourceHistoryQuery,
    ResourceList, ResourceQuery,
};

/// The rows, in the order of the documents.
pub(super) const TABLE: &[Operation] = &[
    Op::new("resource_list", Get, "/v1/resources", READ, "List things of every domain")
        .command("resources list")
        .query(params::<ResourceQuery>)
        .reply::<ResourceList>(),
    Op::new("resource_export", Get, "/v1/resources/export", READ, "All things that fit, as one text")
        .command("resources export")
        .content("application/x-ndjson")
        .alternatives(&["application/json", "text/csv"])
        .query(params::<ExportQuery>),
    Op::new("resource_get", Get, "/v1/resources/{id}", READ, "One thing, by id or alias")
        .command("resources show")
        .reply::<Resource>(),
    Op::new(
        "resource_history",
        Get,
        "/v1/resources/{id}/history",
        READ,
        "What changed about a thing, newest first",
    )
    .command("resources history")
    .query(params::<ResourceHistoryQuery>)
    .reply::<ResourceHistory>(),
    Op::new(
        "resource_relations",
        Get,
        "/v1/resources/{id}/relations",
        READ,
        "What a thing belongs together with",
    )
    .command("resources show")
    .reply::<RelationList>(),
    Op::new(
        "account_resources",
        Get,
        "/v1/account/{account_id}/resources",
        READ,
        "The things last seen in an account",
    )
    .command("resources list --account")
    .query(params::<ResourceQuery>)
    .reply::<ResourceList>(),
    Op::new("coverage_list", Get, "/v1/coverage", READ, "What was read of the world, when and how")
        .command("coverage")
        .query(params::<CoverageQuery>)
        .reply::<Coverage>(),
];
