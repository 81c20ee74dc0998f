//! The Secret Service (freedesktop.org), which desktops offer over D-Bus: GNOME Keyring, KWallet, KeePassXC.

use std::collections::HashMap;

use secret_service::blocking::{Collection, Item, SecretService};
use secret_service::{EncryptionType, Error};

const CONTENT_TYPE: &str = "application/octet-stream";

fn attributes(account: &str) -> HashMap<&str, &str> {
    HashMap::from([("application", "groma"), ("account", account)])
}

/// Encrypted on the bus too: the same user's other programs may watch it.
fn connect() -> Result<SecretService<'static>, String> {
    SecretService::connect(EncryptionType::Dh).map_err(told)
}

fn collection<'a>(service: &'a SecretService<'a>) -> Result<Collection<'a>, String> {
    let collection = service.get_default_collection().map_err(told)?;
    if collection.is_locked().map_err(told)? {
        collection.unlock().map_err(told)?;
    }
    Ok(collection)
}

fn find<'a>(collection: &'a Collection<'a>, account: &str) -> Result<Option<Item<'a>>, String> {
    Ok(collection.search_items(attributes(account)).map_err(told)?.into_iter().next())
}

pub(super) fn set(account: &str, secret: &[u8]) -> Result<(), String> {
    let service = connect()?;
    let collection = collection(&service)?;
    let label = format!("Groma data key {account}");
    collection.create_item(&label, attributes(account), secret, true, CONTENT_TYPE).map(|_| ()).map_err(told)
}

pub(super) fn get(account: &str) -> Result<Vec<u8>, String> {
    let service = connect()?;
    let collection = collection(&service)?;
    match find(&collection, account)? {
        Some(item) => item.get_secret().map_err(told),
        None => Err("it has no such entry".to_owned()),
    }
}

pub(super) fn delete(account: &str) -> Result<(), String> {
    let service = connect()?;
    let collection = collection(&service)?;
    match find(&collection, account)? {
        Some(item) => item.delete().map_err(told),
        None => Ok(()),
    }
}

fn told(error: Error) -> String {
    match error {
        Error::Locked | Error::Prompt => "it is locked: unlock it in your desktop session".to_owned(),
        Error::Unavailable => "no such service runs in this session".to_owned(),
        Error::NoResult => "it has no default collection".to_owned(),
        other => other.to_string(),
    }
}
