//! Secrets go where they belong, and are refused elsewhere.

use async_trait::async_trait;
use serde_json::{Value, json};
use std::ffi::OsStr;
use zeroize::Zeroizing;

use super::{request, resolve};
use crate::resolve::ResolvedStdin;
use crate::{SecretError, SecretSource};

const VALUE: &str = "correct horse";

fn with_secret(json: Value) -> Value {
    let mut request = json!({
        "command": {"type": "exec", "program": "true"}, "secrets": {"TOKEN": {"value": VALUE}},
    });
    let (Some(all), Value::Object(json)) = (request.as_object_mut(), json) else { unreachable!() };
    all.extend(json);
    request
}

#[tokio::test]
async fn a_secret_where_others_see_it_is_refused() {
    let inside = format!("password={VALUE}!");
    let rows = [
        (json!({"command": {"type": "exec", "program": "true", "args": ["a", inside]}}), "command.args[1]"),
        (json!({"command": {"type": "exec", "program": inside}}), "command.program"),
        (json!({"command": {"type": "shell", "command": inside}}), "command.command"),
        (json!({"command": {"type": "script", "content": inside}}), "command.content"),
        (json!({"command": {"type": "script", "path": inside}}), "command.path"),
        (
            json!({"command": {"type": "aws_cli", "service": "a", "operation": "b", "args": [inside]}}),
            "command.args[0]",
        ),
        (
            json!({"command": {"type": "aws_cli", "service": "a", "operation": "b", "region": inside}}),
            "command.region",
        ),
        (json!({"env": {"A": inside}}), "env.A"),
        (json!({"working_dir": format!("/{inside}")}), "working_dir"),
        (json!({"stdin": {"type": "file", "path": inside}}), "stdin.path"),
        (json!({"stdin": {"type": "text", "text": inside}}), "stdin.text"),
        (json!({"stdin": {"type": "bytes", "base64": "cHc6Y29ycmVjdCBob3JzZQ=="}}), "stdin.base64"),
        (json!({"metadata": {"a": [{"b": inside}]}}), "metadata"),
    ];
    for (json, field) in rows {
        let said = resolve(with_secret(json)).await.expect_err("it is refused").to_string();
        assert!(said.starts_with(&format!("`{field}` contains the value of `secrets.TOKEN`")), "{said}");
        assert!(!said.contains(VALUE), "{said}");
    }
}

#[tokio::test]
async fn a_secret_goes_into_the_environment_or_the_input() {
    let resolved = resolve(with_secret(json!({}))).await.expect("it resolves");
    assert_eq!(resolved.env[OsStr::new("TOKEN")], VALUE);
    assert!(resolved.shown.env.contains(&"TOKEN".to_owned()));
    assert_eq!(*resolved.secrets, [Zeroizing::new(VALUE.as_bytes().to_vec())]);
    assert!(!format!("{resolved:?}").contains(VALUE));

    let stdin = json!({"type": "secret", "secret": {"env": "CARGO_PKG_NAME"}});
    let resolved = resolve(json!({"command": {"type": "exec", "program": "cat"}, "stdin": stdin})).await;
    let resolved = resolved.expect("it resolves");
    assert!(matches!(resolved.stdin, ResolvedStdin::Bytes(bytes) if *bytes == b"groma-execution"));
    assert_eq!(resolved.shown.stdin, "a secret");
    assert_eq!(resolved.secrets.len(), 1);
}

#[derive(Debug)]
struct Keys;

#[async_trait]
impl SecretSource for Keys {
    async fn secret(&self, name: &str) -> Result<Zeroizing<String>, SecretError> {
        match name {
            "there" => Ok(Zeroizing::new(VALUE.to_owned())),
            "short" => Ok(Zeroizing::new("abc".to_owned())),
            "locked" => Err(SecretError::Refused { name: name.to_owned(), why: "it is locked".to_owned() }),
            _ => Err(SecretError::NotFound(name.to_owned())),
        }
    }
}

#[tokio::test]
async fn a_secret_that_cannot_be_had_is_told_with_its_place() {
    let of = |secret: Value| {
        request(json!({"command": {"type": "exec", "program": "true"}, "secrets": {"T": secret}}))
    };
    let keys: Option<&dyn SecretSource> = Some(&Keys);
    let rows = [
        (json!({"env": "NEVER_SET_ANYWHERE"}), None, "`secrets.T` takes its value from the variable"),
        (json!({"keychain": "there"}), None, "`secrets.T` is kept in a keychain (`there`)"),
        (
            json!({"keychain": "gone"}),
            keys,
            "`secrets.T` cannot be had: the keychain has nothing under `gone`",
        ),
        (json!({"keychain": "short"}), keys, "`secrets.T` is shorter than 6 bytes"),
        (json!({"keychain": "locked"}), keys, "the keychain cannot be asked for `locked`: it is locked"),
    ];
    for (secret, keys, expected) in rows {
        let said = super::super::resolve(&of(secret), keys).await.expect_err("it is refused").to_string();
        assert!(said.starts_with(expected), "`{said}`, not `{expected}`");
    }
    let resolved = super::super::resolve(&of(json!({"keychain": "there"})), keys).await.expect("it resolves");
    assert_eq!(resolved.env[OsStr::new("T")], VALUE);
    super::super::check(&of(json!({"keychain": "gone"})), true)
        .expect("a keychain is not asked before the time");
}
