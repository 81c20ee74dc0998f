use std::collections::BTreeMap;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rustix::process::Signal;
use serde_json::Value;

use crate::harness::Groma;

/// Everything below a folder: what is in it, and when it was changed.
fn state(folder: &Path) -> BTreeMap<PathBuf, (Vec<u8>, i64, i64, u32)> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let (path, metadata) = (entry.path(), entry.metadata().unwrap());
        let bytes = if metadata.is_file() { std::fs::read(&path).unwrap() } else { Vec::new() };
        found.insert(path.clone(), (bytes, metadata.mtime(), metadata.mtime_nsec(), metadata.mode()));
        if metadata.is_dir() {
            found.extend(state(&path));
        }
    }
    found
}

#[track_caller]
fn finding<'a>(findings: &'a Value, check: &str) -> &'a Value {
    let found = findings.as_array().unwrap().iter().find(|finding| finding["check"] == check);
    found.unwrap_or_else(|| panic!("no `{check}` in {findings:#}"))
}

#[test]
fn a_new_home_is_healthy_and_stays_new() {
    let groma = Groma::new();
    let findings = groma.run("doctor -o json").code(0).json();
    for check in [
        "configuration",
        "environment",
        "data folder",
        "file system",
        "disk space",
        "descriptor limit",
        "listen address",
        "socket",
        "holder",
        "clock",
    ] {
        finding(&findings, check);
    }
    assert_eq!(std::fs::read_dir(groma.home.path()).unwrap().count(), 0, "something was made");
}

#[test]
fn a_folder_that_nobody_holds_is_looked_at_and_not_changed() {
    let groma = Groma::new();
    groma.run("status").code(0);
    let before = state(groma.home.path());
    let findings = groma.run("doctor -o json").code(0).json();
    assert_eq!(finding(&findings, "database")["verdict"], "ok");
    assert_eq!(finding(&findings, "retention, webhooks")["verdict"], "skipped");
    let keys = finding(&findings, "keys");
    assert!(keys["found"].as_str().unwrap().contains("key file"), "{keys}");
    assert!(state(groma.home.path()) == before, "something was changed");
}

#[test]
fn what_a_killed_server_left_is_looked_at_and_not_changed() {
    let groma = Groma::new();
    let server = groma.serve();
    groma.run("token create --name x --scope read").code(0);
    server.running.signal(Signal::KILL);
    server.running.end();
    let before = state(groma.home.path());
    let findings = groma.run("doctor -o json").code(0).json();
    assert_eq!(finding(&findings, "database")["verdict"], "ok", "{findings:#}");
    assert!(state(groma.home.path()) == before, "something was changed");
    groma.run("status").code(0);
}

#[test]
fn a_running_server_is_asked() {
    let groma = Groma::new();
    let server = groma.serve();
    let findings = groma.run("doctor -o json").code(0).json();
    let pid = server.running.child.id().to_string();
    assert!(finding(&findings, "holder")["found"].as_str().unwrap().contains(&pid));
    for check in ["version", "server", "database", "keys", "retention", "webhooks", "clock"] {
        finding(&findings, check);
    }
    assert!(finding(&findings, "server")["found"].as_str().unwrap().contains(&server.address.to_string()));
}

#[test]
fn damage_and_lost_keys_are_errors_and_left_as_they_are() {
    let groma = Groma::new();
    groma.run("status").code(0);
    let database = groma.data_dir().join("groma.db");
    let mut bytes = std::fs::read(&database).unwrap();
    bytes[4096..12288].fill(0xa5);
    std::fs::write(&database, bytes).unwrap();
    let keys: Vec<_> = std::fs::read_dir(groma.home.path().join(".config/groma/keys")).unwrap().collect();
    std::fs::remove_file(keys[0].as_ref().unwrap().path()).unwrap();
    let before = state(groma.home.path());
    let findings = groma.run("doctor -o json").code(1).json();
    for check in ["database", "keys"] {
        let found = finding(&findings, check);
        assert_eq!(found["verdict"], "error", "{findings:#}");
        assert!(found["advice"].is_string());
    }
    assert!(state(groma.home.path()) == before, "something was changed");
}

#[test]
fn a_holder_that_hangs_is_told_with_its_id() {
    let groma = Groma::new();
    let server = groma.serve();
    server.running.signal(Signal::STOP);
    let ended = groma.run("doctor -o json").code(1);
    server.running.signal(Signal::CONT);
    let findings = ended.json();
    let holder = finding(&findings, "holder");
    assert_eq!(holder["verdict"], "error");
    let pid = format!("kill {}", server.running.child.id());
    assert!(holder["advice"].as_str().unwrap().contains(&pid), "{holder}");
}

#[test]
fn a_folder_that_cannot_be_used_is_an_error_with_advice() {
    let groma = Groma::new();
    std::fs::write(groma.data_dir(), "no folder").unwrap();
    let findings = groma.run("doctor -o json").code(1).json();
    let found = finding(&findings, "data folder");
    assert_eq!(found["verdict"], "error");
    assert!(found["advice"].is_string());
}

#[test]
fn a_folder_open_to_others_is_a_warning() {
    let groma = Groma::new();
    std::fs::create_dir(groma.data_dir()).unwrap();
    std::fs::set_permissions(groma.data_dir(), std::fs::Permissions::from_mode(0o755)).unwrap();
    let shown = groma.run("doctor").code(0);
    assert!(shown.stdout.contains("chmod 700"), "{}", shown.stdout);
    assert!(shown.stderr.contains("warning"), "{}", shown.stderr);
}

#[test]
fn settings_that_a_server_would_stumble_over_are_found_before() {
    let groma = Groma::new();
    let config = groma.home.path().join("config.toml");
    let text = format!(
        "listen = \"0.0.0.0:7463\"\ntls_cert = \"/nowhere/cert.pem\"\ntls_key = \"/nowhere/key.pem\"\n\
                [log]\nfile = \"{}/groma.log\"\n",
        config.display()
    );
    std::fs::write(&config, text).unwrap();
    std::fs::set_permissions(&config, std::fs::Permissions::from_mode(0o666)).unwrap();
    let mut command = groma.command(&format!("doctor -o json --config {}", config.display()));
    let output = command.env("GROMA_LISTN", "x").output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let findings: Value = serde_json::from_slice(&output.stdout).unwrap();
    for (check, verdict) in [
        ("configuration", "warning"),
        ("environment", "warning"),
        ("certificate", "error"),
        ("log file", "error"),
    ] {
        assert_eq!(finding(&findings, check)["verdict"], verdict, "{findings:#}");
    }
    assert!(finding(&findings, "environment")["advice"].as_str().unwrap().contains("GROMA_LISTEN"));
}
