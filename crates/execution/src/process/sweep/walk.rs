//! One walk over all processes.

use std::collections::HashMap;
use std::fs;
use std::io;

use uuid::Uuid;

use super::known::{Known, Seen};
use super::{Leaders, Member, Wanted};
use crate::process::identity::Stat;
use crate::process::{COOKIE, OUTER};

/// Walks over `/proc`, and remembers what cannot have changed.
#[derive(Debug)]
pub(super) struct Walker {
    known: Known,
    leaders: Leaders,
}

impl Walker {
    /// Returns one that does not look at these.
    pub(super) fn new(leaders: Leaders) -> Self {
        Self { known: Known::default(), leaders }
    }

    /// Returns for each of the wanted the processes that have its mark or its group; none where there is no `/proc`.
    pub(super) fn walk(&mut self, wanted: &[Wanted]) -> Vec<Vec<Member>> {
        let mut found = vec![Vec::new(); wanted.len()];
        let by_cookie: HashMap<Uuid, usize> =
            wanted.iter().enumerate().map(|(at, wanted)| (wanted.cookie, at)).collect();
        let by_group: HashMap<u32, usize> =
            wanted.iter().enumerate().filter_map(|(at, wanted)| Some((wanted.group?, at))).collect();
        let pids = pids();
        self.known.begin(&pids);
        for pid in pids {
            let Some(seen) = self.known.get(pid).cloned().or_else(|| self.look(pid)) else { continue };
            let at =
                seen.cookies.iter().find_map(|id| by_cookie.get(id)).or_else(|| by_group.get(&seen.group));
            // What was remembered tells who it is, not whether it still lives.
            if let Some(at) = at
                && let Some(member) = Member::of(pid)
            {
                found[*at].push(member);
            }
        }
        found
    }

    /// Reads what marks a process; `None` when it has ended or is none that could ever be wanted.
    fn look(&mut self, pid: u32) -> Option<Seen> {
        if self.leaders.has(pid) {
            return None;
        }
        let environment = match fs::read(format!("/proc/{pid}/environ")) {
            Ok(bytes) => bytes,
            // Another user's: by its group alone.
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => b"?".to_vec(),
            Err(_) => return None,
        };
        let stat = Stat::read(pid)?;
        let seen = Seen { group: stat.group, cookies: cookies(&environment) };
        // An environment is empty too while a program is being loaded or taken down: that tells nothing for later.
        if stat.is_kernel() || (!environment.is_empty() && !stat.has_ended()) {
            self.known.keep(pid, seen.clone());
        }
        (!stat.is_kernel() && !stat.has_ended()).then_some(seen)
    }
}

/// Returns the ids of all processes; of none where there is no `/proc`.
fn pids() -> Vec<u32> {
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    let own = std::process::id();
    let pids = entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter(|pid| *pid != own).collect()
}

/// Returns the executions that an environment says its process belongs to.
fn cookies(environment: &[u8]) -> Vec<Uuid> {
    let mut ids = Vec::new();
    for entry in environment.split(|byte| *byte == 0) {
        let Ok(entry) = str::from_utf8(entry) else { continue };
        match entry.split_once('=') {
            Some((COOKIE, id)) => ids.extend(Uuid::try_parse(id)),
            Some((OUTER, outer)) => ids.extend(outer.split(',').filter_map(|id| Uuid::try_parse(id).ok())),
            _ => {}
        }
    }
    ids
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_found_and_nothing_else() {
        let (own, outer, more) = (Uuid::now_v7(), Uuid::now_v7(), Uuid::now_v7());
        let text = format!("A=1\0{COOKIE}={own}\0X\0\u{1}\0{OUTER}={outer},{more},no\0{COOKIE}X={more}\0");
        assert_eq!(cookies(text.as_bytes()), [own, outer, more]);
        assert!(cookies(b"").is_empty());
        assert!(cookies(b"\xff=\xff\0GROMA_EXECUTION_ID=\0GROMA_EXECUTION_ID").is_empty());
    }
}
