//! Files with events that were dropped: whole envelopes as NDJSON, packed by gzip, sealed in chunks.
//!
//! `magic (16 bytes) · epoch (8) · first (8) · last (8)`, numbers big endian, then chunks as [`groma_seal::SealedWriter`]
//! writes them.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use groma_model::{Epoch, Sequence};
use groma_seal::{Keyring, SealedReader, SealedWriter};

use crate::event::Event;

const MAGIC: &[u8; 16] = b"groma archive 1\n";
const COLUMN: &str = "archive.chunk";
const SUFFIX: &str = ".ndjson.gz.sealed";
const UNFINISHED: &str = ".new";

/// Why an archive cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// The disk refused.
    #[error("failed to read `{path}`", path = path.display())]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It is no archive.
    #[error("`{path}` is no archive of Groma's", path = path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// It was cut off or changed, or belongs to another data folder.
    #[error("`{path}` is damaged, or was written with the keys of another data folder", path = path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
    },
    /// Nobody takes the events.
    #[error("failed to write the events")]
    Write(#[source] io::Error),
}

/// A file of the archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchivedFile {
    /// Where it is.
    pub path: PathBuf,
    /// The position of its first event.
    pub first: Sequence,
    /// The position of its last event; others between the two may be in other files, or not dropped.
    pub last: Sequence,
    /// Its size.
    pub bytes: u64,
}

/// What a file is about.
#[derive(Debug, Clone, Copy)]
struct Head {
    epoch: Epoch,
    first: u64,
    last: u64,
}

impl Head {
    fn bytes(self) -> [u8; 24] {
        let mut bytes = [0; 24];
        for (part, number) in bytes.chunks_exact_mut(8).zip([self.epoch.number(), self.first, self.last]) {
            part.copy_from_slice(&number.to_be_bytes());
        }
        bytes
    }

    fn read(bytes: &[u8; 24]) -> Self {
        let number = |at: usize| {
            let part = bytes.get(at..at + 8).and_then(|part| part.try_into().ok());
            u64::from_be_bytes(part.unwrap_or_default())
        };
        Self { epoch: Epoch::from_millis(number(0)), first: number(8), last: number(16) }
    }
}

/// Writes events to a file of their own; once this returns, it outlives a loss of power.
pub(super) fn write(keyring: &Keyring, folder: &Path, epoch: Epoch, events: &[Event]) -> io::Result<()> {
    let (Some(first), Some(last)) = (events.first(), events.last()) else { return Ok(()) };
    let head = Head { epoch, first: first.number, last: last.number };
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    for event in events {
        packed.write_all(&event.frame(epoch).json)?;
        packed.write_all(b"\n")?;
    }
    let packed = packed.finish()?;
    DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let name = format!("{}-{:020}-{:020}{SUFFIX}", head.epoch, head.first, head.last);
    clear(folder)?;
    // A name of its own: a run that nobody waits for any more may still be writing.
    let unfinished = folder.join(format!("{name}.{}{UNFINISHED}", uuid::Uuid::now_v7()));
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&unfinished)?;
    let mut out = BufWriter::new(file);
    out.write_all(MAGIC)?;
    out.write_all(&head.bytes())?;
    let mut out = SealedWriter::new(keyring, COLUMN, &head.bytes(), out);
    out.write_all(&packed)?;
    let out = out.finish()?;
    let file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.sync_all()?;
    fs::rename(&unfinished, folder.join(name))?;
    File::open(folder)?.sync_all()
}

/// Removes what a process left that died while it wrote: its events were not dropped.
fn clear(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.as_os_str().as_encoded_bytes().ends_with(UNFINISHED.as_bytes()) {
            // Whatever is in the way of that is in nobody's way.
            let _ = fs::remove_file(path);
        }
    }
    Ok(())
}

/// Lists the files of an archive, oldest first; what is no file of ours is passed over.
///
/// # Errors
/// When the folder cannot be read; one that is not there is empty.
pub fn list_archive(folder: &Path) -> Result<Vec<ArchivedFile>, ArchiveError> {
    let failed = |source| ArchiveError::Read { path: folder.to_owned(), source };
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(failed)?,
    };
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.map_err(failed)?.path();
        if !path.as_os_str().as_encoded_bytes().ends_with(SUFFIX.as_bytes()) {
            continue;
        }
        let Ok(mut file) = File::open(&path) else { continue };
        let (Ok(head), Ok(about)) = (read_head(&mut file), file.metadata()) else { continue };
        let at = |number| Sequence::new(head.epoch, number);
        files.push(ArchivedFile { first: at(head.first), last: at(head.last), bytes: about.len(), path });
    }
    files.sort_by_key(|file| (file.first, file.last));
    Ok(files)
}

/// Writes the events of an archived file as NDJSON, in order.
///
/// # Errors
/// When it cannot be read, does not open, or `out` takes no more.
pub fn read_archive(keyring: &Keyring, path: &Path, out: &mut impl Write) -> Result<(), ArchiveError> {
    let failed = |source| ArchiveError::Read { path: path.to_owned(), source };
    let mut file = BufReader::new(File::open(path).map_err(failed)?);
    let head = read_head(&mut file).map_err(|error| match error.kind() {
        io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof => {
            ArchiveError::Foreign { path: path.to_owned() }
        }
        _ => failed(error),
    })?;
    let mut lines = GzDecoder::new(SealedReader::new(keyring, COLUMN, &head.bytes(), file));
    let mut buffer = vec![0; 64 << 10];
    loop {
        let length = match lines.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(length) => length,
            Err(error) if is_damage(&error) => return Err(ArchiveError::Damaged { path: path.to_owned() }),
            Err(error) => return Err(failed(error)),
        };
        out.write_all(buffer.get(..length).unwrap_or_default()).map_err(ArchiveError::Write)?;
    }
}

fn is_damage(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput | io::ErrorKind::UnexpectedEof
    )
}

fn read_head(file: &mut impl Read) -> io::Result<Head> {
    let (mut magic, mut head) = ([0; 16], [0; 24]);
    file.read_exact(&mut magic)?;
    if magic != *MAGIC {
        return Err(io::ErrorKind::InvalidData.into());
    }
    file.read_exact(&mut head)?;
    Ok(Head::read(&head))
}
