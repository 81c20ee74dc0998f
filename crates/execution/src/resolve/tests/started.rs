//! What a request becomes.

use std::ffi::{OsStr, OsString};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use groma_execution_types::ResolvedCommand;
use serde_json::{Value, json};

use super::{request, resolve, write};
use crate::resolve::{ResolvedStdin, dry_run};

async fn digest(json: Value) -> String {
    let ResolvedCommand { digest, .. } = dry_run(&request(json), None).await.expect("it resolves");
    assert_eq!(digest.len(), 64);
    digest
}

#[tokio::test]
async fn a_program_is_found_where_its_own_environment_says() {
    let folder = tempfile::tempdir().expect("a folder");
    let tool = folder.path().join("tool");
    write(&tool, "#!/bin/sh\n", 0o755);
    let exec = |program: &str, path: &str, dir: &Path| json!({"command": {"type": "exec", "program": program}, "env": {"PATH": path}, "working_dir": dir});
    let elsewhere = folder.path().to_string_lossy().into_owned();
    for asked in [
        exec("tool", &elsewhere, Path::new("/")),
        exec("./tool", "", folder.path()),
        exec("tool", ".", folder.path()),
    ] {
        let resolved = resolve(asked.clone()).await.unwrap_or_else(|error| panic!("{asked}: {error}"));
        assert_eq!(
            resolved.program.canonicalize().expect("it is there"),
            tool.canonicalize().expect("it is there")
        );
        assert!(resolved.program.is_absolute() && resolved.working_dir.is_absolute());
    }
}

#[tokio::test]
async fn an_environment_is_inherited_as_asked() {
    let names = |json: Value| async {
        let env = resolve(json).await.expect("it resolves").env;
        env.into_keys().map(|name| name.to_string_lossy().into_owned()).collect::<Vec<_>>()
    };
    let asked = |inherit: Value| {
        json!({
            "command": {"type": "exec", "program": "/bin/sh"}, "inherit_env": inherit, "env": {"MINE": "1"},
        })
    };
    let all = names(asked(json!("all"))).await;
    assert!(all.contains(&"CARGO_PKG_NAME".to_owned()) && all.contains(&"MINE".to_owned()));
    let clean = names(asked(json!("clean"))).await;
    assert!(clean.contains(&"PATH".to_owned()) && !clean.contains(&"CARGO_PKG_NAME".to_owned()), "{clean:?}");
    let named = names(asked(json!({"named": ["CARGO_PKG_NAME", "NEVER_SET_ANYWHERE"]}))).await;
    assert_eq!(named, ["CARGO_PKG_NAME", "MINE"]);
}

#[tokio::test]
async fn a_script_is_read_by_what_its_first_line_names() {
    let folder = tempfile::tempdir().expect("a folder");
    let rows = [
        ("a.sh", "#!/bin/bash\n", "bash"),
        ("a.py", "print(1)\n", "python3"),
        ("a.bash", "true\n", "bash"),
        ("a", "#!/usr/bin/env -S python3.11 -u\n", "python3"),
        ("b", "true\n", "sh"),
        ("c.sh", "#!/bin/dash\n", "sh"),
    ];
    for (name, text, interpreter) in rows {
        let file = folder.path().join(name);
        write(&file, text, 0o644);
        let command = json!({"type": "script", "path": name, "args": ["x y"]});
        let resolved =
            resolve(json!({"command": command, "working_dir": folder.path()})).await.expect("it resolves");
        assert_eq!(resolved.program.file_name(), Some(OsStr::new(interpreter)), "{name}");
        assert_eq!(resolved.args, [file.into_os_string(), "x y".into()]);
        assert!(resolved.shown.display.ends_with("'x y'"), "{}", resolved.shown.display);
    }
}

#[tokio::test]
async fn a_script_given_as_text_lies_where_nobody_else_reads_it_and_goes() {
    let resolved =
        resolve(json!({"command": {"type": "script", "content": "echo hi\n"}})).await.expect("it resolves");
    let file = Path::new(&resolved.args[0]).to_owned();
    assert_eq!(resolved.args.len(), 1);
    assert_eq!(resolved.shown.args, ["<script>"]);
    assert_eq!(std::fs::read_to_string(&file).expect("it reads"), "echo hi\n");
    let mode = |path: &Path| std::fs::metadata(path).expect("it is there").permissions().mode() & 0o777;
    assert_eq!(mode(&file), 0o600);
    assert_eq!(mode(file.parent().expect("a folder")), 0o700);
    drop(resolved);
    assert!(!file.parent().expect("a folder").exists());
}

#[tokio::test]
async fn the_aws_cli_neither_pages_nor_asks() {
    let folder = tempfile::tempdir().expect("a folder");
    write(&folder.path().join("aws"), "#!/bin/sh\n", 0o755);
    let resolved = resolve(json!({
        "command": {
            "type": "aws_cli", "service": "ec2", "operation": "describe-instances", "args": ["--max-items", "5"],
            "profile": "prod", "region": "eu-west-1",
        },
        "env": {"PATH": folder.path(), "AWS_PAGER": "less"},
    }))
    .await
    .expect("it resolves");
    let args =
        ["ec2", "describe-instances", "--max-items", "5", "--profile", "prod", "--region", "eu-west-1"];
    assert_eq!(resolved.args, args.map(OsString::from));
    assert!(resolved.aws && matches!(resolved.stdin, ResolvedStdin::None));
    assert_eq!(resolved.env[OsStr::new("AWS_PAGER")], "");
    assert_eq!(resolved.env[OsStr::new("AWS_CLI_AUTO_PROMPT")], "off");
}

#[tokio::test]
async fn input_is_text_bytes_or_a_file() {
    let asked = |stdin: Value| json!({"command": {"type": "exec", "program": "cat"}, "stdin": stdin});
    let bytes = |resolved: crate::resolve::Resolved| match resolved.stdin {
        ResolvedStdin::Bytes(bytes) => bytes.to_vec(),
        _ => panic!("no bytes"),
    };
    assert_eq!(bytes(resolve(asked(json!({"type": "text", "text": "hi"}))).await.expect("ok")), b"hi");
    assert_eq!(
        bytes(resolve(asked(json!({"type": "bytes", "base64": "AP8="}))).await.expect("ok")),
        [0, 255]
    );
    let resolved =
        resolve(asked(json!({"type": "file", "path": "/dev/null"}))).await.expect("a device will do");
    assert!(matches!(resolved.stdin, ResolvedStdin::File(path) if path == Path::new("/dev/null")));
}

#[tokio::test]
async fn a_digest_changes_with_everything_that_decides() {
    let folder = tempfile::tempdir().expect("a folder");
    let (tool, input) = (folder.path().join("tool"), folder.path().join("input"));
    write(&tool, "#!/bin/sh\n", 0o755);
    write(&input, "1", 0o644);
    let base = json!({
        "command": {"type": "exec", "program": tool, "args": ["ab", "c"]}, "env": {"A": "1"}, "working_dir": "/",
        "stdin": {"type": "file", "path": input}, "secrets": {"S": {"value": "first-value"}},
    });
    let first = digest(base.clone()).await;
    assert_eq!(first, digest(base.clone()).await);
    let changed = |change: &dyn Fn(&mut Value)| {
        let mut request = base.clone();
        change(&mut request);
        digest(request)
    };
    assert_eq!(
        first,
        changed(&|it| it["secrets"]["S"] = json!({"value": "other-value"})).await,
        "values do not count"
    );
    assert_eq!(first, changed(&|it| it["metadata"] = json!({"a": 1})).await);
    let mut seen = vec![first];
    for other in [
        changed(&|it| it["command"]["args"] = json!(["a", "bc"])).await,
        changed(&|it| it["env"]["A"] = json!("2")).await,
        changed(&|it| it["env"]["B"] = json!("2")).await,
        changed(&|it| it["working_dir"] = json!(folder.path())).await,
        changed(&|it| it["stdin"] = json!({"type": "text", "text": "1"})).await,
        changed(&|it| it["secrets"]["S"] = json!({"env": "CARGO_PKG_NAME"})).await,
    ] {
        assert!(!seen.contains(&other));
        seen.push(other);
    }
    write(&tool, "#!/bin/sh\nrm -rf /\n", 0o755);
    let other = digest(base.clone()).await;
    assert!(!seen.contains(&other), "the program is another");
    seen.push(other);
    write(&input, "2", 0o644);
    assert!(!seen.contains(&digest(base).await), "the input is another");
}
