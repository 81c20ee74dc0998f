//! `groma audit`.

use clap::Args;

use crate::context::Context;
use crate::failure::Failure;
use crate::output::{Sheet, moment};

/// Show the latest changes and who made them
#[derive(Debug, Args)]
pub(crate) struct Audit {}

impl Audit {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        let page = cx.read(async |backend| backend.audit_list().await).await?;
        cx.out().print(&page, &page.entries, || {
            let mut sheet = Sheet::new(&["at", "who", "operation", "subject", "outcome", "detail"]);
            for entry in &page.entries {
                sheet.row(vec![
                    moment(entry.at),
                    entry.principal_name.clone(),
                    entry.operation.clone(),
                    entry.subject.clone().unwrap_or_default(),
                    entry.outcome.clone(),
                    entry.detail.clone(),
                ]);
            }
            sheet
        })
    }
}
