use proptest::prelude::*;

use super::*;

fn logs(folder: &Path) -> (SealedLogs, Uuid) {
    let (logs, id) = (SealedLogs::new(folder, false), Uuid::now_v7());
    logs.know(std::iter::once(id), &LogKey::random());
    (logs, id)
}

const OUTPUT: LogPart = LogPart::Output { segment: 0 };

fn all(logs: &SealedLogs, id: Uuid) -> Vec<u8> {
    let mut read = logs.open(id, OUTPUT).unwrap();
    let mut bytes = Vec::new();
    let mut buffer = [0; 1000];
    loop {
        let count = read.read_at(bytes.len() as u64, &mut buffer).unwrap();
        if count == 0 {
            return bytes;
        }
        bytes.extend_from_slice(&buffer[..count]);
    }
}

#[test]
fn what_is_written_is_read_by_who_has_the_key_alone() {
    let root = tempfile::tempdir().unwrap();
    let (logs, id) = logs(&root.path().join("logs"));
    let mut append = logs.create(id, OUTPUT).unwrap();
    append.append(b"a line of output\n").unwrap();
    append.append(&[b'x'; 200_000]).unwrap();
    append.sync().unwrap();
    assert_eq!(all(&logs, id).len(), 200_017);
    let file = std::fs::read(logs.path(id).unwrap()).unwrap();
    assert!(!file.windows(6).any(|window| window == b"output"));
    let stranger = SealedLogs::of_one(&root.path().join("logs"), id, LogKey::random());
    let read = stranger.open(id, OUTPUT).unwrap().read_at(0, &mut [0; 10]);
    assert_eq!(read.unwrap_err().kind(), io::ErrorKind::InvalidData);
    assert!(logs.create(id, OUTPUT).is_err());
    assert_eq!(logs.open(Uuid::now_v7(), OUTPUT).unwrap_err().kind(), io::ErrorKind::NotFound);
    SealedLogs::delete(&root.path().join("logs"), id).unwrap();
    assert_eq!(logs.open(id, OUTPUT).unwrap_err().kind(), io::ErrorKind::NotFound);
}

#[test]
fn a_reader_follows_a_writer() {
    let root = tempfile::tempdir().unwrap();
    let (logs, id) = logs(root.path());
    let mut append = logs.create(id, OUTPUT).unwrap();
    let mut read = logs.open(id, OUTPUT).unwrap();
    let mut buffer = [0; 100];
    assert_eq!(read.read_at(0, &mut buffer).unwrap(), 0);
    for round in 0..100_u64 {
        append.append(&[round as u8; 7]).unwrap();
        assert_eq!(read.read_at(round * 7, &mut buffer).unwrap(), 7);
        assert_eq!(buffer[..7], [round as u8; 7]);
    }
    assert_eq!(read.read_at(3, &mut buffer).unwrap(), 100);
    assert_eq!((buffer[0], buffer[99]), (0, 14));
}

#[test]
fn plain_logs_in_the_same_folder_are_read_too() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("logs");
    let (logs, id) = logs(&folder);
    let plain = SealedLogs::new(&folder, true);
    plain.create(id, OUTPUT).unwrap().append(b"plain\n").unwrap();
    assert_eq!(all(&logs, id), b"plain\n");
    assert_eq!(SealedLogs::sizes(&folder).unwrap(), HashMap::from([(id, 6)]));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_torn_file_reads_as_a_beginning_and_goes_on(
        pieces in prop::collection::vec(prop::collection::vec(any::<u8>(), 1..300), 1..80),
        cut in 0.0..1.0_f64,
        more in prop::collection::vec(any::<u8>(), 1..100),
    ) {
        let root = tempfile::tempdir().unwrap();
        let (logs, id) = logs(root.path());
        let mut append = logs.create(id, OUTPUT).unwrap();
        for piece in &pieces {
            append.append(piece).unwrap();
        }
        let whole = pieces.concat();
        prop_assert_eq!(&all(&logs, id), &whole);
        let path = logs.path(id).unwrap();
        let bytes = std::fs::read(&path).unwrap();
        std::fs::write(&path, &bytes[..(bytes.len() as f64 * cut) as usize]).unwrap();
        let left = all(&logs, id);
        prop_assert!(whole.starts_with(&left));
        logs.resume(id, OUTPUT).unwrap().append(&more).unwrap();
        prop_assert_eq!(all(&logs, id), [left, more].concat());
    }

    #[test]
    fn no_bytes_of_others_panic_or_pass(
        bytes in prop::collection::vec(any::<u8>(), 0..400),
        offset in 0..1000_u64,
    ) {
        let root = tempfile::tempdir().unwrap();
        let (logs, id) = logs(root.path());
        std::fs::write(logs.place(id, OUTPUT), [MAGIC_BYTES, &bytes].concat()).unwrap();
        let read = logs.open(id, OUTPUT).unwrap().read_at(offset, &mut [0; 64]);
        prop_assert!(!matches!(read, Ok(1..)));
    }
}

const MAGIC_BYTES: &[u8] = frame::MAGIC;
