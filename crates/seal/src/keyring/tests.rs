use std::fs;

use proptest::prelude::*;

use super::allowance::MESSAGES_MAX;
use super::*;
use crate::key_file;

mod crash;
mod hostile;
mod slots;

const PLACE: Place<'static> = Place::new("a.b", b"1");

fn fresh() -> (tempfile::TempDir, Keyring, Unlock) {
    let folder = tempfile::tempdir().unwrap();
    let unlock = Unlock::KeyFolder(folder.path().join("keys"));
    let data = folder.path().join("data");
    fs::create_dir(&data).unwrap();
    let keyring = Keyring::open(&data, &unlock, true).unwrap();
    (folder, keyring, unlock)
}

fn text(text: &str) -> Zeroizing<String> {
    Zeroizing::new(text.to_owned())
}

/// What the first version wrote, with the key file that opens it and a value that it sealed at `a.b`, row `1`.
fn form_one() -> (tempfile::TempDir, Unlock, Vec<u8>) {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    fs::create_dir(&data).unwrap();
    let key = folder.path().join("the.key");
    fs::write(&key, include_str!("../../tests/form-1/the.key")).unwrap();
    let private = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    fs::set_permissions(&key, private).unwrap();
    fs::write(data.join(Keyring::FILE), include_str!("../../tests/form-1/keys.json")).unwrap();
    (folder, Unlock::KeyFile(key), include_bytes!("../../tests/form-1/sealed").to_vec())
}

#[test]
fn a_sealed_value_opens_in_its_place_alone_also_after_reopening() {
    let (folder, keyring, unlock) = fresh();
    let sealed = keyring.seal(Place::new("things.attributes", b"row"), b"10.1.2.3");
    let again = Keyring::open(&folder.path().join("data"), &unlock, false).unwrap();
    assert_eq!(again.open_sealed(Place::new("things.attributes", b"row"), &sealed).unwrap(), b"10.1.2.3");
    let elsewhere = [Place::new("things.attributes", b"raw"), Place::new("things.name", b"row")];
    for place in elsewhere {
        assert_eq!(again.open_sealed(place, &sealed), Err(EnvelopeError::Forged));
    }
    assert_eq!(again.lookup("c", b"v"), keyring.lookup("c", b"v"));
}

#[test]
fn the_key_file_is_private_and_needed() {
    use std::os::unix::fs::PermissionsExt as _;
    let (folder, keyring, unlock) = fresh();
    let data = folder.path().join("data");
    let path = folder.path().join("keys").join(format!("{}.key", keyring.folder()));
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    assert!(matches!(Keyring::open(&data, &unlock, false), Err(KeyringError::KeyFileTooOpen { .. })));
    fs::remove_file(&path).unwrap();
    assert!(matches!(Keyring::open(&data, &unlock, false), Err(KeyringError::ReadKeyFile { .. })));
    key_file::create(&path).unwrap();
    assert!(matches!(Keyring::open(&data, &unlock, false), Err(KeyringError::WrongKey { .. })));
}

#[test]
fn missing_or_damaged_keys_are_never_replaced() {
    let (folder, _, unlock) = fresh();
    let data = folder.path().join("data");
    let path = data.join(Keyring::FILE);
    fs::write(&path, b"{\"version\":1").unwrap();
    assert!(matches!(Keyring::open(&data, &unlock, true), Err(KeyringError::Damaged { .. })));
    fs::write(&path, b"{\"version\":3,\"new\":true}").unwrap();
    assert!(matches!(Keyring::open(&data, &unlock, true), Err(KeyringError::TooNew { found: 3, .. })));
    fs::remove_file(&path).unwrap();
    assert!(matches!(Keyring::open(&data, &unlock, false), Err(KeyringError::Missing { .. })));
}

#[test]
fn the_first_form_opens_and_becomes_the_second_at_the_first_change() {
    let (folder, unlock, sealed) = form_one();
    let data = folder.path().join("data");
    let before = fs::read_to_string(data.join(Keyring::FILE)).unwrap();
    let keyring = Keyring::open(&data, &unlock, false).unwrap();
    assert_eq!(keyring.open_sealed(PLACE, &sealed).unwrap(), b"of the first form");
    assert_eq!(fs::read_to_string(data.join(Keyring::FILE)).unwrap(), before, "reading changes nothing");
    let _ = keyring.seal(PLACE, b"more");
    let after = fs::read_to_string(data.join(Keyring::FILE)).unwrap();
    assert!(after.contains("\"version\": 2") && after.contains("\"check\""), "{after}");
    let again = Keyring::open(&data, &unlock, false).unwrap();
    assert_eq!(again.open_sealed(PLACE, &sealed).unwrap(), b"of the first form");
}

#[test]
fn a_used_up_key_is_followed_by_a_new_one_and_still_opens() {
    let (folder, keyring, unlock) = fresh();
    let data = folder.path().join("data");
    let old = keyring.seal(PLACE, b"old");
    keyring
        .change(|file| {
            file.keys[0].reserved = MESSAGES_MAX;
            Ok(())
        })
        .unwrap();
    drop(keyring);
    let keyring = Keyring::open(&data, &unlock, false).unwrap();
    let new = keyring.seal(Place::new("a.b", b"2"), b"new");
    assert_eq!((Keyring::key_of(&old), Keyring::key_of(&new)), (Some(1), Some(2)));
    let again = Keyring::open(&data, &unlock, false).unwrap();
    assert_eq!(again.open_sealed(PLACE, &old).unwrap(), b"old");
    assert_eq!(again.open_sealed(Place::new("a.b", b"2"), &new).unwrap(), b"new");
}

#[test]
fn a_new_data_key_seals_what_is_new_and_a_retired_one_opens_nothing() {
    let (folder, keyring, unlock) = fresh();
    let old = keyring.seal(PLACE, b"old");
    assert_eq!(keyring.renew().unwrap(), 2);
    let new = keyring.seal(PLACE, b"new");
    assert_eq!(Keyring::key_of(&new), Some(2));
    assert_eq!(keyring.open_sealed(PLACE, &old).unwrap(), b"old");
    let keys = keyring.data_keys();
    let shown: Vec<_> = keys.iter().map(|key| (key.id, key.messages, key.current)).collect();
    // What was reserved of an older key counts as used: it may have been.
    assert_eq!(shown, [(1, 4096, false), (2, 1, true)]);
    keyring.retire(&[1, 2]).unwrap();
    for keyring in [keyring, Keyring::open(&folder.path().join("data"), &unlock, false).unwrap()] {
        assert_eq!(keyring.open_sealed(PLACE, &old), Err(EnvelopeError::UnknownKey(1)));
        assert_eq!(keyring.open_sealed(PLACE, &new).unwrap(), b"new");
    }
}

#[test]
fn derived_keys_stay_the_same_whatever_becomes_of_slots_and_data_keys() {
    let (folder, keyring, _) = fresh();
    let backup = keyring.derive("backup");
    assert_ne!(backup, keyring.derive("other"));
    assert_ne!(backup, keyring.lookup);
    keyring.renew().unwrap();
    let (_, recovery) = keyring.renew_recovery().unwrap();
    let data = folder.path().join("data");
    let again = Keyring::open(&data, &Unlock::Recovery(recovery), false).unwrap();
    assert_eq!(backup, again.derive("backup"));
    let (_elsewhere, other, _) = fresh();
    assert_ne!(backup, other.derive("backup"));
}

#[test]
fn no_more_keys_are_made_than_are_read_again() {
    let (folder, keyring, unlock) = fresh();
    keyring
        .change(|file| {
            for id in 2..=crate::file::DATA_KEYS_MAX as u32 {
                let key = random_key();
                file.keys.push(DataKey::wrap(&keyring.master, keyring.folder, id, &key));
            }
            Ok(())
        })
        .unwrap();
    assert!(matches!(keyring.renew(), Err(KeyringError::TooManyKeys { .. })));
    let sealed = keyring.seal(PLACE, b"goes on");
    let again = Keyring::open(&folder.path().join("data"), &unlock, false).unwrap();
    assert_eq!(again.open_sealed(PLACE, &sealed).unwrap(), b"goes on");
    assert_eq!(again.data_keys().len(), crate::file::DATA_KEYS_MAX);
}

proptest! {
    #[test]
    fn hostile_bytes_never_open(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        thread_local! {
            static FRESH: (tempfile::TempDir, Keyring, Unlock) = fresh();
        }
        FRESH.with(|(_folder, keyring, _)| {
            prop_assert!(keyring.open_sealed(PLACE, &bytes).is_err());
            Ok(())
        })?;
    }
}
