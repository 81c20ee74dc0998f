//! `groma token create`.

use std::time::Duration;

use clap::Args;
use groma_api::{Scope, TokenRequest};

use crate::context::Context;
use crate::duration;
use crate::failure::Failure;
use crate::output::{Format, say, text_line};

/// Make a bearer token; it is shown this once
#[derive(Debug, Args)]
pub(crate) struct Create {
    /// For people: who or what uses it
    #[arg(long)]
    name: String,
    /// What it may do: read, scan, operate, execute, approve, admin; may be given several times
    #[arg(long = "scope", required = true, value_name = "SCOPE", value_delimiter = ',')]
    scopes: Vec<Scope>,
    /// How long it works, such as 90d; without, for ever
    #[arg(long, value_name = "TIME", value_parser = duration::parse)]
    expires: Option<Duration>,
}

impl Create {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        let request = TokenRequest {
            name: self.name,
            scopes: self.scopes,
            expires_in_seconds: self.expires.map(|expires| expires.as_secs()),
        };
        let created = cx.change(async |backend| backend.token_create(request).await).await?;
        let out = cx.out();
        match out.format {
            // The secret alone on stdout, so that it can go straight into a variable or a secret store.
            Format::Table => {
                text_line(&created.secret)?;
                say(format!("token {} is shown this once: keep it", created.token.id));
                Ok(())
            }
            _ => out.print_one(&created, || super::sheet(std::slice::from_ref(&created.token))),
        }
    }
}
