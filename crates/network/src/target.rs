//! What one target text means: an address, a network, a range, or a host name.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr};
use std::str::FromStr;

use ipnet::IpNet;

use crate::address::AddressRange;

/// One target as given.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Target {
    /// `10.1.0.7`, `fd00::1`.
    Address(IpAddr),
    /// `10.1.0.0/24`, `fd00::/120`; bits behind the prefix are cleared.
    Network(IpNet),
    /// `10.1.0.1-20`, `10.1.0.1-10.1.0.20`, `fd00::1-fd00::20`; both ends included.
    Range(IpAddr, IpAddr),
    /// `printer.lan`; lower case, without a dot at the end.
    Name(String),
}

/// Returned when a text is no target.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` is not a target: {reason}; use an address (10.1.0.7), a network (10.1.0.0/24), a range (10.1.0.1-20) or a host name"
)]
pub struct TargetError {
    text: String,
    reason: &'static str,
}

impl Target {
    /// Returns the addresses of a target that is to be scanned; a name has none yet. The first and last address
    /// of an IPv4 network wider than /31 are its own and its broadcast address, no hosts, and are left out.
    #[must_use]
    pub fn hosts(&self) -> Option<AddressRange> {
        match self {
            Self::Network(IpNet::V4(net)) if net.prefix_len() < 31 => {
                let first = u32::from(net.network()).saturating_add(1);
                let last = u32::from(net.broadcast()).saturating_sub(1);
                AddressRange::between(Ipv4Addr::from(first).into(), Ipv4Addr::from(last).into())
            }
            _ => self.everything(),
        }
    }

    /// Returns all the addresses that the target covers; a name has none.
    #[must_use]
    pub fn everything(&self) -> Option<AddressRange> {
        match self {
            Self::Address(address) => Some(AddressRange::single(*address)),
            Self::Network(net) => AddressRange::between(net.network(), net.broadcast()),
            Self::Range(first, last) => AddressRange::between(*first, *last),
            Self::Name(_) => None,
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(address) => write!(f, "{address}"),
            Self::Network(net) => write!(f, "{net}"),
            Self::Range(first, last) => write!(f, "{first}-{last}"),
            Self::Name(name) => f.write_str(name),
        }
    }
}

impl FromStr for Target {
    type Err = TargetError;

    fn from_str(text: &str) -> Result<Self, TargetError> {
        let text = text.trim();
        let refuse = |reason| TargetError { text: text.chars().take(80).collect(), reason };
        if text.is_empty() {
            return Err(refuse("it is empty"));
        }
        if let Ok(address) = text.parse::<IpAddr>() {
            return Ok(Self::Address(address.to_canonical()));
        }
        if text.contains('%') {
            return Err(refuse("zones of link-local addresses are not supported"));
        }
        if text.contains('/') {
            let net = text.parse::<IpNet>().map_err(|_| refuse("no network of the form ADDRESS/PREFIX"))?;
            return Ok(Self::Network(net.trunc()));
        }
        if let Some((first, last)) = text.split_once('-')
            && let Ok(first) = first.trim().parse::<IpAddr>()
        {
            let last =
                range_end(first, last.trim()).ok_or_else(|| refuse("the end of the range is no address"))?;
            let (first, last) = (first.to_canonical(), last.to_canonical());
            AddressRange::between(first, last)
                .ok_or_else(|| refuse("the range ends before it begins, or mixes IPv4 with IPv6"))?;
            return Ok(Self::Range(first, last));
        }
        host_name(text).map(Self::Name).ok_or_else(|| refuse("neither an address nor a host name"))
    }
}

/// Reads the end of a range: a whole address, or the last number of an IPv4 address.
fn range_end(first: IpAddr, text: &str) -> Option<IpAddr> {
    if let Ok(address) = text.parse::<IpAddr>() {
        return Some(address);
    }
    let IpAddr::V4(v4) = first else { return None };
    let [a, b, c, _] = v4.octets();
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let last = digits.then(|| text.parse::<u8>().ok()).flatten()?;
    Some(IpAddr::V4(Ipv4Addr::new(a, b, c, last)))
}

/// Returns the name in lower case if RFC 1123 allows it (and the underscore that some networks use). A name whose
/// last label is a number is a mistyped address.
fn host_name(text: &str) -> Option<String> {
    let name = text.strip_suffix('.').unwrap_or(text);
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let last_is_number = name.rsplit('.').next().is_some_and(|last| last.bytes().all(|b| b.is_ascii_digit()));
    (name.len() <= 253 && !last_is_number && name.split('.').all(label)).then(|| name.to_ascii_lowercase())
}

#[cfg(test)]
mod tests;
