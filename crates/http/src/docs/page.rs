//! The whole page.

use std::fmt::Write;

use groma_api::{ErrorCode, event_schemas};
use groma_model::{DeliveryClass, EventType};
use serde_json::{Map, Value};

use super::html::{escape, prose};
use super::operations::{article, groups, verb};
use super::schema::fields;

const BEGINNING: &str = include_str!("beginning.html");

/// Returns the page.
pub(super) fn page() -> String {
    let openapi = serde_json::to_value(groma_api::openapi()).unwrap_or_default();
    let schemas = openapi["components"]["schemas"].as_object().cloned().unwrap_or_default();
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Groma API</title>\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <link rel=\"icon\" href=\"data:,\"><link rel=\"stylesheet\" href=\"/docs/docs.css\"><script src=\"/docs/docs.js\" defer></script></head><body>\
         <header><h1>Groma API <small>{}</small></h1>\
         <input id=\"filter\" type=\"search\" placeholder=\"Filter: name, path, event, field\" aria-label=\"Filter\" hidden>\
         <p><a href=\"/\">Page</a> <a href=\"/openapi.json\">OpenAPI</a> <a href=\"/asyncapi.json\">AsyncAPI</a></p></header>",
        env!("CARGO_PKG_VERSION")
    );
    out.push_str(&contents(&schemas));
    out.push_str("<main>");
    out.push_str(BEGINNING);
    for (heading, operations) in groups() {
        write!(out, "<section id=\"{}\"><h2>{heading}</h2>", anchor(heading)).ok();
        for operation in operations {
            out.push_str(&article(operation, &openapi, &schemas));
        }
        out.push_str("</section>");
    }
    out.push_str(&problems());
    out.push_str(&events());
    out.push_str("<section id=\"schemas\"><h2>Schemas</h2>");
    for (name, schema) in named(&schemas) {
        let about = schema["description"].as_str().map(prose).unwrap_or_default();
        write!(
            out,
            "<article id=\"schema-{0}\"><h3><a href=\"#schema-{0}\"><code>{0}</code></a></h3><p>{about}</p>{1}</article>",
            escape(name),
            fields(schema)
        )
        .ok();
    }
    out.push_str("</section></main></body></html>\n");
    out
}

/// Returns the schemas that have an article of their own; envelopes with one type's data are told by the event types.
fn named(schemas: &Map<String, Value>) -> impl Iterator<Item = (&String, &Value)> {
    let enveloped = |name: &str, schema: &Value| {
        name == "GromaEvent" || (name.ends_with("Event") && !schema["properties"]["specversion"].is_null())
    };
    schemas.iter().filter(move |(name, schema)| !enveloped(name, schema))
}

fn contents(schemas: &Map<String, Value>) -> String {
    let mut out = "<nav aria-label=\"Contents\"><a href=\"#begin\">Begin here</a>".to_owned();
    for (heading, operations) in groups() {
        write!(out, "<details open><summary><a href=\"#{}\">{heading}</a></summary><ul>", anchor(heading))
            .ok();
        for operation in operations {
            let verb = verb(operation);
            write!(
                out,
                "<li><a href=\"#{0}\"><span class=\"verb {1}\">{verb}</span> {0}</a>",
                operation.id,
                verb.to_lowercase()
            )
            .ok();
        }
        out.push_str("</ul></details>");
    }
    out.push_str("<a href=\"#problems\">Problems</a><details><summary><a href=\"#event-types\">Event types</a></summary><ul>");
    for event in EventType::ALL {
        write!(out, "<li><a href=\"#{0}\">{1}</a>", event.name, event.name.trim_start_matches("groma.")).ok();
    }
    out.push_str("</ul></details><details><summary><a href=\"#schemas\">Schemas</a></summary><ul>");
    for (name, _) in named(schemas) {
        write!(out, "<li><a href=\"#schema-{0}\">{0}</a>", escape(name)).ok();
    }
    out.push_str("</ul></details></nav>");
    out
}

fn problems() -> String {
    let mut out = "<section id=\"problems\"><h2>Problems</h2><p>What is refused is answered by a problem document \
                   (<code>application/problem+json</code>); programs read its <code>code</code>.</p><article><table><thead><tr>\
                   <th>Code<th>Status<th>Exit code<th>Meaning</thead><tbody>"
        .to_owned();
    for code in ErrorCode::ALL {
        let again = if code.retryable() { " Trying again later helps." } else { "" };
        let word = code.as_str();
        let path = word.to_lowercase().replace('_', "-");
        write!(
            out,
            "<tr><td><a href=\"/problems/{path}\"><code>{word}</code></a><td>{}<td>{}<td>{}.{again}",
            code.status(),
            code.exit(),
            escape(code.title())
        )
        .ok();
    }
    out.push_str("</tbody></table></article></section>");
    out
}

fn events() -> String {
    let schemas = event_schemas();
    let mut out = "<section id=\"event-types\"><h2>Event types</h2><p>Each event is a CloudEvents 1.0 JSON event; what follows \
                   is its <code>data</code>. Plugins declare further types: <code>groma events types list</code>.</p>"
        .to_owned();
    for event in EventType::ALL {
        let class = match event.class {
            DeliveryClass::Kept => "kept: journaled, never dropped, never merged",
            DeliveryClass::Latest => "latest: journaled for a short time, merged for slow readers",
            DeliveryClass::Control => "control: travels in a stream, without a position",
            DeliveryClass::Expanded => "expanded from the log of an execution",
        };
        write!(
            out,
            "<article id=\"{0}\"><h3><a href=\"#{0}\"><code>{0}</code></a></h3><p>{1}</p><ul class=\"facts\"><li>{class}",
            event.name,
            prose(event.summary())
        )
        .ok();
        if !event.desktop_name.is_empty() {
            write!(out, "<li>in the desktop shell <code>{}</code>", escape(event.desktop_name)).ok();
        }
        if schemas.contains_key(event.name) {
            write!(out, "<li><a href=\"{}\">JSON Schema</a>", escape(&event.schema_path())).ok();
        }
        out.push_str("</ul>");
        if let Some(schema) = schemas.get(event.name) {
            out.push_str(&fields(schema));
        }
        out.push_str("</article>");
    }
    out.push_str("</section>");
    out
}

fn anchor(heading: &str) -> String {
    // Operations have their own names, such as `events`.
    format!("about-{}", heading.to_lowercase().replace(' ', "-"))
}
