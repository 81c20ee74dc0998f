//! Every slot lost but one.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use super::*;
use crate::keychain::tests::in_own_session;
use crate::keyring::NewSlot;

/// A folder with a slot of each kind, and what opens each of them alone.
struct Every {
    root: tempfile::TempDir,
    sealed: Vec<u8>,
    ways: Vec<(&'static str, Unlock)>,
}

impl Every {
    fn new() -> Self {
        let (root, keyring, key_folder) = fresh();
        let sealed = keyring.seal(PLACE, b"kept");
        let credentials = root.path().join("credentials");
        fs::create_dir(&credentials).unwrap();
        fs::write(credentials.join("groma"), [7; 32]).unwrap();
        let second = root.path().join("elsewhere/second.key");
        let credential =
            NewSlot::Credential { directory: Some(credentials.clone()), name: "groma".to_owned() };
        let word = text("correct horse battery");
        for new in [
            NewSlot::KeyFile(second.clone()),
            NewSlot::Passphrase(word.clone()),
            NewSlot::Keychain,
            credential,
        ] {
            keyring.add_slot(&new).unwrap();
        }
        let (_, recovery) = keyring.renew_recovery().unwrap();
        let kinds: Vec<_> = keyring.slots().iter().map(|slot| slot.kind).collect();
        assert_eq!(
            kinds,
            ["key_file", "key_file", "passphrase", "keychain", "systemd_credential", "recovery"]
        );
        let directory = Some(credentials);
        let ways = vec![
            ("key_file", key_folder),
            ("key_file", Unlock::KeyFile(second)),
            ("passphrase", Unlock::Passphrase(word.clone())),
            ("keychain", Unlock::Recorded { credentials: None }),
            ("systemd_credential", Unlock::Credential { directory, name: "groma".to_owned() }),
            ("recovery", Unlock::Recovery(recovery)),
            ("passphrase", Unlock::Ask(Arc::new(move |_| Ok(Some(word.clone()))))),
        ];
        Self { root, sealed, ways }
    }

    fn data(&self) -> PathBuf {
        self.root.path().join("data")
    }

    /// Ends what the test put into the machine's own store.
    fn clear(&self) {
        let keyring = Keyring::open(&self.data(), &self.ways[5].1, false).unwrap();
        for slot in keyring.slots().iter().filter(|slot| slot.kind == "keychain") {
            keyring.remove_slot(slot.id, true).unwrap();
        }
    }
}

#[test]
fn each_way_opens_alone_and_says_which_slot_it_was() {
    if !in_own_session("keyring::tests::slots::each_way_opens_alone_and_says_which_slot_it_was") {
        return;
    }
    let every = Every::new();
    fs::rename(every.root.path().join("elsewhere"), every.root.path().join("away")).unwrap();
    fs::create_dir(every.root.path().join("elsewhere")).unwrap();
    for (kind, unlock) in &every.ways {
        if let Unlock::KeyFile(_) = unlock {
            fs::rename(
                every.root.path().join("away/second.key"),
                every.root.path().join("elsewhere/second.key"),
            )
            .unwrap();
        }
        // What the slots themselves name must not be at hand.
        let hidden = matches!(unlock, Unlock::Recorded { .. }).then(|| {
            let (keys, away) = (every.root.path().join("keys"), every.root.path().join("keys-away"));
            fs::rename(&keys, &away).unwrap();
            fs::rename(
                every.root.path().join("elsewhere/second.key"),
                every.root.path().join("away/second.key"),
            )
            .unwrap();
            (keys, away)
        });
        let keyring =
            Keyring::open(&every.data(), unlock, false).unwrap_or_else(|error| panic!("{unlock:?}: {error}"));
        if let Some((keys, away)) = hidden {
            fs::rename(away, keys).unwrap();
        }
        assert_eq!(keyring.open_sealed(PLACE, &every.sealed).unwrap(), b"kept");
        let used: Vec<_> =
            keyring.slots().into_iter().filter(|slot| slot.used).map(|slot| slot.kind).collect();
        assert_eq!(used, [*kind], "{unlock:?}");
    }
    every.clear();
}

#[test]
fn one_slot_is_enough_whichever_it_is() {
    if !in_own_session("keyring::tests::slots::one_slot_is_enough_whichever_it_is") {
        return;
    }
    for keep in 0..5 {
        let every = Every::new();
        let (_, unlock) = &every.ways[keep];
        let keyring = Keyring::open(&every.data(), &every.ways[5].1, false).unwrap();
        let slots = keyring.slots();
        let kept = slots[keep].id;
        for slot in &slots {
            if slot.id == kept {
                continue;
            }
            let removed = keyring.remove_slot(slot.id, true);
            match removed {
                Ok(removed) => assert!(removed.left.is_none(), "{removed:?}"),
                // The kernel's keyring forgets: the last slot that does not must stay beside it.
                Err(KeyringError::LastSlot) => {
                    assert!(keep == 3 && slot.kind == "systemd_credential", "{slot:?}");
                }
                Err(error) => panic!("{error}"),
            }
        }
        let keyring = Keyring::open(&every.data(), unlock, false).unwrap();
        assert_eq!(keyring.open_sealed(PLACE, &every.sealed).unwrap(), b"kept");
        if keep != 3 {
            assert!(matches!(keyring.remove_slot(kept, false), Err(KeyringError::LastSlot)));
            assert!(matches!(keyring.remove_slot(Uuid::new_v4(), false), Err(KeyringError::NoSuchSlot(_))));
        }
        for (other, (_, unlock)) in every.ways.iter().take(5).enumerate() {
            let enough = other == keep || (keep == 3 && other == 4);
            let opened = Keyring::open(&every.data(), unlock, false);
            // What is recorded is whatever is left.
            let recorded = matches!(unlock, Unlock::Recorded { .. }) && keep < 2;
            assert_eq!(opened.is_ok(), enough || recorded, "{keep} {unlock:?} {opened:?}");
        }
        if keep == 3 {
            keyring.remove_slot(kept, true).unwrap();
        }
    }
}

#[test]
fn wrong_everything_is_told_way_by_way() {
    if !in_own_session("keyring::tests::slots::wrong_everything_is_told_way_by_way") {
        return;
    }
    let every = Every::new();
    let root = every.root.path();
    every.clear();
    fs::remove_dir_all(root.join("keys")).unwrap();
    fs::write(root.join("elsewhere/second.key"), "GROMA-KEY-1 nonsense").unwrap();
    fs::write(root.join("credentials/groma"), [8; 32]).unwrap();
    let asked = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&asked);
    let unlock = Unlock::FirstOf(vec![
        Unlock::Passphrase(text("battery staple correct")),
        Unlock::Recovery(text("00000-00000-00000-00000-00000-00000-00000-00000")),
        Unlock::KeyFolder(root.join("keys")),
        Unlock::Recorded { credentials: Some(root.join("credentials")) },
        Unlock::Ask(Arc::new(move |question| {
            assert!(question.passphrase && question.recovery);
            assert_eq!(question.refused.is_some(), counted.fetch_add(1, Ordering::Relaxed) > 0);
            Ok(Some(text("no idea whatever")))
        })),
    ]);
    let error = Keyring::open(&every.data(), &unlock, false).unwrap_err().to_string();
    for part in [
        "the passphrase does not open",
        "no recovery key: group",
        "keys/",
        "second.key` holds no Groma key",
        "the credential does not open",
        "what was entered does not open",
        "groma keys recover",
    ] {
        assert_eq!(error.matches(part).count(), 1, "`{part}` is not once in: {error}");
    }
    assert_eq!(asked.load(Ordering::Relaxed), 3);
    let alone = Keyring::open(&every.data(), &Unlock::FirstOf(Vec::new()), false);
    assert!(matches!(alone, Err(KeyringError::Locked { .. })), "{alone:?}");
}

#[test]
fn a_new_recovery_key_ends_the_older_one() {
    let (root, keyring, _) = fresh();
    let data = root.path().join("data");
    let (_, first) = keyring.renew_recovery().unwrap();
    let (slot, second) = keyring.renew_recovery().unwrap();
    assert!(matches!(
        Keyring::open(&data, &Unlock::Recovery(first), false),
        Err(KeyringError::WrongKey { .. })
    ));
    let misread = text(&second.replacen('-', "", 1).to_lowercase());
    let keyring = Keyring::open(&data, &Unlock::Recovery(misread), false).unwrap();
    let used: Vec<_> = keyring.slots().into_iter().filter(|slot| slot.used).map(|slot| slot.id).collect();
    assert_eq!(used, [slot.id]);
}

#[test]
fn who_is_asked_again_is_told_once_why_it_was_no_recovery_key() {
    let (root, keyring, _) = fresh();
    keyring.renew_recovery().unwrap();
    let told = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&told);
    let ask = Unlock::Ask(Arc::new(move |question| {
        heard.lock().unwrap().extend(question.refused.clone());
        Ok(Some(text("00000-00000")))
    }));
    let error = Keyring::open(&root.path().join("data"), &ask, false).unwrap_err();
    assert_eq!(error.to_string(), "this is no recovery key");
    let cause = std::error::Error::source(&error).unwrap();
    assert_eq!(*told.lock().unwrap(), vec![format!("this is no recovery key: {cause}"); 2]);
}

#[test]
fn what_cannot_be_a_slot_is_refused_and_leaves_nothing() {
    let (root, keyring, _) = fresh();
    let before = fs::read(root.path().join("data").join(Keyring::FILE)).unwrap();
    let refused = [
        NewSlot::Passphrase(text("too short")),
        NewSlot::KeyFile("relative.key".into()),
        NewSlot::KeyFile(root.path().join("data/inside.key")),
        NewSlot::KeyFile(root.path().join("data/new/inside.key")),
        NewSlot::KeyFile(root.path().join("keys").join(format!("{}.key", keyring.folder()))),
        NewSlot::Credential { directory: None, name: "groma".to_owned() },
        NewSlot::Credential { directory: Some(root.path().to_owned()), name: "../etc/passwd".to_owned() },
        NewSlot::Credential { directory: Some(root.path().to_owned()), name: "missing".to_owned() },
    ];
    for new in refused {
        assert!(keyring.add_slot(&new).is_err(), "{new:?}");
    }
    assert_eq!(fs::read(root.path().join("data").join(Keyring::FILE)).unwrap(), before);
    assert!(!root.path().join("data/new").exists());
    for index in 1..crate::file::SLOTS_MAX {
        keyring.add_slot(&NewSlot::KeyFile(root.path().join(format!("many/{index}.key")))).unwrap();
    }
    let last = root.path().join("many/last.key");
    assert!(matches!(
        keyring.add_slot(&NewSlot::KeyFile(last.clone())),
        Err(KeyringError::TooManySlots { .. })
    ));
    assert!(!last.exists());
}

#[test]
fn a_first_slot_is_what_the_system_hands_over_or_what_was_chosen() {
    let root = tempfile::tempdir().unwrap();
    let way = |directory: Option<PathBuf>| {
        Unlock::FirstOf(vec![
            Unlock::Credential { directory, name: "groma".to_owned() },
            Unlock::KeyFolder(root.path().join("keys")),
        ])
    };
    fs::write(root.path().join("groma"), [1; 40]).unwrap();
    for (directory, kind) in [(Some(root.path().to_owned()), "systemd_credential"), (None, "key_file")] {
        let data = root.path().join(kind);
        fs::create_dir(&data).unwrap();
        let keyring = Keyring::open(&data, &way(directory), true).unwrap();
        assert_eq!(keyring.slots()[0].kind, kind);
    }
    let none = Keyring::open(root.path(), &Unlock::Recorded { credentials: None }, true);
    assert!(matches!(none, Err(KeyringError::NoKeeper)), "{none:?}");
}
