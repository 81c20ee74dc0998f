//! Writes the JSON Schemas into a folder; `cargo xtask schemas` commits them.

use std::io;
use std::path::PathBuf;

fn main() -> io::Result<()> {
    let folder = std::env::args_os().nth(1).map(PathBuf::from);
    let folder = folder.ok_or_else(|| io::Error::other("usage: schemas FOLDER"))?;
    std::fs::create_dir_all(&folder)?;
    for (name, schema) in groma_execution_types::schemas() {
        let text = serde_json::to_string_pretty(&schema)?;
        std::fs::write(folder.join(format!("{name}.json")), format!("{text}\n"))?;
    }
    Ok(())
}
