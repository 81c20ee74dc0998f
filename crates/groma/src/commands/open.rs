//! `groma open`.

use std::io::IsTerminal;

use clap::Args;
use groma_api::{ErrorCode, SignInLink};
use serde_json::json;

use crate::context::Context;
use crate::failure::Failure;
use crate::output::{Sheet, moment, say};

/// Open the page in a browser, signed in by a one-time link
#[derive(Debug, Args)]
pub(crate) struct Open {
    /// Only print the link
    #[arg(long)]
    print: bool,
}

impl Open {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        // The holder says where it listens: the code must not be handed to whatever answers at some address.
        let Some(server) = cx.read(async |backend| backend.version().await).await?.url else {
            return Err(Failure::new(ErrorCode::Unavailable, "no server runs on this data folder")
                .hint("start one with `groma serve`"));
        };
        let link = cx.change(async |backend| backend.sign_in_link().await).await?;
        let url = url(&server, &link);
        let document = json!({"url": url, "expires_at": link.expires_at});
        cx.out().print_one(&document, || {
            Sheet::of_fields(vec![("sign in", url.clone()), ("works once, until", moment(link.expires_at))])
        })?;
        if !self.print && std::io::stderr().is_terminal() && !browse(&url) {
            say("no browser could be opened here: open the link yourself");
        }
        Ok(())
    }
}

/// Returns the link of a one-time code on the page at `server`.
pub(crate) fn url(server: &str, link: &SignInLink) -> String {
    format!("{server}/sign-in#code={}", link.code)
}

/// Opens a link where there is a desktop; returns whether a browser was asked to.
pub(crate) fn browse(url: &str) -> bool {
    let desktop = ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| std::env::var_os(name).is_some());
    let program = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
    if !cfg!(target_os = "macos") && !desktop {
        return false;
    }
    let null = std::process::Stdio::null;
    let opened =
        tokio::process::Command::new(program).arg(url).stdin(null()).stdout(null()).stderr(null()).spawn();
    opened.is_ok()
}
