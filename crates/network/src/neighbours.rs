//! Which addresses are neighbours, and how many of them may be met at once.
//!
//! Before the system sends a packet to an address on its own wire it resolves that address, and keeps what it
//! found, or still seeks, in a table. Linux allows 1,024 entries at first and silently drops packets to any more: a
//! scan that meets its neighbours too fast would take living hosts for absent ones, and cut off other programs.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::address::AddressRange;

/// The bound of the table where the system does not tell it.
const TABLE_DEFAULT: usize = 1024;
/// How long the system seeks an absent neighbour: three requests, a second apart, and a little more.
const SEEK: Duration = Duration::from_millis(3200);
/// How long an entry that was found cannot be given up for another one, and a little more.
const HOLD: Duration = Duration::from_millis(5500);

/// A route, as far as it matters here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Route {
    net: AddressRange,
    prefix: u8,
    direct: bool,
}

/// What is known of this machine's wires; counts the neighbours that are being met.
#[derive(Debug)]
pub(crate) struct Neighbours {
    /// None where the system's routes cannot be read: every address counts as a neighbour then.
    routes: Option<Vec<Route>>,
    places: Arc<Semaphore>,
}

/// Places in the table, taken for a block of addresses.
#[derive(Debug)]
pub(crate) struct Places(OwnedSemaphorePermit);

impl Neighbours {
    /// Reads the system's routes.
    pub(crate) fn read() -> Self {
        let v4 = std::fs::read_to_string("/proc/net/route").ok();
        let v6 = std::fs::read_to_string("/proc/net/ipv6_route").unwrap_or_default();
        let routes = v4.map(|v4| routes_v4(&v4).chain(routes_v6(&v6)).collect());
        let table = std::fs::read_to_string("/proc/sys/net/ipv4/neigh/default/gc_thresh3");
        let table = table.ok().and_then(|text| text.trim().parse().ok()).unwrap_or(TABLE_DEFAULT);
        // Half of it: the machine has other neighbours, and other programs.
        let places = usize::clamp(table / 2, 64, 65_536);
        Self { routes, places: Arc::new(Semaphore::new(places)) }
    }

    /// Returns whether the address is resolved on one of this machine's own wires.
    pub(crate) fn has(&self, address: IpAddr) -> bool {
        if address.is_loopback() {
            return false;
        }
        let Some(routes) = &self.routes else { return true };
        let single = AddressRange::single(address);
        let covering = routes.iter().filter(|route| route.net.covers(&single));
        covering.max_by_key(|route| route.prefix).is_some_and(|route| route.direct)
    }

    /// Waits until the neighbours among a block of at most 64 addresses have places in the table.
    pub(crate) async fn places_for(&self, addresses: &[IpAddr]) -> Option<Places> {
        let count = addresses.iter().filter(|address| self.has(**address)).count();
        let wanted = u32::try_from(count).ok().filter(|count| *count > 0)?;
        // Never closed: it lives as long as this does.
        Arc::clone(&self.places).acquire_many_owned(wanted).await.ok().map(Places)
    }
}

impl Places {
    /// Gives the places back once the system can use them again; `up` of the addresses answered.
    pub(crate) fn give_back_later(self, up: usize) {
        let Self(mut places) = self;
        tokio::spawn(async move {
            let found = places.split(up.min(places.num_permits()));
            tokio::time::sleep(SEEK).await;
            drop(places);
            tokio::time::sleep(HOLD - SEEK).await;
            drop(found);
        });
    }
}

/// Reads `/proc/net/route`: the interface, then destination, gateway and, as the eighth column, mask.
fn routes_v4(text: &str) -> impl Iterator<Item = Route> + '_ {
    text.lines().filter_map(|line| {
        let columns: Vec<&str> = line.split_whitespace().collect();
        let number = |at: usize| u32::from_str_radix(columns.get(at)?, 16).ok();
        // Written as the machine's own number over bytes in the order of the wire.
        let net = u32::from_be_bytes(number(1)?.to_ne_bytes());
        let mask = u32::from_be_bytes(number(7)?.to_ne_bytes());
        let last = Ipv4Addr::from(net | !mask);
        Some(Route {
            net: AddressRange::between(Ipv4Addr::from(net).into(), last.into())?,
            prefix: mask.count_ones() as u8,
            direct: number(2)? == 0,
        })
    })
}

/// Reads `/proc/net/ipv6_route`: destination, its length, two columns of source, next hop, …, interface.
fn routes_v6(text: &str) -> impl Iterator<Item = Route> + '_ {
    text.lines().filter_map(|line| {
        let columns: Vec<&str> = line.split_whitespace().collect();
        let number = |at: usize| u128::from_str_radix(columns.get(at)?, 16).ok();
        let prefix = u8::try_from(number(1)?).ok().filter(|prefix| *prefix <= 128)?;
        let host = if prefix == 128 { 0 } else { u128::MAX >> prefix };
        let net = number(0)?;
        Some(Route {
            net: AddressRange::between(
                Ipv6Addr::from(net & !host).into(),
                Ipv6Addr::from(net | host).into(),
            )?,
            prefix,
            direct: number(4)? == 0 && columns.last() != Some(&"lo"),
        })
    })
}

#[cfg(test)]
mod tests;
