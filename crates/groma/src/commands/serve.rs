//! `groma serve`.

mod own_addresses;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use groma_api::{ErrorCode, NetworkScanRequest, ScanRequest};
use groma_http::Tls;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::task::AbortOnDropHandle;

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
    /// The certificate chain, in PEM: the server speaks https; read again when it changes, and at SIGHUP
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// The certificate's key, in PEM; readable by its owner alone
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// Listen beyond this machine without TLS: only behind a proxy that speaks https
    #[arg(long)]
    insecure_listen: bool,
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
        let tls = self.tls(cx)?;
        if tls.is_none() && !address.ip().to_canonical().is_loopback() {
            self.check_insecure(cx, address)?;
        }
        let connection = cx.connect(Purpose::Serving).await?;
        let ended = match connection.holder() {
            Some(holder) => Box::pin(self.serve(cx, &holder, address, tls)).await,
            None => Err(Failure::new(
                ErrorCode::Conflict,
                format!("another process holds {} already", cx.settings.data_dir.display()),
            )
            .hint("`groma open` opens its page; a second server needs a folder of its own: --data-dir")),
        };
        connection.close().await;
        ended
    }

    /// Reads the certificate, if one is named.
    fn tls(&self, cx: &Context) -> Result<Option<Arc<Tls>>, Failure> {
        let values = &cx.settings.values;
        let cert = self.tls_cert.as_ref().or(values.tls_cert.as_ref());
        let key = self.tls_key.as_ref().or(values.tls_key.as_ref());
        let (Some(cert), Some(key)) = (cert, key) else { return Ok(None) };
        let tls = Tls::open(cert, key)
            .map_err(|error| Failure::usage(format!("the server cannot speak https: {error}")))?;
        Ok(Some(Arc::new(tls)))
    }

    /// Refuses to show the page to other machines in the clear, unless told to.
    fn check_insecure(&self, cx: &Context, address: SocketAddr) -> Result<(), Failure> {
        if self.insecure_listen || cx.settings.values.insecure_listen {
            say(format!(
                "warning: {address} can be reached from other machines, and what travels there is not encrypted: let \
                 nobody but a proxy with TLS reach it"
            ));
            return Ok(());
        }
        let why = format!(
            "{address} can be reached from other machines, and without TLS whoever is on the way reads along, tokens included"
        );
        Err(Failure::usage(why).hint(
            "give a certificate with --tls-cert and --tls-key; or, behind a proxy that speaks https, --insecure-listen and \
             `https = true` in the configuration",
        ))
    }

    async fn serve(
        self,
        cx: &Context,
        holder: &Arc<Holder>,
        address: SocketAddr,
        tls: Option<Arc<Tls>>,
    ) -> Result<(), Failure> {
        cx.interrupts.handle();
        let _reloads = tls.clone().map(reload_at_hangup).transpose()?;
        let scheme = if tls.is_some() { "https" } else { "http" };
        let (address, server) = holder.serve_tcp(address, tls).await?;
        let link = holder.backend().sign_in_link().await?;
        let url = open::url(&server, &link);
        announce(&format!("listening on {scheme}://{address}"))?;
        announce(&format!("sign in: {url}"))?;
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

/// Prints a line; a server goes on when nobody reads what it prints.
fn announce(line: &str) -> Result<(), Failure> {
    match text_line(line) {
        Err(Failure::ReaderGone) => {
            tracing::warn!("nobody reads what this server prints: `groma open` shows its address");
            Ok(())
        }
        printed => printed,
    }
}

/// Reads the certificate again at each SIGHUP, until dropped.
fn reload_at_hangup(tls: Arc<Tls>) -> Result<AbortOnDropHandle<()>, Failure> {
    let mut hangup = signal(SignalKind::hangup()).map_err(|error| {
        Failure::new(ErrorCode::Internal, format!("could not listen for SIGHUP: {error}"))
    })?;
    Ok(AbortOnDropHandle::new(tokio::spawn(async move {
        while hangup.recv().await.is_some() {
            match tls.reload() {
                Ok(()) => say("the certificate was read again"),
                Err(error) => say(format!("warning: the certificate stays as it was: {error}")),
            }
        }
    })))
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
