//! A file that is not whole yet.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use super::report::{Phase, Report};
use super::{InstallError, place};
use crate::digest;
use crate::pins::ModelFile;

/// `<name>.part` beside the place where it belongs.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) path: PathBuf,
    place: PathBuf,
}

impl Part {
    pub(super) fn of(folder: &Path, file: &ModelFile) -> Self {
        Self { path: folder.join(format!("{}.part", file.name)), place: folder.join(file.name) }
    }

    /// Returns how many bytes are there.
    pub(super) fn len(&self) -> u64 {
        fs::metadata(&self.path).map_or(0, |metadata| metadata.len())
    }

    /// Opens it empty.
    pub(super) fn restart(&mut self) -> Result<File, InstallError> {
        File::create(&self.path).map_err(InstallError::writing(&self.path))
    }

    /// Opens it to go on at its end.
    pub(super) fn go_on(&mut self) -> Result<File, InstallError> {
        let file = File::options().create(true).append(true).open(&self.path);
        file.map_err(InstallError::writing(&self.path))
    }

    pub(super) fn read(&self) -> Result<File, InstallError> {
        File::open(&self.path).map_err(|source| InstallError::Read { path: self.path.clone(), source })
    }

    /// Checks that it has the bytes that it must have; if not, it is removed.
    pub(super) fn check(
        &self,
        file: &ModelFile,
        from: &str,
        report: &mut Report<'_>,
    ) -> Result<(), InstallError> {
        report.begin(Phase::Checking, file, 0);
        let digest = digest::of_file(&self.read()?, &mut |bytes| report.step(bytes));
        let digest = digest.map_err(|source| InstallError::Read { path: self.path.clone(), source })?;
        let digest = digest.ok_or(InstallError::Cancelled)?;
        report.end(digest.bytes());
        let (length, found) = (digest.bytes(), digest.finish());
        if found == file.sha256 {
            return Ok(());
        }
        self.remove();
        let from = from.to_owned();
        Err(match length == file.bytes {
            true => InstallError::Mismatch { from, found, expected: file.sha256 },
            false => InstallError::Length { from, found: length, expected: file.bytes },
        })
    }

    /// Gives it its name, for good.
    pub(super) fn put_in_place(self) -> Result<(), InstallError> {
        place::put(&self.path, &self.place).map_err(InstallError::writing(&self.place))
    }

    /// Removes it; one that is not there is fine, and one that stays is written over by the next call.
    pub(super) fn remove(&self) {
        let removed: io::Result<()> = fs::remove_file(&self.path);
        drop(removed);
    }
}
