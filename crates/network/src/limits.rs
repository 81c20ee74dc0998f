//! How hard one process may probe.

use std::sync::atomic::{AtomicU32, Ordering};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// What a process allows its scans, before what a request asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Probes in flight at most when a request does not say.
    pub concurrency_default: u32,
    /// Probes in flight at most, whatever a request says.
    pub concurrency_max: u32,
    /// Descriptors that probes leave to the rest of the process.
    pub descriptors_reserved: u32,
    /// Addresses of one scan at most.
    pub addresses_max: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            concurrency_default: 6000,
            concurrency_max: u16::MAX as u32,
            descriptors_reserved: 512,
            addresses_max: 1 << 20,
        }
    }
}

impl Limits {
    /// Returns the probes in flight that a request asks for, as far as the process allows them.
    pub(crate) fn concurrency(&self, asked: Option<u32>) -> u32 {
        asked.unwrap_or(self.concurrency_default).clamp(1, self.concurrency_max.max(1))
    }

    /// Raises the soft limit of descriptors to the hard one and returns how many probes of all scans fit below it.
    pub(crate) fn room(&self) -> u32 {
        let limit = getrlimit(Resource::Nofile);
        let soft = if limit.current < limit.maximum || limit.maximum.is_none() {
            let raised = Rlimit { current: limit.maximum, maximum: limit.maximum };
            // Some systems refuse "unlimited" here; the old limit stays then.
            if setrlimit(Resource::Nofile, raised).is_ok() { limit.maximum } else { limit.current }
        } else {
            limit.current
        };
        let Some(soft) = soft else { return u32::MAX };
        let soft = u32::try_from(soft).unwrap_or(u32::MAX);
        // With very few descriptors the reserve would leave nothing: probes get half of them then.
        soft.saturating_sub(self.descriptors_reserved).max(soft / 2).max(1)
    }
}

/// How many probers there are in this process.
static PROBERS: AtomicU32 = AtomicU32::new(0);

/// A prober's equal share of the descriptors that this process has for probes.
#[derive(Debug)]
pub(crate) struct Share {
    room: u32,
}

impl Share {
    /// Counts one prober more; dropping the share counts it out.
    pub(crate) fn of(room: u32) -> Self {
        PROBERS.fetch_add(1, Ordering::Relaxed);
        Self { room }
    }

    /// Returns how many probes the prober may have in flight now.
    pub(crate) fn size(&self) -> u32 {
        (self.room / PROBERS.load(Ordering::Relaxed).max(1)).max(1)
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        PROBERS.fetch_sub(1, Ordering::Relaxed);
    }
}
