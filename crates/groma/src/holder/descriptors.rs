//! How many files and connections the system lets this process have.

use groma_http::Limits;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::output::say;

/// Descriptors kept for files, the database, probes and connections that are turned away.
const OTHERS: u64 = 512;

/// Asks the system for as many descriptors as it gives; returns limits for which they suffice.
pub(super) fn fit(limits: Limits) -> Limits {
    let now = getrlimit(Resource::Nofile);
    let most = now.maximum.unwrap_or(u64::MAX);
    let wanted = (limits.connections_max as u64).saturating_add(OTHERS);
    let have = match now.current {
        None => u64::MAX,
        Some(current) if current >= wanted => current,
        // What the hard limit allows is there to be used; more than is wanted only slows programs that close all.
        Some(current) => {
            let next = wanted.min(most);
            let raised = setrlimit(Resource::Nofile, Rlimit { current: Some(next), maximum: now.maximum });
            if raised.is_ok() { next } else { current }
        }
    };
    if have >= wanted {
        return limits;
    }
    let fit = usize::try_from(have.saturating_sub(OTHERS).max(have / 2)).unwrap_or(usize::MAX);
    say(format!(
        "warning: the system gives this process {have} open files, so it takes {fit} connections at once instead of {}: \
         raise the limit (ulimit -n, LimitNOFILE=), or lower server.connections_max",
        limits.connections_max
    ));
    Limits { connections_max: fit, ..limits }
}
