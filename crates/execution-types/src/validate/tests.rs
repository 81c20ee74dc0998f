use serde_json::{Value, json};

use crate::{ExecutionRequest, Secret};

/// Returns what is said of a request, or `ok`.
fn said(request: Value) -> String {
    match serde_json::from_value::<ExecutionRequest>(request).expect("it is a request").validate() {
        Ok(()) => "ok".to_owned(),
        Err(error) => error.to_string(),
    }
}

fn exec(extra: Value) -> Value {
    let mut request = json!({"command": {"type": "exec", "program": "true"}});
    let (Some(all), Value::Object(extra)) = (request.as_object_mut(), extra) else { unreachable!() };
    all.extend(extra);
    request
}

#[test]
fn the_example_of_document_003_is_well_formed() {
    let request = json!({
        "id": "6a2c3f4e-8f0b-4a54-9c0a-2f7e7c9c8a11",
        "command": { "type": "aws_cli", "service": "ec2", "operation": "describe-instances" },
        "env": { "AWS_PROFILE": "prod" },
        "working_dir": null,
        "timeout_ms": 120_000,
        "metadata": { "source": "server", "conversation_id": "uuid" }
    });
    assert_eq!(said(request), "ok");
}

#[test]
fn every_field_has_its_own_fault() {
    let rows = [
        (json!({"command": {"type": "exec", "program": " "}}), "`command.program` is empty"),
        (
            json!({"command": {"type": "exec", "program": "a\0b"}}),
            "`command.program` contains a NUL byte (at 1)",
        ),
        (
            json!({"command": {"type": "exec", "program": "a", "args": ["b", "c\0"]}}),
            "`command.args[1]` contains a NUL",
        ),
        (json!({"command": {"type": "shell", "command": ""}}), "`command.command` is empty"),
        (json!({"command": {"type": "script"}}), "`command` has neither `path` nor `content`"),
        (
            json!({"command": {"type": "script", "path": "a", "content": "b"}}),
            "`command` has both `path` and `content`",
        ),
        (json!({"command": {"type": "script", "content": ""}}), "`command.content` is empty"),
        (
            json!({"command": {"type": "aws_cli", "service": "--debug", "operation": "a"}}),
            "`command.service` begins with",
        ),
        (
            json!({"command": {"type": "aws_cli", "service": "ec2", "operation": ""}}),
            "`command.operation` is empty",
        ),
        (
            json!({"command": {"type": "aws_cli", "service": "ec2", "operation": "a", "profile": "--x"}}),
            "`command.profile` begins with",
        ),
        (exec(json!({"env": {"A=B": "c"}})), "`env` has the variable `A=B`, whose name contains `=`"),
        (exec(json!({"env": {"": "c"}})), "`env` has a variable without a name"),
        (exec(json!({"env": {"A": "c\0d"}})), "`env.A` contains a NUL byte"),
        (exec(json!({"env": {"GROMA_EXECUTION_ID": "c"}})), "`env` has `GROMA_EXECUTION_ID`"),
        (exec(json!({"inherit_env": {"named": ["A=B"]}})), "`inherit_env.named` has the variable"),
        (exec(json!({"secrets": {"A": {"value": "12345"}}})), "`secrets.A` is shorter than 6 bytes"),
        (exec(json!({"secrets": {"A": {"value": ""}}})), "`secrets.A` is empty"),
        (exec(json!({"secrets": {"A": {"env": ""}}})), "`secrets.A` names no place"),
        (exec(json!({"secrets": {"A": {"env": "B=C"}}})), "`secrets.A` names a variable that cannot be"),
        (
            exec(json!({"env": {"A": "b"}, "secrets": {"A": {"value": "123456"}}})),
            "`secrets.A` is also in `env`; give it once",
        ),
        (exec(json!({"stdin": {"type": "bytes", "base64": "!"}})), "`stdin.base64` is no Base64"),
        (exec(json!({"stdin": {"type": "file", "path": ""}})), "`stdin.path` is empty"),
        (exec(json!({"stdin": {"type": "secret", "secret": {"value": "ab"}}})), "`stdin.secret` is shorter"),
        (exec(json!({"working_dir": ""})), "`working_dir` is empty; leave it out"),
        (exec(json!({"timeout_ms": u64::MAX})), "`timeout_ms` is more than ten years"),
        (exec(json!({"timeout_ms": 0, "stdin": {"type": "bytes", "base64": "aGk="}})), "ok"),
    ];
    for (request, expected) in rows {
        let said = said(request.clone());
        assert!(said.starts_with(expected), "{request}\n  says `{said}`\n  not `{expected}`");
    }
}

#[test]
fn a_fault_never_shows_a_secret() {
    let said = said(exec(json!({"secrets": {"A": {"value": "abc\0def"}}})));
    assert!(!said.contains("abc") && !said.contains("def"), "{said}");
    let request: ExecutionRequest =
        serde_json::from_value(exec(json!({"secrets": {"A": {"value": "s3cr3t-value"}}})))
            .expect("a request");
    for shown in [format!("{request:?}"), serde_json::to_string(&request).expect("it serialises")] {
        assert!(!shown.contains("s3cr3t"), "{shown}");
        assert!(shown.contains(Secret::REDACTED), "{shown}");
    }
}

#[test]
fn unknown_fields_are_refused() {
    for request in [
        exec(json!({"timeout": 5})),
        json!({"command": {"type": "exec", "program": "a", "shell": true}}),
        json!({"command": {"type": "powershell", "command": "a"}}),
        exec(json!({"stdin": {"type": "text", "text": "a", "more": 1}})),
    ] {
        assert!(serde_json::from_value::<ExecutionRequest>(request.clone()).is_err(), "{request}");
    }
}
