//! This machine's own addresses.

use std::net::IpAddr;

/// Returns the addresses of all interfaces that may be scanned without asking: loopback and private ones.
/// Link-local IPv6 addresses are left out, because they mean nothing without their interface.
pub(super) fn private() -> Vec<String> {
    let interfaces = if_addrs::get_if_addrs().unwrap_or_default();
    let mut addresses: Vec<IpAddr> =
        interfaces.iter().map(if_addrs::Interface::ip).filter(|address| is_private(*address)).collect();
    addresses.sort_unstable();
    addresses.dedup();
    if addresses.is_empty() {
        addresses.push(IpAddr::V4(std::net::Ipv4Addr::LOCALHOST));
    }
    addresses.iter().map(ToString::to_string).collect()
}

const fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_loopback() || address.is_private(),
        IpAddr::V6(address) => address.is_loopback() || address.is_unique_local(),
    }
}

#[cfg(test)]
mod tests;
