//! Collects the built page into the release binary, each file also packed by gzip where that pays. Debug builds
//! read the page from `web/dist` at run time instead, so that a change of the page needs no new binary.

use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use flate2::Compression;
use flate2::write::GzEncoder;

fn main() -> io::Result<()> {
    println!("cargo:rerun-if-changed=build.rs");
    let dist = PathBuf::from(variable("CARGO_MANIFEST_DIR")?).join("../../web/dist");
    let out = PathBuf::from(variable("OUT_DIR")?);
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
    for (at, (name, path)) in files.iter().enumerate() {
        let bytes = fs::read(path)?;
        let mut hasher = DefaultHasher::new();
        bytes.hash(&mut hasher);
        let gzip = match packed(&bytes)? {
            Some(gzip) => {
                let beside = out.join(format!("page-{at}.gz"));
                fs::write(&beside, gzip)?;
                format!("Some(include_bytes!({beside:?}))")
            }
            None => "None".to_owned(),
        };
        let etag = format!("{:016x}", hasher.finish());
        // Writing to a string cannot fail.
        let _ = writeln!(
            table,
            "    Embedded {{ name: {name:?}, bytes: include_bytes!({path:?}), gzip: {gzip}, etag: {etag:?} }},"
        );
    }
    table.push_str("]\n");
    fs::write(out.join("page.rs"), table)
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

/// Returns the packed bytes if they save a tenth; fonts and images are packed already.
fn packed(bytes: &[u8]) -> io::Result<Option<Vec<u8>>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    let packed = encoder.finish()?;
    Ok((packed.len() * 10 < bytes.len() * 9).then_some(packed))
}
