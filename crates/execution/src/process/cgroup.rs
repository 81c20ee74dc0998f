//! Control groups (version 2): what a process starts stays in its group, whatever it does to its session or environment.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rustix::process::Pid;
use uuid::Uuid;

/// Where control groups can be made.
#[derive(Debug, Clone)]
pub(crate) struct Cgroups {
    base: PathBuf,
}

impl Cgroups {
    /// Returns the control group of this process, if groups can be made, emptied by force and removed in it.
    ///
    /// # Errors
    /// Why not.
    pub(crate) fn detect() -> io::Result<Self> {
        let mounts = fs::read_to_string("/proc/self/mountinfo")?;
        let own = fs::read_to_string("/proc/self/cgroup")?;
        let missing =
            || io::Error::new(io::ErrorKind::NotFound, "there is no control group (v2) of this process");
        let base = base(&mounts, &own).ok_or_else(missing)?;
        let found = Self { base };
        let trial = found.make(Uuid::now_v7())?;
        let complete = trial.path.join("cgroup.kill").exists();
        if complete {
            Ok(found)
        } else {
            Err(io::Error::other("the kernel is older than 5.14: no cgroup.kill"))
        }
    }

    /// Makes the control group of an execution.
    ///
    /// # Errors
    /// When it cannot be made.
    pub(crate) fn make(&self, id: Uuid) -> io::Result<Cgroup> {
        let path = self.base.join(format!("groma-{id}"));
        match fs::create_dir(&path) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
            _ => Ok(Cgroup { path }),
        }
    }
}

/// Returns the folder of this process's own control group: where the hierarchy is mounted, and where in it we are.
fn base(mounts: &str, own: &str) -> Option<PathBuf> {
    let own = own.lines().find_map(|line| line.strip_prefix("0::"))?;
    mounts.lines().find_map(|line| {
        let (fields, kind) = line.split_once(" - ")?;
        if !kind.starts_with("cgroup2 ") {
            return None;
        }
        let mut fields = fields.split(' ').skip(3);
        let (root, point) = (fields.next()?, fields.next()?);
        let inside = Path::new(own).strip_prefix(root).ok()?;
        Some(Path::new(point).join(inside))
    })
}

/// The control group of one execution; removed when dropped, unless something is still in it.
#[derive(Debug)]
pub(crate) struct Cgroup {
    path: PathBuf,
}

impl Cgroup {
    /// Returns the one that another engine made for an execution; `None` if it is of nothing of the kind.
    pub(crate) fn at(path: PathBuf, id: Uuid) -> Option<Self> {
        let expected = format!("groma-{id}");
        let named = path.file_name().is_some_and(|name| name == expected.as_str());
        (named && path.join("cgroup.procs").exists()).then_some(Self { path })
    }

    /// Returns its folder.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Moves a process that has just started into it, and what it has started already; what they start from now on is in
    /// it too. To start it there would take a shell in between, which doubles the cost and drops variables that shells
    /// cannot have. What leaves the process before it is moved is found by its mark.
    pub(super) fn add(&self, pid: Pid) -> io::Result<()> {
        self.move_in(pid)?;
        let mut parents = vec![pid];
        while let Some(parent) = parents.pop() {
            let id = parent.as_raw_nonzero();
            let children = fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap_or_default();
            for child in children.split_ascii_whitespace().filter_map(|id| Pid::from_raw(id.parse().ok()?)) {
                if self.move_in(child).is_ok() {
                    parents.push(child);
                }
            }
        }
        Ok(())
    }

    fn move_in(&self, pid: Pid) -> io::Result<()> {
        let written = fs::write(self.path.join("cgroup.procs"), pid.as_raw_nonzero().to_string());
        match written {
            // It has ended already.
            Err(error) if error.raw_os_error() == Some(rustix::io::Errno::SRCH.raw_os_error()) => Ok(()),
            other => other,
        }
    }

    /// Returns the processes in it, without those that have ended.
    pub(super) fn members(&self) -> Vec<u32> {
        let text = fs::read_to_string(self.path.join("cgroup.procs")).unwrap_or_default();
        text.lines().filter_map(|line| line.parse().ok()).collect()
    }

    /// Kills whatever is in it.
    pub(super) fn kill(&self) {
        let _ = fs::write(self.path.join("cgroup.kill"), "1");
    }

    /// Removes it. Returns whether it is gone: one that is not empty stays.
    pub(super) fn remove(&self) -> bool {
        match fs::remove_dir(&self.path) {
            Ok(()) => true,
            Err(error) => error.kind() == io::ErrorKind::NotFound,
        }
    }
}

impl Drop for Cgroup {
    fn drop(&mut self) {
        // What is in one that stays was told as a survivor.
        self.remove();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_own_group_is_found_in_each_arrangement() {
        let unified = "30 24 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw\n";
        let hybrid = "30 24 0:26 / /sys/fs/cgroup ro - tmpfs tmpfs ro\n\
                      31 30 0:27 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n";
        let inside = "30 24 0:26 /box /sys/fs/cgroup rw shared:4 - cgroup2 cgroup2 rw\n";
        let cases = [
            (unified, "0::/user.slice/a.scope\n", Some("/sys/fs/cgroup/user.slice/a.scope")),
            (hybrid, "8:pids:/x\n0::/\n", Some("/sys/fs/cgroup/unified")),
            (inside, "0::/box/b\n", Some("/sys/fs/cgroup/b")),
            (inside, "0::/elsewhere\n", None),
            (unified, "8:pids:/x\n", None),
            ("", "0::/\n", None),
        ];
        for (mounts, own, expected) in cases {
            assert_eq!(base(mounts, own), expected.map(PathBuf::from), "{mounts}{own}");
        }
    }
}
