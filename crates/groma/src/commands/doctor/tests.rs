use std::os::unix::fs::PermissionsExt;

use super::{Verdict, checks};

#[test]
fn a_folder_open_to_others_is_a_warning_with_the_remedy() {
    let folder = tempfile::tempdir().unwrap();
    for (mode, verdict) in [(0o700, Verdict::Ok), (0o755, Verdict::Warning)] {
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(mode)).unwrap();
        let finding = checks::folder(folder.path());
        assert_eq!(finding.verdict, verdict, "{finding:?}");
        assert_eq!(finding.advice.is_some(), verdict != Verdict::Ok);
    }
}

#[test]
fn a_file_in_its_place_is_an_error() {
    let file = tempfile::NamedTempFile::new().unwrap();
    assert_eq!(checks::folder(file.path()).verdict, Verdict::Error);
}

#[test]
fn a_missing_folder_is_no_fault_and_its_disk_is_measured() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("a/b");
    assert_eq!(checks::folder(&missing).verdict, Verdict::Ok);
    assert!(checks::disk(&missing).found.contains("MiB"));
}
