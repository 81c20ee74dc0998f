//! A sealed copy of the index, from which a cold start begins.
//!
//! It is never the truth: each thing in it is compared with the digest of its row, and what differs is read anew. A copy
//! that is old saves less, one that is damaged or was sealed by a key that is gone saves nothing, and neither is ever wrong.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, BufWriter, ErrorKind, Read, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use groma_embedding::EmbedderKind;
use groma_seal::{Keyring, SealedReader, SealedWriter};
use groma_search::{Index, SavedVectors};
use uuid::Uuid;

const FILE: &str = "index.sealed";
const UNFINISHED: &str = "index.sealed.new";
const MAGIC: &[u8; 16] = b"groma index 1\0\0\n";
const COLUMN: &str = "search.copy";
/// How documents are made of things, besides the form that groma-search has: another number makes older copies void.
const FORM: u8 = 1;

/// Returns where the copy of a folder is.
fn path(keyring: &Keyring) -> PathBuf {
    keyring.data_folder().join(FILE)
}

/// Returns the index that was kept, if there is one that is of use to this embedder.
pub(super) fn load(keyring: &Keyring, embedder: &str) -> Option<Index> {
    let path = path(keyring);
    match read(keyring, &path, embedder) {
        Ok(index) => Some(index),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => {
            tracing::debug!(%error, path = %path.display(), "the copy of the search index is of no use");
            None
        }
    }
}

fn read(keyring: &Keyring, path: &Path, embedder: &str) -> io::Result<Index> {
    let mut file = BufReader::new(File::open(path)?);
    let (mut magic, mut head) = ([0; 16], [0; 16]);
    file.read_exact(&mut magic)?;
    if magic != *MAGIC {
        return Err(io::Error::new(ErrorKind::InvalidData, "it is of another form"));
    }
    file.read_exact(&mut head)?;
    let mut plain = SealedReader::new(keyring, COLUMN, &head, file);
    let (mut form, mut length) = ([0; 1], [0; 2]);
    plain.read_exact(&mut form)?;
    plain.read_exact(&mut length)?;
    let mut maker = vec![0; u16::from_be_bytes(length).into()];
    plain.read_exact(&mut maker)?;
    if form != [FORM] || maker != embedder.as_bytes() {
        return Err(io::Error::new(ErrorKind::InvalidData, "it was made otherwise"));
    }
    Index::load(&mut plain).map_err(io::Error::other)
}

/// Keeps the index for the next start. Vectors by the model are kept by the inventory already; those of spellings are not.
pub(super) fn save(
    keyring: &Keyring,
    index: &Index,
    (embedder, kind): (&str, EmbedderKind),
) -> io::Result<()> {
    let unfinished = keyring.data_folder().join(UNFINISHED);
    let written = write(keyring, index, &unfinished, (embedder, kind));
    let kept = written.and_then(|()| fs::rename(&unfinished, path(keyring)));
    if kept.is_err() {
        // On a full disk most of all.
        let _ = fs::remove_file(&unfinished);
    }
    kept
}

fn write(
    keyring: &Keyring,
    index: &Index,
    path: &Path,
    (embedder, kind): (&str, EmbedderKind),
) -> io::Result<()> {
    let file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    let mut file = BufWriter::new(file);
    let head = Uuid::new_v4().into_bytes();
    file.write_all(MAGIC)?;
    file.write_all(&head)?;
    let mut sealed = SealedWriter::new(keyring, COLUMN, &head, file);
    sealed.write_all(&[FORM])?;
    sealed.write_all(&u16::try_from(embedder.len()).map_err(io::Error::other)?.to_be_bytes())?;
    sealed.write_all(embedder.as_bytes())?;
    let vectors = match kind {
        EmbedderKind::Model => SavedVectors::None,
        EmbedderKind::Lexical => SavedVectors::All,
    };
    index.save(vectors, &mut sealed).map_err(io::Error::other)?;
    // Whether it is whole is seen when it is opened: it need not outlive a loss of power.
    sealed.finish()?.flush()
}

/// Takes the copy away: it is sealed by a key that is to be forgotten.
pub(crate) fn remove(keyring: &Keyring) -> io::Result<()> {
    match fs::remove_file(path(keyring)) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
