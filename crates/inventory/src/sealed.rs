//! Sealed columns as values.

use groma_database::OpError;
use groma_database::rusqlite;
use groma_seal::{Keyring, Place};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::InventoryError;

/// Seals a value as JSON.
pub(crate) fn seal<T: Serialize>(
    keyring: &Keyring,
    column: &'static str,
    row: &[u8],
    value: &T,
) -> Result<Vec<u8>, OpError<InventoryError>> {
    let json = serde_json::to_vec(value).map_err(|error| {
        OpError::Refused(InventoryError::Storage(format!("failed to write {column}: {error}")))
    })?;
    Ok(keyring.seal(Place::new(column, row), &json))
}

/// Opens a value sealed by [`seal`].
pub(crate) fn open<T: DeserializeOwned>(
    keyring: &Keyring,
    column: &'static str,
    row: &[u8],
    sealed: &[u8],
) -> rusqlite::Result<T> {
    let damaged = |error: Box<dyn std::error::Error + Send + Sync>| {
        rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Blob, error)
    };
    let json = keyring.open_sealed(Place::new(column, row), sealed).map_err(|error| damaged(error.into()))?;
    serde_json::from_slice(&json).map_err(|error| damaged(error.into()))
}

/// Joins the parts of a row's key.
pub(crate) fn row(parts: &[&[u8]]) -> Vec<u8> {
    parts.concat()
}
