//! What cannot start is told with the field that is to blame.

use serde_json::{Value, json};

use super::{request, resolve, write};

/// Returns what is said, after having made sure that the quick check says the same.
async fn said(json: Value) -> String {
    let said = resolve(json.clone()).await.expect_err("it is refused").to_string();
    let quickly = super::super::check(&request(json), false).expect_err("it is refused").to_string();
    assert_eq!(said, quickly);
    said
}

#[tokio::test]
async fn what_is_not_there_is_told_apart() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    write(&folder.path().join("plain"), "echo hello\n", 0o644);
    write(&folder.path().join("text"), "echo hello\n", 0o755);
    write(&folder.path().join("lost"), "#!/no/such/interpreter -x\n", 0o755);
    write(&folder.path().join("windows"), "#!/bin/sh\r\necho\r\n", 0o755);
    write(&folder.path().join("env"), "#!/usr/bin/env -S FOO=1 no-such-language\n", 0o755);
    write(&folder.path().join("perl"), "#!/usr/bin/perl -w\n", 0o644);
    let exec = |program: &str| json!({"command": {"type": "exec", "program": program}});
    let with = |key: &str, value: Value| {
        let mut request = exec("true");
        request[key] = value;
        request
    };
    let rows = [
        (
            exec("no-such-program"),
            "`command.program` needs the program `no-such-program`, which is in no folder",
        ),
        (exec(&at("none")), "which is not there"),
        (exec(&at("plain")), "which is not executable; `chmod +x` it"),
        (exec(&at("text")), "which is text without a `#!` line; run it as a script"),
        (exec(&at("lost")), "whose interpreter `/no/such/interpreter` is not there"),
        (exec(&at("windows")), r"whose interpreter `/bin/sh\r` is not there"),
        (exec(&at("env")), "whose interpreter `no-such-language` is not there"),
        (exec(&folder.path().to_string_lossy()), "which is no program but a folder or device"),
        (with("working_dir", json!(at("none"))), "`working_dir` names"),
        (with("working_dir", json!(at("plain"))), "which is no folder"),
        (with("stdin", json!({"type": "file", "path": at("none")})), "`stdin.path` names"),
        (with("stdin", json!({"type": "file", "path": folder.path()})), "which is no file"),
        (json!({"command": {"type": "script", "path": at("none")}}), "`command.path` names the script"),
        (json!({"command": {"type": "script", "path": folder.path()}}), "`command.path` names"),
        (
            json!({"command": {"type": "script", "path": at("perl")}}),
            "`perl`, which is none of bash, sh and python",
        ),
        (
            json!({"command": {"type": "script", "content": "true", "interpreter": "bash"}, "env": {"PATH": "/nowhere"}}),
            "`command.interpreter` needs the program `bash`",
        ),
        (
            json!({"command": {"type": "aws_cli", "service": "s3", "operation": "ls"}, "env": {"PATH": "/nowhere"}}),
            "install the AWS CLI or add its folder to PATH",
        ),
    ];
    for (request, expected) in rows {
        let said = said(request.clone()).await;
        assert!(said.contains(expected), "{request}\n  says `{said}`\n  not `{expected}`");
    }
}

#[tokio::test]
async fn a_named_pipe_is_no_input() {
    let folder = tempfile::tempdir().expect("a folder");
    let pipe = folder.path().join("pipe");
    rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, rustix::fs::Mode::RUSR, 0)
        .expect("a pipe");
    let said = said(json!({
        "command": {"type": "exec", "program": "cat"}, "stdin": {"type": "file", "path": pipe},
    }));
    assert!(said.await.ends_with("which is no file"));
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn what_is_too_large_is_told_with_its_place() {
    let large = "x".repeat(128 << 10);
    let most = "x".repeat((128 << 10) - 1);
    let rows = [
        (
            json!({"type": "exec", "program": "true", "args": ["a", &large]}),
            "`command.args[1]` is 131072 bytes",
        ),
        (json!({"type": "shell", "command": &large}), "`command.command` is 131072 bytes"),
        (json!({"type": "script", "content": "true", "args": [&large]}), "`command.args[0]` is 131072 bytes"),
        (json!({"type": "exec", "program": "true", "args": vec![&most; 100]}), "`command.args` is 13"),
    ];
    for (command, expected) in rows {
        let said = said(json!({"command": command})).await;
        assert!(said.starts_with(expected), "`{said}`, not `{expected}`");
    }
    let said = said(json!({"command": {"type": "exec", "program": "true"}, "env": {"LARGE": &large}})).await;
    assert!(said.starts_with("`env.LARGE` is 131078 bytes"), "{said}");
    resolve(json!({"command": {"type": "exec", "program": "true", "args": [&most]}}))
        .await
        .expect("just small enough");
    let content = format!("#{large}\ntrue\n");
    let script = resolve(json!({"command": {"type": "script", "content": content}})).await;
    script.expect("a script's text is no argument");
}
