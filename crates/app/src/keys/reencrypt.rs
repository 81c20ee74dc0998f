//! Sealing everything again in the background, and forgetting the keys that nothing needs any more.

use std::path::Path;
use std::sync::Arc;

use groma_database::Database;
use groma_inventory::{Inventory, InventoryError, Reencrypting};
use groma_seal::Keyring;
use tokio_util::sync::CancellationToken;

use crate::App;

/// Everything that the work needs; it must not keep the folder when the application ends.
struct Work {
    inventory: Inventory,
    keyring: Arc<Keyring>,
    stopping: CancellationToken,
}

impl App {
    /// Goes on with what was interrupted, and forgets old keys if nothing needs them.
    pub(crate) fn take_up_keys(&self) {
        // Somebody is at it: then there is nothing to take up.
        let Some(claim) = self.inventory.reencrypting() else { return };
        let work = self.work();
        tokio::spawn(async move {
            if let Err(error) = work.take_up().await {
                tracing::error!(%error, "failed to go on sealing everything again");
            }
            drop(claim);
        });
    }

    /// Seals everything again, as far as it gets before this process ends.
    pub(crate) fn reencrypt(&self, claim: Reencrypting) {
        let work = self.work();
        tokio::spawn(async move {
            if let Err(error) = work.run().await {
                tracing::error!(%error, "failed to seal everything again: it goes on when Groma is started again");
            }
            drop(claim);
        });
    }

    fn work(&self) -> Work {
        Work {
            inventory: self.inventory.clone(),
            keyring: Arc::clone(&self.keyring),
            stopping: self.stopping.clone(),
        }
    }
}

impl Work {
    async fn run(&self) -> Result<(), InventoryError> {
        while !self.stopping.is_cancelled() && self.inventory.reencryption_step().await? {
            // Whoever else runs on this thread comes first.
            tokio::task::yield_now().await;
        }
        Ok(())
    }

    async fn take_up(&self) -> Result<(), InventoryError> {
        let Some(record) = self.inventory.reencryption().await? else { return Ok(()) };
        if !record.done {
            tracing::info!(
                key = record.key,
                rows = record.rows_done,
                "going on with sealing everything again"
            );
            return self.run().await;
        }
        // Only now, in a later process than the one that made the new key: nothing that an older one sealed can still
        // be on its way to the file.
        let old: Vec<u32> =
            self.keyring.data_keys().iter().map(|key| key.id).filter(|id| *id < record.key).collect();
        if old.is_empty() || record.rows_damaged > 0 || self.needed_elsewhere() {
            return Ok(());
        }
        if self.inventory.sealed_before(record.key).await? {
            tracing::warn!(
                key = record.key,
                "older keys are still in use: sealing everything again once more"
            );
            self.inventory.reencryption_begin(record.key).await?;
            return self.run().await;
        }
        match self.keyring.retire(&old) {
            Ok(()) => tracing::info!(?old, "forgot the data keys that nothing needs any more"),
            Err(error) => {
                tracing::warn!(%error, "failed to forget old data keys: tried again at the next start");
            }
        }
        Ok(())
    }

    /// Archived events, and databases that were set aside as damaged, stay sealed as they are: while there are any,
    /// every key is kept.
    fn needed_elsewhere(&self) -> bool {
        let any = |folder: &Path, of: &dyn Fn(&str) -> bool| match std::fs::read_dir(folder) {
            // What cannot be looked at may well be needed.
            Ok(mut entries) => {
                entries.any(|entry| entry.map_or(true, |entry| of(&entry.file_name().to_string_lossy())))
            }
            Err(error) => error.kind() != std::io::ErrorKind::NotFound,
        };
        let set_aside = format!("{}.damaged-", Database::FILE);
        let folder = self.keyring.data_folder();
        any(&folder.join("archive"), &|_| true) || any(folder, &|name| name.starts_with(&set_aside))
    }
}
