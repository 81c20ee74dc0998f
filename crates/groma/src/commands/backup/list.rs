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
    let mut sheet = Sheet::new(&["number", "as of", "size", "files", "things", "version", "damage"]);
    for backup in backups {
        sheet.row(vec![
            backup.number.to_string(),
            optional(backup.created_at.map(moment)),
            size::display(backup.bytes),
            backup.files.to_string(),
            optional(backup.things),
            optional(backup.version.as_ref()),
            optional(backup.damage.as_ref()),
        ]);
    }
    sheet
}
