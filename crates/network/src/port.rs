//! Which ports a text means: `22,80,8000-8100`, `-`, `1-`, `-1024`, `ssh,https`, `top100`.

use std::fmt;
use std::str::FromStr;

use crate::service::{TOP_100, port_of_service};

/// Ports, each at most once, ascending; never empty and never 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PortSet(Vec<(u16, u16)>);

/// Returned when a text names no ports.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` is not a port: {reason}; use numbers 1 to 65535, ranges, names or top100, such as 22,80,8000-8100,https"
)]
pub struct PortError {
    text: String,
    reason: &'static str,
}

impl PortSet {
    /// Returns how many ports there are.
    #[must_use]
    pub fn count(&self) -> u32 {
        self.0.iter().map(|(first, last)| u32::from(*last) - u32::from(*first) + 1).sum()
    }

    /// Lists the ports, ascending.
    pub fn iter(&self) -> impl Iterator<Item = u16> + '_ {
        self.0.iter().flat_map(|(first, last)| *first..=*last)
    }

    /// Returns whether the port is in the set.
    #[must_use]
    pub fn contains(&self, port: u16) -> bool {
        self.0.iter().any(|(first, last)| (*first..=*last).contains(&port))
    }
}

impl FromIterator<(u16, u16)> for PortSet {
    fn from_iter<I: IntoIterator<Item = (u16, u16)>>(ranges: I) -> Self {
        let mut sorted: Vec<(u16, u16)> = ranges.into_iter().collect();
        sorted.sort_unstable();
        let mut merged: Vec<(u16, u16)> = Vec::with_capacity(sorted.len());
        for (first, last) in sorted {
            match merged.last_mut() {
                Some(before) if first <= before.1.saturating_add(1) => before.1 = before.1.max(last),
                _ => merged.push((first, last)),
            }
        }
        Self(merged)
    }
}

impl fmt::Display for PortSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, (first, last)) in self.0.iter().enumerate() {
            let comma = if at == 0 { "" } else { "," };
            if first == last {
                write!(f, "{comma}{first}")?;
            } else {
                write!(f, "{comma}{first}-{last}")?;
            }
        }
        Ok(())
    }
}

impl FromStr for PortSet {
    type Err = PortError;

    fn from_str(text: &str) -> Result<Self, PortError> {
        let mut ranges = Vec::new();
        for part in text.split(',') {
            let part = part.trim();
            if part.eq_ignore_ascii_case("top100") {
                ranges.extend(TOP_100.iter().map(|port| (*port, *port)));
            } else if let Some(port) = port_of_service(part) {
                ranges.push((port, port));
            } else {
                ranges.push(range(part)?);
            }
        }
        Ok(ranges.into_iter().collect())
    }
}

fn range(part: &str) -> Result<(u16, u16), PortError> {
    let refuse = |reason| PortError { text: part.chars().take(80).collect(), reason };
    let number = |digits: &str| match digits.parse::<u32>() {
        Ok(0) => Err(refuse("port 0 cannot be connected to")),
        Ok(number) => u16::try_from(number).map_err(|_| refuse("the number is above 65535")),
        Err(_) if !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) => {
            Err(refuse("the number is above 65535"))
        }
        Err(_) => Err(refuse("neither a number nor a known service name")),
    };
    if part.is_empty() {
        return Err(refuse("nothing stands between the commas"));
    }
    let Some((first, last)) = part.split_once('-') else {
        return number(part).map(|port| (port, port));
    };
    let (first, last) = (first.trim(), last.trim());
    let first = if first.is_empty() { 1 } else { number(first)? };
    let last = if last.is_empty() { u16::MAX } else { number(last)? };
    if first > last {
        return Err(refuse("the range ends before it begins"));
    }
    Ok((first, last))
}

#[cfg(test)]
mod tests;
