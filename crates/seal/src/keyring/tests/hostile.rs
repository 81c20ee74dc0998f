//! A file of keys that somebody changed or made up.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::*;
use crate::keyring::NewSlot;

fn two_slots() -> (tempfile::TempDir, Unlock, Value) {
    let (folder, keyring, unlock) = fresh();
    keyring.add_slot(&NewSlot::Passphrase(text("correct horse battery"))).unwrap();
    keyring.renew().unwrap();
    let file = fs::read(folder.path().join("data").join(Keyring::FILE)).unwrap();
    (folder, unlock, serde_json::from_slice(&file).unwrap())
}

fn open(folder: &tempfile::TempDir, unlock: &Unlock, file: &Value) -> Result<Keyring, KeyringError> {
    let data = folder.path().join("data");
    fs::write(data.join(Keyring::FILE), serde_json::to_vec(file).unwrap()).unwrap();
    let begun = Instant::now();
    let opened = Keyring::open(&data, unlock, false);
    assert!(begun.elapsed() < Duration::from_secs(10), "it took {:?}", begun.elapsed());
    opened
}

#[test]
fn any_change_of_the_file_is_noticed() {
    let (folder, unlock, file) = two_slots();
    open(&folder, &unlock, &file).unwrap();
    let removed = |pointer: &str, at: usize| {
        let mut changed = file.clone();
        changed.pointer_mut(pointer).unwrap().as_array_mut().unwrap().remove(at);
        changed
    };
    let set = |pointer: &str, value: Value| {
        let mut changed = file.clone();
        *changed.pointer_mut(pointer).unwrap() = value;
        changed
    };
    let mut doubled = file.clone();
    let slot = doubled["slots"][1].clone();
    doubled["slots"].as_array_mut().unwrap().push(slot);
    let mut without = file.clone();
    without.as_object_mut().unwrap().remove("check");
    let mut first_form = without.clone();
    first_form["version"] = json!(1);
    let changes = [
        ("a slot removed", removed("/slots", 1)),
        ("a slot added", doubled),
        ("a key removed", removed("/keys", 1)),
        ("less reserved", set("/keys/1/reserved", json!(0))),
        ("weaker passphrases", set("/slots/1/keeper/memory_kib", json!(8))),
        ("another date", set("/slots/0/created_at", json!(1))),
        ("another place", set("/slots/0/keeper/path", json!("/elsewhere"))),
        ("no check", without),
        ("the first form", first_form),
        ("another check", set("/check", json!("AAAA"))),
    ];
    for (what, changed) in changes {
        let opened = open(&folder, &unlock, &changed);
        assert!(matches!(opened, Err(KeyringError::Damaged { .. })), "{what}: {opened:?}");
    }
}

#[test]
fn nothing_hostile_costs_much() {
    let (folder, _, file) = two_slots();
    let unlock = Unlock::Passphrase(text("whatever it may be"));
    let passphrase = |memory: u64, passes: u64, lanes: u64| {
        let mut changed = file.clone();
        let keeper = json!({"kind": "passphrase", "memory_kib": memory, "passes": passes, "lanes": lanes});
        changed["slots"][1]["keeper"] = keeper;
        changed
    };
    let many = |count: usize, slot: &Value| {
        let mut changed = file.clone();
        changed["slots"] = Value::Array(vec![slot.clone(); count]);
        changed
    };
    let costly = passphrase(1 << 16, 3, 4)["slots"][1].clone();
    let mut nonsense = file.clone();
    nonsense["slots"][1]["salt"] = json!("not base64!");
    let mut empty = file.clone();
    empty["keys"] = json!([]);
    let hostile = [
        passphrase(u64::from(u32::MAX), 3, 4),
        passphrase(1 << 16, u64::from(u32::MAX), 4),
        passphrase(1 << 16, 3, u64::from(u32::MAX)),
        passphrase(1 << 16, 0, 0),
        passphrase(0, 1, 1),
        many(30, &costly),
        many(100_000, &costly),
        nonsense,
        empty,
    ];
    for changed in hostile {
        assert!(open(&folder, &unlock, &changed).is_err());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_changed_byte_is_refused_or_changes_nothing(at in any::<prop::sample::Index>(), to in any::<u8>()) {
        thread_local! {
            static GENUINE: (tempfile::TempDir, Unlock, Value, Vec<u8>) = {
                let (folder, unlock, file) = two_slots();
                let bytes = serde_json::to_vec(&file).unwrap();
                (folder, unlock, file, bytes)
            };
        }
        GENUINE.with(|(folder, unlock, file, bytes)| {
            let mut bytes = bytes.clone();
            let at = at.index(bytes.len());
            bytes[at] = to;
            let data = folder.path().join("data");
            fs::write(data.join(Keyring::FILE), &bytes).unwrap();
            if Keyring::open(&data, unlock, false).is_ok() {
                prop_assert_eq!(&serde_json::from_slice::<Value>(&bytes).unwrap(), file);
            }
            Ok(())
        })?;
    }
}
