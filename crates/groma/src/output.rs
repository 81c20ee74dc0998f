//! What goes to stdout, in the form that was asked for.

mod file;
mod quote;
mod sheet;

use std::io::{self, Write};

use clap::ValueEnum;
use groma_model::Timestamp;
use serde::{Deserialize, Serialize};

pub(crate) use file::WholeFile;
pub(crate) use quote::quoted;
pub(crate) use sheet::{Sheet, plain};

use crate::failure::Failure;

/// The forms in which data is printed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Format {
    /// For people
    #[default]
    Table,
    /// One document
    Json,
    /// One JSON object per line
    Ndjson,
    /// Comma-separated values with a heading
    Csv,
}

/// Prints data in one form.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Out {
    /// The form.
    pub(crate) format: Format,
}

impl Out {
    /// Prints `document` as JSON, its `items` as NDJSON, or the `sheet` as table or CSV.
    ///
    /// # Errors
    /// When stdout takes no more.
    pub(crate) fn print<D: Serialize, I: Serialize>(
        self,
        document: &D,
        items: &[I],
        sheet: impl FnOnce() -> Sheet,
    ) -> Result<(), Failure> {
        self.write(&mut io::stdout().lock(), document, items, sheet)
    }

    /// Writes the same elsewhere.
    ///
    /// # Errors
    /// When the writer takes no more.
    pub(crate) fn write<D: Serialize, I: Serialize>(
        self,
        to: &mut impl Write,
        document: &D,
        items: &[I],
        sheet: impl FnOnce() -> Sheet,
    ) -> Result<(), Failure> {
        match self.format {
            Format::Json => {
                serde_json::to_writer_pretty(&mut *to, document)?;
                writeln!(to)?;
            }
            Format::Ndjson => {
                for item in items {
                    line(to, item)?;
                }
            }
            Format::Table => sheet().write_table(to, sheet::terminal_width())?,
            Format::Csv => sheet().write_csv(to)?,
        }
        to.flush()?;
        Ok(())
    }

    /// Prints one thing: as a document, or as a sheet.
    ///
    /// # Errors
    /// When stdout takes no more.
    pub(crate) fn print_one<D: Serialize>(
        self,
        document: &D,
        sheet: impl FnOnce() -> Sheet,
    ) -> Result<(), Failure> {
        self.print(document, std::slice::from_ref(document), sheet)
    }
}

/// Prints one JSON object on a line of its own.
///
/// # Errors
/// When stdout takes no more.
pub(crate) fn json_line<T: Serialize>(item: &T) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    line(&mut stdout, item)?;
    stdout.flush()?;
    Ok(())
}

fn line<T: Serialize>(to: &mut impl Write, item: &T) -> Result<(), Failure> {
    serde_json::to_writer(&mut *to, item)?;
    writeln!(to)?;
    Ok(())
}

/// Prints bytes as a line.
///
/// # Errors
/// When stdout takes no more.
pub(crate) fn text_line(text: impl AsRef<[u8]>) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(text.as_ref())?;
    writeln!(stdout)?;
    stdout.flush()?;
    Ok(())
}

/// Says something to the person at the terminal, beside the data. Errors are nobody's to hear.
pub(crate) fn say(text: impl AsRef<str>) {
    let _ = writeln!(io::stderr().lock(), "{}", plain(text.as_ref()));
}

/// Writes a moment to the second.
pub(crate) fn moment(at: Timestamp) -> String {
    let text = at.to_string();
    match text.get(..19) {
        Some(seconds) if text.ends_with('Z') => format!("{}Z", seconds.replace('T', " ")),
        _ => text,
    }
}

/// Writes what may be absent.
pub(crate) fn optional<T: ToString>(value: Option<T>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}

/// Returns a wire value's own word.
pub(crate) fn word(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}
