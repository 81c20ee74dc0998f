//! Collects the built page into the release binary. Debug builds read it from `web/dist` at run time instead, so
//! that a change of the page needs no new binary.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo:rerun-if-changed=build.rs");
    let dist = PathBuf::from(variable("CARGO_MANIFEST_DIR")?).join("../../web/dist");
    let mut files = Vec::new();
    if variable("PROFILE")? == "release" {
        // While it is missing this makes each build look again, which is what is wanted.
        println!("cargo:rerun-if-changed={}", dist.display());
        if dist.is_dir() {
            collect(&dist.canonicalize()?, "", &mut files)?;
        }
    }
    files.sort();
    let mut table = String::from("&[\n");
    for (name, path) in files {
        // Writing to a string cannot fail.
        let _ = writeln!(table, "    ({name:?}, include_bytes!({path:?})),");
    }
    table.push_str("]\n");
    fs::write(Path::new(&variable("OUT_DIR")?).join("page.rs"), table)
}

fn variable(name: &str) -> io::Result<String> {
    env::var(name).map_err(|error| io::Error::other(format!("{name}: {error}")))
}

fn collect(folder: &Path, prefix: &str, files: &mut Vec<(String, PathBuf)>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), &format!("{name}/"), files)?;
        } else {
            files.push((name, entry.path()));
        }
    }
    Ok(())
}
