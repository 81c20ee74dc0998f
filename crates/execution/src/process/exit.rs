//! Seeing that a process has ended, before anybody takes note of it: until then its id cannot be used again, so that
//! its group can still be signalled.

use std::io;

use rustix::process::{Pid, WaitId, WaitIdOptions};

/// Becomes ready when a child of this process has ended.
#[derive(Debug)]
pub(crate) enum ExitWatch {
    /// By a descriptor of the process (Linux 5.3).
    #[cfg(target_os = "linux")]
    Descriptor(tokio::io::unix::AsyncFd<std::os::fd::OwnedFd>),
    /// By looking whenever any child of this process changes.
    Signal(Pid, tokio::signal::unix::Signal),
}

impl ExitWatch {
    /// Returns a watch over a child that nobody has waited for.
    ///
    /// # Errors
    /// When this process is out of descriptors, mostly.
    pub(crate) fn new(pid: Pid) -> io::Result<Self> {
        #[cfg(target_os = "linux")]
        match rustix::process::pidfd_open(pid, rustix::process::PidfdFlags::NONBLOCK) {
            Ok(descriptor) => {
                #[expect(
                    deprecated,
                    reason = "what replaces it is unsafe for types that lie about their descriptor"
                )]
                let watch =
                    tokio::io::unix::AsyncFd::with_interest(descriptor, tokio::io::Interest::READABLE);
                return watch.map(Self::Descriptor);
            }
            // Older than 5.10 does not know the flag, older than 5.3 nothing of it; a sandbox may refuse.
            Err(rustix::io::Errno::NOSYS | rustix::io::Errno::INVAL | rustix::io::Errno::PERM) => {}
            Err(error) => return Err(error.into()),
        }
        Ok(Self::Signal(pid, tokio::signal::unix::signal(tokio::signal::unix::SignalKind::child())?))
    }

    /// Returns once the process has ended; again at once when asked again.
    ///
    /// # Errors
    /// When the system refuses to tell; the process is then to be killed and waited for.
    pub(crate) async fn ended(&mut self) -> io::Result<()> {
        match self {
            #[cfg(target_os = "linux")]
            Self::Descriptor(descriptor) => descriptor.readable().await.map(|mut ready| ready.retain_ready()),
            Self::Signal(pid, changes) => {
                while !has_ended(*pid)? {
                    changes.recv().await;
                }
                Ok(())
            }
        }
    }
}

/// Returns whether a child has ended, and leaves it as it is.
fn has_ended(pid: Pid) -> io::Result<bool> {
    let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
    Ok(rustix::process::waitid(WaitId::Pid(pid), options)?.is_some())
}

#[cfg(test)]
mod tests {
    use std::process::{Child, Command};

    use tokio::signal::unix::{SignalKind, signal};

    use super::*;

    fn child() -> (Child, Pid) {
        let child = Command::new("/bin/sh").args(["-c", "exit 3"]).spawn().unwrap();
        let pid = Pid::from_raw(child.id().cast_signed()).unwrap();
        (child, pid)
    }

    #[tokio::test]
    async fn an_end_is_seen_and_left_to_be_reaped() {
        let (mut child, pid) = child();
        let mut watch = ExitWatch::new(pid).unwrap();
        watch.ended().await.unwrap();
        watch.ended().await.unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(3));
    }

    #[tokio::test]
    async fn so_it_is_without_a_descriptor_of_the_process() {
        let (mut child, pid) = child();
        let mut watch = ExitWatch::Signal(pid, signal(SignalKind::child()).unwrap());
        watch.ended().await.unwrap();
        watch.ended().await.unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(3));
    }
}
