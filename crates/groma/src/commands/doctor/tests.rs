use std::ffi::OsString;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use groma_api::Retention;
use groma_model::Timestamp;
use rcgen::{CertificateParams, KeyPair, date_time_ymd};

use super::finding::Finding;
use super::{Verdict, folder, inside, keys, server, settings, system};

/// Fails the test unless the finding came out so, and advice is given where something is to be done.
#[track_caller]
fn check(finding: &Finding, verdict: Verdict, text: &str) {
    assert_eq!(finding.verdict, verdict, "{finding:?}");
    assert_eq!(finding.advice.is_some(), matches!(verdict, Verdict::Warning | Verdict::Error), "{finding:?}");
    let all = format!("{} {}", finding.found, finding.advice.clone().unwrap_or_default());
    assert!(all.contains(text), "`{text}` is not in {all}");
}

fn chmod(path: &Path, mode: u32) {
    std::fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[test]
fn a_folder_open_to_others_is_a_warning_with_the_remedy() {
    let outer = tempfile::tempdir().unwrap();
    let path = outer.path().join("my data");
    std::fs::create_dir(&path).unwrap();
    for (mode, verdict) in [(0o700, Verdict::Ok), (0o755, Verdict::Warning), (0o500, Verdict::Error)] {
        chmod(&path, mode);
        let text = if verdict == Verdict::Ok { "yours alone" } else { "/my data'" };
        check(&folder::own(&path), verdict, text);
    }
}

#[test]
fn a_file_in_its_place_is_an_error() {
    let file = tempfile::NamedTempFile::new().unwrap();
    check(&folder::own(file.path()), Verdict::Error, "is not a folder");
}

#[test]
fn a_missing_folder_is_no_fault_and_its_disk_is_measured() {
    let outer = tempfile::tempdir().unwrap();
    let missing = outer.path().join("a/b");
    check(&folder::own(&missing), Verdict::Ok, "the first command makes it");
    assert!(folder::disk(&missing).found.contains("MiB"));
    assert!(!outer.path().join("a").exists());
}

#[test]
fn file_systems_are_known_by_their_numbers() {
    assert_eq!(folder::kind(0x6969), folder::Kind::Network("NFS"));
    assert_eq!(folder::kind(0xff53_4d42), folder::Kind::Network("SMB"));
    assert_eq!(folder::kind(0x0102_1994), folder::Kind::Memory("tmpfs"));
    assert_eq!(folder::kind(0xef53), folder::Kind::Local("ext4"));
    assert_eq!(folder::kind(0x1234), folder::Kind::Other);
    check(&folder::file_system(Path::new("/dev/shm/groma/data")), Verdict::Warning, "tmpfs");
}

#[test]
fn files_that_others_can_read_and_damage_are_told() {
    let outer = tempfile::tempdir().unwrap();
    let keys_file = outer.path().join("keys.json");
    std::fs::write(&keys_file, "{}").unwrap();
    chmod(&keys_file, 0o600);
    let find = |check: &str| folder::findings(outer.path()).into_iter().find(|found| found.check == check);
    check(&find("files").unwrap(), Verdict::Ok, "yours alone: 1");
    assert_eq!(find("damage"), None);
    chmod(&keys_file, 0o644);
    check(&find("files").unwrap(), Verdict::Warning, "chmod 600");
    std::fs::write(outer.path().join("groma.db.damaged-1"), "").unwrap();
    check(&find("damage").unwrap(), Verdict::Warning, "groma.db.damaged-1");
}

#[test]
fn variables_that_do_nothing_are_named_with_the_nearest() {
    let found = |names: &[&str]| {
        settings::environment(names.iter().map(|name| (OsString::from(name), OsString::from("secret"))))
    };
    check(&found(&["HOME", "GROMA_DATA_DIR", "GROMA_CONFIG"]), Verdict::Ok, "GROMA_CONFIG, GROMA_DATA_DIR");
    check(&found(&["HOME"]), Verdict::Ok, "sets nothing");
    let unknown = found(&["GROMA_DATADIR", "GROMA_XYZ"]);
    check(&unknown, Verdict::Warning, "did you mean GROMA_DATA_DIR in place of GROMA_DATADIR?");
    check(&unknown, Verdict::Warning, "unset GROMA_XYZ");
    assert!(!format!("{unknown:?}").contains("secret"), "values may be secrets");
}

#[test]
fn what_could_be_overheard_is_told() {
    let (near, far) = ("127.0.0.1:1".parse().unwrap(), "0.0.0.0:1".parse().unwrap());
    check(&server::listen(near, false, false, false), Verdict::Ok, "this machine alone");
    check(
        &server::listen("[::ffff:127.0.0.1]:1".parse().unwrap(), false, false, false),
        Verdict::Ok,
        "alone",
    );
    check(&server::listen(far, true, false, false), Verdict::Ok, "https");
    check(&server::listen(far, false, false, false), Verdict::Warning, "refuses");
    check(&server::listen(far, false, true, false), Verdict::Warning, "in the clear");
    check(&server::listen(far, false, true, true), Verdict::Ok, "proxy");
}

#[test]
fn a_certificate_is_looked_at_before_it_expires() {
    let outer = tempfile::tempdir().unwrap();
    let (cert, key) = (outer.path().join("cert.pem"), outer.path().join("key.pem"));
    let pair = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(vec!["groma.example".to_owned()]).unwrap();
    (params.not_before, params.not_after) = (date_time_ymd(2026, 1, 1), date_time_ymd(2026, 12, 1));
    std::fs::write(&cert, params.self_signed(&pair).unwrap().pem()).unwrap();
    std::fs::write(&key, pair.serialize_pem()).unwrap();
    let found = |now| server::certificate(&cert, &key, at(now));
    chmod(&key, 0o644);
    check(&found("2026-06-01T00:00:00Z"), Verdict::Error, "chmod 600");
    chmod(&key, 0o600);
    check(&found("2026-06-01T00:00:00Z"), Verdict::Ok, "183 days");
    check(&found("2026-11-21T00:00:00Z"), Verdict::Warning, "10 days");
    check(&found("2026-12-02T00:00:00Z"), Verdict::Error, "expired");
    check(&found("2025-12-02T00:00:00Z"), Verdict::Error, "only from");
    std::fs::write(&cert, "no certificate").unwrap();
    check(&found("2026-06-01T00:00:00Z"), Verdict::Error, "BEGIN CERTIFICATE");
}

#[test]
fn a_clock_that_runs_behind_what_was_written_is_told() {
    let now = at("2026-11-21T12:00:00Z");
    check(&system::clock(now, None, ""), Verdict::Ok, "2026-11-21 12:00:00Z");
    check(&system::clock(now, Some(at("2026-11-21T12:00:30Z")), "the newest event"), Verdict::Ok, "newest");
    let late = system::clock(now, Some(at("2026-11-21T13:00:00Z")), "the newest event");
    check(&late, Verdict::Warning, "the newest event is of 2026-11-21 13:00:00Z");
    check(&system::clock(at("1970-01-01T00:10:00Z"), None, ""), Verdict::Error, "never set");
}

#[test]
fn logs_and_sockets_are_looked_at_without_being_made() {
    let outer = tempfile::tempdir().unwrap();
    let file = outer.path().join("logs/groma.log");
    check(&server::log(&file), Verdict::Ok, "can be made");
    assert!(!outer.path().join("logs").exists());
    check(&server::log(outer.path()), Verdict::Error, "is a folder");
    let plain = outer.path().join("plain");
    std::fs::write(&plain, "").unwrap();
    check(&server::log(&plain.join("groma.log")), Verdict::Error, "is not a folder");
    check(&server::socket(outer.path(), &outer.path().join("groma.sock")), Verdict::Ok, "groma.sock");
    let shared = outer.path().join("shared");
    std::fs::create_dir(&shared).unwrap();
    chmod(&shared, 0o777);
    check(&server::socket(outer.path(), &shared.join("x.sock")), Verdict::Error, "shorter path");
}

#[test]
fn a_folder_that_one_loss_closes_for_ever_is_told() {
    let outer = tempfile::tempdir().unwrap();
    let (data, file) = (outer.path().join("data"), outer.path().join("x.key"));
    std::fs::create_dir(&data).unwrap();
    std::fs::write(&file, "key").unwrap();
    chmod(&file, 0o600);
    let slot = |kind: &str, place: Option<&Path>| keys::Slot {
        kind: kind.to_owned(),
        place: place.map(|place| place.display().to_string()),
        used: kind == "key_file",
    };
    let found = |slots: &[keys::Slot], advice: &[String]| keys::findings(&data, slots, advice);
    let alone = found(&[slot("key_file", Some(&file))], &[]);
    check(&alone[0], Verdict::Warning, "groma keys recovery");
    check(&alone[1], Verdict::Ok, "its owner's alone");
    check(
        &found(&[slot("key_file", None), slot("recovery", None)], &[])[0],
        Verdict::Ok,
        "key file, which opened it",
    );
    check(&found(&[slot("recovery", None)], &["do this".to_owned()])[0], Verdict::Warning, "do this");
    chmod(&file, 0o640);
    check(&keys::key_file(&data, &file), Verdict::Error, "chmod 600");
    check(&keys::key_file(&data, &outer.path().join("gone")), Verdict::Warning, "groma keys remove");
    let within = data.join("within.key");
    std::fs::write(&within, "key").unwrap();
    chmod(&within, 0o600);
    check(&keys::key_file(&data, &within), Verdict::Warning, "in the data folder");
}

#[test]
fn the_ceiling_is_told_before_it_is_reached() {
    let status = |disk: u64, forced: Option<u64>| -> Retention {
        let run = forced.map(|forced| {
            serde_json::json!({"at": "2026-11-21T12:00:00Z", "events": 5, "bytes": 5, "archived_files": 0,
                "forced": forced, "duration_ms": 1})
        });
        let mut status = serde_json::json!({"rules": [], "disk_max_bytes": 100_000_000, "archive": false,
            "archive_folder": "/a", "consumer_expiry_seconds": 1, "events": 7, "bytes": 7, "disk_bytes": disk,
            "held_by": ["webhook x"]});
        if let Some(run) = run {
            status["last_run"] = run;
        }
        serde_json::from_value(status).unwrap()
    };
    check(&super::holder::retention(&status(50_000_000, Some(0))), Verdict::Ok, "webhook x");
    check(&super::holder::retention(&status(95_000_000, None)), Verdict::Warning, "groma retention set");
    check(&super::holder::retention(&status(50_000_000, Some(3))), Verdict::Warning, "3 events were dropped");
}

#[test]
fn a_database_of_a_later_version_or_damaged_is_an_error() {
    let examined = |schema, damage: Option<&str>| groma_app::Examined {
        path: "/d/groma.db".into(),
        bytes: 5 << 20,
        wal_bytes: 10,
        schema,
        schema_known: 5,
        damage: damage.map(str::to_owned),
        written_at: None,
    };
    check(&inside::database(&examined(5, None)), Verdict::Ok, "5 MiB");
    check(&inside::database(&examined(4, None)), Verdict::Ok, "brings it to 5");
    check(&inside::database(&examined(6, None)), Verdict::Error, "install that version");
    check(&inside::database(&examined(5, Some("page 3"))), Verdict::Error, "page 3");
}

#[test]
fn webhooks_that_do_not_deliver_are_told_without_what_may_be_secret_in_their_addresses() {
    let webhook = |state: &str, failures: u32| -> groma_api::Webhook {
        serde_json::from_value(serde_json::json!({"id": "01936b2e-7a10-7c43-9a5e-2f0c8d1e4b77",
            "url": "https://user:word@ops.example:8443/hook/hidden?key=hidden", "types": [], "format": "structured",
            "allow_private": false, "state": state, "reason": "it answered 410", "waiting": 3, "behind": 3,
            "position": "1795273440000-00000000000000000011", "delivered": 9, "failures": failures,
            "retry_at": "2026-11-21T12:00:00Z", "secrets": [], "created_at": "2026-11-21T11:00:00Z"}))
        .unwrap()
    };
    let found = |webhooks: &[groma_api::Webhook]| super::holder::webhooks(webhooks);
    check(&found(&[])[0], Verdict::Ok, "none");
    check(&found(&[webhook("active", 0), webhook("paused", 0)])[0], Verdict::Ok, "delivering: 1, paused: 1");
    for (state, failures, text) in [
        ("disabled", 1, "groma webhooks resume 01936b2e"),
        ("resting", 20, "next try 2026-11-21 12:00:00Z"),
        ("active", 2, "3 events wait"),
    ] {
        let finding = &found(&[webhook(state, failures)])[0];
        check(finding, Verdict::Warning, text);
        assert!(finding.found.contains("https://ops.example:8443"), "{finding:?}");
        assert!(
            !format!("{finding:?}").contains("hidden") && !format!("{finding:?}").contains("word"),
            "{finding:?}"
        );
    }
}
