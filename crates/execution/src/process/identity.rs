//! Which process is meant, for longer than its id is its own.

use std::fs;
use std::sync::LazyLock;

use rustix::process::{Pid, test_kill_process};

use crate::ProcessIdentity;

/// Which run of the machine this is; empty where the system does not tell.
static BOOT: LazyLock<String> = LazyLock::new(|| {
    let text = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    text.trim().to_owned()
});

impl ProcessIdentity {
    /// Returns who has this id now.
    pub(crate) fn of(pid: u32) -> Self {
        let started_ticks = Stat::read(pid).map_or(0, |stat| stat.start_ticks);
        Self { pid, started_ticks, boot_id: BOOT.clone() }
    }

    /// Returns this process itself.
    pub(crate) fn own() -> Self {
        Self::of(std::process::id())
    }

    /// Returns whether this very process is there and has not ended.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        if self.boot_id != *BOOT {
            return false;
        }
        if self.started_ticks == 0 {
            // The id alone has to do.
            return Pid::from_raw(self.pid.cast_signed()).is_some_and(|pid| test_kill_process(pid).is_ok());
        }
        Stat::read(self.pid).is_some_and(|stat| stat.start_ticks == self.started_ticks && !stat.has_ended())
    }
}

/// What the system says of a process (`/proc/<pid>/stat`, proc_pid_stat(5)).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stat {
    pub name: String,
    pub state: char,
    pub group: u32,
    pub flags: u32,
    pub start_ticks: u64,
}

impl Stat {
    /// Returns what there is of a process; `None` when there is no such process.
    pub(crate) fn read(pid: u32) -> Option<Self> {
        let bytes = fs::read(format!("/proc/{pid}/stat")).ok()?;
        Self::parse(&String::from_utf8_lossy(&bytes))
    }

    /// Reads `pid (name) state ppid group …`; the name may hold anything, parentheses too.
    fn parse(text: &str) -> Option<Self> {
        let (head, tail) = (text.get(..text.rfind(')')?)?, text.get(text.rfind(')')? + 1..)?);
        let name = head.get(head.find('(')? + 1..)?.to_owned();
        let fields: Vec<&str> = tail.split_ascii_whitespace().collect();
        Some(Self {
            name,
            state: fields.first()?.chars().next()?,
            group: fields.get(2)?.parse().ok()?,
            flags: fields.get(6)?.parse().ok()?,
            start_ticks: fields.get(19)?.parse().ok()?,
        })
    }

    /// Returns whether nothing is left of it but what its parent has yet to take note of.
    pub(crate) const fn has_ended(&self) -> bool {
        matches!(self.state, 'Z' | 'X' | 'x')
    }

    /// Returns whether it is a thread of the kernel (`PF_KTHREAD`).
    pub(crate) const fn is_kernel(&self) -> bool {
        self.flags & 0x0020_0000 != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_may_hold_anything() {
        let text = "42 (a) b (c) S 1 40 40 0 -1 4194304 1 2 3 4 5 6 7 8 20 0 1 0 777 1000 2\n";
        let stat = Stat::parse(text).unwrap();
        assert_eq!(
            stat,
            Stat { name: "a) b (c".into(), state: 'S', group: 40, flags: 4_194_304, start_ticks: 777 }
        );
    }

    #[test]
    fn what_is_no_such_line_is_refused() {
        for text in ["", ")", "(", "1 (a", "1 (a) S 1", "1 (a) S x y z", ")("] {
            assert_eq!(Stat::parse(text), None, "{text}");
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_process_is_alive_and_its_predecessors_are_not() {
        let own = ProcessIdentity::own();
        assert!(own.is_alive());
        assert!(!ProcessIdentity { started_ticks: own.started_ticks + 1, ..own.clone() }.is_alive());
        assert!(!ProcessIdentity { boot_id: "another".into(), ..own }.is_alive());
    }
}
