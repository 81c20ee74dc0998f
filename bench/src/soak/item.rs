//! What a stream carries, as much of it as is counted.

use std::hash::{DefaultHasher, Hasher as _};

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::Done;

/// The types that a slow reader may be given the newest of alone.
const LATEST: [&str; 2] = ["groma.network.scan_progress", GAUGE];
/// Published events of which each counts.
pub(super) const MARK: &str = "groma.custom.soak.mark";
/// Published events of which the newest counts.
pub(super) const GAUGE: &str = "groma.custom.soak.gauge";

/// A type and subject whose newest event takes the place of older ones.
pub(super) type Key = u64;

/// One frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Item {
    Event(Event),
    /// So many events were left out.
    Merged {
        key: Key,
        count: u64,
    },
    /// Events behind `from`, up to `to`, are gone.
    Gap {
        from: u64,
        to: u64,
    },
    /// Something that has no place in the journal.
    Alarm,
}

/// An event of the journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Event {
    pub(super) number: u64,
    /// Of all that there is in it: two that differ in anything differ in this.
    pub(super) digest: u64,
    /// Present if a newer one may take its place.
    pub(super) key: Option<Key>,
    /// Who published it, and which one of his it is.
    pub(super) mark: Option<Mark>,
}

/// What a publisher wrote into an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(super) struct Mark {
    pub(super) publisher: u64,
    pub(super) number: u64,
}

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(rename = "type")]
    event_type: &'a str,
    #[serde(default)]
    subject: Option<&'a str>,
    #[serde(default)]
    sequence: Option<&'a str>,
    #[serde(borrow)]
    data: &'a RawValue,
}

#[derive(Deserialize)]
struct Merged<'a> {
    #[serde(rename = "type")]
    event_type: &'a str,
    #[serde(default)]
    subject: Option<&'a str>,
    count: u64,
}

#[derive(Deserialize)]
struct Gap<'a> {
    from: &'a str,
    to: &'a str,
}

impl Item {
    /// Reads the JSON of a frame.
    pub(super) fn parse(json: &[u8]) -> Done<Self> {
        let envelope: Envelope<'_> = serde_json::from_slice(json)
            .map_err(|error| format!("not an event: {error}: {}", String::from_utf8_lossy(json)))?;
        let data = envelope.data.get();
        let Some(sequence) = envelope.sequence else {
            return match envelope.event_type {
                "groma.system.stream_merged" => {
                    let Merged { event_type, subject, count } = serde_json::from_str(data)?;
                    Ok(Self::Merged { key: digest((event_type, subject)), count })
                }
                "groma.system.stream_gap" => {
                    let Gap { from, to } = serde_json::from_str(data)?;
                    Ok(Self::Gap { from: number(from)?, to: number(to)? })
                }
                "groma.system.error" => Ok(Self::Alarm),
                other => Err(format!("`{other}` came without a sequence").into()),
            };
        };
        let latest = LATEST.contains(&envelope.event_type);
        let custom = [MARK, GAUGE].contains(&envelope.event_type);
        Ok(Self::Event(Event {
            number: number(sequence)?,
            digest: digest(json),
            key: latest.then(|| digest((envelope.event_type, envelope.subject))),
            mark: if custom { Some(serde_json::from_str(data)?) } else { None },
        }))
    }
}

/// Returns the number inside a position.
pub(super) fn number(sequence: &str) -> Done<u64> {
    let (_, digits) = sequence.split_once('-').ok_or_else(|| format!("`{sequence}` is no position"))?;
    Ok(digits.parse()?)
}

fn digest(value: impl std::hash::Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}
