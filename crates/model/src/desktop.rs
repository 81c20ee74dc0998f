//! Payloads as the desktop shell emits them, so that a page written against documents 000, 001 and 002 works
//! unchanged.

use serde_json::{Map, Value, json};

use crate::estate;
use crate::{Envelope, EventType, network};

/// Names of document 001 that are not simply the snake_case of ours; all are durations in milliseconds.
const DURATIONS: &[(&str, &str)] = &[
    ("durationMs", "duration"),
    ("elapsedMs", "elapsed_time"),
    ("estimatedRemainingMs", "estimated_remaining"),
    ("responseTimeMs", "response_time"),
];

/// Returns the name under which the event is emitted; `None` if it is not, or its type is unknown.
#[must_use]
pub fn name(event_type: &str) -> Option<&'static str> {
    let known = EventType::from_name(event_type).ok()?;
    (!known.desktop_name.is_empty()).then_some(known.desktop_name)
}

/// Returns the event's data with what listeners of the older documents expect beside it.
///
/// Every network event also carries the names of document 001; the start and progress of a network scan, whose desktop
/// names it shares with scans of an estate, also carry the fields of document 000. Data of other events is as it is.
#[must_use]
pub fn payload(event: &Envelope) -> Value {
    let mut data: Value = serde_json::from_str(event.data.get()).unwrap_or_default();
    let Some(fields) = data.as_object_mut() else { return data };
    if !event.event_type.starts_with("groma.network.") {
        return data;
    }
    match event.event_type.as_str() {
        "groma.network.scan_started" => add(fields, started_as_estate(&event.data)),
        "groma.network.scan_progress" => add(fields, progress_as_estate(&event.data)),
        _ => {}
    }
    add_snake_case(fields);
    data
}

/// Adds what is not there yet.
fn add(fields: &mut Map<String, Value>, more: Option<Value>) {
    let Some(Value::Object(more)) = more else { return };
    for (name, value) in more {
        fields.entry(name).or_insert(value);
    }
}

fn started_as_estate(data: &serde_json::value::RawValue) -> Option<Value> {
    let started: network::ScanStarted = serde_json::from_str(data.get()).ok()?;
    let none = Vec::new;
    serde_json::to_value(estate::ScanStarted {
        scan_id: started.scan_id,
        scan_type: estate::ScanType::Full,
        accounts: none(),
        regions: none(),
        services: none(),
        started_at: started.timestamp,
        resumes: started.resumes,
    })
    .ok()
}

/// Counts ports where a scan of an estate counts services; no resource is found by scanning a network.
fn progress_as_estate(data: &serde_json::value::RawValue) -> Option<Value> {
    let told: network::ScanProgress = serde_json::from_str(data.get()).ok()?;
    let progress = estate::Progress {
        total_services: told.total_ports,
        completed_services: told.ports_scanned,
        current_service: None,
        current_region: None,
        resources_found: 0,
        percent_complete: estate::Progress::percent(told.ports_scanned, told.total_ports),
    };
    let (accounts, regions, services): ([&str; 0], [&str; 0], [&str; 0]) = ([], [], []);
    Some(json!({
        "status": estate::ScanStatus::Running,
        "progress": progress,
        "elapsedSeconds": told.elapsed_ms / 1000,
        "accounts": accounts,
        "regions": regions,
        "services": services,
    }))
}

/// Adds each of our fields under its name in document 001, in the parts that have a fixed form, too.
fn add_snake_case(fields: &mut Map<String, Value>) {
    for part in ["options", "results", "service"] {
        if let Some(Value::Object(inner)) = fields.get_mut(part) {
            add_snake_case(inner);
        }
    }
    let more: Vec<(String, Value)> = fields
        .iter()
        .filter(|(name, _)| !is_of_estate(name))
        .filter_map(|(name, value)| older_name(name).map(|older| (older, value.clone())))
        .collect();
    for (name, value) in more {
        fields.entry(name).or_insert(value);
    }
}

/// Whether only a scan of an estate has such a field; those have one name.
fn is_of_estate(name: &str) -> bool {
    matches!(name, "scanType" | "startedAt" | "elapsedSeconds")
}

fn older_name(name: &str) -> Option<String> {
    if let Some((_, older)) = DURATIONS.iter().find(|(ours, _)| *ours == name) {
        return Some((*older).to_owned());
    }
    if !name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return None;
    }
    let mut older = String::with_capacity(name.len() + 4);
    for letter in name.chars() {
        if letter.is_ascii_uppercase() {
            older.push('_');
        }
        older.push(letter.to_ascii_lowercase());
    }
    Some(older)
}

#[cfg(test)]
mod tests;
