//! Slots from the command line: each kind alone, and what is said when nothing opens.

use std::fs;
use std::path::PathBuf;

use crate::harness::{Ended, Groma};

const PASSPHRASE: &str = "correct horse battery";

fn status(groma: &Groma) -> serde_json::Value {
    groma.run("keys status -o json").code(0).json()
}

fn kinds(groma: &Groma) -> Vec<String> {
    let status = status(groma);
    let slots = status["slots"].as_array().unwrap();
    slots.iter().map(|slot| slot["kind"].as_str().unwrap().to_owned()).collect()
}

fn slot(groma: &Groma, kind: &str) -> String {
    let status = status(groma);
    let slots = status["slots"].as_array().unwrap();
    slots.iter().find(|slot| slot["kind"] == kind).unwrap()["id"].as_str().unwrap().to_owned()
}

fn keys(groma: &Groma) -> PathBuf {
    groma.home.path().join(".config/groma/keys")
}

fn write(groma: &Groma, name: &str, text: &str) -> String {
    let path = groma.home.path().join(name);
    fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

/// Runs a command line whose last word may hold anything.
fn run_with(groma: &Groma, line: &str, variable: &str, value: &str) -> Ended {
    let output = groma.command(line).env(variable, value).output().unwrap();
    Ended {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

#[test]
fn a_second_key_file_opens_when_the_first_is_lost_wherever_it_is() {
    let groma = Groma::new();
    let scan = groma.scan("9");
    let second = groma.home.path().join("stick/second.key");
    let added = groma.run(&format!("keys add key-file {} -o json", second.display())).code(0).json();
    assert_eq!((&added["kind"], &added["used"]), (&"key_file".into(), &false.into()));
    fs::remove_dir_all(keys(&groma)).unwrap();
    let shown = groma.run("scans list -o json").code(0).json();
    assert_eq!(shown["scans"][0]["id"], scan.as_str());
    let status = status(&groma);
    let used: Vec<_> =
        status["slots"].as_array().unwrap().iter().filter(|slot| slot["used"] == true).collect();
    assert_eq!(used[0]["place"], second.to_str().unwrap());
    let advice = status["advice"].to_string();
    assert!(advice.contains("is not there") && advice.contains("no recovery key"), "{advice}");
    let lost = status["slots"][0]["id"].as_str().unwrap().to_owned();
    groma.run(&format!("keys remove {lost}")).code(0);
    let last = added["id"].as_str().unwrap();
    let refused = groma.run(&format!("keys remove {last} --delete-secret")).code(6);
    assert!(refused.stderr.contains("add another one first"), "{}", refused.stderr);
    assert!(second.exists());
    groma.run(&format!("keys remove {lost}")).code(4);
}

#[test]
fn a_recovery_key_recovers_when_all_else_is_lost() {
    let groma = Groma::new();
    groma.scan("9");
    let first = groma.run("keys recovery").code(0).stdout.trim().to_owned();
    let key = groma.run("keys recovery").code(0).stdout.trim().to_owned();
    assert_ne!(first, key);
    assert_eq!(kinds(&groma), ["key_file", "recovery"]);
    let server = groma.serve();
    let right = write(&groma, "paper", &format!("{}\n", key.to_lowercase().replace('-', " ")));
    let held = groma.run(&format!("keys recover --check --recovery-key-file {right}")).code(6);
    assert!(held.stderr.contains("not tried"), "{}", held.stderr);
    drop(server);
    groma.run(&format!("keys recover --check --recovery-key-file {right}")).code(0);
    fs::remove_dir_all(keys(&groma)).unwrap();
    let locked = groma.run("scans list").code(5);
    assert!(
        locked.stderr.contains("key file") && locked.stderr.contains("groma keys recover"),
        "{}",
        locked.stderr
    );
    let old = write(&groma, "old-paper", &first);
    groma.run(&format!("keys recover --recovery-key-file {old}")).code(5);
    // One letter misread in the second group.
    let mut misread: Vec<char> = key.chars().collect();
    misread[8] = if misread[8] == 'A' { 'B' } else { 'A' };
    let misread = write(&groma, "misread", &misread.iter().collect::<String>());
    let told = groma.run(&format!("keys recover --recovery-key-file {misread}")).code(5);
    assert_eq!(told.stderr.matches("group 2").count(), 1, "{}", told.stderr);
    groma.run(&format!("keys recover --recovery-key-file {right}")).code(0);
    assert_eq!(groma.run("scans list -o json").code(0).json()["scans"].as_array().unwrap().len(), 1);
    assert_eq!(kinds(&groma), ["key_file", "recovery", "key_file"]);
    // It is said once and kept nowhere.
    let audit = groma.run("audit -o json").code(0).stdout;
    assert!(audit.contains("key_recovery") && !audit.contains(&key), "{audit}");
}

#[test]
fn a_passphrase_takes_the_place_of_a_key_file() {
    let groma = Groma::new();
    groma.scan("9");
    let file = write(&groma, "words", &format!("{PASSPHRASE}\n"));
    let short = write(&groma, "short", "too short");
    let refused = groma.run(&format!("keys migrate passphrase --from {short}")).code(2);
    assert!(refused.stderr.contains("12 characters"), "{}", refused.stderr);
    assert_eq!(kinds(&groma), ["key_file"]);
    groma.run(&format!("keys migrate --delete-secret passphrase --from {file}")).code(0);
    assert_eq!(kinds_with(&groma, &file), ["passphrase"]);
    assert_eq!(fs::read_dir(keys(&groma)).unwrap().count(), 0, "the old key file is left");
    let locked = groma.run("scans list").code(5);
    assert!(locked.stderr.contains("no terminal to ask at"), "{}", locked.stderr);
    let wrong = write(&groma, "wrong", "battery horse correct");
    let told = groma.run(&format!("scans list --passphrase-file {wrong}")).code(5);
    assert!(told.stderr.contains("the passphrase does not open"), "{}", told.stderr);
    run_with(&groma, "scans list", "GROMA_PASSPHRASE_FILE", &file).code(0);
    let audit = run_with(&groma, "audit -o json", "GROMA_PASSPHRASE_FILE", &file).code(0).stdout;
    assert!(audit.contains("key_slot_add") && !audit.contains(PASSPHRASE), "{audit}");
}

fn kinds_with(groma: &Groma, passphrase_file: &str) -> Vec<String> {
    let status =
        groma.run(&format!("keys status -o json --passphrase-file {passphrase_file}")).code(0).json();
    let slots = status["slots"].as_array().unwrap();
    slots.iter().map(|slot| slot["kind"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_credential_of_systemd_begins_a_folder_or_joins_it() {
    let groma = Groma::new();
    let credentials = groma.home.path().join("credentials");
    fs::create_dir(&credentials).unwrap();
    let directory = credentials.to_str().unwrap().to_owned();
    let with = |line: &str| run_with(&groma, line, "CREDENTIALS_DIRECTORY", &directory);
    fs::write(credentials.join("groma"), [b'k'; 40]).unwrap();
    let slots = with("keys status -o json").code(0).json()["slots"].clone();
    assert_eq!(slots[0]["kind"], "systemd_credential");
    assert!(!keys(&groma).exists(), "a key file was made beside it");
    let locked = groma.run("scans list").code(5);
    assert!(locked.stderr.contains("LoadCredentialEncrypted=groma"), "{}", locked.stderr);
    fs::write(credentials.join("other"), [b'o'; 31]).unwrap();
    let weak = with("keys add systemd other").code(2);
    assert!(weak.stderr.contains("31 bytes"), "{}", weak.stderr);
    fs::write(credentials.join("other"), [b'o'; 32]).unwrap();
    with("keys add systemd other").code(0);
    fs::write(credentials.join("groma"), [b'x'; 40]).unwrap();
    with("scans list").code(0);
}

#[test]
fn what_somebody_changed_in_the_file_of_keys_is_told() {
    let groma = Groma::new();
    groma.run("keys recovery").code(0);
    let path = groma.data_dir().join("keys.json");
    let mut file: serde_json::Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    file["slots"].as_array_mut().unwrap().remove(1);
    fs::write(&path, serde_json::to_vec(&file).unwrap()).unwrap();
    let told = groma.run("scans list").code(5);
    assert!(told.stderr.contains("somebody changed it"), "{}", told.stderr);
}

#[test]
fn a_migration_with_several_slots_asks_which() {
    let groma = Groma::new();
    let second = groma.home.path().join("second.key");
    let third = groma.home.path().join("third.key");
    groma.run(&format!("keys add key-file {}", second.display())).code(0);
    let asked = groma.run(&format!("keys migrate key-file {}", third.display())).code(2);
    assert!(asked.stderr.contains("--from"), "{}", asked.stderr);
    let from = slot(&groma, "key_file");
    groma.run(&format!("keys migrate --from {from} key-file {}", third.display())).code(0);
    let places = status(&groma)["slots"].to_string();
    assert!(places.contains("second.key") && places.contains("third.key"), "{places}");
    assert_eq!(kinds(&groma).len(), 2);
    let inside = groma.data_dir().join("inside.key");
    let refused = groma.run(&format!("keys add key-file {}", inside.display())).code(2);
    assert!(refused.stderr.contains("choose a place outside"), "{}", refused.stderr);
    groma.run(&format!("keys add key-file {}", second.display())).code(6);
}

#[test]
fn only_an_admin_sees_or_changes_who_opens_the_folder() {
    let groma = Groma::new();
    let server = groma.serve();
    let token = |scope: &str| {
        let made = groma.run(&format!("token create --name test --scope {scope}")).code(0);
        made.stdout.trim().to_owned()
    };
    assert_eq!(server.get("/v1/keys", None).0, 401);
    assert_eq!(server.get("/v1/keys", Some(&token("operate"))).0, 403);
    let (code, body) = server.get("/v1/keys", Some(&token("admin")));
    assert!(code == 200 && body.contains("key_file"), "{code} {body}");
    // What a server does on behalf of others takes effect at once for the next process.
    groma.run("keys recovery").code(0);
    drop(server);
    assert_eq!(kinds(&groma), ["key_file", "recovery"]);
}
