use std::io::Write as _;
use std::process::Stdio;

use serde_json::{Value, json};

use crate::harness::{Ended, Groma};

const NAME: &str = "groma.custom.weather.measured";

/// Writes a schema to a file of the home.
fn schema(groma: &Groma, name: &str, schema: &Value) -> String {
    let path = groma.home.path().join(name);
    std::fs::write(&path, schema.to_string()).unwrap();
    path.to_str().unwrap().to_owned()
}

fn celsius(kind: &str) -> Value {
    json!({"type": "object", "required": ["celsius"], "properties": {"celsius": {"type": kind}}})
}

/// Runs a command with something on standard input.
fn with_input(groma: &Groma, line: &str, input: &str) -> Ended {
    let mut child = groma.command(line).stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    Ended {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

#[test]
fn a_type_is_declared_published_and_read() {
    let groma = Groma::new();
    let file = schema(&groma, "schema.json", &celsius("number"));
    groma.run(&format!("events publish {NAME} --data {{}}")).code(2);
    let declared = groma.run(&format!("events types register {NAME} --schema {file} -o json")).code(0).json();
    assert_eq!(declared["schema_path"], format!("/schemas/{NAME}/v1"));
    groma.run(&format!("events types register {NAME} --schema {file}")).code(0);
    let published =
        groma.run(&format!("events publish {NAME} --data {{\"celsius\":21.5}} -o json")).code(0).json();
    let sequence = published["sequences"][0].as_str().unwrap();
    let lines: String = (0..1200).map(|number| format!("{{\"celsius\": {number}}}\n\n")).collect();
    let many =
        with_input(&groma, &format!("events publish {NAME} --file - -o ndjson"), &lines).code(0).lines();
    assert_eq!(many.len(), 1200);
    let tail = groma.run("events tail --after oldest --types groma.custom.* -o ndjson").code(0).lines();
    assert_eq!((tail.len(), &tail[0]["sequence"]), (1201, &json!(sequence)));
    assert_eq!(
        (&tail[0]["data"], &tail[1200]["data"]),
        (&json!({"celsius": 21.5}), &json!({"celsius": 1199}))
    );
    let shown = groma.run(&format!("events types show {NAME}")).code(0).json();
    assert_eq!(shown, celsius("number"));
    let own = groma.run("events types show groma.vm.created").code(0).json();
    assert_eq!(own["$id"], "/schemas/groma.vm.created/v1");
    let custom = groma.run("events types list --custom -o ndjson").code(0).lines();
    assert_eq!((custom.len(), &custom[0]["name"]), (1, &json!(NAME)));
    let figures = groma.run("events statistics -o json").code(0).json();
    assert_eq!(figures["types"][NAME]["stored"], 1201);
}

#[test]
fn what_does_not_fit_is_refused_with_its_path() {
    let groma = Groma::new();
    let number = schema(&groma, "number.json", &celsius("number"));
    let text = schema(&groma, "text.json", &celsius("string"));
    groma.run(&format!("events types register {NAME} --schema {number}")).code(0);
    let refused =
        groma.run(&format!("events publish {NAME} --data {{\"celsius\":\"warm\"}} -o json")).code(2);
    let problem: Value = serde_json::from_str(&refused.stderr).unwrap();
    assert_eq!(problem["field"], "events/0/data/celsius", "{problem}");
    groma.run(&format!("events types register {NAME} --schema {text}")).code(6);
    groma.run(&format!("events types register groma.vm.created --schema {text}")).code(2);
    groma.run(&format!("events types register {NAME} --schema nowhere.json")).code(2);
    groma.run("events types show groma.custom.no.such").code(4);
    groma.run(&format!("events publish {NAME} --data {{")).code(2);
    groma.run("events publish groma.vm.created --data {}").code(2);
    let bomb = schema(&groma, "bomb.json", &json!({"properties": {"a": {"$ref": "#"}}}));
    groma.run(&format!("events types register groma.custom.a.b --schema {bomb}")).code(2);
    assert!(groma.run("events tail --after oldest -o ndjson").code(0).lines().is_empty());
}

#[test]
fn the_schema_of_a_declared_type_is_behind_its_path_for_who_may_read() {
    let groma = Groma::new();
    let file = schema(&groma, "schema.json", &celsius("number"));
    let server = groma.serve();
    groma.run(&format!("events types register {NAME} --schema {file}")).code(0);
    let token = groma.run("token create --name t --scope read -o json").code(0).json();
    let token = token["secret"].as_str().unwrap();
    let (status, _) = server.get(&format!("/schemas/{NAME}/v1"), None);
    assert_eq!(status, 307);
    let place = format!("/v1/event-types/{NAME}/schema");
    assert_eq!(server.get(&place, None).0, 401);
    let (status, body) = server.get(&place, Some(token));
    assert_eq!((status, serde_json::from_str::<Value>(&body).unwrap()), (200, celsius("number")));
    let (_, metrics) = server.get("/metrics", Some(token));
    assert!(
        metrics.contains("groma_storage_queue") && metrics.contains("groma_journal_reader_lag_max"),
        "{metrics}"
    );
}

#[test]
fn every_event_is_a_line_of_the_log_with_ids_alone() {
    let groma = Groma::new();
    let file = schema(&groma, "schema.json", &json!({"type": "object"}));
    groma.run(&format!("events types register {NAME} --schema {file}")).code(0);
    groma.run(&format!("events types register groma.custom.weather.now --latest --schema {file}")).code(0);
    let logged = |name: &str, filter: &str| {
        let line = format!("events publish {name} --data {{\"needle\":1}} -o json");
        let output = groma.command(&line).env("RUST_LOG", filter).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        let published: Value = serde_json::from_slice(&output.stdout).unwrap();
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(!told.contains("needle"), "{told}");
        let sequence = published["sequences"][0].as_str().unwrap();
        told.lines().any(|line| line.contains(name) && line.contains(sequence))
    };
    assert!(logged(NAME, "groma::events=info"));
    assert!(!logged(NAME, "warn"));
    assert!(logged("groma.custom.weather.now", "groma::events=debug"));
    assert!(!logged("groma.custom.weather.now", "groma::events=info"));
}
