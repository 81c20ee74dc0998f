//! Logs as they are written, torn, damaged and read.

use std::io;
use std::sync::Arc;

use groma_execution_types::Stream::{Stderr, Stdout};
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::{AppendLog, Command, ExecutionRequest, LogPart, LogSink};

fn chunk(stream: groma_execution_types::Stream, text: &str, partial: bool) -> Chunk {
    let lines = text.split_inclusive('\n').count() as u32;
    Chunk { stream, bytes: text.as_bytes().to_vec(), lines, partial, at_ms: 1_763_740_800_000 }
}

pub(crate) fn begun() -> Note {
    let request = ExecutionRequest::new(Command::Shell { command: "true".to_owned() });
    let engine = ProcessIdentity { pid: 1, started_ticks: 2, boot_id: "b".to_owned() };
    Note::Begun(Box::new(Begun {
        request,
        cookie: "c".to_owned(),
        engine,
        at: jiff::Timestamp::UNIX_EPOCH,
        plan: None,
        step: None,
    }))
}

pub(crate) fn spawned(attempt: u32) -> Note {
    let leader = ProcessIdentity { pid: 7, started_ticks: 8, boot_id: String::new() };
    Note::Spawned(Spawned { attempt, leader, mechanism: crate::Mechanism::ProcessGroup, cgroup: None })
}

fn texts(page: &LogPage) -> Vec<(u64, &str)> {
    page.lines.iter().map(|line| (line.line_number, line.line.as_str())).collect()
}

#[test]
fn lines_are_found_by_number() {
    let sink: Arc<dyn LogSink> = Arc::new(MemoryLogs::new());
    let id = Uuid::from_u128(1);
    let mut writer = LogWriter::new(id, Arc::clone(&sink), 1 << 20);
    writer.append_index(&note_bytes(&begun()).unwrap()).unwrap();
    let mut reader = LogReader::open(Arc::clone(&sink), id).unwrap();
    assert_eq!(reader.lines(1, None, 10, 1000).unwrap(), LogPage { next_line: 1, ..LogPage::default() });
    writer
        .write(&[
            chunk(Stdout, "one\r\ntwo\n", false),
            chunk(Stderr, "thr", true),
            chunk(Stderr, "ee\n", false),
        ])
        .unwrap();
    writer.append_index(&note_bytes(&spawned(1)).unwrap()).unwrap();
    writer.write(&[chunk(Stdout, "10%\r 20%\r\nend", false)]).unwrap();
    assert_eq!(writer.written(), (6, 28));

    let page = reader.lines(1, None, 10, 1000).unwrap();
    assert_eq!(texts(&page), [(1, "one"), (2, "two"), (3, "thr"), (4, "ee"), (5, " 20%"), (6, "end")]);
    assert_eq!(
        page.lines.iter().map(|line| line.partial).collect::<Vec<_>>(),
        [false, false, true, false, false, false]
    );
    assert_eq!((page.next_line, page.last_line, page.gap, page.ended), (7, 6, None, false));
    assert_eq!(texts(&reader.lines(2, None, 2, 1000).unwrap()), [(2, "two"), (3, "thr")]);
    assert_eq!(texts(&reader.lines(1, Some(Stderr), 9, 1000).unwrap()), [(3, "thr"), (4, "ee")]);
    assert_eq!(texts(&reader.lines(4, None, 9, 1).unwrap()), [(4, "ee")]);
    assert_eq!(reader.lines(9, None, 9, 9).unwrap().next_line, 9);
    let mut raw = Vec::new();
    assert!(reader.raw(Stdout, 1000, &mut raw).unwrap());
    assert_eq!(raw, b"one\r\ntwo\n10%\r 20%\r\nend");
    assert_eq!(reader.notes().unwrap(), [begun(), spawned(1)]);
    remove(&*sink, id).unwrap();
    assert!(sink.list().unwrap().is_empty());
}

#[test]
fn of_a_long_log_the_beginning_and_the_end_are_kept() {
    let sink: Arc<dyn LogSink> = Arc::new(MemoryLogs::new());
    let id = Uuid::from_u128(1);
    let mut writer = LogWriter::new(id, Arc::clone(&sink), 64 << 10);
    for number in 1..=20_000 {
        writer.write(&[chunk(Stdout, &format!("line {number}\n"), false)]).unwrap();
    }
    let mut reader = LogReader::open(Arc::clone(&sink), id).unwrap();
    let (mut next, mut found) = (1, Vec::new());
    loop {
        let page = reader.lines(next, None, 100, 1 << 20).unwrap();
        if page.next_line == next {
            assert_eq!(page.gap, writer.gap());
            break;
        }
        next = page.next_line;
        found.extend(page.lines);
    }
    let (first, last) = writer.gap().unwrap();
    let expected: Vec<u64> = (1..first).chain(last + 1..=20_000).collect();
    assert_eq!(found.iter().map(|line| line.line_number).collect::<Vec<_>>(), expected);
    assert!(found.iter().all(|line| line.line == format!("line {}", line.line_number)));
    let bytes: usize = found.iter().map(|line| line.line.len() + 1).sum();
    assert!((48 << 10..=64 << 10).contains(&bytes), "{bytes}");
    remove(&*sink, id).unwrap();
    assert!(sink.list().unwrap().is_empty());
}

#[test]
fn a_note_follows_whatever_a_crash_left() {
    for torn in 0..400 {
        let sink = MemoryLogs::new();
        let id = Uuid::from_u128(1);
        let mut whole = note_bytes(&begun()).unwrap();
        whole.extend(note_bytes(&spawned(1)).unwrap());
        whole.truncate(whole.len().saturating_sub(torn));
        sink.create(id, LogPart::Index).unwrap().append(&whole).unwrap();
        append_note(&sink, id, &spawned(2)).unwrap();
        let mut reader = LogReader::open(Arc::new(sink.clone()), id).unwrap();
        assert_eq!(reader.notes().unwrap().last(), Some(&spawned(2)), "{torn}");
        let mut index = vec![0; 1 << 16];
        let length = sink.open(id, LogPart::Index).unwrap().read_at(0, &mut index).unwrap();
        assert_eq!(length % 32, 0, "{torn}");
    }
}

#[cfg(unix)]
#[test]
fn a_folder_of_others_is_refused() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let place = tempfile::tempdir().unwrap();
    let id = Uuid::from_u128(1);
    let create = |name: &str| PlainLogs::new(place.path().join(name)).create(id, LogPart::Index).map(drop);

    create("new/deep").unwrap();
    let mode = |path: &str| std::fs::metadata(place.path().join(path)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode("new"), mode("new/deep"), mode(&format!("new/deep/{id}.index"))), (0o700, 0o700, 0o600));
    assert_eq!(create("new/deep").unwrap_err().kind(), io::ErrorKind::AlreadyExists);

    symlink(place.path().join("new/deep"), place.path().join("link")).unwrap();
    assert_eq!(create("link").unwrap_err().kind(), io::ErrorKind::PermissionDenied);
    std::fs::create_dir(place.path().join("open")).unwrap();
    std::fs::set_permissions(place.path().join("open"), std::fs::Permissions::from_mode(0o777)).unwrap();
    let refused = create("open").unwrap_err();
    assert!(refused.to_string().contains("may be written by other users"), "{refused}");
    std::fs::write(place.path().join("file"), "").unwrap();
    create("file").unwrap_err();

    // A link in place of a log is neither written through nor read through.
    let logs = PlainLogs::new(place.path().join("new/deep"));
    let target = place.path().join("target");
    std::fs::write(&target, "theirs").unwrap();
    symlink(&target, place.path().join(format!("new/deep/{id}.log"))).unwrap();
    let part = LogPart::Output { segment: 0 };
    assert_eq!(logs.create(id, part).map(drop).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
    logs.open(id, part).map(drop).unwrap_err();
    logs.resume(id, part).map(drop).unwrap_err();
    assert_eq!(std::fs::read(&target).unwrap(), b"theirs");
}

#[test]
fn plain_logs_are_made_again_where_they_were_deleted() {
    let place = tempfile::tempdir().unwrap();
    let logs = PlainLogs::new(place.path().join("logs"));
    assert!(logs.list().unwrap().is_empty());
    let (one, two) = (Uuid::from_u128(1), Uuid::from_u128(2));
    logs.create(one, LogPart::Index).unwrap().append(b"x").unwrap();
    assert_eq!(logs.list().unwrap(), [one]);
    std::fs::remove_dir_all(place.path().join("logs")).unwrap();
    logs.create(two, LogPart::Index).unwrap();
    assert_eq!(logs.list().unwrap(), [two]);
    assert_eq!(logs.open(one, LogPart::Index).map(drop).unwrap_err().kind(), io::ErrorKind::NotFound);
    logs.remove(one, LogPart::Index).unwrap();
    logs.remove(two, LogPart::Index).unwrap();
    assert!(logs.list().unwrap().is_empty());
}

/// Reads everything of a log that may say anything; panics if numbers do not grow.
fn read_all(index: &[u8], output: &[u8]) {
    let sink = MemoryLogs::new();
    let id = Uuid::from_u128(1);
    sink.create(id, LogPart::Index).unwrap().append(index).unwrap();
    sink.create(id, LogPart::Output { segment: 0 }).unwrap().append(output).unwrap();
    let mut reader = LogReader::open(Arc::new(sink), id).unwrap();
    reader.notes().unwrap();
    let mut next = 1;
    for _ in 0..100 {
        let page = reader.lines(next, None, 7, 1 << 10).unwrap();
        assert!(page.next_line >= next);
        for line in &page.lines {
            assert!(line.line_number >= next, "{line:?}");
            next = line.line_number + 1;
        }
        if page.next_line == next && page.lines.is_empty() {
            break;
        }
        next = page.next_line;
    }
}

proptest! {
    #[test]
    fn an_index_may_say_anything(index in proptest::collection::vec(any::<u8>(), 0..2000)) {
        read_all(&index, b"one\ntwo\n");
    }

    /// Cells that are whole, with numbers that make no sense.
    #[test]
    fn cells_may_say_anything(
        cells in proptest::collection::vec((1_u8..4, any::<[u8; 28]>(), any::<bool>()), 0..40),
        output in proptest::collection::vec(any::<u8>(), 0..200),
    ) {
        let mut index = Vec::new();
        for (kind, rest, small) in cells {
            let number = |from: usize, bytes: usize| {
                let number = rest[from..from + bytes].iter().fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
                if small { number % 50 } else { number }
            };
            let cell = match kind {
                1 => cell::Cell::Run(cell::Run {
                    stream: if rest[0] & 1 == 0 { Stdout } else { Stderr },
                    partial: rest[0] & 2 != 0,
                    bytes: number(1, 4) as u32,
                    lines: number(5, 3) as u32,
                    segment: (rest[0] >> 7).into(),
                    first: number(8, 6),
                    offset: number(14, 6),
                    at_ms: number(20, 6),
                }),
                2 => cell::Cell::Note { bytes: number(1, 4) as u32, check: number(5, 4) as u32 },
                _ => cell::Cell::Gap { first: number(8, 6), last: number(14, 6), segment: number(1, 3) as u32 },
            };
            index.extend_from_slice(&cell.encode());
        }
        read_all(&index, &output);
    }

    /// Whatever is lost of the end, and whatever is damaged: the rest is read as it was written.
    #[test]
    fn what_is_left_of_an_index_is_right(lost in 0_usize..2000, damaged in 0_usize..3000, bit in 0_u32..8) {
        let sink = MemoryLogs::new();
        let id = Uuid::from_u128(1);
        let mut writer = LogWriter::new(id, Arc::new(sink.clone()), 1 << 20);
        for number in 0..60 {
            let stream = if number % 3 == 0 { Stderr } else { Stdout };
            writer.write(&[chunk(stream, &format!("line {}\n", number + 1), false)]).unwrap();
        }
        let mut index = vec![0; 60 * 32];
        sink.open(id, LogPart::Index).unwrap().read_at(0, &mut index).unwrap();
        index.truncate(index.len().saturating_sub(lost));
        if let Some(byte) = index.get_mut(damaged) {
            *byte ^= 1_u8 << bit;
        }
        sink.remove(id, LogPart::Index).unwrap();
        sink.create(id, LogPart::Index).unwrap().append(&index).unwrap();
        let page = LogReader::open(Arc::new(sink), id).unwrap().lines(1, None, 100, 1 << 20).unwrap();
        let whole = index.len() / 32;
        prop_assert!(page.lines.len() + 1 >= whole);
        for line in page.lines {
            prop_assert_eq!(line.line, format!("line {}", line.line_number));
        }
    }
}

/// A sink that fails where it is told to.
#[derive(Debug)]
struct Failing(MemoryLogs, Arc<std::sync::atomic::AtomicUsize>);

#[derive(Debug)]
struct FailingPart(Box<dyn AppendLog>, Arc<std::sync::atomic::AtomicUsize>);

impl LogSink for Failing {
    fn create(&self, id: Uuid, part: LogPart) -> io::Result<Box<dyn AppendLog>> {
        Ok(Box::new(FailingPart(self.0.create(id, part)?, Arc::clone(&self.1))))
    }
    fn open(&self, id: Uuid, part: LogPart) -> io::Result<Box<dyn crate::ReadLog>> {
        self.0.open(id, part)
    }
    fn resume(&self, id: Uuid, part: LogPart) -> io::Result<Box<dyn AppendLog>> {
        self.0.resume(id, part)
    }
    fn remove(&self, id: Uuid, part: LogPart) -> io::Result<()> {
        self.0.remove(id, part)
    }
    fn list(&self) -> io::Result<Vec<Uuid>> {
        self.0.list()
    }
    fn path(&self, _id: Uuid) -> Option<std::path::PathBuf> {
        None
    }
}

impl AppendLog for FailingPart {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        use std::sync::atomic::Ordering::Relaxed;
        if self.1.fetch_sub(1, Relaxed) == 1 {
            self.1.store(1, Relaxed);
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.0.append(bytes)
    }
    fn sync(&mut self) -> io::Result<()> {
        self.0.sync()
    }
}

#[test]
fn what_was_written_before_the_disk_was_full_is_readable() {
    let big = "x".repeat(20 << 10) + "\n";
    for calls in 1..8 {
        let memory = MemoryLogs::new();
        let calls_left = Arc::new(std::sync::atomic::AtomicUsize::new(calls));
        let id = Uuid::from_u128(1);
        let mut writer = LogWriter::new(id, Arc::new(Failing(memory.clone(), calls_left)), 1 << 20);
        let outcome = writer.write(&[
            chunk(Stdout, &big, false),
            chunk(Stderr, "small\n", false),
            chunk(Stdout, &big, false),
            chunk(Stdout, &big, false),
        ]);
        // Four pieces and the index.
        assert_eq!(outcome.is_err(), calls <= 5, "{calls}");
        let (lines, _) = writer.written();
        let found = match LogReader::open(Arc::new(memory), id) {
            Ok(mut reader) => reader.lines(1, None, 100, 1 << 20).unwrap().lines.len() as u64,
            Err(_) => 0,
        };
        assert_eq!(lines, found, "{calls}");
    }
}
