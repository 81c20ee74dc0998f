//! The one cursor of every transport: `<epoch>-<20 digits>`, opaque outside, sorting as text.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// One unbroken history. A new epoch begins when history was reset or set aside; later epochs sort later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Epoch(u64);

impl Epoch {
    const DIGITS: usize = 13;
    /// The largest epoch that fits the text form.
    pub const MAX: u64 = 9_999_999_999_999;

    /// Makes an epoch from the milliseconds at which it began; larger numbers are cut to [`Epoch::MAX`].
    #[must_use]
    pub const fn from_millis(millis: u64) -> Self {
        Self(if millis > Self::MAX { Self::MAX } else { millis })
    }

    /// Returns the number inside.
    #[must_use]
    pub const fn number(self) -> u64 {
        self.0
    }
}

impl fmt::Display for Epoch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:013}", self.0)
    }
}

/// A position in the journal: strictly increasing, never reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sequence {
    /// The history the position belongs to.
    pub epoch: Epoch,
    /// Counts from 1; 0 is before the first event.
    pub number: u64,
}

/// Returned when a text is no position.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` is not a sequence: pass one as an event carried it, such as 1763740800000-00000000000000000042"
)]
pub struct SequenceError {
    text: String,
}

impl Sequence {
    const DIGITS: usize = 20;

    /// Returns the position of event `number` in `epoch`.
    #[must_use]
    pub const fn new(epoch: Epoch, number: u64) -> Self {
        Self { epoch, number }
    }
}

impl fmt::Display for Sequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{:020}", self.epoch, self.number)
    }
}

impl FromStr for Sequence {
    type Err = SequenceError;

    fn from_str(text: &str) -> Result<Self, SequenceError> {
        let refuse = || SequenceError { text: text.chars().take(80).collect() };
        let (epoch, number) = text.split_once('-').ok_or_else(refuse)?;
        let digits = |part: &str, count| part.len() == count && part.bytes().all(|b| b.is_ascii_digit());
        if !digits(epoch, Epoch::DIGITS) || !digits(number, Self::DIGITS) {
            return Err(refuse());
        }
        let number: u64 = number.parse().map_err(|_| refuse())?;
        if number > i64::MAX as u64 {
            return Err(refuse());
        }
        Ok(Self { epoch: Epoch(epoch.parse().map_err(|_| refuse())?), number })
    }
}

impl Serialize for Sequence {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Sequence {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl utoipa::PartialSchema for Sequence {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        crate::schema::text("1763740800000-00000000000000000042")
    }
}

impl utoipa::ToSchema for Sequence {}
