//! Which addresses a delivery may go to. Asked at connect time, of the address that is then connected to, so that a
//! name which changes its address between check and use gains nothing.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// What an address is, as far as a delivery is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Somebody's server on the internet.
    Public,
    /// Loopback, link-local, private: only when allowed.
    Private(&'static str),
    /// Never: what an instance is told its credentials by, and what is no host's address.
    Never(&'static str),
}

/// Finds out what an address is.
pub(crate) fn reach(address: IpAddr) -> Reach {
    match address {
        IpAddr::V4(address) => v4(address),
        IpAddr::V6(address) => v6(address),
    }
}

/// Refuses addresses that a delivery may not go to.
///
/// # Errors
/// With what the address is.
pub(crate) fn check(address: IpAddr, allow_private: bool) -> Result<(), &'static str> {
    match reach(address) {
        Reach::Public => Ok(()),
        Reach::Private(_) if allow_private => Ok(()),
        Reach::Private(what) | Reach::Never(what) => Err(what),
    }
}

const METADATA: Reach = Reach::Never("a cloud's metadata address");

/// AWS (instance, container and pod credentials), Azure, Google and others; Alibaba; Azure's host; Oracle.
const METADATA_V4: [Ipv4Addr; 6] = [
    Ipv4Addr::new(169, 254, 169, 254),
    Ipv4Addr::new(169, 254, 170, 2),
    Ipv4Addr::new(169, 254, 170, 23),
    Ipv4Addr::new(100, 100, 100, 200),
    Ipv4Addr::new(168, 63, 129, 16),
    Ipv4Addr::new(192, 0, 0, 192),
];

/// AWS (instance, time and DNS neighbours are harmless; pods' credentials); Google.
const METADATA_V6: [Ipv6Addr; 3] = [
    Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254),
    Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x23),
    Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254),
];

/// The special-purpose blocks of IANA (RFC 6890 and its successors).
fn v4(address: Ipv4Addr) -> Reach {
    if METADATA_V4.contains(&address) {
        return METADATA;
    }
    match address.octets() {
        [0, ..] => Reach::Never("an unspecified address"),
        [127, ..] => Reach::Private("a loopback address"),
        [10, ..] | [172, 16..=31, ..] | [192, 168, ..] => Reach::Private("a private address"),
        [169, 254, ..] => Reach::Private("a link-local address"),
        [100, 64..=127, ..] => Reach::Private("an address of a carrier's shared space"),
        [192, 0, 0, _] | [192, 88, 99, _] => Reach::Never("an address of protocols"),
        [192, 0, 2, _] | [198, 51, 100, _] | [203, 0, 113, _] => Reach::Never("a documentation address"),
        [198, 18..=19, ..] => Reach::Private("an address for benchmarks"),
        [224..=239, ..] => Reach::Never("a multicast address"),
        [240..=255, ..] => Reach::Never("a reserved address"),
        _ => Reach::Public,
    }
}

fn v6(address: Ipv6Addr) -> Reach {
    if METADATA_V6.contains(&address) {
        return METADATA;
    }
    let segments = address.segments();
    let last_v4 = || {
        let [a, b, c, d] = (u32::from(segments[6]) << 16 | u32::from(segments[7])).to_be_bytes();
        v4(Ipv4Addr::new(a, b, c, d))
    };
    match segments {
        [0, 0, 0, 0, 0, 0, 0, 0] => Reach::Never("an unspecified address"),
        [0, 0, 0, 0, 0, 0, 0, 1] => Reach::Private("a loopback address"),
        // IPv4 in IPv6's clothes reaches what the IPv4 address does: mapped, and translated by NAT64.
        [0, 0, 0, 0, 0, 0xffff, _, _] | [0x64, 0xff9b, 0, 0, 0, 0, _, _] => last_v4(),
        // A network's own translation: whatever is inside, it is not the internet's to name.
        [0x64, 0xff9b, 1, ..] => match last_v4() {
            Reach::Never(what) => Reach::Never(what),
            _ => Reach::Private("an address that a network translates"),
        },
        [0xfe80..=0xfebf, ..] => Reach::Private("a link-local address"),
        [0xfc00..=0xfdff, ..] | [0xfec0..=0xfeff, ..] => Reach::Private("a private address"),
        [0xff00..=0xffff, ..] => Reach::Never("a multicast address"),
        [0x2001, 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] => Reach::Never("a documentation address"),
        // 6to4 and Teredo carry an IPv4 address that nobody here has looked at; 2001::/23 is protocols' alone.
        [0x2002, ..] => Reach::Never("a 6to4 address"),
        [0x2001, 0..=0x1ff, ..] => Reach::Never("an address of protocols"),
        [0x2000..=0x3fff, ..] => Reach::Public,
        _ => Reach::Never("a reserved address"),
    }
}

#[cfg(test)]
mod tests;
