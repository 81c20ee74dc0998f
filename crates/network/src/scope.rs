//! Which addresses may be scanned: one host each, and private unless told otherwise.

use std::net::IpAddr;
use std::sync::LazyLock;

use crate::address::{AddressRange, AddressSet};

/// Networks that are private or local by their assignment (IANA special-purpose registries).
static PRIVATE: LazyLock<AddressSet> = LazyLock::new(|| {
    networks(&[
        ("10.0.0.0", "10.255.255.255"),
        ("100.64.0.0", "100.127.255.255"),
        ("127.0.0.0", "127.255.255.255"),
        ("169.254.0.0", "169.254.255.255"),
        ("172.16.0.0", "172.31.255.255"),
        ("192.168.0.0", "192.168.255.255"),
        ("::1", "::1"),
        ("fc00::", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
        ("fe80::", "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
    ])
});

/// Addresses that never stand for one host: unspecified, multicast, reserved, broadcast.
static NOBODY: LazyLock<AddressSet> = LazyLock::new(|| {
    networks(&[
        ("0.0.0.0", "0.255.255.255"),
        ("224.0.0.0", "255.255.255.255"),
        ("::", "::"),
        ("ff00::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
    ])
});

fn networks(ends: &[(&str, &str)]) -> AddressSet {
    ends.iter()
        .filter_map(|(first, last)| AddressRange::between(first.parse().ok()?, last.parse().ok()?))
        .collect()
}

/// Returns whether the address belongs to a private, shared, link-local or loopback network.
#[must_use]
pub fn is_private(address: IpAddr) -> bool {
    PRIVATE.contains(address)
}

/// Returns whether the address can stand for one host: not multicast, broadcast, reserved or unspecified.
#[must_use]
pub fn is_unicast(address: IpAddr) -> bool {
    !NOBODY.contains(address)
}

/// Returns the public part of a set.
pub(crate) fn public_part(set: &AddressSet) -> AddressSet {
    set.without(&PRIVATE)
}

/// Returns the part of a set that never stands for one host.
pub(crate) fn nobody_part(set: &AddressSet) -> AddressSet {
    set.without(&set.without(&NOBODY))
}

#[cfg(test)]
mod tests;
