//! The fuzzer: libFuzzer over the one target that the environment names.

#![no_main]

use std::path::Path;
use std::sync::OnceLock;

use groma_fuzz::{TARGETS, Target};

static CHOSEN: OnceLock<&'static Target> = OnceLock::new();

libfuzzer_sys::fuzz_target!(init: choose(), |data: &[u8]| {
    if let Some(target) = CHOSEN.get() {
        (target.run)(data);
    }
});

/// Reads which target to run, and writes its seeds where the environment says.
#[expect(clippy::panic, reason = "there is nobody to return an error to")]
fn choose() {
    let name = std::env::var("GROMA_FUZZ_TARGET").unwrap_or_default();
    let Some(target) = Target::by_name(&name) else {
        let known: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
        panic!("set GROMA_FUZZ_TARGET to one of: {}", known.join(", "));
    };
    let _ = CHOSEN.set(target);
    let Some(folder) = std::env::var_os("GROMA_FUZZ_SEEDS") else { return };
    for (number, seed) in (target.seeds)().into_iter().enumerate() {
        let path = Path::new(&folder).join(format!("seed-{number:03}"));
        if let Err(error) = std::fs::write(&path, seed) {
            panic!("could not write the seed {}: {error}", path.display());
        }
    }
}
