//! `groma backup list`.

use clap::Args;
use groma_api::Backup;

use crate::context::Context;
use crate::failure::Failure;
use crate::output::{Format, Sheet, moment, optional, say};
use crate::size;

/// List backups, latest first
#[derive(Debug, Args)]
pub(crate) struct List {}

impl List {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        let list = cx.read(async |backend| backend.backup_list().await).await?;
        let out = cx.out();
        if out.format == Format::Table && list.backups.is_empty() {
            say("no backups yet; make one with: groma backup create");
            return Ok(());
        }
        out.print(&list, &list.backups, || sheet(&list.backups))
    }
}

fn sheet(backups: &[Backup]) -> Sheet {
    let mut sheet = Sheet::new(&["id", "as of", "size", "added", "things", "version", "damage"]);
    for backup in backups {
        sheet.row(vec![
            backup.id.to_string(),
            moment(backup.created_at),
            size::display(backup.bytes),
            optional(backup.bytes_added.map(size::display)),
            optional(backup.things),
            optional(backup.version.as_ref()),
            optional(backup.damage.as_ref()),
        ]);
    }
    sheet
}
