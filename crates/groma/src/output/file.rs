//! A file that stands under its name only once it is whole.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use crate::failure::Failure;

/// Written beside the file whose name it gets at its end; taken away if that is never reached. What was there under the
/// name stays until then.
#[derive(Debug)]
pub(crate) struct WholeFile {
    path: PathBuf,
    beside: PathBuf,
    file: Option<BufWriter<File>>,
    bytes: u64,
}

impl WholeFile {
    /// Begins a file, for its owner alone: what is exported is sealed nowhere.
    ///
    /// # Errors
    /// When the path names something other than a file, or nothing can be written there.
    pub(crate) fn begin(path: &Path) -> Result<Self, Failure> {
        // Where a link leads, so that the link stays one.
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let name = path.file_name().filter(|_| fs::metadata(&path).map_or(true, |found| found.is_file()));
        let Some(name) = name else {
            return Err(Failure::usage(format!("{} is no file that could be replaced", path.display()))
                .hint("name a file, or leave --to out: everything goes to stdout then"));
        };
        let mut part = std::ffi::OsString::from(".");
        part.push(name);
        part.push(format!(".{}.part", std::process::id()));
        let beside = path.with_file_name(part);
        let file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&beside);
        let file = file.map_err(|error| lost(&path, &error))?;
        Ok(Self { path, beside, file: Some(BufWriter::new(file)), bytes: 0 })
    }

    /// Adds bytes.
    ///
    /// # Errors
    /// When the disk takes no more.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.bytes += bytes.len() as u64;
        let written = self.file.as_mut().map_or(Ok(()), |file| file.write_all(bytes));
        written.map_err(|error| lost(&self.path, &error))
    }

    /// Gives the file its name, once it is on disk; returns its size in bytes.
    ///
    /// # Errors
    /// When the disk takes no more.
    pub(crate) fn finish(mut self) -> Result<u64, Failure> {
        let named = self.file.take().map_or(Ok(()), |file| self.name(file));
        if let Err(error) = named {
            self.remove();
            return Err(lost(&self.path, &error));
        }
        Ok(self.bytes)
    }

    fn name(&self, file: BufWriter<File>) -> io::Result<()> {
        file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
        fs::rename(&self.beside, &self.path)
    }

    fn remove(&self) {
        // What cannot be removed is a hidden file that says that it is a part.
        let _ = fs::remove_file(&self.beside);
    }
}

impl Drop for WholeFile {
    fn drop(&mut self) {
        if self.file.take().is_some() {
            self.remove();
        }
    }
}

fn lost(path: &Path, error: &io::Error) -> Failure {
    Failure::OutputLost { why: format!("{}: {error}", path.display()) }
}

#[cfg(test)]
mod tests;
