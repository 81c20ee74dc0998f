//! Cleaning up whatever happens to the test.

use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};

/// A shell line that runs when this value is dropped, or when this process ends, however it does.
pub(crate) struct Keeper {
    shell: Child,
}

impl Keeper {
    /// The line sees `words` as `$1` and so on.
    pub(crate) fn new(line: &str, words: &[&str], environment: &[(&str, &str)]) -> Self {
        // It waits until its stdin closes, which it does even if this process is killed. A group of its own, because
        // whoever stops a test signals the test's whole group.
        let shell = Command::new("/bin/sh")
            .args(["-c", &format!("read -r _; {line}"), "keeper"])
            .args(words)
            .envs(environment.iter().copied())
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Self { shell }
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        // Whatever went wrong with it cannot be told from here.
        let _ = self.shell.wait();
    }
}
