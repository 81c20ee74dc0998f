//! What rests on the disk: sealed values, and the file of keys.

use std::path::PathBuf;
use std::sync::LazyLock;

use groma_seal::{Keyring, Place, Unlock};

use crate::runtime::folder;

struct Keys {
    folder: PathBuf,
    unlock: Unlock,
    ring: Keyring,
}

static KEYS: LazyLock<Keys> = LazyLock::new(|| {
    let folder = folder();
    let unlock = Unlock::KeyFile(folder.join("the.key"));
    let ring = Keyring::open(&folder, &unlock, true).unwrap();
    // Numbers are reserved on disk before the first is used: from here on the file is as it stays.
    let _ = ring.seal(Place::new("fuzz", b""), b"");
    Keys { folder, unlock, ring }
});

const PLACE: Place<'static> = Place::new("fuzz", b"row");

/// Opens bytes that nobody sealed, and sealed bytes of which one was changed.
pub(crate) fn envelope(data: &[u8]) {
    let ring = &KEYS.ring;
    assert!(ring.open_sealed(PLACE, data).is_err(), "forged: {data:02x?}");
    let mut sealed = ring.seal(PLACE, data);
    assert_eq!(ring.open_sealed(PLACE, &sealed).unwrap(), data);
    assert!(ring.open_sealed(Place::new("fuzz", b"other"), &sealed).is_err(), "it opens at another place");
    let Some((first, rest)) = data.split_first() else { return };
    let at = usize::from(*first) % sealed.len();
    sealed[at] ^= rest.first().copied().unwrap_or(1).max(1);
    let mut out = b"before".to_vec();
    assert!(ring.open_into(PLACE, &sealed, &mut out).is_err(), "a changed byte goes unnoticed");
    assert_eq!(out, b"before", "something was written before it was known to be genuine");
}

/// Opens a file of keys that holds these bytes.
pub(crate) fn keys(data: &[u8]) {
    let folder = &KEYS.folder;
    let path = folder.join(Keyring::FILE);
    let genuine = std::fs::read(&path).unwrap();
    std::fs::write(&path, data).unwrap();
    let opened = Keyring::open(folder, &KEYS.unlock, false);
    std::fs::write(&path, genuine).unwrap();
    match opened {
        Ok(ring) => {
            // Only what the key file wrapped opens, so it is our own key under whatever else the file says.
            let sealed = ring.seal(PLACE, b"text");
            assert_eq!(ring.open_sealed(PLACE, &sealed).unwrap(), b"text");
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

pub(crate) fn envelope_seeds() -> Vec<Vec<u8>> {
    let sealed = KEYS.ring.seal(Place::new("other", b"row"), b"something");
    vec![sealed, vec![1; 64], vec![1, 0, 0, 0, 1], Vec::new()]
}

pub(crate) fn keys_seeds() -> Vec<Vec<u8>> {
    let genuine = std::fs::read(KEYS.folder.join(Keyring::FILE)).unwrap();
    vec![genuine, b"{}".to_vec()]
}
