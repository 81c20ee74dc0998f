//! `groma scans`: what was scanned, and what to do with it.

mod cancel;
mod delete;
mod diff;
mod discard;
mod list;
mod resume;
mod retry;
mod show;

use clap::Subcommand;
use groma_api::{ApiError, Backend, Scan};
use groma_model::TaskId;

use crate::context::Context;
use crate::failure::Failure;

/// What can be done with scans.
#[derive(Debug, Subcommand)]
pub(crate) enum Scans {
    List(list::List),
    Show(show::Show),
    Cancel(cancel::Cancel),
    Discard(discard::Discard),
    Resume(resume::Resume),
    Retry(retry::Retry),
    Diff(diff::Diff),
    Delete(delete::Delete),
}

impl Scans {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        match self {
            Self::List(args) => args.run(cx).await,
            Self::Show(args) => args.run(cx).await,
            Self::Cancel(args) => args.run(cx).await,
            Self::Discard(args) => args.run(cx).await,
            Self::Resume(args) => args.run(cx).await,
            Self::Retry(args) => args.run(cx).await,
            Self::Diff(args) => args.run(cx).await,
            Self::Delete(args) => args.run(cx).await,
        }
    }
}

/// Names a scan: its id, or `last` for the one that ended last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ScanName {
    Id(TaskId),
    Last,
}

impl std::str::FromStr for ScanName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "last" => Ok(Self::Last),
            text => text.parse().map(Self::Id).map_err(|error: groma_model::IdError| error.to_string()),
        }
    }
}

impl ScanName {
    async fn scan(self, backend: &dyn Backend) -> Result<Scan, ApiError> {
        match self {
            Self::Id(id) => backend.scan_get(id).await,
            Self::Last => backend.scan_last().await,
        }
    }

    async fn id(self, backend: &dyn Backend) -> Result<TaskId, ApiError> {
        match self {
            Self::Id(id) => Ok(id),
            Self::Last => Ok(backend.scan_last().await?.id),
        }
    }
}

/// Returns what a scan was asked for, short.
fn asked(scan: &Scan) -> String {
    match &scan.request {
        groma_api::ScanRequest::Network(request) => {
            let shown: Vec<&str> = request.targets.iter().take(3).map(String::as_str).collect();
            let more = match request.targets.len() - shown.len() {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            format!("network {}{more}, ports {}", shown.join(" "), request.ports)
        }
    }
}
