use std::io::Write as _;

use super::Rolling;

#[test]
fn a_grown_file_is_put_aside_and_the_oldest_goes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deep/groma.log");
    let rolling = Rolling::new(path, 20, 3);
    for number in 0..10 {
        (&rolling).write_all(format!("line number {number}\n").as_bytes()).unwrap();
    }
    let read = |name: &str| std::fs::read_to_string(folder.path().join("deep").join(name)).unwrap();
    assert_eq!(read("groma.log"), "line number 9\n");
    assert_eq!(read("groma.log.1"), "line number 8\n");
    assert_eq!(read("groma.log.2"), "line number 7\n");
    assert_eq!(std::fs::read_dir(folder.path().join("deep")).unwrap().count(), 3);
}

#[test]
fn what_is_there_is_gone_on_with_and_one_file_is_enough() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("groma.log");
    std::fs::write(&path, "before\n").unwrap();
    let rolling = Rolling::new(path.clone(), 12, 1);
    (&rolling).write_all(b"now\n").unwrap();
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "before\nnow\n");
    (&rolling).write_all(b"later\n").unwrap();
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "later\n");
}

#[test]
fn who_logs_does_not_fail_when_the_log_does() {
    let folder = tempfile::tempdir().unwrap();
    let blocked = folder.path().join("file");
    std::fs::write(&blocked, "").unwrap();
    let rolling = Rolling::new(blocked.join("groma.log"), 1000, 2);
    assert!(rolling.try_open().is_err());
    (&rolling).write_all(b"lost\n").unwrap();
}
