use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use super::WholeFile;

#[test]
fn a_file_is_there_when_it_is_whole_and_not_before() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("all.csv");
    fs::write(&path, "old").unwrap();
    let mut file = WholeFile::begin(&path).unwrap();
    file.write(b"new").unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"old");
    assert_eq!(file.finish().unwrap(), 3);
    assert_eq!(fs::read(&path).unwrap(), b"new");
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn what_breaks_off_leaves_what_was_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("all.csv");
    fs::write(&path, "old").unwrap();
    let mut file = WholeFile::begin(&path).unwrap();
    file.write(b"half").unwrap();
    drop(file);
    assert_eq!(fs::read(&path).unwrap(), b"old");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn links_stay_and_only_files_are_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let (path, link) = (folder.path().join("all.csv"), folder.path().join("link"));
    fs::write(&path, "old").unwrap();
    std::os::unix::fs::symlink(&path, &link).unwrap();
    WholeFile::begin(&link).unwrap().finish().unwrap();
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(fs::read(&path).unwrap(), b"");
    for other in ["/dev/null", "/", "/nowhere/at/all"] {
        WholeFile::begin(other.as_ref()).unwrap_err();
    }
}
