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
    assert_eq!((backups.len(), &backups[0]["number"]), (1, &made["backup"]), "{list}");
    groma.run("backup verify 1").code(0);
    groma.run("backup verify --full").code(0);
    groma.run("backup drill").code(0);
    let status = groma.run("backup status -o json").code(0).json();
    assert!(status["last_success_at"].is_string() && status["last_drill_at"].is_string(), "{status}");
    assert!(groma.run("backup verify 7").code(3).stderr.contains("groma backup list"));
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
    assert!(refused.stderr.contains("error: backup verify: "), "{}", refused.stderr);
    let into = groma.home.path().join("restored");
    groma.run(&format!("backup restore --to {}", into.display())).code(8);
    assert!(!into.exists());
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

#[test]
fn a_backup_comes_back_to_a_folder_of_its_own() {
    let (groma, port) = (Groma::new(), OpenPort::new());
    groma.scan(&port.number().to_string());
    let (store, into) = (groma.home.path().join("store"), groma.home.path().join("restored"));
    groma.run(&format!("backup target local {}", store.display())).code(0);
    groma.run("backup create").code(0);
    let all = groma.run("resources export").code(0).stdout;
    groma.scan("1-5");

    // Where backups go is known, and nothing else holds the new folder.
    let line = format!("backup restore --to {}", into.display());
    let restored = groma.run(&format!("{line} -o json")).code(0).json();
    assert_eq!((&restored["backup"], &restored["things"]), (&1.into(), &2.into()), "{restored}");
    let again = format!("--data-dir {}", into.display());
    assert_eq!(groma.run(&format!("resources export {again}")).code(0).stdout, all);

    // By now its history is newer: it began a new one.
    assert!(groma.run(&line).code(6).stderr.contains("--replace"));
    assert!(groma.run(&format!("{line} --replace")).code(6).stderr.contains("--over-newer"));
    let from = format!("--from {} --replace --over-newer 1 -o json", store.display());
    let replaced = groma.run(&format!("{line} {from}")).code(0).json();
    assert!(std::path::Path::new(replaced["previous"].as_str().unwrap()).is_dir(), "{replaced}");
    assert_eq!(groma.run(&format!("resources export {again}")).code(0).stdout, all);
    groma.run(&format!("{line} --replace --over-newer 9")).code(4);
    groma.run(&format!("{line} --replace --over-newer --at 1h")).code(4);
}

#[test]
fn a_new_machine_needs_the_backups_and_the_recovery_key_alone() {
    let (groma, port) = (Groma::new(), OpenPort::new());
    groma.scan(&port.number().to_string());
    let key = groma.run("keys recovery").code(0).stdout;
    let key = key.lines().find(|line| !line.trim().is_empty()).unwrap();
    let store = groma.home.path().join("store");
    groma.run(&format!("backup target local {}", store.display())).code(0);
    groma.run("backup create").code(0);

    let other = Groma::new();
    let into = other.data_dir();
    let line = format!("backup restore --to {}", into.display());
    assert!(other.run(&line).code(2).stderr.contains("--from"));
    let line = format!("{line} --from {}", store.display());
    assert!(other.run(&line).code(5).stderr.contains("--recovery-key-file"));
    let file = other.home.path().join("recovery");
    fs::write(&file, key).unwrap();
    other.run(&format!("{line} --recovery-key-file {}", file.display())).code(0);
    other.run(&format!("keys recover --recovery-key-file {}", file.display())).code(0);
    assert_eq!(other.run("resources list -o ndjson").code(0).lines().len(), 2);
}

#[test]
fn a_folder_in_use_is_not_replaced() {
    let groma = Groma::new();
    let store = groma.home.path().join("store");
    groma.run(&format!("backup target local {}", store.display())).code(0);
    groma.run("backup create").code(0);
    let _server = groma.serve();
    let line = format!("backup restore --to {} --replace --over-newer", groma.data_dir().display());
    assert!(groma.run(&line).code(6).stderr.contains("in use"));
    groma.run("status").code(0);
    let nowhere = groma.home.path().join("nowhere");
    groma.run(&format!("backup restore --to x --from {}", nowhere.display())).code(4);
    assert!(!nowhere.exists());
}
