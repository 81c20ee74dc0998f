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
