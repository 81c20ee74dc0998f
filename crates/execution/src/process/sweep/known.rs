//! What walks learned of processes, as long as it holds.
//!
//! Ids are given out in a circle. Between two walks the system has got from one id to another; whoever has an id outside
//! that stretch is whom it was before, if it is there at all. So only processes that are new need to be read.

use std::collections::HashMap;
use std::fs;
use std::time::{Duration, Instant};

use uuid::Uuid;

/// What was read of a process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Seen {
    pub group: u32,
    pub cookies: Vec<Uuid>,
}

/// How long anything is remembered: long before ids can have gone round the circle (32768 forks), and long enough to
/// spare the work when walks are frequent.
const MEMORY: Duration = Duration::from_millis(500);

/// What is known of which process.
#[derive(Debug, Default)]
pub(super) struct Known {
    seen: HashMap<u32, Seen>,
    /// When the memory began, and the id given out last at the latest walk.
    since: Option<(Instant, u32)>,
}

impl Known {
    /// Begins a walk over these processes: forgets what may no longer hold.
    pub(super) fn begin(&mut self, pids: &[u32]) {
        // Read after the ids: whoever is among them was given its id before this.
        let now = last_given();
        self.since = match (self.since, now) {
            (Some((began, then)), Some(now)) if began.elapsed() < MEMORY => {
                self.forget(then, now);
                Some((began, now))
            }
            (_, now) => {
                self.seen.clear();
                now.map(|now| (Instant::now(), now))
            }
        };
        if self.seen.len() > pids.len() * 2 {
            self.seen.retain(|pid, _| pids.contains(pid));
        }
    }

    /// Forgets the ids that were given out after `then` up to `now`.
    fn forget(&mut self, then: u32, now: u32) {
        let given = |pid: u32| if then <= now { pid > then && pid <= now } else { pid > then || pid <= now };
        self.seen.retain(|pid, _| !given(*pid));
    }

    pub(super) fn get(&self, pid: u32) -> Option<&Seen> {
        self.seen.get(&pid)
    }

    /// Remembers what was read, unless nobody can tell how long it holds.
    pub(super) fn keep(&mut self, pid: u32, seen: Seen) {
        if self.since.is_some() {
            self.seen.insert(pid, seen);
        }
    }
}

/// Returns the id that was given out last; `None` where the system does not tell.
fn last_given() -> Option<u32> {
    fs::read_to_string("/proc/sys/kernel/ns_last_pid").ok()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept_after(then: u32, now: u32) -> Vec<u32> {
        let seen = Seen { group: 1, cookies: Vec::new() };
        let mut known = Known { seen: (1..=10).map(|pid| (pid, seen.clone())).collect(), since: None };
        known.forget(then, now);
        let mut kept: Vec<u32> = known.seen.into_keys().collect();
        kept.sort_unstable();
        kept
    }

    #[test]
    fn only_ids_that_were_not_given_out_since_are_kept() {
        assert_eq!(kept_after(3, 6), [1, 2, 3, 7, 8, 9, 10]);
        assert_eq!(kept_after(8, 2), [3, 4, 5, 6, 7, 8]);
        assert_eq!(kept_after(5, 5), (1..=10).collect::<Vec<_>>());
    }
}
