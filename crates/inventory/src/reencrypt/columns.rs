//! Every sealed column there is: what is missing here would be lost with the key that sealed it. A test compares with
//! the schema.

/// A column of envelopes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SealedColumn {
    /// The place that its envelopes are bound to: `<table>.<column without _sealed>`.
    pub(crate) place: &'static str,
    pub(crate) table: &'static str,
    pub(crate) column: &'static str,
    /// The columns whose bytes, one after the other, name the row in its place.
    pub(crate) row: &'static [&'static str],
    pub(crate) primary_key: &'static [&'static str],
}

const fn sealed(
    place: &'static str,
    table: &'static str,
    column: &'static str,
    row: &'static [&'static str],
    primary_key: &'static [&'static str],
) -> SealedColumn {
    SealedColumn { place, table, column, row, primary_key }
}

const UNIT: &[&str] = &["task", "key_digest"];
const UNIT_KEY: &[&str] = &["task", "ordinal"];

/// In the order in which they are gone through.
pub(crate) const COLUMNS: &[SealedColumn] = &[
    sealed("principals.name", "principals", "name_sealed", &["id"], &["id"]),
    sealed("event_types.schema", "event_types", "schema_sealed", &["name"], &["code"]),
    sealed("consumers.name", "consumers", "name_sealed", &["id"], &["id"]),
    sealed("webhooks.target", "webhooks", "target_sealed", &["id"], &["id"]),
    sealed("webhooks.secrets", "webhooks", "secrets_sealed", &["id"], &["id"]),
    sealed("webhooks.reason", "webhooks", "reason_sealed", &["id"], &["id"]),
    sealed("webhook_tries.answer", "webhook_tries", "answer_sealed", &["message"], &["ordinal"]),
    sealed("idempotency.answer", "idempotency", "answer_sealed", &["key"], &["key"]),
    sealed("tasks.request", "tasks", "request_sealed", &["id"], &["id"]),
    sealed("tasks.error", "tasks", "error_sealed", &["id"], &["id"]),
    sealed("units.spec", "units", "spec_sealed", UNIT, UNIT_KEY),
    sealed("units.checkpoint", "units", "checkpoint_sealed", UNIT, UNIT_KEY),
    sealed("units.error", "units", "error_sealed", UNIT, UNIT_KEY),
    sealed("warnings.message", "warnings", "message_sealed", &["task"], &["ordinal"]),
    sealed("runs.log_key", "runs", "log_key_sealed", &["id"], &["id"]),
    sealed("plans.plan", "plans", "plan_sealed", &["id"], &["id"]),
    sealed("plans.result", "plans", "result_sealed", &["id"], &["id"]),
    sealed("plans.stop", "plans", "stop_sealed", &["id"], &["id"]),
    sealed("executions.asked", "executions", "asked_sealed", &["id"], &["id"]),
    sealed("executions.result", "executions", "result_sealed", &["id"], &["id"]),
    sealed("executions.error", "executions", "error_sealed", &["id"], &["id"]),
    sealed("executions.stop", "executions", "stop_sealed", &["id"], &["id"]),
    sealed("things.document", "things", "document_sealed", &["id"], &["id"]),
    sealed("things.readings", "things", "readings_sealed", &["id"], &["id"]),
    sealed("slices.detail", "slices", "detail_sealed", &["id"], &["id"]),
    sealed("embeddings.vector", "embeddings", "vector_sealed", &["thing"], &["thing"]),
    sealed("conversations.title", "conversations", "title_sealed", &["id"], &["id"]),
    sealed("messages.content", "messages", "content_sealed", &["id"], &["ordinal"]),
    sealed("backups.settings", "backups", "settings_sealed", &["only"], &["only"]),
    sealed("backups.outcomes", "backups", "outcomes_sealed", &["only"], &["only"]),
    sealed(
        "observations.attributes",
        "observations",
        "attributes_sealed",
        &["task", "thing"],
        &["task", "thing"],
    ),
    sealed("changes.diff", "changes", "diff_sealed", &["task", "thing"], &["ordinal"]),
    sealed("audit.detail", "audit", "detail_sealed", &["at"], &["ordinal"]),
    sealed("journal.data", "journal", "data_sealed", &["sequence"], &["sequence"]),
];
