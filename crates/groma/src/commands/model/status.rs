//! `groma model status`.

use clap::Args;

use crate::context::Context;
use crate::failure::Failure;

/// Show whether the language model is installed and used
#[derive(Debug, Args)]
pub(crate) struct Status {}

impl Status {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        let status = cx.read(async |backend| backend.model_status().await).await?;
        super::print(cx, &status)
    }
}
