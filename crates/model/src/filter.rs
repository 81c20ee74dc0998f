//! Which events a reader wants: by type (with `*`), and by subject.

use std::fmt;
use std::str::FromStr;

use crate::{EventType, Subject};

/// A pattern over event types in which each `*` stands for any text: `groma.network.*`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TypePattern(String);

/// Returned when a text is no pattern.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` is not an event type pattern: expected letters, digits, `.`, `_`, `-` and `*`, such as groma.network.*"
)]
pub struct TypePatternError {
    text: String,
}

impl TypePattern {
    const LENGTH_MAX: usize = 200;

    /// Returns whether the whole of `name` fits the pattern.
    #[must_use]
    pub fn matches(&self, name: &str) -> bool {
        let mut parts = self.0.split('*');
        let first = parts.next().unwrap_or_default();
        let Some(mut rest) = name.strip_prefix(first) else { return false };
        let Some(last) = self.0.rsplit_once('*').map(|(_, last)| last) else { return rest.is_empty() };
        let middles = self.0.matches('*').count() - 1;
        for part in parts.take(middles) {
            match rest.find(part) {
                Some(at) => rest = &rest[at + part.len()..],
                None => return false,
            }
        }
        rest.ends_with(last)
    }
}

impl fmt::Display for TypePattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for TypePattern {
    type Err = TypePatternError;

    fn from_str(text: &str) -> Result<Self, TypePatternError> {
        let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-' | b'*');
        if text.is_empty() || text.len() > Self::LENGTH_MAX || !text.bytes().all(allowed) {
            return Err(TypePatternError { text: text.chars().take(80).collect() });
        }
        Ok(Self(text.to_owned()))
    }
}

/// What a reader wants to hear; empty wants everything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EventFilter {
    /// An event fits if any pattern does, or if there is none.
    pub types: Vec<TypePattern>,
    /// Only events about this.
    pub subject: Option<Subject>,
}

impl EventFilter {
    /// Returns whether an event of this type and subject is wanted.
    #[must_use]
    pub fn matches(&self, event_type: &EventType, subject: Option<Subject>) -> bool {
        (self.subject.is_none() || self.subject == subject)
            && (self.types.is_empty() || self.types.iter().any(|pattern| pattern.matches(event_type.name)))
    }
}
