//! Numbers of the log that are done with.

use bytes::Bytes;

use super::{KEEP_NUMBERS, Pruning, Trash};
use crate::error::BackupError;
use crate::{log, name};

impl Pruning<'_> {
    /// Empties entries whose work is done, and deletes the oldest run of empty ones, each after a long time.
    pub(super) async fn clear_numbers(&self) -> Result<(), BackupError> {
        let store = &self.repository.store;
        let done = |trash: &&Trash| self.is_past(trash.modified, KEEP_NUMBERS) && trash.number < self.head;
        let trash = self.trash.iter().filter(done).filter(|trash| !self.is_anything_left(trash));
        let damaged = self.damaged.iter().filter(done).filter(|damaged| !self.is_anything_damaged(damaged));
        for entry in trash.chain(damaged) {
            store.overwrite(&name::entry(entry.number), Bytes::new()).await?;
        }
        // One after the other, oldest first: a hole would look like an entry that got lost.
        for (number, found) in log::numbers(store).await? {
            let done = found.bytes == 0 && number < self.head && self.is_past(found.modified, KEEP_NUMBERS);
            if !done || !store.delete(vec![found.name]).await.is_empty() {
                return Ok(());
            }
        }
        Ok(())
    }

    fn is_anything_left(&self, trash: &Trash) -> bool {
        trash.objects.names().any(|name| self.there.contains_key(&name))
    }

    fn is_anything_damaged(&self, damaged: &Trash) -> bool {
        let of = |name| self.there.get(&name).is_some_and(|found| found.modified <= damaged.modified);
        damaged.objects.names().any(of)
    }
}
