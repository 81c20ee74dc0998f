//! A backup on its way.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;

use super::Made;
use crate::list::BackupInfo;
use crate::log::Trust;
use crate::manifest::{Chunk, FileRecord};
use crate::name::Blob;

/// Where a part of a chunk is read once more.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    pub(crate) place: Arc<PathBuf>,
    pub(crate) at: u64,
    pub(crate) bytes: usize,
}

/// What was read, with the names under which it is there.
#[derive(Debug, Default)]
pub(crate) struct Content {
    pub(crate) chunks: Vec<Chunk>,
    /// Of each chunk, where its content comes from.
    pub(crate) parts: Vec<Vec<Part>>,
    pub(crate) files: Vec<FileRecord>,
    /// Contents that were there already, with their bytes.
    pub(crate) reused: HashMap<[u8; 32], u32>,
}

/// A backup on its way.
#[derive(Debug)]
pub(crate) struct Draft {
    pub(crate) content: Content,
    pub(crate) trust: Trust,
    pub(crate) keys_file: Blob,
    /// Chunks that were written for this backup.
    pub(crate) written: HashSet<Blob>,
    /// Bytes that were sent.
    pub(crate) sent: u64,
}

impl Draft {
    pub(crate) fn made(&self, backup: BackupInfo) -> Made {
        let chunks: HashSet<[u8; 32]> = self.content.chunks.iter().map(|chunk| chunk.blob.digest).collect();
        Made {
            backup,
            chunks: chunks.len() as u64,
            reused: self.content.reused.len() as u64,
            reused_bytes: self.content.reused.values().map(|bytes| u64::from(*bytes)).sum(),
            sent_bytes: self.sent,
        }
    }
}
