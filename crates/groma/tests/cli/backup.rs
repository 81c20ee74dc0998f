use std::fs;

use crate::harness::{Groma, OpenPort};

#[test]
fn without_a_target_it_is_said_what_to_do() {
    let groma = Groma::new();
    assert!(groma.run("backup status").code(0).stderr.contains("groma backup target"));
    assert!(groma.run("backup list").stderr.contains("groma backup"));
    let refused = groma.run("backup create");
    assert!([2, 6].contains(&refused.code), "{refused:?}");
    assert!(refused.stderr.contains("groma backup target"), "{}", refused.stderr);
    assert!(groma.run("backup status --wait").code(0).stderr.contains("no job"));
}

#[test]
fn a_backup_is_made_listed_verified_and_proven() {
    let (groma, port) = (Groma::new(), OpenPort::new());
    groma.scan(&port.number().to_string());
    let store = groma.home.path().join("store");
    groma.run(&format!("backup target local {}", store.display())).code(0);
    let made = groma.run("backup create -o json").code(0).json();
    assert_eq!((&made["kind"], &made["success"]), (&"create".into(), &true.into()), "{made}");
    let list = groma.run("backup list -o json").code(0).json();
    let backups = list["backups"].as_array().unwrap();
    assert_eq!((backups.len(), &backups[0]["id"]), (1, &made["backup"]), "{list}");
    let id = made["backup"].as_str().unwrap();
    groma.run(&format!("backup verify {id}")).code(0);
    groma.run("backup verify --full").code(0);
    groma.run("backup drill").code(0);
    let status = groma.run("backup status -o json").code(0).json();
    assert!(status["last_success_at"].is_string() && status["last_drill_at"].is_string(), "{status}");
    groma.run("backup verify 01936b2e-7a10-7c43-9a5e-2f0c8d1e4b77").code(4);
}

#[test]
fn a_damaged_backup_does_not_pass() {
    let (groma, port) = (Groma::new(), OpenPort::new());
    groma.scan(&port.number().to_string());
    let store = groma.home.path().join("store");
    groma.run(&format!("backup target local {}", store.display())).code(0);
    groma.run("backup create").code(0);
    let largest = files(&store).into_iter().max_by_key(|path| fs::metadata(path).unwrap().len()).unwrap();
    let mut bytes = fs::read(&largest).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&largest, bytes).unwrap();
    let refused = groma.run("backup verify --full").code(3);
    assert!(refused.stderr.starts_with("error: "), "{}", refused.stderr);
}

fn files(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

#[test]
fn a_detached_backup_goes_on_without_its_command() {
    let groma = Groma::new();
    let store = groma.home.path().join("store");
    groma.run(&format!("backup target local {}", store.display())).code(0);
    groma.run("backup create --detach").code(0);
    // Whether it runs still or has ended meanwhile.
    groma.run("backup status --wait").code(0);
    assert_eq!(groma.run("backup list -o json").code(0).json()["backups"].as_array().unwrap().len(), 1);
}

#[test]
fn settings_change_by_parts() {
    let groma = Groma::new();
    groma.run("backup schedule --every 6h --keep-last 4 --keep-daily 9").code(0);
    let settings = groma.run("backup schedule --keep-weekly 2 --drill-days 5 -o json").code(0).json();
    assert_eq!(settings["schedule"]["seconds"], 21_600, "{settings}");
    let kept = &settings["retention"];
    assert_eq!((&kept["keep_last"], &kept["daily"], &kept["weekly"]), (&4.into(), &9.into(), &2.into()));
    assert_eq!(settings["drill_days"], 5);
    let off = groma.run("backup schedule --off -o json").code(0).json();
    assert_eq!((&off["schedule"]["kind"], &off["retention"]["keep_last"]), (&"off".into(), &4.into()));
    groma.run("backup schedule --every 1m").code(2);
}

#[test]
fn the_secret_of_a_bucket_is_never_given_back() {
    let groma = Groma::new();
    let mut command = groma.command(
        "backup target s3 --bucket b --endpoint http://127.0.0.1:9 --access-key-id AKIDEXAMPLE -o json",
    );
    command.env("AWS_SECRET_ACCESS_KEY", "hunter2hunter2");
    let set = groma.begin(command).end();
    let told = [set.stdout, set.stderr].concat();
    assert!(!told.contains("hunter2"), "{told}");
    for line in ["backup status -o json", "audit -o json", "events tail --after oldest -o ndjson"] {
        assert!(!groma.run(line).code(0).stdout.contains("hunter2"), "{line}");
    }
    let refused = groma.run("backup target s3 --bucket b --access-key-id AKIDEXAMPLE").code(2);
    assert!(refused.stderr.contains("--secret-file"), "{}", refused.stderr);
}
