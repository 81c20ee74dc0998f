//! Opens chunks and writes their parts where they belong.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::FileExt as _;
use std::path::PathBuf;
use std::sync::Arc;

use tokio::sync::mpsc::Receiver;

use super::Instances;
use crate::error::BackupError;
use crate::fetch::Fetched;
use crate::keys::BackupKeys;
use crate::manifest::{Chunk, Manifest};
use crate::progress::Meter;
use crate::store::Store;

/// Writes what is fetched.
pub(super) struct Writing {
    pub(super) keys: BackupKeys,
    pub(super) store: Store,
    pub(super) root: PathBuf,
    pub(super) manifest: Arc<Manifest>,
    pub(super) chunks: Vec<Chunk>,
    pub(super) instances: Instances,
    pub(super) meter: Meter,
}

impl Writing {
    /// Writes until nothing comes any more. Blocks.
    pub(super) fn run(self, mut receiver: Receiver<(usize, Fetched)>) -> Result<(), BackupError> {
        // One file gets most of what comes.
        let mut last: Option<(usize, File)> = None;
        while let Some((index, fetched)) = receiver.blocking_recv() {
            let Some(chunk) = self.chunks.get(index) else { continue };
            let place = chunk.blob.chunk();
            let damaged = |why: &str| {
                let hint = "`groma backup verify` shows which backups are whole";
                Err(self.store.damaged(&place, format!("{why}; {hint}")))
            };
            let content = match fetched {
                Fetched::Content(content) => content,
                Fetched::Missing => return damaged("it is missing"),
                Fetched::Damaged(why) => return damaged(&why),
            };
            let mut content = Vec::from(content);
            let Some(plain) = self.keys.open_chunk(&chunk.blob.digest, &mut content) else {
                return damaged("it was changed");
            };
            for (file, slice) in self.instances.get(chunk).into_iter().flatten() {
                let Some(part) = plain.get(slice.at..slice.at + slice.bytes) else {
                    return damaged("it is shorter than it should be");
                };
                self.write(&mut last, *file, part, slice.file_at)?;
            }
            self.meter.chunk(u64::from(chunk.bytes), false);
        }
        Ok(())
    }

    fn write(
        &self,
        last: &mut Option<(usize, File)>,
        index: usize,
        part: &[u8],
        at: u64,
    ) -> Result<(), BackupError> {
        let Some(record) = self.manifest.files.get(index) else { return Ok(()) };
        let path = self.root.join(&record.path);
        let failed = |error| BackupError::io("write", &path, error);
        let file = match last {
            Some((known, file)) if *known == index => file,
            _ => &mut last.insert((index, OpenOptions::new().write(true).open(&path).map_err(failed)?)).1,
        };
        file.write_all_at(part, at).map_err(failed)
    }
}
