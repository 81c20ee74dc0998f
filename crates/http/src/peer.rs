//! Who is at the other end of a connection, as far as the system knows.

use std::net::IpAddr;

use tokio::sync::OwnedSemaphorePermit;
use tokio_util::task::task_tracker::TaskTrackerToken;

use crate::serve::Place;

/// Where a connection comes from: an IPv4 address, or an IPv6 network of 64 bits, of which one household or machine has
/// all addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Source(u128);

impl Source {
    pub(crate) fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => Self(address.to_bits().into()),
            IpAddr::V6(address) => Self(address.to_bits() & !u128::from(u64::MAX)),
        }
    }
}

/// The other end of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Peer {
    /// A TCP connection from `remote` that came in at `local`.
    Tcp { local: IpAddr, remote: IpAddr },
    /// A local user on the socket.
    User { uid: u32 },
}

/// One connection. Whoever holds it counts as at work on it: a WebSocket outlives the HTTP connection it came from.
#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) peer: Peer,
    pub(crate) _permit: OwnedSemaphorePermit,
    pub(crate) _place: Option<Place>,
    pub(crate) _alive: TaskTrackerToken,
}
