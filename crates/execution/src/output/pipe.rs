//! The end of a pipe from which is read.

use std::future::pending;
use std::io;

use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::process::{ChildStderr, ChildStdout};

use super::intake::Intake;

/// The end of a pipe from which is read.
pub(super) trait Pipe: AsyncRead + Unpin {
    /// Appends what is there, without waiting: `Ok(None)` if there is nothing, `Ok(Some(0))` at the end.
    fn read_now(&mut self, buffer: &mut Vec<u8>) -> io::Result<Option<usize>>;
}

/// Reads what comes next; never returns without a pipe. Stopping to wait loses nothing.
pub(super) async fn read_some<P: Pipe>(pipe: Option<&mut P>, intake: &mut Intake) -> io::Result<usize> {
    match pipe {
        Some(pipe) => pipe.read_buf(intake.buffer()).await,
        None => pending().await,
    }
}

#[cfg(unix)]
fn read_fd(fd: impl std::os::fd::AsFd, buffer: &mut Vec<u8>) -> io::Result<Option<usize>> {
    use rustix::io::Errno;
    loop {
        match rustix::io::read(&fd, rustix::buffer::spare_capacity(buffer)) {
            Ok(read) => return Ok(Some(read)),
            Err(Errno::INTR) => {}
            Err(Errno::AGAIN) => return Ok(None),
            Err(error) => return Err(error.into()),
        }
    }
}

#[cfg(unix)]
impl Pipe for ChildStdout {
    fn read_now(&mut self, buffer: &mut Vec<u8>) -> io::Result<Option<usize>> {
        read_fd(self, buffer)
    }
}

#[cfg(unix)]
impl Pipe for ChildStderr {
    fn read_now(&mut self, buffer: &mut Vec<u8>) -> io::Result<Option<usize>> {
        read_fd(self, buffer)
    }
}

#[cfg(not(unix))]
impl Pipe for ChildStdout {
    fn read_now(&mut self, _buffer: &mut Vec<u8>) -> io::Result<Option<usize>> {
        Ok(None)
    }
}

#[cfg(not(unix))]
impl Pipe for ChildStderr {
    fn read_now(&mut self, _buffer: &mut Vec<u8>) -> io::Result<Option<usize>> {
        Ok(None)
    }
}
