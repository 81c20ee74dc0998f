//! Sets of addresses as ranges: merged, subtracted and counted without listing them.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Family {
    V4,
    V6,
}

/// Consecutive addresses of one family, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AddressRange {
    family: Family,
    first: u128,
    last: u128,
}

fn split(address: IpAddr) -> (Family, u128) {
    match address.to_canonical() {
        IpAddr::V4(v4) => (Family::V4, u128::from(u32::from(v4))),
        IpAddr::V6(v6) => (Family::V6, u128::from(v6)),
    }
}

fn join(family: Family, number: u128) -> IpAddr {
    match family {
        Family::V4 => IpAddr::V4(Ipv4Addr::from(u32::try_from(number).unwrap_or(u32::MAX))),
        Family::V6 => IpAddr::V6(Ipv6Addr::from(number)),
    }
}

impl AddressRange {
    /// Returns the range of one address; an IPv4 address in IPv6 clothes counts as IPv4.
    #[must_use]
    pub fn single(address: IpAddr) -> Self {
        let (family, number) = split(address);
        Self { family, first: number, last: number }
    }

    /// Returns the range from `first` to `last`; `None` if they differ in family or are in the wrong order.
    #[must_use]
    pub fn between(first: IpAddr, last: IpAddr) -> Option<Self> {
        let ((family, first), (other, last)) = (split(first), split(last));
        (family == other && first <= last).then_some(Self { family, first, last })
    }

    /// Returns `count` addresses from `first` on; `None` if there are not so many, or none are asked for.
    #[must_use]
    pub fn counted(first: IpAddr, count: u64) -> Option<Self> {
        let (family, number) = split(first);
        let last = number.checked_add(u128::from(count.checked_sub(1)?))?;
        let end = if family == Family::V4 { u128::from(u32::MAX) } else { u128::MAX };
        (last <= end).then_some(Self { family, first: number, last })
    }

    /// Returns the first address.
    #[must_use]
    pub fn first(&self) -> IpAddr {
        join(self.family, self.first)
    }

    /// Returns the last address.
    #[must_use]
    pub fn last(&self) -> IpAddr {
        join(self.family, self.last)
    }

    /// Returns how many addresses there are; saturates.
    #[must_use]
    pub const fn count(&self) -> u128 {
        (self.last - self.first).saturating_add(1)
    }

    /// Returns whether all of `other` is in this range.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        self.family == other.family && self.first <= other.first && other.last <= self.last
    }

    /// Lists the addresses.
    pub fn iter(&self) -> impl Iterator<Item = IpAddr> + use<> {
        let family = self.family;
        (self.first..=self.last).map(move |number| join(family, number))
    }
}

impl fmt::Display for AddressRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.first == self.last {
            write!(f, "{}", self.first())
        } else {
            write!(f, "{}-{}", self.first(), self.last())
        }
    }
}

/// Addresses, each at most once, in ascending order: IPv4 before IPv6.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AddressSet(Vec<AddressRange>);

impl FromIterator<AddressRange> for AddressSet {
    fn from_iter<I: IntoIterator<Item = AddressRange>>(ranges: I) -> Self {
        let mut sorted: Vec<AddressRange> = ranges.into_iter().collect();
        sorted.sort_unstable();
        let mut merged: Vec<AddressRange> = Vec::with_capacity(sorted.len());
        for range in sorted {
            match merged.last_mut() {
                Some(before)
                    if before.family == range.family && range.first <= before.last.saturating_add(1) =>
                {
                    before.last = before.last.max(range.last);
                }
                _ => merged.push(range),
            }
        }
        Self(merged)
    }
}

impl AddressSet {
    /// Returns the ranges, which neither touch nor overlap.
    #[must_use]
    pub fn ranges(&self) -> &[AddressRange] {
        &self.0
    }

    /// Returns how many addresses there are; saturates.
    #[must_use]
    pub fn count(&self) -> u128 {
        self.0.iter().fold(0, |sum, range| sum.saturating_add(range.count()))
    }

    /// Returns whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns whether the address is in the set.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        let (family, number) = split(address);
        let after = self.0.partition_point(|range| (range.family, range.first) <= (family, number));
        after
            .checked_sub(1)
            .and_then(|at| self.0.get(at))
            .is_some_and(|range| range.family == family && number <= range.last)
    }

    /// Returns the addresses of this set that are not in `other`.
    #[must_use]
    pub fn without(&self, other: &Self) -> Self {
        let mut left = Vec::with_capacity(self.0.len());
        for range in &self.0 {
            let mut rest = Some(*range);
            let from = other.0.partition_point(|hole| (hole.family, hole.last) < (range.family, range.first));
            for hole in &other.0[from..] {
                let Some(now) = rest else { break };
                if hole.family != now.family || hole.first > now.last {
                    break;
                }
                if hole.first > now.first {
                    left.push(AddressRange { last: hole.first - 1, ..now });
                }
                rest = (hole.last < now.last).then(|| AddressRange { first: hole.last + 1, ..now });
            }
            left.extend(rest);
        }
        Self(left)
    }

    /// Cuts the set into blocks of at most `size` addresses.
    pub fn blocks(&self, size: u64) -> Vec<Vec<AddressRange>> {
        let mut blocks = Vec::new();
        let (mut block, mut room) = (Vec::new(), u128::from(size.max(1)));
        for range in &self.0 {
            let mut first = range.first;
            loop {
                let last = range.last.min(first.saturating_add(room - 1));
                let part = AddressRange { first, last, ..*range };
                block.push(part);
                room -= part.count();
                if room == 0 {
                    blocks.push(std::mem::take(&mut block));
                    room = u128::from(size.max(1));
                }
                if last == range.last {
                    break;
                }
                first = last + 1;
            }
        }
        if !block.is_empty() {
            blocks.push(block);
        }
        blocks
    }
}

#[cfg(test)]
mod tests;
