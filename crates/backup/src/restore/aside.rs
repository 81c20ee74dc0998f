//! The folder beside the place, in which a restore is put together.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, FileExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use groma_seal::Keyring;
use ring::digest::{Context, SHA256};
use tokio_util::sync::CancellationToken;

use super::place::Place;
use super::{Instances, RESTORED, by_place};
use crate::error::BackupError;
use crate::hex::Hex;
use crate::keys::{BackupKeys, bytes, sha256};
use crate::list::BackupInfo;
use crate::manifest::{Chunk, Manifest, Slice};
use crate::progress::Meter;

/// The folder in which a restore is put together. It stays when a restore is interrupted, and the next one goes on in it.
#[derive(Debug)]
pub(super) struct Aside {
    place: Place,
    path: PathBuf,
    lock_path: PathBuf,
    /// Two restores to one place would write into each other's files.
    lock: File,
    /// Whether an earlier restore left something.
    found: bool,
}

/// What is left free for everybody else.
const ROOM_BYTES: u64 = 16 << 20;
/// Files that are put on disk one by one.
const SYNCED_EACH: usize = 256;

impl Aside {
    /// Makes the folder, or finds it, with all files in it, at whatever length they are.
    pub(super) fn prepare(place: Place, number: u64, manifest: &Manifest) -> Result<Self, BackupError> {
        let begin = format!(".restore-{}", place.name);
        let lock_path = place.parent.join(format!("{begin}.lock"));
        let lock = lock(&lock_path, &place.path)?;
        let digest = sha256(&serde_json::to_vec(manifest).unwrap_or_default());
        let name = format!("{begin}-{number}-{}", Hex(digest.get(..8).unwrap_or_default()));
        sweep(&place.parent, &begin, &name)?;
        let path = place.parent.join(&name);
        let found = path.is_dir();
        let aside = Self { place, path, lock_path, lock, found };
        aside.room(manifest)?;
        aside.make(manifest)?;
        Ok(aside)
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    fn room(&self, manifest: &Manifest) -> Result<(), BackupError> {
        let at = if self.found { &self.path } else { &self.place.parent };
        let failed = |error: rustix::io::Errno| BackupError::io("look how much is free at", at, error.into());
        let disk = rustix::fs::statvfs(at).map_err(failed)?;
        let available = disk.f_bavail.saturating_mul(disk.f_frsize);
        let there = |path: &str| fs::metadata(self.path.join(path)).map_or(0, |found| found.blocks() * 512);
        let missing = manifest.files.iter().map(|file| file.bytes.saturating_sub(there(&file.path)));
        let needed = missing.fold(ROOM_BYTES, u64::saturating_add);
        if needed > available {
            let path = self.place.path.clone();
            return Err(BackupError::NoSpace { path, needed, available });
        }
        Ok(())
    }

    fn make(&self, manifest: &Manifest) -> Result<(), BackupError> {
        let folder = |path: &Path| {
            let made = DirBuilder::new().recursive(true).mode(0o700).create(path);
            made.map_err(|error| BackupError::io("make the folder", path, error))
        };
        folder(&self.path)?;
        for file in &manifest.files {
            let path = self.path.join(&file.path);
            if let Some(parent) = path.parent().filter(|parent| *parent != self.path) {
                folder(parent)?;
            }
            let made = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(&path);
            let sized = made.and_then(|made| made.set_len(file.bytes));
            sized.map_err(|error| BackupError::io("make", &path, error))?;
        }
        Ok(())
    }

    /// Returns what has to be fetched. What an interrupted restore left is believed if its digest says so.
    pub(super) fn missing(
        &self,
        manifest: &Manifest,
        keys: &BackupKeys,
        meter: &Meter,
        cancel: &CancellationToken,
    ) -> Result<Instances, BackupError> {
        let mut instances = Instances::new();
        for (chunk, slices) in manifest.chunks.iter().zip(by_place(manifest)) {
            if cancel.is_cancelled() {
                return Err(BackupError::Cancelled);
            }
            if self.found && self.is_there(*chunk, &slices, manifest, keys) {
                meter.chunk(u64::from(chunk.bytes), true);
            } else {
                instances.entry(*chunk).or_default().extend(slices);
            }
        }
        Ok(instances)
    }

    fn is_there(
        &self,
        chunk: Chunk,
        slices: &[(usize, Slice)],
        manifest: &Manifest,
        keys: &BackupKeys,
    ) -> bool {
        let mut plain = vec![0; chunk.bytes as usize];
        for (index, slice) in slices {
            let Some(file) = manifest.files.get(*index) else { return false };
            let Some(part) = plain.get_mut(slice.at..slice.at + slice.bytes) else { return false };
            let open = File::open(self.path.join(&file.path));
            if open.and_then(|file| file.read_exact_at(part, slice.file_at)).is_err() {
                return false;
            }
        }
        keys.name(&plain) == chunk.blob.digest
    }

    /// Compares every file with the digest in the backup, and sees to it that all is on disk.
    pub(super) fn compare(
        &self,
        manifest: &Manifest,
        meter: &Meter,
        cancel: &CancellationToken,
    ) -> Result<(), BackupError> {
        let mut buffer = vec![0; 1 << 18];
        for record in &manifest.files {
            let path = self.path.join(&record.path);
            let failed = |error| BackupError::io("read", &path, error);
            let mut file = File::open(&path).map_err(failed)?;
            let mut digest = Context::new(&SHA256);
            loop {
                if cancel.is_cancelled() {
                    return Err(BackupError::Cancelled);
                }
                let read = file.read(&mut buffer).map_err(failed)?;
                let Some(part) = buffer.get(..read).filter(|part| !part.is_empty()) else { break };
                digest.update(part);
                meter.chunk(read as u64, false);
            }
            if !self.syncs_at_once(manifest) {
                file.sync_all().map_err(|error| BackupError::io("write to disk", &path, error))?;
            }
            if bytes(digest.finish().as_ref()) != record.sha256.0 {
                let wrong =
                    std::io::Error::other("its digest is not that in the backup: is the disk failing?");
                return Err(BackupError::io("compare", &path, wrong));
            }
        }
        Ok(())
    }

    /// One by one, many small files would take minutes to be on disk; all at once, one waits for what others write.
    fn syncs_at_once(&self, manifest: &Manifest) -> bool {
        manifest.files.len() > SYNCED_EACH
    }

    fn sync(&self, manifest: &Manifest) -> Result<(), BackupError> {
        let failed = |path: &Path, error| BackupError::io("write to disk", path, error);
        if self.syncs_at_once(manifest) {
            let synced = File::open(&self.path).and_then(|folder| Ok(rustix::fs::syncfs(folder)?));
            return synced.map_err(|error| failed(&self.path, error));
        }
        let of = |file: &crate::manifest::FileRecord| self.path.join(&file.path).parent().map(Path::to_owned);
        let mut folders: std::collections::BTreeSet<PathBuf> = manifest.files.iter().filter_map(of).collect();
        folders.insert(self.path.clone());
        for folder in folders {
            File::open(&folder).and_then(|open| open.sync_all()).map_err(|error| failed(&folder, error))?;
        }
        Ok(())
    }

    /// Adds the keys and a note of where all this comes from, and looks at the database as a whole.
    pub(super) fn complete(
        &self,
        manifest: &Manifest,
        keys_file: &[u8],
        backup: &BackupInfo,
    ) -> Result<(), BackupError> {
        write(&self.path.join(Keyring::FILE), keys_file)?;
        write(&self.path.join(RESTORED), &serde_json::to_vec(backup).unwrap_or_default())?;
        let path = self.path.join(groma_database::Database::FILE);
        let failed = |source| BackupError::Database { act: "look at", path: path.clone(), source };
        if let Some(found) = groma_database::examine(&self.path).map_err(failed)? {
            if let Some(damage) = found.damage {
                let why = format!("{damage}; it was so when it was backed up: try an older backup");
                return Err(BackupError::DatabaseDamaged { path, why });
            }
            if found.schema > found.schema_known {
                let number = |schema: i64| u32::try_from(schema).unwrap_or(u32::MAX);
                let what = format!("the database of backup {}", backup.number);
                let (found, known) = (number(found.schema), number(found.schema_known));
                return Err(BackupError::TooNew { what, found, known });
            }
        }
        self.sync(manifest)
    }

    /// Swaps the folder in; returns where that lies what was in its place.
    pub(super) fn swap_in(self) -> Result<Option<PathBuf>, BackupError> {
        let previous = self.place.put(&self.path)?;
        // Of no use any more; one that stays is harmless.
        let _ = fs::remove_file(&self.lock_path);
        drop(self.lock);
        Ok(previous)
    }
}

fn lock(path: &Path, place: &Path) -> Result<File, BackupError> {
    let failed = |error| BackupError::io("make", path, error);
    let lock = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(path);
    let lock = lock.map_err(failed)?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(BackupError::Busy { path: place.to_owned() }),
        Err(TryLockError::Error(error)) => Err(failed(error)),
    }
}

/// Clears away what interrupted restores of other backups to the same place left.
fn sweep(parent: &Path, begin: &str, own: &str) -> Result<(), BackupError> {
    let failed =
        |path: &Path, error| BackupError::io("clear away what an earlier restore left in", path, error);
    for entry in fs::read_dir(parent).map_err(|error| BackupError::io("list", parent, error))? {
        let entry = entry.map_err(|error| BackupError::io("list", parent, error))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if is_left(&name, begin) && name != own {
            match fs::remove_dir_all(entry.path()) {
                Err(error) if error.kind() != ErrorKind::NotFound => {
                    return Err(failed(&entry.path(), error));
                }
                _ => {}
            }
        }
    }
    Ok(())
}

/// Returns whether a name is that of a folder of an interrupted restore: `<begin>-<number>-<16 digits>`.
fn is_left(name: &str, begin: &str) -> bool {
    let parts = name.strip_prefix(begin).and_then(|rest| rest.strip_prefix('-')?.split_once('-'));
    parts.is_some_and(|(number, digest)| {
        crate::name::number(number).is_some()
            && digest.len() == 16
            && digest.bytes().all(|digit| digit.is_ascii_hexdigit())
    })
}

fn write(path: &Path, content: &[u8]) -> Result<(), BackupError> {
    let made = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path);
    made.and_then(|mut file| file.write_all(content).and_then(|()| file.sync_all()))
        .map_err(|error| BackupError::io("write", path, error))
}
