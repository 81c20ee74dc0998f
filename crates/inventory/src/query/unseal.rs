//! The functions by which views open what is sealed; a query itself cannot call them.

use std::sync::{Arc, Mutex, PoisonError};

use groma_database::rusqlite::functions::{Context, FunctionFlags};
use groma_database::rusqlite::types::ValueRef;
use groma_database::rusqlite::{Connection, Error, Result};
use groma_seal::{Keyring, Place};
use uuid::Uuid;

/// The functions' names.
pub(super) const FUNCTIONS: [&str; 2] = ["unseal", "uuid_text"];

/// The places that views open, by the names that they use for them.
const PLACES: [&str; 4] = ["things.document", "things.readings", "changes.diff", "slices.detail"];

/// What was opened last: the columns of a row ask for the same again.
#[derive(Default)]
struct Last {
    sealed: Vec<u8>,
    opened: Option<String>,
}

/// Makes the functions known to a connection.
pub(super) fn register(connection: &Connection, keyring: Arc<Keyring>) -> Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    let last: Mutex<Last> = Mutex::default();
    connection.create_scalar_function("unseal", 3, flags, move |context| unseal(context, &keyring, &last))?;
    connection.create_scalar_function("uuid_text", 1, flags, |context| match context.get_raw(0) {
        ValueRef::Blob(bytes) => Ok(Uuid::from_slice(bytes).ok().map(|id| id.to_string())),
        _ => Ok(None),
    })
}

fn unseal(context: &Context<'_>, keyring: &Keyring, last: &Mutex<Last>) -> Result<Option<String>> {
    let ValueRef::Blob(sealed) = context.get_raw(2) else { return Ok(None) };
    let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
    if last.opened.is_some() && last.sealed == sealed {
        return Ok(last.opened.clone());
    }
    let asked: String = context.get(0)?;
    let place = PLACES.into_iter().find(|place| *place == asked).ok_or_else(|| failed("an unknown place"))?;
    // Blobs that are put together become a text for SQLite; the bytes stay.
    let (ValueRef::Blob(row) | ValueRef::Text(row)) = context.get_raw(1) else {
        return Err(failed("a row without a key"));
    };
    let opened =
        keyring.open_sealed(Place::new(place, row), sealed).map_err(|error| failed(&error.to_string()))?;
    let opened = String::from_utf8(opened).map_err(|error| failed(&error.to_string()))?;
    *last = Last { sealed: sealed.to_vec(), opened: Some(opened.clone()) };
    Ok(Some(opened))
}

fn failed(why: &str) -> Error {
    Error::UserFunctionError(format!("a value does not open: {why}").into())
}
