//! The sealed form of one value.

/// Where a sealed value lives: it opens nowhere else.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// The table and column, such as `things.attributes`.
    pub column: &'static str,
    /// The row's own key.
    pub row: &'a [u8],
}

impl<'a> Place<'a> {
    /// Names a place.
    #[must_use]
    pub const fn new(column: &'static str, row: &'a [u8]) -> Self {
        Self { column, row }
    }

    /// Returns the associated data.
    pub(crate) fn associated(&self, version: u8, key: u32) -> Vec<u8> {
        let mut out = Vec::with_capacity(6 + self.column.len() + self.row.len());
        out.push(version);
        out.extend_from_slice(&key.to_be_bytes());
        out.extend_from_slice(self.column.as_bytes());
        out.push(0);
        out.extend_from_slice(self.row);
        out
    }
}

/// Why a sealed value does not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EnvelopeError {
    /// It is too short, or written by a newer version.
    #[error("the sealed value has an unknown form")]
    UnknownForm,
    /// It names a key that this folder does not have.
    #[error("the sealed value needs key {0}, which this folder does not have")]
    UnknownKey(u32),
    /// It was changed, or belongs to another place.
    #[error("the sealed value is damaged or belongs to another place")]
    Forged,
}
