use super::*;
use proptest::prelude::*;

fn fresh() -> (tempfile::TempDir, Keyring, Unlock) {
    let folder = tempfile::tempdir().unwrap();
    let unlock = Unlock::KeyFolder(folder.path().join("keys"));
    let keyring = Keyring::open(folder.path(), &unlock, true).unwrap();
    (folder, keyring, unlock)
}

#[test]
fn a_sealed_value_opens_in_its_place_alone_also_after_reopening() {
    let (folder, keyring, unlock) = fresh();
    let sealed = keyring.seal(Place::new("things.attributes", b"row"), b"10.1.2.3");
    let again = Keyring::open(folder.path(), &unlock, false).unwrap();
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
    let path = folder.path().join("keys").join(format!("{}.key", keyring.folder()));
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    assert!(matches!(Keyring::open(folder.path(), &unlock, false), Err(KeyringError::KeyFileTooOpen { .. })));
    fs::remove_file(&path).unwrap();
    assert!(matches!(Keyring::open(folder.path(), &unlock, false), Err(KeyringError::ReadKeyFile { .. })));
    key_file::create(&path).unwrap();
    assert!(matches!(Keyring::open(folder.path(), &unlock, false), Err(KeyringError::WrongKey { .. })));
}

#[test]
fn a_passphrase_opens_what_it_locked() {
    let folder = tempfile::tempdir().unwrap();
    let right = Unlock::Passphrase(Zeroizing::new("correct horse".to_owned()));
    let wrong = Unlock::Passphrase(Zeroizing::new("battery staple".to_owned()));
    let sealed = Keyring::open(folder.path(), &right, true).unwrap().seal(Place::new("a.b", b"1"), b"x");
    assert!(matches!(Keyring::open(folder.path(), &wrong, false), Err(KeyringError::WrongKey { .. })));
    let keyring = Keyring::open(folder.path(), &right, false).unwrap();
    assert_eq!(keyring.open_sealed(Place::new("a.b", b"1"), &sealed).unwrap(), b"x");
}

#[test]
fn missing_or_damaged_keys_are_never_replaced() {
    let (folder, _, unlock) = fresh();
    let path = folder.path().join(Keyring::FILE);
    fs::write(&path, b"{\"version\":1").unwrap();
    assert!(matches!(Keyring::open(folder.path(), &unlock, true), Err(KeyringError::Damaged { .. })));
    fs::remove_file(&path).unwrap();
    assert!(matches!(Keyring::open(folder.path(), &unlock, false), Err(KeyringError::Missing { .. })));
}

#[test]
fn a_used_up_key_is_followed_by_a_new_one_and_still_opens() {
    let (folder, keyring, unlock) = fresh();
    let old = keyring.seal(Place::new("a.b", b"1"), b"old");
    drop(keyring);
    let path = folder.path().join(Keyring::FILE);
    let mut file: KeysFile = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    file.keys[0].reserved = MESSAGES_MAX;
    write(&path, &file).unwrap();
    let keyring = Keyring::open(folder.path(), &unlock, false).unwrap();
    let new = keyring.seal(Place::new("a.b", b"2"), b"new");
    assert_eq!((old[4], new[4]), (1, 2));
    let again = Keyring::open(folder.path(), &unlock, false).unwrap();
    assert_eq!(again.open_sealed(Place::new("a.b", b"1"), &old).unwrap(), b"old");
    assert_eq!(again.open_sealed(Place::new("a.b", b"2"), &new).unwrap(), b"new");
}

proptest! {
    #[test]
    fn hostile_bytes_never_open(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let (_folder, keyring, _) = fresh();
        prop_assert!(keyring.open_sealed(Place::new("a.b", b"1"), &bytes).is_err());
    }
}
