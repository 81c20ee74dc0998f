//! Writes the documents that are made from the code into a folder; `cargo xtask schemas` commits them.
//!
//! With a second folder, of released schemas, it also says on stderr what would break readers of those, and fails if
//! anything does.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use groma_api::{asyncapi, breaking_changes, event_schemas, openapi};
use serde::Serialize;
use serde_json::Value;

fn main() -> io::Result<ExitCode> {
    let mut folders = std::env::args_os().skip(1).map(PathBuf::from);
    let Some(folder) = folders.next() else {
        writeln!(io::stderr(), "usage: documents FOLDER [FOLDER OF RELEASED SCHEMAS]")?;
        return Ok(ExitCode::from(2));
    };
    write(&folder.join("openapi.json"), &openapi())?;
    write(&folder.join("asyncapi.json"), &asyncapi())?;
    for (name, schema) in event_schemas() {
        write(&folder.join("schemas").join(file_name(name)), &schema)?;
    }
    let breaks = folders.next().map(|released| compare(&released)).transpose()?.unwrap_or_default();
    for line in &breaks {
        writeln!(io::stderr(), "{line}")?;
    }
    Ok(if breaks.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn file_name(event_type: &str) -> String {
    format!("{event_type}.v1.json")
}

fn write(path: &Path, document: &impl Serialize) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut text = serde_json::to_string_pretty(document)?;
    text.push('\n');
    std::fs::write(path, text)
}

/// Compares every released schema with what the code says now; a type that is no longer there is a break, too.
fn compare(released: &Path) -> io::Result<Vec<String>> {
    let present = event_schemas();
    let mut breaks = Vec::new();
    for entry in std::fs::read_dir(released)? {
        let path = entry?.path();
        let file = path.file_name().unwrap_or_default().to_string_lossy();
        let Some(name) = file.strip_suffix(".v1.json") else { continue };
        let old: Value = serde_json::from_slice(&std::fs::read(&path)?)?;
        let Some(new) = present.get(name) else {
            breaks.push(format!("{name}: the type was released and is gone"));
            continue;
        };
        breaks.extend(breaking_changes(&old, new).iter().map(|fault| format!("{name} {fault}")));
    }
    breaks.sort();
    Ok(breaks)
}
