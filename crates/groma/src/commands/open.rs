//! `groma open`.

use std::io::IsTerminal;
use std::net::SocketAddr;
use std::time::Duration;

use clap::Args;
use groma_api::{ErrorCode, SignInLink};
use serde_json::json;
use tokio::net::TcpStream;

use crate::context::Context;
use crate::failure::Failure;
use crate::output::{Sheet, moment, say};

/// Open the page in a browser, signed in by a one-time link
#[derive(Debug, Args)]
pub(crate) struct Open {
    /// Only print the link
    #[arg(long)]
    print: bool,
    /// Where the server listens, if not where the configuration says
    #[arg(long, value_name = "ADDRESS")]
    server: Option<SocketAddr>,
}

impl Open {
    const CONNECT_MAX: Duration = Duration::from_secs(3);

    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        let server = reachable(self.server.unwrap_or_else(|| cx.settings.listen()));
        let connected = tokio::time::timeout(Self::CONNECT_MAX, TcpStream::connect(server)).await;
        if !matches!(connected, Ok(Ok(_))) {
            return Err(Failure::new(ErrorCode::Unavailable, format!("no server listens at {server}"))
                .hint("start one with `groma serve`, or name its address with --server"));
        }
        let link = cx.change(async |backend| backend.sign_in_link().await).await?;
        let url = url(server, &link);
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

/// Returns the link of a one-time code.
pub(crate) fn url(server: SocketAddr, link: &SignInLink) -> String {
    format!("http://{}/sign-in#code={}", reachable(server), link.code)
}

/// Returns an address that can be connected to: a server on all addresses answers on loopback too.
fn reachable(mut server: SocketAddr) -> SocketAddr {
    if server.ip().is_unspecified() {
        server.set_ip(match server {
            SocketAddr::V4(_) => std::net::Ipv4Addr::LOCALHOST.into(),
            SocketAddr::V6(_) => std::net::Ipv6Addr::LOCALHOST.into(),
        });
    }
    server
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
