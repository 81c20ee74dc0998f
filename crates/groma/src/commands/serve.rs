//! `groma serve`.

mod own_addresses;

use std::net::SocketAddr;
use std::sync::Arc;

use clap::Args;
use groma_api::{ErrorCode, NetworkScanRequest, ScanRequest};

use crate::commands::open;
use crate::connection::Purpose;
use crate::context::Context;
use crate::failure::Failure;
use crate::holder::Holder;
use crate::output::{say, text_line};

/// Serve the page and the API until Ctrl-C
///
/// Holds the data folder; other commands become its clients by themselves. The first Ctrl-C stops in order: running
/// scans are checkpointed and go on at the next start. The second one ends at once.
#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// Where to listen
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<SocketAddr>,
    /// Open the page in a browser, where there is a desktop
    #[arg(long)]
    open: bool,
    /// Scan this machine's own addresses, unless there has been a scan already
    #[arg(long)]
    scan_self: bool,
}

impl Serve {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        let address = self.listen.unwrap_or_else(|| cx.settings.listen());
        if !address.ip().is_loopback() {
            say(format!(
                "warning: {address} can be reached from other machines. Whoever can reach it sees the sign-in page, \
                 and what they send travels unencrypted: put a proxy with TLS in front of it."
            ));
        }
        let connection = cx.connect(Purpose::Lasting).await?;
        let ended = match connection.holder() {
            Some(holder) => Box::pin(self.serve(cx, &holder, address)).await,
            None => Err(Failure::new(
                ErrorCode::Conflict,
                format!("another process holds {} already", cx.settings.data_dir.display()),
            )
            .hint("`groma open` opens its page; a second server needs a folder of its own: --data-dir")),
        };
        connection.close().await;
        ended
    }

    async fn serve(self, cx: &Context, holder: &Arc<Holder>, address: SocketAddr) -> Result<(), Failure> {
        cx.interrupts.handle();
        let address = holder.serve_tcp(address).await?;
        let link = holder.backend().sign_in_link().await?;
        let url = open::url(address, &link);
        text_line(format!("listening on http://{address}"))?;
        text_line(format!("sign in: {url}"))?;
        if self.open {
            open::browse(&url);
        }
        if self.scan_self
            && let Err(failure) = scan_self(holder).await
        {
            say(format!("warning: this machine's own addresses are not scanned: {failure}"));
        }
        cx.interrupts.first().await;
        say("stopping; running scans go on at the next start (Ctrl-C again ends at once)");
        Ok(())
    }
}

/// Starts a scan of this machine's own addresses, if nothing was ever scanned.
async fn scan_self(holder: &Holder) -> Result<(), groma_api::ApiError> {
    let backend = holder.backend();
    let query = groma_api::ScanQuery { limit: Some(1), ..groma_api::ScanQuery::default() };
    if !backend.scan_list(query).await?.scans.is_empty() {
        return Ok(());
    }
    let mut request = NetworkScanRequest::new(own_addresses::private(), "-");
    // They are ours: nobody has to be asked whether they are up.
    request.discovery = false;
    backend.scan_start(ScanRequest::Network(request)).await.map(|_| ())
}
