//! The types of events of this folder: Groma's own, and those that plugins declared.

use std::collections::BTreeMap;
use std::sync::Arc;

use groma_api::{EventClass, EventTypeInfo};
use groma_model::{DeliveryClass, EventType, Timestamp};
use parking_lot::RwLock;

use crate::schema::DataSchema;

/// Codes from here on belong to declared types.
pub(crate) const FIRST_CODE: u16 = 10_000;
/// The most types of a folder. What a process once knew of a type it knows until it ends, so they must be few.
pub(crate) const TYPES_MAX: u32 = 1_000;
/// The domain of declared types, last part of their `source`.
const DOMAIN: &str = "custom";

/// A type that a plugin declared.
#[derive(Debug, Clone)]
pub(crate) struct Declared {
    pub(crate) event_type: &'static EventType,
    pub(crate) description: Option<String>,
    pub(crate) registered_at: Timestamp,
    /// Nothing if the record is damaged: its events can be read, but none published until it is declared again.
    pub(crate) schema: Option<Arc<DataSchema>>,
}

impl Declared {
    pub(crate) fn info(&self) -> EventTypeInfo {
        EventTypeInfo {
            description: self.description.clone(),
            registered_at: Some(self.registered_at),
            custom: true,
            ..info(self.event_type)
        }
    }
}

/// Describes one of Groma's own types.
pub(crate) fn info(event_type: &EventType) -> EventTypeInfo {
    let summary = event_type.summary();
    EventTypeInfo {
        name: event_type.name.to_owned(),
        class: word(event_type.class).to_owned(),
        desktop_name: event_type.desktop_name.to_owned(),
        schema_path: event_type.schema_path(),
        custom: false,
        description: (!summary.is_empty()).then(|| summary.to_owned()),
        registered_at: None,
    }
}

/// Returns a class as it is told.
pub(crate) const fn word(class: DeliveryClass) -> &'static str {
    match class {
        DeliveryClass::Kept => "kept",
        DeliveryClass::Latest => "latest",
        DeliveryClass::Control => "control",
        DeliveryClass::Expanded => "expanded",
    }
}

/// Returns what a class that was asked for means.
pub(crate) const fn delivery(class: EventClass) -> DeliveryClass {
    match class {
        EventClass::Kept => DeliveryClass::Kept,
        EventClass::Latest => DeliveryClass::Latest,
    }
}

/// Makes a type that lives as long as the process.
pub(crate) fn intern(
    code: u16,
    name: String,
    desktop_name: String,
    class: DeliveryClass,
) -> &'static EventType {
    let (name, desktop_name) = (Box::leak(name.into_boxed_str()), Box::leak(desktop_name.into_boxed_str()));
    Box::leak(Box::new(EventType { name, domain: DOMAIN, desktop_name, class, code }))
}

/// All declared types; every type that was stored or received is looked up here.
#[derive(Debug, Default)]
pub(crate) struct Types {
    declared: RwLock<BTreeMap<u16, Arc<Declared>>>,
}

impl Types {
    /// Returns the type stored under `code`.
    pub(crate) fn by_code(&self, code: u16) -> Option<&'static EventType> {
        if code < FIRST_CODE {
            return EventType::from_code(code);
        }
        self.declared.read().get(&code).map(|declared| declared.event_type)
    }

    /// Returns the declared type of that name.
    pub(crate) fn declared(&self, name: &str) -> Option<Arc<Declared>> {
        let declared = self.declared.read();
        declared.values().find(|declared| declared.event_type.name == name).cloned()
    }

    /// Returns all declared types, by name.
    pub(crate) fn all(&self) -> Vec<Arc<Declared>> {
        let mut all: Vec<_> = self.declared.read().values().cloned().collect();
        all.sort_by_key(|declared| declared.event_type.name);
        all
    }

    /// Adds a type, or replaces what is known of it.
    pub(crate) fn learn(&self, declared: Declared) {
        self.declared.write().insert(declared.event_type.code, Arc::new(declared));
    }
}
