//! `groma keys migrate`.

use clap::Args;
use groma_api::{ErrorCode, KeySlot, SlotKind, SlotRemoval};
use groma_model::SlotId;

use super::target::Target;
use crate::connection::Purpose;
use crate::context::Context;
use crate::failure::Failure;
use crate::output::say;

/// Let somebody else keep what opens the data folder: add that way, check it, then remove the old one
#[derive(Debug, Args)]
pub(crate) struct Migrate {
    /// The slot that is replaced; needed if there are several
    #[arg(long, value_name = "ID")]
    from: Option<SlotId>,
    /// Delete what opened the old slot too
    #[arg(long)]
    delete_secret: bool,
    #[command(subcommand)]
    to: Target,
}

impl Migrate {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        let connection = cx.connect(Purpose::Brief).await?;
        let done = self.migrate(cx, &connection).await;
        connection.close().await;
        done
    }

    async fn migrate(self, cx: &Context, connection: &crate::connection::Connection) -> Result<(), Failure> {
        let backend = connection.backend();
        let old = old(&backend.key_status().await?.slots, self.from)?;
        let new = backend.key_slot_add(self.to.request()?).await?;
        let removal = SlotRemoval { delete_secret: self.delete_secret };
        if let Err(error) = backend.key_slot_remove(old, removal).await {
            return Err(Failure::from(error).hint(format!(
                "slot {} was added; the old one is removed with: groma keys remove {old}",
                new.id
            )));
        }
        cx.out().print_one(&new, || super::sheet(std::slice::from_ref(&new)))?;
        say(format!("removed slot {old}"));
        Ok(())
    }
}

/// Returns the slot to replace.
fn old(slots: &[KeySlot], named: Option<SlotId>) -> Result<SlotId, Failure> {
    if let Some(id) = named {
        let known = slots.iter().any(|slot| slot.id == id);
        return if known {
            Ok(id)
        } else {
            Err(Failure::new(ErrorCode::NotFound, format!("there is no key slot {id}"))
                .hint("`groma keys status` lists them"))
        };
    }
    let mut others = slots.iter().filter(|slot| slot.kind != SlotKind::Recovery);
    match (others.next(), others.next()) {
        (Some(only), None) => Ok(only.id),
        _ => Err(Failure::usage("there are several slots: say with --from which one is replaced")
            .hint("`groma keys status` lists them")),
    }
}
