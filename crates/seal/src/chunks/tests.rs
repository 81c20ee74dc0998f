use std::io::{ErrorKind, Read as _, Write as _};

use super::{CHUNK, SealedReader, SealedWriter};
use crate::{Keyring, Unlock};

fn keyring(root: &tempfile::TempDir) -> Keyring {
    let data = root.path().join("data");
    std::fs::create_dir(&data).unwrap();
    Keyring::open(&data, &Unlock::KeyFolder(root.path().join("keys")), true).unwrap()
}

fn seal(keyring: &Keyring, head: &[u8], plain: &[u8]) -> Vec<u8> {
    let mut writer = SealedWriter::new(keyring, "test.chunk", head, Vec::new());
    writer.write_all(plain).unwrap();
    writer.finish().unwrap()
}

fn open(keyring: &Keyring, head: &[u8], sealed: &[u8]) -> Result<Vec<u8>, ErrorKind> {
    let mut plain = Vec::new();
    let read = SealedReader::new(keyring, "test.chunk", head, sealed).read_to_end(&mut plain);
    read.map(|_| plain).map_err(|error| error.kind())
}

fn plain(length: usize) -> Vec<u8> {
    (0..length).map(|at| (at % 251) as u8).collect()
}

#[test]
fn what_was_written_is_read_whatever_its_length() {
    let root = tempfile::tempdir().unwrap();
    let keyring = keyring(&root);
    for length in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 7] {
        let plain = plain(length);
        assert!(open(&keyring, b"a", &seal(&keyring, b"a", &plain)) == Ok(plain), "{length} bytes");
    }
}

#[test]
fn nothing_is_taken_out_put_in_exchanged_or_cut_off_unnoticed() {
    let root = tempfile::tempdir().unwrap();
    let keyring = keyring(&root);
    let sealed = seal(&keyring, b"a", &plain(2 * CHUNK + 7));
    let length = |at: usize| 4 + u32::from_be_bytes(sealed[at..at + 4].try_into().unwrap()) as usize;
    let first = length(0);
    let second = first + length(first);
    let (a, b, c) = (&sealed[..first], &sealed[first..second], &sealed[second..]);
    let damaged = [
        [b, a, c].concat(),
        [a, c].concat(),
        [a, a, b, c].concat(),
        [a, b].concat(),
        a.to_vec(),
        Vec::new(),
        sealed[..sealed.len() - 1].to_vec(),
        sealed[..first + 2].to_vec(),
    ];
    for (case, damaged) in damaged.iter().enumerate() {
        let kind = open(&keyring, b"a", damaged).unwrap_err();
        assert!(matches!(kind, ErrorKind::InvalidData | ErrorKind::UnexpectedEof), "{case}: {kind}");
    }
    assert_eq!(open(&keyring, b"b", &sealed), Err(ErrorKind::InvalidData), "of another file");
    let mut flipped = sealed.clone();
    flipped[first + 40] ^= 1;
    assert_eq!(open(&keyring, b"a", &flipped), Err(ErrorKind::InvalidData));
    let mut long = sealed;
    long[..4].copy_from_slice(&u32::MAX.to_be_bytes());
    assert_eq!(open(&keyring, b"a", &long), Err(ErrorKind::InvalidData), "reserves nothing");
}
