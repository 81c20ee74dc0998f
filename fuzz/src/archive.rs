//! An archive of dropped events that is not what we wrote.

use std::path::PathBuf;
use std::sync::LazyLock;

use groma_journal::{list_archive, read_archive};
use groma_seal::{Keyring, Unlock};

use crate::runtime::folder;

struct Place {
    path: PathBuf,
    folder: PathBuf,
    keyring: Keyring,
}

static PLACE: LazyLock<Place> = LazyLock::new(|| {
    let keys = folder();
    let keyring = Keyring::open(&keys, &Unlock::KeyFile(keys.join("the.key")), true).unwrap();
    let folder = folder();
    Place { path: folder.join("0000000000005-00000000000000000001.ndjson.gz.sealed"), folder, keyring }
});

/// How every archive begins.
const MAGIC: &[u8; 16] = b"groma archive 1\n";

/// The first byte says whether the file begins as it should; the rest stands behind that.
pub(crate) fn run(data: &[u8]) {
    let Some((first, rest)) = data.split_first() else { return };
    let mut bytes = if first & 1 == 0 { MAGIC.to_vec() } else { Vec::new() };
    bytes.extend_from_slice(rest);
    std::fs::write(&PLACE.path, bytes).unwrap();
    let mut out = Vec::new();
    let read = read_archive(&PLACE.keyring, &PLACE.path, &mut out);
    assert!(read.is_err() && out.is_empty(), "what nobody sealed was read");
    list_archive(&PLACE.folder).unwrap();
}

pub(crate) fn seeds() -> Vec<Vec<u8>> {
    vec![vec![0; 80], vec![1; 80], [vec![0; 41], vec![255; 40]].concat()]
}
