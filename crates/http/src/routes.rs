//! What each operation does with an admitted request; one file per domain.

mod access;
mod backups;
mod conversations;
mod event_types;
mod events;
mod executions;
mod hosts;
mod keys;
mod resources;
mod retention;
mod runs;
mod scans;
mod search;
mod status;
mod tasks;
mod webhooks;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use groma_api::{ApiError, Reply, StartedScan};
use groma_model::TaskId;
use serde::Serialize;

use crate::action::Action;
use crate::call::Call;
use crate::{stream, websocket};

type Answer = Result<Response, ApiError>;

/// Returns what the named operation does; a test asserts that none is forgotten.
pub(crate) fn action(id: &str) -> Option<Action> {
    let action: Action = match id {
        "version" => |call| Box::pin(status::version(call)),
        "summary" => |call| Box::pin(status::summary(call)),
        "metrics" => |call| Box::pin(status::metrics(call)),
        "livez" => |call| Box::pin(status::livez(call)),
        "readyz" => |call| Box::pin(status::readyz(call)),
        "scan_start" => |call| Box::pin(scans::start(call)),
        "scan_validate" => |call| Box::pin(scans::validate(call)),
        "scan_list" => |call| Box::pin(scans::list(call)),
        "scan_last" => |call| Box::pin(scans::last(call)),
        "scan_get" => |call| Box::pin(scans::get(call)),
        "scan_hosts" => |call| Box::pin(scans::hosts(call)),
        "scan_diff" => |call| Box::pin(scans::diff(call)),
        "scan_delete" => |call| Box::pin(scans::delete(call)),
        "task_get" => |call| Box::pin(tasks::get(call)),
        "task_cancel" => |call| Box::pin(tasks::cancel(call)),
        "task_discard" => |call| Box::pin(tasks::discard(call)),
        "task_resume" => |call| Box::pin(tasks::resume(call)),
        "task_retry" => |call| Box::pin(tasks::retry(call)),
        "host_list" => |call| Box::pin(hosts::list(call)),
        "host_get" => |call| Box::pin(hosts::get(call)),
        "resource_list" => |call| Box::pin(resources::resource_list(call)),
        "resource_export" => |call| Box::pin(resources::resource_export(call)),
        "resource_get" => |call| Box::pin(resources::resource_get(call)),
        "resource_history" => |call| Box::pin(resources::resource_history(call)),
        "resource_relations" => |call| Box::pin(resources::resource_relations(call)),
        "account_resources" => |call| Box::pin(resources::account_resources(call)),
        "coverage_list" => |call| Box::pin(resources::coverage_list(call)),
        "search" => |call| Box::pin(search::search(call)),
        "sql_query" => |call| Box::pin(search::sql_query(call)),
        "model_status" => |call| Box::pin(search::model_status(call)),
        "model_install" => |call| Box::pin(search::model_install(call)),
        "conversation_create" => |call| Box::pin(conversations::conversation_create(call)),
        "conversation_list" => |call| Box::pin(conversations::conversation_list(call)),
        "conversation_get" => |call| Box::pin(conversations::conversation_get(call)),
        "conversation_delete" => |call| Box::pin(conversations::conversation_delete(call)),
        "message_create" => |call| Box::pin(conversations::message_create(call)),
        "message_list" => |call| Box::pin(conversations::message_list(call)),
        "execution_start" => |call| Box::pin(executions::execution_start(call)),
        "execution_list" => |call| Box::pin(executions::execution_list(call)),
        "execution_get" => |call| Box::pin(executions::execution_get(call)),
        "execution_logs" => |call| Box::pin(executions::execution_logs(call)),
        "execution_cancel" => |call| Box::pin(executions::execution_cancel(call)),
        "plan_resolve" => |call| Box::pin(executions::plan_resolve(call)),
        "plan_start" => |call| Box::pin(executions::plan_start(call)),
        "plan_list" => |call| Box::pin(executions::plan_list(call)),
        "plan_get" => |call| Box::pin(executions::plan_get(call)),
        "plan_cancel" => |call| Box::pin(executions::plan_cancel(call)),
        "run_begin" => |call| Box::pin(runs::run_begin(call)),
        "run_report" => |call| Box::pin(runs::run_report(call)),
        "events" => |call| Box::pin(stream::events(call)),
        "events_ws" => |call| Box::pin(websocket::upgrade(call)),
        "event_history" => |call| Box::pin(events::history(call)),
        "event_type_register" => |call| Box::pin(event_types::event_type_register(call)),
        "event_type_list" => |call| Box::pin(event_types::event_type_list(call)),
        "event_type_schema" => |call| Box::pin(event_types::event_type_schema(call)),
        "event_publish" => |call| Box::pin(event_types::event_publish(call)),
        "retention_get" => |call| Box::pin(retention::retention_get(call)),
        "retention_set" => |call| Box::pin(retention::retention_set(call)),
        "retention_run" => |call| Box::pin(retention::retention_run(call)),
        "consumer_put" => |call| Box::pin(retention::consumer_put(call)),
        "consumer_list" => |call| Box::pin(retention::consumer_list(call)),
        "consumer_delete" => |call| Box::pin(retention::consumer_delete(call)),
        "event_statistics" => |call| Box::pin(retention::event_statistics(call)),
        "webhook_create" => |call| Box::pin(webhooks::webhook_create(call)),
        "webhook_list" => |call| Box::pin(webhooks::webhook_list(call)),
        "webhook_get" => |call| Box::pin(webhooks::webhook_get(call)),
        "webhook_update" => |call| Box::pin(webhooks::webhook_update(call)),
        "webhook_delete" => |call| Box::pin(webhooks::webhook_delete(call)),
        "webhook_test" => |call| Box::pin(webhooks::webhook_test(call)),
        "webhook_rotate" => |call| Box::pin(webhooks::webhook_rotate(call)),
        "webhook_replay" => |call| Box::pin(webhooks::webhook_replay(call)),
        "webhook_deliveries" => |call| Box::pin(webhooks::webhook_deliveries(call)),
        "key_status" => |call| Box::pin(keys::key_status(call)),
        "key_slot_add" => |call| Box::pin(keys::key_slot_add(call)),
        "key_slot_remove" => |call| Box::pin(keys::key_slot_remove(call)),
        "key_recovery" => |call| Box::pin(keys::key_recovery(call)),
        "key_rotate" => |call| Box::pin(keys::key_rotate(call)),
        "backup_list" => |call| Box::pin(backups::backup_list(call)),
        "backup_create" => |call| Box::pin(backups::backup_create(call)),
        "backup_settings_get" => |call| Box::pin(backups::backup_settings_get(call)),
        "backup_settings_set" => |call| Box::pin(backups::backup_settings_set(call)),
        "backup_verify" => |call| Box::pin(backups::backup_verify(call)),
        "backup_drill" => |call| Box::pin(backups::backup_drill(call)),
        "backup_cancel" => |call| Box::pin(backups::backup_cancel(call)),
        "token_create" => |call| Box::pin(access::token_create(call)),
        "token_list" => |call| Box::pin(access::token_list(call)),
        "token_revoke" => |call| Box::pin(access::token_revoke(call)),
        "sign_in_link" => |call| Box::pin(access::sign_in_link(call)),
        "session_start" => |call| Box::pin(access::session_start(call)),
        "session_get" => |call| Box::pin(access::session_get(call)),
        "session_end" => |call| Box::pin(access::session_end(call)),
        "audit_list" => |call| Box::pin(access::audit_list(call)),
        _ => return None,
    };
    Some(action)
}

/// Answers with the operation's usual status.
fn reply<T: Serialize>(call: &Call, message: impl Into<String>, data: T) -> Response {
    let status = StatusCode::from_u16(call.operation.status).unwrap_or(StatusCode::OK);
    (status, Json(Reply::new(message, data))).into_response()
}

/// Answers a start: where to look, and when.
fn started(call: &Call, message: &str, scan: &StartedScan) -> Response {
    let (message, existing) =
        if scan.existing { ("An identical scan is running.", true) } else { (message, false) };
    let mut response = reply(call, message, scan);
    if existing {
        *response.status_mut() = StatusCode::OK;
    }
    let headers = response.headers_mut();
    if let Ok(location) = HeaderValue::from_str(&task_path(scan.task_id)) {
        headers.insert(header::LOCATION, location);
    }
    headers.insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
    response
}

fn task_path(id: TaskId) -> String {
    let pattern = groma_api::Operation::by_id("task_get").map_or("", |operation| operation.path);
    pattern.replace("{task_id}", &id.to_string())
}
