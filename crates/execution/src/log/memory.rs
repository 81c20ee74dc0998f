//! Logs in memory: for handlers that want lines where no log is kept.

use std::collections::HashMap;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use parking_lot::{Mutex, RwLock};
use uuid::Uuid;

use crate::{AppendLog, LogPart, LogSink, ReadLog};

type Part = Arc<RwLock<Vec<u8>>>;

/// Logs in memory, gone with it. They grow as far as their executions may write: give these a small limit.
#[derive(Debug, Clone, Default)]
pub struct MemoryLogs {
    parts: Arc<Mutex<HashMap<Uuid, HashMap<LogPart, Part>>>>,
}

impl MemoryLogs {
    /// Returns a place without logs.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn part(&self, id: Uuid, part: LogPart) -> io::Result<Part> {
        let parts = self.parts.lock();
        parts
            .get(&id)
            .and_then(|parts| parts.get(&part))
            .cloned()
            .ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

impl LogSink for MemoryLogs {
    fn create(&self, id: Uuid, part: LogPart) -> io::Result<Box<dyn AppendLog>> {
        let mut parts = self.parts.lock();
        let parts = parts.entry(id).or_default();
        if parts.contains_key(&part) {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        let bytes = Part::default();
        parts.insert(part, Arc::clone(&bytes));
        Ok(Box::new(Bytes(bytes)))
    }

    fn open(&self, id: Uuid, part: LogPart) -> io::Result<Box<dyn ReadLog>> {
        Ok(Box::new(Bytes(self.part(id, part)?)))
    }

    fn resume(&self, id: Uuid, part: LogPart) -> io::Result<Box<dyn AppendLog>> {
        Ok(Box::new(Bytes(self.part(id, part)?)))
    }

    fn remove(&self, id: Uuid, part: LogPart) -> io::Result<()> {
        let mut all = self.parts.lock();
        if let Some(parts) = all.get_mut(&id) {
            parts.remove(&part);
            if parts.is_empty() {
                all.remove(&id);
            }
        }
        Ok(())
    }

    fn list(&self) -> io::Result<Vec<Uuid>> {
        Ok(self.parts.lock().keys().copied().collect())
    }

    fn path(&self, _id: Uuid) -> Option<PathBuf> {
        None
    }
}

#[derive(Debug)]
struct Bytes(Part);

impl AppendLog for Bytes {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.write().extend_from_slice(bytes);
        Ok(())
    }

    fn sync(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl ReadLog for Bytes {
    fn read_at(&mut self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let bytes = self.0.read();
        let rest = usize::try_from(offset).ok().and_then(|offset| bytes.get(offset..)).unwrap_or_default();
        let length = rest.len().min(buffer.len());
        buffer[..length].copy_from_slice(&rest[..length]);
        Ok(length)
    }
}
