//! `groma keys remove`.

use clap::Args;
use groma_api::SlotRemoval;
use groma_model::SlotId;

use crate::context::Context;
use crate::failure::Failure;
use crate::output::say;

/// Remove a way of opening the data folder; the last one that needs no recovery key stays
#[derive(Debug, Args)]
pub(crate) struct Remove {
    /// The slot's id; `groma keys status` lists them
    id: SlotId,
    /// Delete what opened it too: its key file, or its entry in the system's store
    #[arg(long)]
    delete_secret: bool,
}

impl Remove {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        let removal = SlotRemoval { delete_secret: self.delete_secret };
        let place = cx
            .change(async |backend| {
                let slots = backend.key_status().await?.slots;
                let place = slots.into_iter().find(|slot| slot.id == self.id).and_then(|slot| slot.place);
                backend.key_slot_remove(self.id, removal).await?;
                Ok(place)
            })
            .await?;
        say(format!("removed slot {}", self.id));
        if let (Some(place), false) = (place, self.delete_secret) {
            say(format!("what opened it is left where it is, and opens nothing any more: {place}"));
        }
        Ok(())
    }
}
