//! Sends what is not there yet, some chunks at once.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use futures::StreamExt as _;
use groma_database::apart;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::content_bytes;
use super::draft::{Content, Draft};
use super::read::{Reading, Sealed};
use crate::bundle::Group;
use crate::error::BackupError;
use crate::keys::sha256;
use crate::name::Blob;
use crate::progress::{Meter, Phase};
use crate::repository::Repository;
use crate::stock::Stock;

/// Chunks that are being sent at once; with those that wait, this bounds memory.
const AT_ONCE: usize = 8;
/// Sealed chunks that wait.
const WAITING: usize = 4;

impl Repository {
    /// Reads everything, and sends what is not there.
    pub(super) async fn upload(
        &self,
        groups: Vec<Group>,
        stock: Stock,
        keys_file: Arc<Vec<u8>>,
        meter: &Meter,
        cancel: &CancellationToken,
    ) -> Result<Draft, BackupError> {
        meter.phase(Phase::Upload, content_bytes(&groups));
        let blob = Blob { digest: sha256(&keys_file), generation: stock.trust.head };
        let keys_file = self.send_keys(&stock, blob, &keys_file).await?;
        let (sender, mut receiver) = mpsc::channel::<Sealed>(WAITING);
        let reading = Reading {
            keys: self.keys.clone(),
            stock,
            chunk_bytes: self.config.chunk_bytes as usize,
            sender,
            meter: meter.clone(),
            content: Content::default(),
        };
        let read = apart("backup-read", move || reading.run(groups));
        let send = async move {
            let queue = futures::stream::poll_fn(|context| receiver.poll_recv(context));
            let mut sends = queue.map(|sealed| self.send(sealed, meter)).buffer_unordered(AT_ONCE);
            let (mut sent, mut written) = (0, HashSet::new());
            while let Some(outcome) = sends.next().await {
                let (blob, bytes) = outcome?;
                sent += bytes;
                written.insert(blob);
            }
            Ok::<_, BackupError>((sent, written))
        };
        let read = async {
            let failed = |error| BackupError::io("start a thread to read", Path::new("."), error);
            read.await.map_err(failed)?
        };
        // Each ends when the other does.
        let (read, send) = tokio::join!(read, cancel.run_until_cancelled(send));
        let (sent, written) = send.ok_or(BackupError::Cancelled)??;
        let (content, stock) = read?;
        Ok(Draft { content, trust: stock.trust, keys_file, written, sent })
    }

    async fn send(&self, sealed: Sealed, meter: &Meter) -> Result<(Blob, u64), BackupError> {
        let bytes = sealed.content.len() as u64;
        let place = sealed.blob.chunk();
        if sealed.mend {
            self.store.overwrite(&place, sealed.content).await?;
        } else {
            // One that exists was written by somebody else, or by an earlier try: before the backup is made known, it is
            // looked for by its size.
            self.store.create(&place, sealed.content).await?;
        }
        meter.chunk(u64::from(sealed.bytes), false);
        Ok((sealed.blob, bytes))
    }

    /// Sees to it that the file of keys is there; returns its name.
    pub(super) async fn send_keys(
        &self,
        stock: &Stock,
        blob: Blob,
        content: &[u8],
    ) -> Result<Blob, BackupError> {
        let there = self.store.list(crate::name::KEYS).await?;
        let mut known = there.iter().filter_map(|found| Some((crate::name::blob(&found.name)?, found.bytes)));
        let usable = known.find(|(known, bytes)| {
            known.digest == blob.digest && stock.trust.stays(*known) && *bytes == content.len() as u64
        });
        if let Some((known, _)) = usable {
            return Ok(known);
        }
        self.store.overwrite(&blob.keys(), content.to_vec().into()).await?;
        Ok(blob)
    }
}
