//! `groma token revoke`.

use clap::Args;
use groma_model::TokenId;

use crate::context::Context;
use crate::failure::Failure;
use crate::output::say;

/// Revoke a bearer token, at once
#[derive(Debug, Args)]
pub(crate) struct Revoke {
    /// The token's id
    id: TokenId,
}

impl Revoke {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        cx.change(async |backend| backend.token_revoke(self.id).await).await?;
        say(format!("revoked token {}", self.id));
        Ok(())
    }
}
