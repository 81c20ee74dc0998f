//! Operations, by what they are about.

use std::fmt::Write;

use groma_api::{Method, OPERATIONS, Operation};
use serde_json::{Map, Value};

use super::example::example;
use super::html::{escape, prose};
use super::schema::{fields, kind};

/// Groups in the order of the page: a heading, and how the names of their operations begin.
const GROUPS: &[(&str, &[&str])] = &[
    ("Groma itself", &["version", "summary", "metrics", "livez", "readyz"]),
    ("Scans", &["scan_", "task_"]),
    ("Inventory", &["host_"]),
    ("Events", &["events", "event_"]),
    ("Keeping events", &["retention_", "consumer_"]),
    ("Webhooks", &["webhook_"]),
    ("Keys of the data", &["key_"]),
    ("Access", &["token_", "sign_in", "session_", "audit_"]),
];
/// What no group claims.
const OTHERS: &str = "More";

/// Returns the headings with their operations; no operation is left out.
pub(super) fn groups() -> Vec<(&'static str, Vec<&'static Operation>)> {
    let headings = GROUPS.iter().map(|(heading, _)| *heading).chain([OTHERS]);
    let of = |heading| OPERATIONS.iter().filter(|operation| group(operation) == heading).collect();
    headings
        .map(|heading| (heading, of(heading)))
        .filter(|(_, operations): &(_, Vec<&Operation>)| !operations.is_empty())
        .collect()
}

fn group(operation: &Operation) -> &'static str {
    let claimed = GROUPS.iter().find(|(_, names)| names.iter().any(|name| operation.id.starts_with(name)));
    claimed.map_or(OTHERS, |(heading, _)| heading)
}

pub(super) const fn verb(operation: &Operation) -> &'static str {
    match operation.method {
        Method::Get => "GET",
        Method::Post => "POST",
        Method::Delete => "DELETE",
    }
}

/// Returns one operation as an article of the page.
pub(super) fn article(operation: &Operation, openapi: &Value, schemas: &Map<String, Value>) -> String {
    let verb = verb(operation);
    let described = &openapi["paths"][operation.path][verb.to_lowercase()];
    let mut out = String::new();
    let (id, path) = (operation.id, escape(operation.path));
    write!(
        out,
        "<article id=\"{id}\"><h3><span class=\"verb {class}\">{verb}</span> <a href=\"#{id}\"><code>{path}</code></a></h3>\
         <p>{}.</p><ul class=\"facts\">",
        prose(operation.summary),
        class = verb.to_lowercase(),
    )
    .ok();
    match operation.scope {
        Some(scope) => write!(out, "<li>needs the scope <code>{scope}</code>").ok(),
        None => write!(out, "<li>open to all").ok(),
    };
    if let Some(command) = operation.command {
        write!(out, "<li>on the command line <code>groma {}</code>", escape(command)).ok();
    }
    write!(out, "<li>answers <code>{}</code> {}</ul>", operation.status, escape(operation.content)).ok();
    out.push_str(&parameters(described));
    let body = &described["requestBody"]["content"]["application/json"]["schema"];
    if !body.is_null() {
        write!(out, "<details><summary>Body: {}</summary>{}</details>", kind(body), linked(body, schemas))
            .ok();
    }
    let status = operation.status.to_string();
    let answer = &described["responses"][status.as_str()]["content"][operation.content]["schema"];
    let data = answer.pointer("/properties/data").unwrap_or(answer);
    if !data.is_null() {
        let what = if std::ptr::eq(data, answer) { "Answer" } else { "Answer, in <code>data</code>" };
        write!(out, "<details><summary>{what}: {}</summary>{}</details>", kind(data), linked(data, schemas))
            .ok();
    }
    let body = (!body.is_null()).then(|| example(body, schemas));
    write!(out, "<pre class=\"curl\">{}</pre></article>", escape(&curl(operation, body.as_ref()))).ok();
    out
}

/// Returns the fields of a schema, or of the one that it refers to.
fn linked(schema: &Value, schemas: &Map<String, Value>) -> String {
    let named = super::schema::target(schema).and_then(|name| schemas.get(name));
    fields(named.unwrap_or(schema))
}

fn parameters(described: &Value) -> String {
    let Some(parameters) = described["parameters"].as_array().filter(|list| !list.is_empty()) else {
        return String::new();
    };
    let mut out = "<table><thead><tr><th>Parameter<th>Kind<th>Meaning</thead><tbody>".to_owned();
    for parameter in parameters {
        let must = if parameter["required"] == true { "" } else { " class=\"optional\"" };
        let name = escape(parameter["name"].as_str().unwrap_or_default());
        let about = parameter["description"].as_str().map(prose).unwrap_or_else(|| {
            if parameter["in"] == "path" { "In the path.".to_owned() } else { String::new() }
        });
        write!(out, "<tr{must}><td><code>{name}</code><td>{}<td>{about}", kind(&parameter["schema"])).ok();
    }
    out.push_str("</tbody></table>");
    out
}

/// Returns a line that does it in a shell.
fn curl(operation: &Operation, body: Option<&Value>) -> String {
    let mut line = "curl".to_owned();
    if operation.content == "text/event-stream" {
        line.push_str(" -N");
    }
    match operation.method {
        Method::Get => {}
        Method::Post => line.push_str(" -X POST"),
        Method::Delete => line.push_str(" -X DELETE"),
    }
    if operation.scope.is_some() {
        line.push_str(" -H \"Authorization: Bearer $GROMA_TOKEN\"");
    }
    if let Some(body) = body {
        let body = body.to_string().replace('\'', "'\\''");
        write!(line, " \\\n  -H 'Content-Type: application/json' -d '{body}'").ok();
    }
    let path = operation.path.replace('{', "$").replace('}', "");
    write!(line, " \\\n  \"http://127.0.0.1:7463{path}\"").ok();
    line
}
