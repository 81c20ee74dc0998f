//! Logs as plain files in a folder that belongs to nobody else.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parking_lot::Mutex;
use uuid::Uuid;

use super::folder::Folder;
use crate::{AppendLog, LogPart, LogSink, ReadLog};

/// Logs as plain files: `<id>.log` has what the command wrote, `<id>.index` which bytes are which lines, and
/// `<id>.log.<n>` the end of a log that reached its limit.
///
/// The folder is made with mode 0700 when the first log is, files with mode 0600. A folder that belongs to another user,
/// or into which others may write, is refused, and so is a symbolic link in its place: it may stand in `/tmp`.
#[derive(Debug)]
pub struct PlainLogs {
    path: PathBuf,
    folder: Mutex<Option<Arc<Folder>>>,
}

impl PlainLogs {
    /// Returns the logs in a folder. Nothing is made or looked at yet.
    #[must_use]
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { path: folder.into(), folder: Mutex::new(None) }
    }

    /// Returns the folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.path
    }

    fn opened(&self, make: bool) -> io::Result<Arc<Folder>> {
        let mut known = self.folder.lock();
        if let Some(folder) = &*known {
            return Ok(Arc::clone(folder));
        }
        let folder = Arc::new(Folder::open(&self.path, make)?);
        *known = Some(Arc::clone(&folder));
        Ok(folder)
    }

    /// Does something in the folder; once more if the folder has been deleted and was to be made.
    fn within<T>(&self, make: bool, act: impl Fn(&Folder) -> io::Result<T>) -> io::Result<T> {
        match act(&*self.opened(make)?) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                *self.folder.lock() = None;
                act(&*self.opened(make)?)
            }
            outcome => outcome,
        }
    }
}

impl LogSink for PlainLogs {
    fn create(&self, id: Uuid, part: LogPart) -> io::Result<Box<dyn AppendLog>> {
        let name = name(id, part);
        Ok(Box::new(Appended { file: self.within(true, |folder| folder.create(&name))?, bytes: 0 }))
    }

    fn open(&self, id: Uuid, part: LogPart) -> io::Result<Box<dyn ReadLog>> {
        let name = name(id, part);
        Ok(Box::new(Opened(self.within(false, |folder| folder.read(&name))?)))
    }

    fn resume(&self, id: Uuid, part: LogPart) -> io::Result<Box<dyn AppendLog>> {
        let name = name(id, part);
        let file = self.within(false, |folder| folder.append(&name))?;
        let bytes = file.metadata()?.len();
        Ok(Box::new(Appended { file, bytes }))
    }

    fn remove(&self, id: Uuid, part: LogPart) -> io::Result<()> {
        let name = name(id, part);
        match self.opened(false).and_then(|folder| folder.remove(&name)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            outcome => outcome,
        }
    }

    fn list(&self) -> io::Result<Vec<Uuid>> {
        let names = match self.opened(false).and_then(|folder| folder.names()) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            names => names?,
        };
        let ids = names.iter().filter_map(|name| name.strip_suffix(".index")?.parse().ok());
        Ok(ids.collect())
    }

    fn path(&self, id: Uuid) -> Option<PathBuf> {
        Some(self.path.join(name(id, LogPart::Output { segment: 0 })))
    }
}

fn name(id: Uuid, part: LogPart) -> String {
    match part {
        LogPart::Index => format!("{id}.index"),
        LogPart::Output { segment: 0 } => format!("{id}.log"),
        LogPart::Output { segment } => format!("{id}.log.{segment}"),
    }
}

#[derive(Debug)]
struct Appended {
    file: File,
    bytes: u64,
}

impl AppendLog for Appended {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        let outcome = self.file.write_all(bytes);
        match outcome {
            Ok(()) => self.bytes += bytes.len() as u64,
            // Half a piece would shift all that follows.
            Err(_) => self.file.set_len(self.bytes)?,
        }
        outcome
    }

    fn sync(&mut self) -> io::Result<()> {
        self.file.sync_data()
    }
}

#[derive(Debug)]
struct Opened(File);

impl ReadLog for Opened {
    #[cfg(unix)]
    fn read_at(&mut self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        std::os::unix::fs::FileExt::read_at(&self.0, buffer, offset)
    }

    #[cfg(not(unix))]
    fn read_at(&mut self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        use std::io::{Read as _, Seek as _};
        self.0.seek(io::SeekFrom::Start(offset))?;
        self.0.read(buffer)
    }
}
