//! `groma token`.

mod create;
mod list;
mod revoke;

use clap::Subcommand;
use groma_api::{Scope, Token as Record};

use crate::context::Context;
use crate::failure::Failure;
use crate::output::{Sheet, moment, optional};

/// What can be done with tokens.
#[derive(Debug, Subcommand)]
pub(crate) enum Token {
    Create(create::Create),
    List(list::List),
    Revoke(revoke::Revoke),
}

impl Token {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        match self {
            Self::Create(args) => args.run(cx).await,
            Self::List(args) => args.run(cx).await,
            Self::Revoke(args) => args.run(cx).await,
        }
    }
}

fn sheet(tokens: &[Record]) -> Sheet {
    let mut sheet = Sheet::new(&["id", "name", "scopes", "created", "expires", "last used"]);
    for token in tokens {
        let scopes: Vec<&str> = token.scopes.iter().copied().map(Scope::as_str).collect();
        sheet.row(vec![
            token.id.to_string(),
            token.name.clone(),
            scopes.join(" "),
            moment(token.created_at),
            token.expires_at.map_or_else(|| "never".to_owned(), moment),
            optional(token.last_used_at.map(moment)),
        ]);
    }
    sheet
}
