//! A thing as names and values.

use groma_api::Resource;
use groma_model::thing::{Constraints, Permissions};
use serde_json::{Map, Value};

use crate::commands::resources::place;
use crate::output::{Sheet, moment, optional};

/// Returns everything that is known of a thing; attributes by their path.
pub(super) fn of(resource: &Resource) -> Sheet {
    let tags = resource.tags.iter().map(|(key, value)| match value.as_str() {
        "" => key.clone(),
        value => format!("{key}={value}"),
    });
    let mut fields: Vec<(String, String)> = [
        ("id", resource.id.to_string()),
        ("alias", optional(resource.alias.as_ref())),
        ("kind", resource.kind.clone()),
        ("name", resource.name.clone()),
        ("state", resource.state.clone()),
        ("place", place(&resource.scope)),
        ("also found by", resource.identifiers.join("\n")),
        ("tags", tags.collect::<Vec<_>>().join("\n")),
        ("first seen", moment(resource.first_seen)),
        ("last seen", moment(resource.last_seen)),
        ("last changed", moment(resource.last_changed)),
        ("gone since", optional(resource.deleted_at.map(moment))),
        ("last scan", optional(resource.scan)),
        ("slice", optional(resource.slice)),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into();
    add(&mut fields, "attributes", &resource.attributes);
    add(&mut fields, "readings", &resource.readings);
    if let Some(permissions) = &resource.permissions {
        fields.extend(allowed(permissions).map(|(name, value)| (name.to_owned(), value)));
    }
    if let Some(constraints) = &resource.constraints {
        fields.push(("constraints".to_owned(), stands_against(constraints)));
    }
    Sheet::of_fields(fields.iter().map(|(name, value)| (name.as_str(), value.clone())).collect())
}

/// Adds each value below its path; lists of plain values in one line.
fn add(fields: &mut Vec<(String, String)>, path: &str, values: &Map<String, Value>) {
    for (key, value) in values {
        let path = format!("{path}/{}", key.replace('~', "~0").replace('/', "~1"));
        match value {
            Value::Object(inner) if !inner.is_empty() => add(fields, &path, inner),
            value => fields.push((path, text(value))),
        }
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) if items.iter().all(|item| !item.is_object() && !item.is_array()) => {
            items.iter().map(text).collect::<Vec<_>>().join(", ")
        }
        other => other.to_string(),
    }
}

fn allowed(permissions: &Permissions) -> [(&'static str, String); 4] {
    let user = &permissions.user_context;
    let whose = user.username.as_ref().or(user.role_arn.as_ref());
    let whose = whose.map_or_else(String::new, |whose| format!(" for {whose}"));
    let Permissions { method, confidence, checked_at, .. } = permissions;
    [
        ("allowed", permissions.allowed_actions.join("\n")),
        ("denied", permissions.denied_actions.join("\n")),
        ("not known", permissions.unknown_actions.join("\n")),
        (
            "permissions",
            format!("{method}{whose} at {}, {:.0} % sure", moment(*checked_at), confidence * 100.0),
        ),
    ]
}

fn stands_against(constraints: &Constraints) -> String {
    let can = |what: &str, can: Option<bool>| {
        can.map(|can| if can { format!("can {what}") } else { format!("cannot {what}") })
    };
    let has = |what: &str, has: Option<bool>| {
        has.map(|has| if has { format!("has {what}") } else { format!("has no {what}") })
    };
    let parts = [
        can("start", constraints.can_start),
        can("stop", constraints.can_stop),
        can("be deleted", constraints.can_delete),
        has("dependencies", constraints.has_dependencies),
        has("backups", constraints.has_backups),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().chain(constraints.reasons.iter().cloned()).collect();
    parts.join("\n")
}

#[cfg(test)]
mod tests;
