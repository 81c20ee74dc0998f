//! Which part of each subnet a scan asks for: what the ledger of what was read calls it.

use std::collections::BTreeMap;
use std::net::IpAddr;

use groma_model::network::subnet_of;

use crate::address::AddressSet;

/// Addresses of a subnet of IPv4 without those of the network and of everybody.
const WHOLE: u64 = 254;

/// Returns for each subnet the part that is asked for: the subnet's own name if that is all of it, else its first and
/// last address.
pub(super) fn parts(all: &AddressSet) -> BTreeMap<String, String> {
    let mut found: BTreeMap<String, (IpAddr, IpAddr, u64)> = BTreeMap::new();
    for address in all.ranges().iter().flat_map(|range| range.iter()) {
        let part = found.entry(subnet_of(address)).or_insert((address, address, 0));
        (part.1, part.2) = (address, part.2 + 1);
    }
    found.into_iter().map(|(subnet, part)| (subnet.clone(), name(subnet, part))).collect()
}

fn name(subnet: String, (first, last, count): (IpAddr, IpAddr, u64)) -> String {
    match first {
        IpAddr::V4(_) if count >= WHOLE => subnet,
        _ if first == last => first.to_string(),
        _ => format!("{first}-{last}"),
    }
}
