//! One connection attempt: opening it without waiting, and reading what came of it.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use rustix::io::Errno;
use socket2::{Domain, Protocol, SockAddr, Socket, Type};

/// What a connection attempt says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Something accepted.
    Open,
    /// The host refused: nothing listens.
    Closed,
    /// Somebody on the way, or our own firewall, refused.
    Prohibited,
    /// No route leads there.
    NoRoute,
    /// Our system is out of descriptors or memory; nothing was sent.
    Exhausted,
    /// Our system has no address or no port of its own for this; nothing was sent.
    NoAddress,
    /// No answer yet.
    Waiting,
}

/// Starts to connect; `Waiting` comes with the socket to watch.
pub(super) fn attempt(address: IpAddr, port: u16) -> (Verdict, Option<Socket>) {
    let to = SocketAddr::new(address, port);
    let socket = match open(to) {
        Ok(socket) => socket,
        Err(error) => return (judge(&error), None),
    };
    match socket.connect(&SockAddr::from(to)) {
        Ok(()) => (accepted(&socket), None),
        // A near host has often answered by now: asking once is far cheaper than watching the socket.
        Err(error) if in_progress(&error) => match socket.take_error() {
            Ok(None) => (Verdict::Waiting, Some(socket)),
            Ok(Some(error)) | Err(error) => (judge(&error), None),
        },
        Err(error) => (judge(&error), None),
    }
}

/// Reads what came of an attempt whose socket is ready; closing it afterwards leaves nothing behind.
pub(super) fn outcome(socket: &Socket) -> Verdict {
    match socket.take_error() {
        Ok(Some(error)) | Err(error) => judge(&error),
        Ok(None) if socket.peer_addr().is_ok() => accepted(socket),
        Ok(None) => Verdict::Waiting,
    }
}

fn open(to: SocketAddr) -> io::Result<Socket> {
    let domain = Domain::for_address(to);
    #[cfg(target_os = "linux")]
    let socket = Socket::new_raw(domain, Type::STREAM.nonblocking().cloexec(), Some(Protocol::TCP))?;
    #[cfg(not(target_os = "linux"))]
    let socket = {
        let socket = Socket::new(domain, Type::STREAM, Some(Protocol::TCP))?;
        socket.set_nonblocking(true)?;
        socket
    };
    Ok(socket)
}

/// Judges an established connection, and makes its end a reset: no TIME_WAIT stays on either side.
fn accepted(socket: &Socket) -> Verdict {
    let _best_effort = socket.set_linger(Some(Duration::ZERO));
    let ends = (
        socket.local_addr().ok().and_then(|a| a.as_socket()),
        socket.peer_addr().ok().and_then(|a| a.as_socket()),
    );
    match ends {
        // On this machine's own addresses the system may pick the probed port for our end; TCP then connects
        // the socket to itself. It picks only ports at which nothing listens.
        (Some(local), Some(peer)) if local == peer => Verdict::Closed,
        _ => Verdict::Open,
    }
}

fn in_progress(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::WouldBlock
        || error.kind() == io::ErrorKind::Interrupted
        || Errno::from_io_error(error) == Some(Errno::INPROGRESS)
}

fn judge(error: &io::Error) -> Verdict {
    let Some(errno) = Errno::from_io_error(error) else { return Verdict::Prohibited };
    match errno {
        Errno::CONNREFUSED => Verdict::Closed,
        // The handshake was done, and then the other side reset it: something does accept.
        Errno::CONNRESET | Errno::PIPE => Verdict::Open,
        Errno::MFILE | Errno::NFILE | Errno::NOBUFS | Errno::NOMEM | Errno::AGAIN => Verdict::Exhausted,
        Errno::ADDRNOTAVAIL | Errno::ADDRINUSE => Verdict::NoAddress,
        Errno::NETUNREACH | Errno::AFNOSUPPORT | Errno::INVAL | Errno::NETDOWN => Verdict::NoRoute,
        _ => Verdict::Prohibited,
    }
}
