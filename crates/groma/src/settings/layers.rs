//! The layers that settings come from: the file below, the environment above it.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Serialize, Serializer};
use toml::de::DeTable;

use super::keys::{KEYS, nearest};

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Origin {
    /// Nobody said anything.
    Default,
    /// The configuration file, at that line.
    File(usize),
    /// That variable.
    Environment(String),
    /// That option of the command line.
    Flag(&'static str),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(line) => write!(f, "file, line {line}"),
            Self::Environment(name) => write!(f, "environment, {name}"),
            Self::Flag(name) => write!(f, "option {name}"),
        }
    }
}

impl Serialize for Origin {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// What was said, and where.
#[derive(Debug, Clone, Default)]
pub(crate) struct Layers {
    pub(crate) table: toml::Table,
    /// By key; those that nobody mentioned are absent.
    pub(crate) origins: BTreeMap<&'static str, Origin>,
}

impl Layers {
    /// Reads the text of a configuration file.
    ///
    /// # Errors
    /// When it is not TOML, or names a key that nobody knows.
    pub(crate) fn of_file(text: &str) -> Result<Self, String> {
        let spans = DeTable::parse(text).map_err(|error| error.to_string())?;
        let mut origins = BTreeMap::new();
        note("", spans.get_ref(), text, &mut origins)?;
        let table = text.parse().map_err(|error: toml::de::Error| error.to_string())?;
        Ok(Self { table, origins })
    }

    /// Puts the environment on top; `get` returns the value of a variable.
    ///
    /// # Errors
    /// When a variable's value is not of its key's kind.
    pub(crate) fn environment(&mut self, get: impl Fn(&str) -> Option<String>) -> Result<(), String> {
        for key in KEYS {
            let variable = key.variable();
            let Some(text) = get(&variable).filter(|text| !text.is_empty()) else { continue };
            let value = key.kind.read(&text).map_err(|why| format!("{variable}: {why}"))?;
            self.set(key.name, value, Origin::Environment(variable));
        }
        Ok(())
    }

    /// Puts one value on top.
    pub(crate) fn set(&mut self, name: &'static str, value: toml::Value, origin: Origin) {
        let (table, last) = match name.split_once('.') {
            None => (&mut self.table, name),
            Some((table, last)) => {
                let inner = self.table.entry(table).or_insert_with(|| toml::Value::Table(toml::Table::new()));
                let toml::Value::Table(inner) = inner else { return };
                (inner, last)
            }
        };
        table.insert(last.to_owned(), value);
        self.origins.insert(name, origin);
    }

    /// Returns the value that is in force, unless it is a default.
    pub(crate) fn get(&self, name: &str) -> Option<&toml::Value> {
        match name.split_once('.') {
            None => self.table.get(name),
            Some((table, last)) => self.table.get(table)?.as_table()?.get(last),
        }
    }

    /// Returns where the value in force came from.
    pub(crate) fn origin(&self, name: &str) -> Origin {
        self.origins.get(name).cloned().unwrap_or(Origin::Default)
    }
}

/// Notes at which line each key stands; refuses the first that nobody knows.
fn note(
    prefix: &str,
    table: &DeTable<'_>,
    text: &str,
    origins: &mut BTreeMap<&'static str, Origin>,
) -> Result<(), String> {
    for (key, value) in table {
        let full = format!("{prefix}{}", key.get_ref());
        let line = text.get(..key.span().start).unwrap_or_default().matches('\n').count() + 1;
        if let Some(known) = KEYS.iter().find(|known| known.name == full) {
            origins.insert(known.name, Origin::File(line));
            continue;
        }
        let below = format!("{full}.");
        match value.get_ref().as_table() {
            Some(inner) if KEYS.iter().any(|known| known.name.starts_with(&below)) => {
                note(&below, inner, text, origins)?;
            }
            _ => return Err(unknown(&full, line)),
        }
    }
    Ok(())
}

fn unknown(name: &str, line: usize) -> String {
    match nearest(name) {
        Some(known) => format!("line {line}: unknown key `{name}`; did you mean `{known}`?"),
        None => {
            let known: Vec<_> = KEYS.iter().map(|key| key.name).collect();
            format!("line {line}: unknown key `{name}`; known are {}", known.join(", "))
        }
    }
}

#[cfg(test)]
mod tests;
