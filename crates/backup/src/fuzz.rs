//! Parsers of what lies in a store, for the fuzz targets: each panics when something does not hold.

#![expect(clippy::panic, reason = "a fuzz target reports what does not hold by a panic")]

use std::path::{Component, Path};

use crate::config::Config;
use crate::entry::{Body, Entry};
use crate::keys::BackupKeys;
use crate::{entry, name};

/// Reads bytes as a config: one that is not written with these keys is not taken for ours.
pub fn config(keys: &BackupKeys, bytes: &[u8]) {
    if let Ok(config) = Config::read(bytes) {
        require(!config.is_ours(keys), "a config that nobody wrote is ours");
        require(
            Config::read(&config.write()).is_ok_and(|again| again == config),
            "a config reads differently",
        );
    }
}

/// Reads bytes as a sealed entry: none opens.
pub fn entry(keys: &BackupKeys, bytes: &[u8]) {
    require(Entry::open(keys, 1, bytes.to_vec()).is_err(), "an entry that nobody sealed opens");
    let _ = entry::keys_file(bytes);
}

/// Reads bytes as what is inside an entry: what is taken leads nowhere outside, and is there as a whole.
pub fn opened(bytes: &[u8]) {
    let Ok(entry) = serde_json::from_slice::<Entry>(bytes) else { return };
    let again = serde_json::to_vec(&entry).unwrap_or_default();
    require(
        serde_json::from_slice::<Entry>(&again).is_ok_and(|again| again == entry),
        "an entry reads differently",
    );
    let Body::Backup(manifest) = entry.body else { return };
    if manifest.check().is_err() {
        return;
    }
    for file in &manifest.files {
        let inside = Path::new(&file.path).components().all(|part| matches!(part, Component::Normal(_)));
        require(inside && !file.path.is_empty(), "a file lies outside");
        let mut at = 0;
        for slice in file.slices(&manifest.chunks) {
            let bytes = manifest.chunks.get(slice.chunk).map_or(0, |chunk| chunk.bytes as usize);
            require(slice.file_at == at && slice.at + slice.bytes <= bytes, "a part is not in its chunk");
            at += slice.bytes as u64;
        }
        require(at == file.bytes, "a file is not whole");
    }
}

/// Reads text as names of objects.
pub fn names(text: &str) {
    if let Some(blob) = name::blob(text) {
        require(text == blob.chunk() || text == blob.keys(), "a name reads differently");
    }
    if let Some(number) = name::entry_number(text) {
        require(text == name::entry(number), "a number reads differently");
    }
}

fn require(holds: bool, what: &str) {
    if !holds {
        panic!("{what}");
    }
}
