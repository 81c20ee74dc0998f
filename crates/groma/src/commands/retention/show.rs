//! `groma retention show`.

use clap::Args;

use crate::context::Context;
use crate::failure::Failure;

/// Show how long events are kept, what there is, and who holds it
#[derive(Debug, Args)]
pub(crate) struct Show {}

impl Show {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        let policy = cx.read(async |backend| backend.retention_get().await).await?;
        cx.out().print_one(&policy, || super::sheet(&policy))
    }
}
