//! Fetches chunks, some at once, for a thread that opens them.

use bytes::Bytes;
use futures::StreamExt as _;
use tokio::sync::mpsc::Sender;

use crate::error::BackupError;
use crate::manifest::Chunk;
use crate::store::Store;

/// What came of fetching a chunk: its sealed content, or what is wrong with it.
#[derive(Debug)]
pub(crate) enum Fetched {
    Content(Bytes),
    Missing,
    Damaged(String),
}

/// Chunks that are being fetched at once; with those that wait, this bounds memory.
const AT_ONCE: usize = 8;
/// Chunks that wait to be opened.
pub(crate) const WAITING: usize = 4;

/// Fetches chunks and hands them on with their index; ends early when nobody takes them any more.
pub(crate) async fn fetch(
    store: &Store,
    chunks: Vec<Chunk>,
    sender: Sender<(usize, Fetched)>,
) -> Result<(), BackupError> {
    let fetches = chunks.into_iter().enumerate().map(|(index, chunk)| async move {
        let fetched = match store.get(&chunk.blob.chunk(), chunk.object_bytes()).await {
            Ok(Some(content)) if content.len() as u64 == chunk.object_bytes() => Fetched::Content(content),
            Ok(Some(content)) => Fetched::Damaged(format!(
                "it has {} bytes, and should have {}",
                content.len(),
                chunk.object_bytes()
            )),
            Ok(None) => Fetched::Missing,
            Err(BackupError::Damaged { why, .. }) => Fetched::Damaged(why),
            Err(error) => return Err(error),
        };
        Ok((index, fetched))
    });
    let mut fetches = futures::stream::iter(fetches).buffer_unordered(AT_ONCE);
    while let Some(fetched) = fetches.next().await {
        if sender.send(fetched?).await.is_err() {
            break;
        }
    }
    Ok(())
}
