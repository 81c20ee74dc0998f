use super::*;

#[test]
fn one_process_holds_a_folder_and_tells_who_it_is() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("data");
    let mut folder = Folder::take(&path).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o700);
    assert!(matches!(Folder::take(&path), Err(FolderError::Held { holder: None, .. })));
    let holder =
        Holder { pid: 1, version: "0.1.0".to_owned(), socket: path.join("groma.sock"), yields: false };
    folder.announce(&holder).unwrap();
    match Folder::take(&path) {
        Err(FolderError::Held { holder: found, .. }) => assert_eq!(found, Some(holder)),
        other => panic!("{other:?}"),
    }
    drop(folder);
    Folder::take(&path).unwrap();
}

#[test]
fn epochs_only_grow() {
    let root = tempfile::tempdir().unwrap();
    let folder = Folder::take(root.path()).unwrap();
    assert_eq!(folder.next_epoch(1000).unwrap(), 1000);
    assert_eq!(folder.next_epoch(500).unwrap(), 1001, "a clock set back does not take the epoch back");
}
