//! The process dies at every step of every change: what opened the folder before still does, or what opens it after.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::*;
use crate::keyring::NewSlot;
use crate::step::STEPS_LEFT;

/// Runs `act` again and again in new folders, dying at each step in turn; `check` looks at what is left.
fn dying<T>(
    begin: impl Fn() -> (tempfile::TempDir, Keyring, Unlock),
    act: impl Fn(&tempfile::TempDir, &Keyring) -> T,
    check: impl Fn(&tempfile::TempDir, Keyring, Option<T>),
) -> u32 {
    for steps in 0.. {
        let (folder, keyring, unlock) = begin();
        let sealed = keyring.seal(PLACE, b"kept");
        STEPS_LEFT.set(Some(steps));
        let ended = catch_unwind(AssertUnwindSafe(|| act(&folder, &keyring)));
        STEPS_LEFT.set(None);
        drop(keyring);
        let again = Keyring::open(&folder.path().join("data"), &unlock, false).unwrap();
        assert_eq!(again.open_sealed(PLACE, &sealed).unwrap(), b"kept");
        let over = ended.is_ok();
        check(&folder, again, ended.ok());
        if over {
            return steps;
        }
    }
    unreachable!("it ends before the numbers do")
}

#[test]
fn the_first_start_is_followed_by_another_one() {
    for steps in 0..10 {
        let folder = tempfile::tempdir().unwrap();
        let unlock = Unlock::KeyFile(folder.path().join("keys/the.key"));
        let data = folder.path().join("data");
        fs::create_dir(&data).unwrap();
        STEPS_LEFT.set(Some(steps));
        let ended = catch_unwind(AssertUnwindSafe(|| Keyring::open(&data, &unlock, true).unwrap()));
        STEPS_LEFT.set(None);
        drop(ended);
        let sealed = Keyring::open(&data, &unlock, true).unwrap().seal(PLACE, b"kept");
        let again = Keyring::open(&data, &unlock, false).unwrap();
        assert_eq!(again.open_sealed(PLACE, &sealed).unwrap(), b"kept");
    }
}

#[test]
fn adding_a_key_file() {
    let steps = dying(
        fresh,
        |folder, keyring| keyring.add_slot(&NewSlot::KeyFile(folder.path().join("second.key"))).unwrap(),
        |folder, keyring, done| {
            // Every slot that is there opens.
            let file = folder.path().join("second.key");
            let opened = Keyring::open(&folder.path().join("data"), &Unlock::KeyFile(file), false);
            assert_eq!(opened.is_ok(), keyring.slots().len() == 2);
            if done.is_none() && opened.is_err() {
                // What is left of it is in nobody's way.
                let other = folder.path().join("third.key");
                keyring.add_slot(&NewSlot::KeyFile(other)).unwrap();
            }
        },
    );
    assert!(steps >= 6, "{steps}");
}

#[test]
fn removing_a_slot_with_its_secret() {
    let begin = || {
        let (folder, keyring, unlock) = fresh();
        keyring.add_slot(&NewSlot::KeyFile(folder.path().join("second.key"))).unwrap();
        (folder, keyring, unlock)
    };
    dying(
        begin,
        |_, keyring| keyring.remove_slot(keyring.slots()[1].id, true).map(|_| ()).unwrap(),
        |folder, keyring, done| {
            let file = folder.path().join("second.key");
            assert!(keyring.slots().len() == 1 || file.exists(), "a slot lost its secret");
            assert!(done.is_none() || (keyring.slots().len() == 1 && !file.exists()));
        },
    );
}

#[test]
fn a_new_recovery_key() {
    let begin = || {
        let (folder, keyring, unlock) = fresh();
        keyring.renew_recovery().unwrap();
        (folder, keyring, unlock)
    };
    dying(
        begin,
        |_, keyring| keyring.renew_recovery().unwrap().1,
        |folder, keyring, shown| {
            assert_eq!(keyring.slots().iter().filter(|slot| slot.kind == "recovery").count(), 1);
            if let Some(shown) = shown {
                Keyring::open(&folder.path().join("data"), &Unlock::Recovery(shown), false).unwrap();
            }
        },
    );
}

#[test]
fn a_new_data_key_and_the_end_of_the_old_one() {
    dying(
        fresh,
        |_, keyring| keyring.renew().unwrap(),
        |_, keyring, _| {
            let current = keyring.data_keys().last().unwrap().id;
            assert_eq!(Keyring::key_of(&keyring.seal(PLACE, b"new")), Some(current));
        },
    );
    let begin = || {
        let (folder, keyring, unlock) = fresh();
        keyring.renew().unwrap();
        let _ = keyring.seal(PLACE, b"new");
        (folder, keyring, unlock)
    };
    dying(
        begin,
        |_, keyring| keyring.retire(&[1]).unwrap(),
        |_, keyring, _| {
            assert!(keyring.data_keys().last().unwrap().current);
        },
    );
}

#[test]
fn the_change_of_form() {
    let begin = || {
        let (folder, unlock, _) = form_one();
        let keyring = Keyring::open(&folder.path().join("data"), &unlock, false).unwrap();
        (folder, keyring, unlock)
    };
    for steps in 0..8 {
        let (folder, keyring, unlock) = begin();
        STEPS_LEFT.set(Some(steps));
        let _ = catch_unwind(AssertUnwindSafe(|| keyring.seal(PLACE, b"first change")));
        STEPS_LEFT.set(None);
        let again = Keyring::open(&folder.path().join("data"), &unlock, false).unwrap();
        assert_eq!(again.open_sealed(PLACE, &form_one().2).unwrap(), b"of the first form");
    }
}
