//! AsyncAPI 3.0: how events travel. Schemas are those of the OpenAPI document, so that each is derived once.

use std::collections::BTreeSet;

use groma_model::EventType;
use serde_json::{Map, Value, json};
use utoipa::IntoParams;
use utoipa::openapi::path::ParameterIn;

use crate::{EventQuery, openapi};

const SCHEMAS: &str = "#/components/schemas/";

/// Returns the AsyncAPI document.
#[must_use]
pub fn asyncapi() -> Value {
    let openapi = serde_json::to_value(openapi()).unwrap_or_default();
    let messages = messages(&openapi);
    let channels = json!({
        "events": {
            "address": "/v1/events",
            "title": "Server-sent events",
            "description": "Each event's `data` is one message as JSON, its `id` the message's `sequence`, its `event` the type. Events of plugins (`groma.custom.*`) travel here, too; they fit `Envelope`. A comment every 15 s keeps the connection alive. With `Accept: application/x-ndjson` each line is one message.",
            "servers": [{"$ref": "#/servers/http"}],
            "messages": references(EventType::ALL.iter().map(|known| known.name), "#/components/messages/"),
        },
        "eventsWebSocket": {
            "address": "/v1/events/ws",
            "title": "WebSocket",
            "description": "Any number of streams over one connection, each with its filter. Events travel in `StreamMessage`.",
            "servers": [{"$ref": "#/servers/websocket"}],
            "messages": references(["StreamRequest", "StreamMessage"], "#/components/messages/"),
            "bindings": {"ws": {"method": "GET", "bindingVersion": "0.1.0"}},
        },
        "webhooks": {
            "address": null,
            "title": "Webhooks",
            "description": "Requests to the address that a webhook names, signed as Standard Webhooks says; at least once, in order per subject.",
            "messages": references(["WebhookStructured", "WebhookBinary"], "#/components/messages/"),
        },
    });
    json!({
        "asyncapi": "3.0.0",
        "info": {
            "title": "Groma's events",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Every event is a CloudEvents 1.0 JSON event. `sequence` is the position from which any transport resumes. `/openapi.json` describes everything else.",
            "license": {"name": "MIT OR Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "servers": {
            "http": {"host": "127.0.0.1:7463", "protocol": "http", "description": "Where Groma listens unless told otherwise."},
            "websocket": {"host": "127.0.0.1:7463", "protocol": "ws", "description": "The same place."},
        },
        "channels": channels,
        "operations": operations(),
        "components": {
            "schemas": reachable(&openapi, &messages),
            "messages": messages,
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "session": {"type": "httpApiKey", "name": "groma_session", "in": "cookie"},
            },
        },
    })
}

/// What Groma does: it sends, except for what clients of the WebSocket say.
fn operations() -> Value {
    let security = json!([
        {"$ref": "#/components/securitySchemes/bearer"},
        {"$ref": "#/components/securitySchemes/session"},
    ]);
    json!({
        "streamEvents": {
            "action": "send",
            "channel": {"$ref": "#/channels/events"},
            "summary": "Send events as they are committed, from any position on",
            "security": security,
            "bindings": {"http": {"method": "GET", "query": query(), "bindingVersion": "0.3.0"}},
        },
        "changeStreams": {
            "action": "receive",
            "channel": {"$ref": "#/channels/eventsWebSocket"},
            "summary": "Open, change and close streams, and acknowledge",
            "security": security,
            "messages": [{"$ref": "#/channels/eventsWebSocket/messages/StreamRequest"}],
        },
        "sendStreams": {
            "action": "send",
            "channel": {"$ref": "#/channels/eventsWebSocket"},
            "summary": "Send the events of all streams",
            "security": security,
            "messages": [{"$ref": "#/channels/eventsWebSocket/messages/StreamMessage"}],
        },
        "deliverEvents": {
            "action": "send",
            "channel": {"$ref": "#/channels/webhooks"},
            "summary": "Deliver events to other servers",
            "bindings": {"http": {"method": "POST", "bindingVersion": "0.3.0"}},
        },
    })
}

/// Returns the parameters of the query as one object.
fn query() -> Value {
    let parameters = EventQuery::into_params(|| Some(ParameterIn::Query));
    let mut properties = Map::new();
    for parameter in parameters {
        let mut schema = serde_json::to_value(&parameter.schema).unwrap_or_default();
        if let (Some(fields), Some(text)) = (schema.as_object_mut(), parameter.description) {
            fields.insert("description".to_owned(), text.into());
        }
        properties.insert(parameter.name, schema);
    }
    json!({"type": "object", "properties": properties, "additionalProperties": false})
}

fn messages(openapi: &Value) -> Value {
    let mut messages = Map::new();
    for known in EventType::ALL {
        let message = json!({
            "name": known.name,
            "title": known.name,
            "summary": known.summary(),
            "contentType": "application/cloudevents+json",
            "payload": {"$ref": event_component(openapi, known)},
        });
        messages.insert(known.name.to_owned(), message);
    }
    let any =
        json!({"anyOf": [{"$ref": format!("{SCHEMAS}GromaEvent")}, {"$ref": format!("{SCHEMAS}Envelope")}]});
    let signed = signature();
    messages.insert(
        "WebhookStructured".to_owned(),
        json!({
            "name": "WebhookStructured",
            "summary": "The whole event in the body",
            "contentType": "application/cloudevents+json",
            "headers": signed,
            "payload": any,
        }),
    );
    messages.insert(
        "WebhookBinary".to_owned(),
        json!({
            "name": "WebhookBinary",
            "summary": "The data in the body, everything else in headers (CloudEvents binary mode)",
            "contentType": "application/json",
            "headers": {"allOf": [signed, attributes()]},
            "payload": {"description": "As the schema named by `ce-dataschema` says."},
        }),
    );
    for name in ["StreamRequest", "StreamMessage"] {
        let message = json!({
            "name": name,
            "contentType": "application/json",
            "payload": {"$ref": format!("{SCHEMAS}{name}")},
        });
        messages.insert(name.to_owned(), message);
    }
    Value::Object(messages)
}

/// Returns where the schema of a type's whole event is: the union of all events says it.
fn event_component<'a>(openapi: &'a Value, known: &EventType) -> Option<&'a str> {
    let mapping = openapi.pointer("/components/schemas/GromaEvent/discriminator/mapping")?;
    mapping.get(known.name)?.as_str()
}

/// Headers of Standard Webhooks.
fn signature() -> Value {
    json!({
        "type": "object",
        "required": ["webhook-id", "webhook-timestamp", "webhook-signature"],
        "properties": {
            "webhook-id": {"type": "string", "description": "The event's id: the same for every try."},
            "webhook-timestamp": {"type": "string", "description": "Unix seconds of this try."},
            "webhook-signature": {"type": "string", "description": "`v1,<base64>` for each active secret, separated by spaces."},
        },
    })
}

/// Headers of the CloudEvents HTTP binding in binary mode.
fn attributes() -> Value {
    let text = |description: &str| json!({"type": "string", "description": description});
    json!({
        "type": "object",
        "required": ["ce-specversion", "ce-id", "ce-source", "ce-type", "ce-time", "ce-dataschema"],
        "properties": {
            "ce-specversion": text("`1.0`"),
            "ce-id": text("The event's id."),
            "ce-source": text("`/groma/<node>/<domain>`"),
            "ce-type": text("The event's type."),
            "ce-subject": text("What it is about."),
            "ce-time": text("When it was committed."),
            "ce-dataschema": text("Path of the schema of the body."),
            "ce-sequence": text("Its position."),
        },
    })
}

fn references<'a>(names: impl IntoIterator<Item = &'a str>, at: &str) -> Value {
    let entry = |name: &str| (name.to_owned(), json!({"$ref": format!("{at}{name}")}));
    Value::Object(names.into_iter().map(entry).collect())
}

/// Returns the components of the OpenAPI document that the messages lead to.
fn reachable(openapi: &Value, messages: &Value) -> Value {
    let mut found = Map::new();
    let mut wanted = BTreeSet::new();
    targets(messages, &mut wanted);
    while let Some(name) = wanted.pop_first() {
        let Some(mut schema) = openapi.pointer(&format!("/components/schemas/{name}")).cloned() else {
            continue;
        };
        name_discriminator(&mut schema);
        let mut more = BTreeSet::new();
        targets(&schema, &mut more);
        found.insert(name, schema);
        wanted.extend(more.into_iter().filter(|name| !found.contains_key(name)));
    }
    Value::Object(found)
}

/// Collects the names of the schemas that are referred to.
fn targets(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            let target =
                fields.get("$ref").and_then(Value::as_str).and_then(|target| target.strip_prefix(SCHEMAS));
            found.extend(target.map(str::to_owned));
            fields.values().for_each(|value| targets(value, found));
        }
        Value::Array(items) => items.iter().for_each(|value| targets(value, found)),
        _ => {}
    }
}

/// AsyncAPI's discriminator is the field's name alone.
fn name_discriminator(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            if let Some(name) =
                fields.get("discriminator").and_then(|found| found.get("propertyName")).cloned()
            {
                fields.insert("discriminator".to_owned(), name);
            }
            fields.values_mut().for_each(name_discriminator);
        }
        Value::Array(items) => items.iter_mut().for_each(name_discriminator),
        _ => {}
    }
}
