//! Where a folder is, and whose.

use std::io::{Read, Write};
use std::os::unix::fs::{PermissionsExt, chown, symlink};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;

use rustix::process::Signal;
use serde_json::Value;

use crate::harness::Groma;

const NOBODY: u32 = 65_534;

#[test]
fn a_folder_of_another_user_is_left_alone() {
    let groma = Groma::new();
    groma.scan("9");
    chown(groma.data_dir(), Some(NOBODY), Some(NOBODY)).expect("run these tests as root");
    for line in ["scans list", "serve --listen 127.0.0.1:0"] {
        let refused = groma.run(line).code(5);
        assert!(refused.stderr.contains("belongs to user 65534"), "{}", refused.stderr);
        assert!(refused.stderr.contains("--data-dir"), "{}", refused.stderr);
    }
}

#[test]
fn another_user_gets_nothing_from_a_running_server() {
    let groma = Groma::new();
    let server = groma.serve();
    // Even with the folder open to all, its files and its socket are their owner's.
    for path in [groma.home.path().to_owned(), groma.data_dir()] {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    let binary = tempfile::tempdir().unwrap();
    std::fs::set_permissions(binary.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    std::fs::copy(env!("CARGO_BIN_EXE_groma"), binary.path().join("groma")).unwrap();
    let mut command = std::process::Command::new(binary.path().join("groma"));
    command
        .args(["scans", "list"])
        .env_clear()
        .env("HOME", "/nonexistent")
        .env("GROMA_DATA_DIR", groma.data_dir());
    let refused = command.uid(NOBODY).gid(NOBODY).output().unwrap();
    let why = String::from_utf8_lossy(&refused.stderr);
    assert_eq!(refused.status.code(), Some(5), "{why}");
    assert!(why.contains("belongs to user 0"), "{why}");
    drop(server);
}

#[test]
fn a_deep_folder_is_served_all_the_same() {
    let root = tempfile::tempdir().unwrap();
    let groma = Groma::at(root.path().join("deep-".repeat(20)).join("deeper-".repeat(20)).join("data"));
    let server = groma.serve();
    assert!(groma.data_dir().as_os_str().len() > 250);
    let mut tail = groma.start("events tail --follow --after oldest -o ndjson");
    let scan = groma.scan("9");
    tail.until(|event| {
        event["type"] == "groma.network.scan_completed" && event["data"]["scanId"] == scan.as_str()
    });
    server.running.signal(Signal::INT);
    server.running.end().code(0);
}

#[test]
fn a_folder_has_many_names() {
    let groma = Groma::new();
    let server = groma.serve();
    groma.scan("9");
    let home = groma.home.path();
    symlink(groma.data_dir(), home.join("link")).unwrap();
    for name in ["data", "./data", "link", "link/../data/."] {
        let mut command = groma.command(&format!("--data-dir {name} scans list -o json"));
        let listed = command.current_dir(home).output().unwrap();
        assert!(listed.status.success(), "{name}: {}", String::from_utf8_lossy(&listed.stderr));
        let listed: Value = serde_json::from_slice(&listed.stdout).unwrap();
        assert_eq!(listed["scans"].as_array().unwrap().len(), 1, "{name}");
    }
    drop(server);
    // The other way round: the holder was given a relative name.
    let mut first = groma.command("--data-dir link scan network 127.0.0.1 -p 1-2000 --max-rate 50 -o ndjson");
    let mut first = first.current_dir(home).spawn().unwrap();
    let mut head = [0];
    first.stdout.as_mut().unwrap().read_exact(&mut head).unwrap();
    let active = groma.run("scans list --active -o json").code(0).json();
    assert_eq!(active["scans"].as_array().unwrap().len(), 1);
    first.kill().unwrap();
    first.wait().unwrap();
}

#[test]
fn what_is_no_folder_is_told() {
    let root = tempfile::tempdir().unwrap();
    let file = root.path().join("file");
    std::fs::write(&file, "mine").unwrap();
    for place in [file.clone(), file.join("data")] {
        let refused = Groma::at(place).run("scans list").code(8);
        assert!(refused.stderr.contains("--data-dir"), "{}", refused.stderr);
    }
    assert_eq!(std::fs::read_to_string(file).unwrap(), "mine");
}

#[test]
fn a_client_of_another_protocol_is_refused() {
    let groma = Groma::new();
    let _server = groma.serve();
    let ask = |protocol: &str| {
        let mut socket = UnixStream::connect(groma.data_dir().join("groma.sock")).unwrap();
        let head =
            format!("GET /v1/scans HTTP/1.1\r\nHost: localhost\r\n{protocol}Connection: close\r\n\r\n");
        socket.write_all(head.as_bytes()).unwrap();
        let mut answer = String::new();
        socket.read_to_string(&mut answer).unwrap();
        answer
    };
    assert!(ask("").starts_with("HTTP/1.1 200"));
    assert!(ask("Groma-Protocol: 1\r\n").starts_with("HTTP/1.1 200"));
    for other in ["2", "99", "", "1.0"] {
        let answer = ask(&format!("Groma-Protocol: {other}\r\n"));
        assert!(answer.starts_with("HTTP/1.1 426"), "{answer}");
        assert!(answer.contains("application/problem+json"), "{answer}");
    }
}

#[test]
fn a_holder_that_does_not_answer_is_named() {
    let groma = Groma::new();
    let server = groma.serve();
    server.running.signal(Signal::STOP);
    let refused = groma.run("scans list").code(7);
    let pid = server.running.child.id();
    assert!(refused.stderr.contains(&format!("process {pid} holds")), "{}", refused.stderr);
    server.running.signal(Signal::CONT);
    groma.run("scans list").code(0);
}
