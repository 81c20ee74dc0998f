//! In which order things are listed, and where a page ends.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use groma_model::ThingId;
use uuid::Uuid;

/// By what things are sorted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SortKey {
    /// The name without case; only its first 128 bytes are compared.
    #[default]
    Name,
    /// The kind.
    Kind,
    /// The state.
    State,
    /// When it last changed.
    LastChanged,
    /// When it was last seen.
    LastSeen,
    /// When it was first seen.
    FirstSeen,
}

/// Which end comes first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Order {
    /// The smallest.
    #[default]
    Ascending,
    /// The greatest.
    Descending,
}

/// How a list is sorted. Ties are broken by id, ascending in either order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sort {
    /// By what.
    pub key: SortKey,
    /// Which end first.
    pub order: Order,
}

impl Sort {
    const fn byte(self) -> u8 {
        let key = match self.key {
            SortKey::Name => 0,
            SortKey::Kind => 1,
            SortKey::State => 2,
            SortKey::LastChanged => 3,
            SortKey::LastSeen => 4,
            SortKey::FirstSeen => 5,
        };
        match self.order {
            Order::Ascending => key,
            Order::Descending => key | 0x80,
        }
    }

    /// Tells whether the key is a time.
    pub(crate) const fn is_time(self) -> bool {
        matches!(self.key, SortKey::LastChanged | SortKey::LastSeen | SortKey::FirstSeen)
    }
}

/// What a page's last row was sorted by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    Text(String),
    Time(i64),
}

/// Where a page of a list ended: the last row's key and id, so that rows that come, go or move do not shift the pages
/// after it. As text it is opaque to readers, but it does carry the key: it belongs in no log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    pub(crate) sort: Sort,
    pub(crate) value: Value,
    pub(crate) id: ThingId,
}

/// Returned when a text is no cursor of this list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CursorError {
    /// It was not made here.
    #[error("the cursor cannot be read: pass one that a page of this list returned, or none to begin anew")]
    Unreadable,
    /// The list is now sorted differently.
    #[error("the cursor belongs to a list that is sorted differently: begin anew without it")]
    OtherSort,
}

impl Cursor {
    /// Reads a cursor for a list that is sorted so.
    ///
    /// # Errors
    /// When the text is no cursor, or one of another sort.
    pub fn parse(text: &str, sort: Sort) -> Result<Self, CursorError> {
        let bytes = BASE64.decode(text).map_err(|_| CursorError::Unreadable)?;
        let (&byte, rest) = bytes.split_first().ok_or(CursorError::Unreadable)?;
        let (id, key) = rest.split_first_chunk::<16>().ok_or(CursorError::Unreadable)?;
        if byte != sort.byte() {
            return Err(CursorError::OtherSort);
        }
        let value = if sort.is_time() {
            Value::Time(i64::from_be_bytes(key.try_into().map_err(|_| CursorError::Unreadable)?))
        } else {
            Value::Text(String::from_utf8(key.to_vec()).map_err(|_| CursorError::Unreadable)?)
        };
        Ok(Self { sort, value, id: ThingId::from_uuid(Uuid::from_bytes(*id)) })
    }
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut bytes = vec![self.sort.byte()];
        bytes.extend_from_slice(self.id.uuid().as_bytes());
        match &self.value {
            Value::Text(text) => bytes.extend_from_slice(text.as_bytes()),
            Value::Time(time) => bytes.extend_from_slice(&time.to_be_bytes()),
        }
        f.write_str(&BASE64.encode(bytes))
    }
}
