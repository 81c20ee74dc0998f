//! Output as it arrives: in pieces, on two pipes, too long, damaged, with nobody to keep it.

use std::future::Future as _;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use groma_execution_types::Stream::{Stderr, Stdout};
use proptest::prelude::*;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex};

use super::*;
use crate::{AppendLog, LogPage, LogPart, LogReader, MemoryLogs, PlainLogs, ReadLog};

impl Pipe for DuplexStream {
    fn read_now(&mut self, buffer: &mut Vec<u8>) -> io::Result<Option<usize>> {
        let read = pin!(self.read_buf(buffer));
        match read.poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(read) => read.map(Some),
            Poll::Pending => Ok(None),
        }
    }
}

const ID: Uuid = Uuid::from_u128(7);

fn options() -> OutputOptions {
    OutputOptions { line_bytes_max: 64 << 10, log_bytes_max: 1 << 30, result_bytes_max: 64 << 10 }
}

fn output(sink: &MemoryLogs, options: OutputOptions, secrets: &[&str]) -> Output {
    let secrets: Vec<_> = secrets.iter().map(|secret| Zeroizing::new(secret.as_bytes().to_vec())).collect();
    Output::new(ID, Some(Arc::new(sink.clone())), options, &secrets)
}

fn page(sink: &MemoryLogs) -> LogPage {
    LogReader::open(Arc::new(sink.clone()), ID).unwrap().lines(1, None, usize::MAX, usize::MAX).unwrap()
}

fn raw(sink: &MemoryLogs, stream: Stream) -> Vec<u8> {
    let mut raw = Vec::new();
    LogReader::open(Arc::new(sink.clone()), ID).unwrap().raw(stream, usize::MAX, &mut raw).unwrap();
    raw
}

/// Feeds both streams with pieces in this order; each is read before the next comes.
async fn feed(output: &mut Output, pieces: &[(Stream, &[u8])]) -> Pumped {
    let (mut out, stdout) = duplex(1 << 20);
    let (mut err, stderr) = duplex(1 << 20);
    let write = async move {
        for (stream, piece) in pieces {
            let pipe = if *stream == Stdout { &mut out } else { &mut err };
            pipe.write_all(piece).await.unwrap();
            // `join!` takes turns at who is polled first.
            for _ in 0..4 {
                tokio::task::yield_now().await;
            }
        }
    };
    let (pumped, ()) =
        tokio::join!(output.pump_from(Some(stdout), Some(stderr), CancellationToken::new()), write);
    pumped
}

fn run<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build()
        .unwrap()
        .block_on(future)
}

#[test]
fn lines_of_both_streams_have_one_order() {
    run(async {
        let sink = MemoryLogs::new();
        let mut output = output(&sink, options(), &[]);
        let pieces: [(Stream, &[u8]); 5] = [
            (Stdout, b"one\r\ntw"),
            (Stderr, b"bad \xff\xc3"),
            (Stdout, b"o\nnul\0s\n"),
            (Stderr, b"\xa4\n\n"),
            (Stdout, b"no end"),
        ];
        assert!(!feed(&mut output, &pieces).await.held);
        let page = page(&sink);
        let lines: Vec<_> = page.lines.iter().map(|line| (line.stream, line.line.as_str())).collect();
        assert_eq!(
            lines,
            [
                (Stdout, "one"),
                (Stdout, "two"),
                (Stdout, "nul\0s"),
                (Stderr, "bad \u{fffd}\u{e4}"),
                (Stderr, ""),
                (Stdout, "no end")
            ]
        );
        assert!(page.lines.iter().all(|line| !line.partial));
        let kept = output.kept();
        assert_eq!((kept.stdout.as_str(), kept.truncated), ("one\r\ntwo\nnul\0s\nno end", false));
        assert_eq!(output.position().borrow().lines, 6);
    });
}

#[test]
fn a_prompt_is_told_at_once_and_a_redrawn_line_is_progress() {
    run(async {
        let sink = MemoryLogs::new();
        let mut output = output(&sink, options(), &[]);
        let mut position = output.position();
        let (mut out, stdout) = duplex(1 << 20);
        let give_up = CancellationToken::new();
        let drive = async {
            out.write_all(b"name? \xc3").await.unwrap();
            position.wait_for(|position| position.lines == 1).await.unwrap();
            out.write_all(b"\xa4\n").await.unwrap();
            position.wait_for(|position| position.lines == 2).await.unwrap();
            out.write_all(b"\r 10%\r 20% \x1b[32mgreen\x1b[0m").await.unwrap();
            position.wait_for(|position| position.progress.is_some()).await.unwrap();
            assert_eq!(position.borrow().progress, Some(("20% green".to_owned(), Some(20.0))));
            out.write_all(b"\r 99.5 %\r").await.unwrap();
            position.wait_for(|at| at.progress == Some(("99.5 %".to_owned(), Some(99.5)))).await.unwrap();
            assert_eq!(position.borrow().lines, 2, "a redrawn line is in no hurry");
            position.wait_for(|position| position.lines == 3).await.unwrap();
            out.write_all(b"last").await.unwrap();
            tokio::task::yield_now().await;
            give_up.cancel();
        };
        let (pumped, ()) =
            tokio::join!(output.pump_from(Some(stdout), None::<DuplexStream>, give_up.clone()), drive);
        assert!(pumped.held);
        let page = page(&sink);
        let lines: Vec<_> = page.lines.iter().map(|line| (line.line.as_str(), line.partial)).collect();
        assert_eq!(lines, [("name? ", true), ("\u{e4}", false), (" 99.5 %", true), ("last", false)]);
    });
}

#[tokio::test]
async fn a_redrawn_line_is_told_while_the_clock_moves() {
    let mut output = output(&MemoryLogs::new(), options(), &[]);
    let mut position = output.position();
    let (mut out, stdout) = duplex(1 << 20);
    let drive = async move {
        out.write_all(b"\r 10%").await.unwrap();
        position.wait_for(|position| position.progress.is_some()).await.unwrap();
        drop(out);
    };
    tokio::join!(output.pump_from(Some(stdout), None::<DuplexStream>, CancellationToken::new()), drive);
}

#[test]
fn the_note_of_a_process_is_written_with_what_comes_next_or_soon() {
    run(async {
        let notes =
            |sink: &MemoryLogs| LogReader::open(Arc::new(sink.clone()), ID).unwrap().notes().unwrap().len();
        let (begun, spawned) = (crate::log::tests::begun(), crate::log::tests::spawned(1));
        let sink = MemoryLogs::new();
        let mut output = output(&sink, options(), &[]);
        output.note(&begun).await.unwrap();
        output.note(&spawned).await.unwrap();
        assert_eq!(notes(&sink), 1);
        feed(&mut output, &[(Stdout, b"a\n")]).await;
        assert_eq!((notes(&sink), raw(&sink, Stdout).as_slice()), (2, b"a\n".as_slice()));
        output.note(&spawned).await.unwrap();
        let (out, stdout) = duplex(1 << 20);
        let later = async {
            while notes(&sink) < 3 {
                tokio::time::sleep(std::time::Duration::from_millis(10)).await;
            }
            drop(out);
        };
        tokio::join!(output.pump_from(Some(stdout), None::<DuplexStream>, CancellationToken::new()), later);
        output.note(&spawned).await.unwrap();
        output.note(&begun).await.unwrap();
        let all = LogReader::open(Arc::new(sink.clone()), ID).unwrap().notes().unwrap();
        assert_eq!(all, [begun.clone(), spawned.clone(), spawned.clone(), spawned, begun]);
    });
}

#[test]
fn long_lines_are_cut_between_characters() {
    run(async {
        let sink = MemoryLogs::new();
        let mut output = output(&sink, OutputOptions { line_bytes_max: 1000, ..options() }, &[]);
        let text = "\u{e4}".repeat(5 << 20);
        feed(&mut output, &[(Stdout, b"x"), (Stdout, text.as_bytes()), (Stdout, b"\nshort\n")]).await;
        let page = page(&sink);
        let (last, pieces) = page.lines.split_last().unwrap();
        assert_eq!((last.line.as_str(), last.partial), ("short", false));
        assert!(pieces.iter().all(|line| line.line.len() <= 1000 && !line.line.contains('\u{fffd}')));
        assert!(pieces.iter().rev().skip(1).all(|line| line.partial) && !pieces.last().unwrap().partial);
        let whole: String = pieces.iter().map(|line| line.line.as_str()).collect();
        assert_eq!(whole, format!("x{text}"));
        let kept = output.kept();
        assert!(kept.truncated && kept.stdout.len() < 66 << 10 && kept.stdout.ends_with("\u{e4}\nshort\n"));
        assert!(kept.stdout.contains("bytes are left out here") && !kept.stdout.contains('\u{fffd}'));
    });
}

#[test]
fn a_secret_never_reaches_a_log() {
    let secret = "s3cret \"wörd\" 0123";
    let shown = format!("{} {secret} \n{}", "x".repeat(70), &serde_json::to_string(secret).unwrap());
    run(async {
        for at in 0..shown.len() {
            let sink = MemoryLogs::new();
            let mut output = output(&sink, options(), &[secret]);
            let (one, two) = shown.as_bytes().split_at(at);
            feed(&mut output, &[(Stdout, one), (Stderr, one), (Stdout, two), (Stderr, two)]).await;
            let expected = format!("{} *** \n\"***\"", "x".repeat(70));
            assert_eq!(raw(&sink, Stdout), expected.as_bytes(), "{at}");
            assert_eq!(raw(&sink, Stderr), expected.as_bytes(), "{at}");
            assert_eq!(output.kept().stdout, expected);
        }
    });
}

#[test]
fn no_log_and_no_disk_stop_nothing() {
    run(async {
        let text = "0123456789\n".repeat(100_000);
        let mut without = Output::new(ID, None, options(), &[]);
        feed(&mut without, &[(Stdout, text.as_bytes())]).await;
        let kept = without.kept();
        assert!(
            kept.truncated
                && kept.stdout.starts_with("0123456789\n")
                && kept.stdout.ends_with("0123456789\n")
        );
        assert_eq!((without.position().borrow().lines, without.position().borrow().fault.clone()), (0, None));

        let sink = Full(MemoryLogs::new(), 300_000);
        let mut full = Output::new(ID, Some(Arc::new(sink.clone())), options(), &[]);
        feed(&mut full, &[(Stdout, text.as_bytes()), (Stderr, text.as_bytes())]).await;
        let position = full.position().borrow().clone();
        assert!(
            position.fault.as_ref().is_some_and(|fault| fault.contains("no storage space")),
            "{position:?}"
        );
        assert_eq!(position.lines + position.lost, 200_000);
        assert_eq!(page(&sink.0).lines.len() as u64, position.lines);
        assert!(full.kept().stdout.ends_with("0123456789\n"));
    });
}

#[tokio::test]
async fn a_held_pipe_is_read_to_what_is_there() {
    let place = tempfile::tempdir().unwrap();
    let sink: Arc<dyn LogSink> = Arc::new(PlainLogs::new(place.path().join("logs")));
    let mut output = Output::new(ID, Some(Arc::clone(&sink)), options(), &[]);
    let mut child = tokio::process::Command::new("/bin/sh")
        .args(["-c", "echo out; echo err >&2; (exec 2>&-; sleep 600) & echo $! >&2"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    child.wait().await.unwrap();
    let give_up = CancellationToken::new();
    give_up.cancel();
    let pumped = output.pump(stdout, stderr, give_up).await;
    assert!(pumped.held);
    let kept = output.kept();
    assert_eq!(kept.stdout, "out\n");
    let sleeper = kept.stderr.strip_prefix("err\n").unwrap().trim().parse().unwrap();
    rustix::process::kill_process(
        rustix::process::Pid::from_raw(sleeper).unwrap(),
        rustix::process::Signal::KILL,
    )
    .unwrap();
    let names = std::fs::read_dir(place.path().join("logs")).unwrap().count();
    assert_eq!(names, 2);
}

#[derive(Debug, Clone, Copy)]
enum Piece {
    Byte(u8),
    End,
    Long(usize),
}

fn pieces() -> impl Strategy<Value = Vec<(bool, Vec<u8>)>> {
    let byte = prop_oneof![
        4 => any::<u8>().prop_map(Piece::Byte),
        3 => Just(Piece::End),
        1 => (0_usize..70_000).prop_map(Piece::Long),
    ];
    let piece = proptest::collection::vec(byte, 0..20).prop_map(|pieces| {
        let mut bytes = Vec::new();
        for piece in pieces {
            match piece {
                Piece::Byte(byte) => bytes.push(byte),
                Piece::End => bytes.push(b'\n'),
                Piece::Long(length) => bytes.resize(bytes.len() + length, b'y'),
            }
        }
        bytes
    });
    proptest::collection::vec((any::<bool>(), piece), 0..30)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// However output comes, the log has its bytes, and each line once and in order.
    #[test]
    fn every_byte_is_in_the_log(pieces in pieces(), line_bytes_max in 16_usize..100_000) {
        run(async {
            let sink = MemoryLogs::new();
            let mut output = output(&sink, OutputOptions { line_bytes_max, ..options() }, &[]);
            output.note(&crate::log::tests::begun()).await.unwrap();
            let all: Vec<(Stream, &[u8])> =
                pieces.iter().map(|(out, piece)| (if *out { Stdout } else { Stderr }, piece.as_slice())).collect();
            feed(&mut output, &all).await;
            let page = page(&sink);
            for stream in [Stdout, Stderr] {
                let expected: Vec<u8> =
                    all.iter().filter(|(of, _)| *of == stream).flat_map(|(_, piece)| piece.iter().copied()).collect();
                assert_eq!(raw(&sink, stream), expected);
                let lines = page.lines.iter().filter(|line| line.stream == stream);
                assert_eq!(lines.filter(|line| !line.partial).count(), ends(&expected));
            }
            let numbers: Vec<u64> = page.lines.iter().map(|line| line.line_number).collect();
            assert_eq!(numbers, (1..=page.last_line).collect::<Vec<_>>());
            assert!(page.lines.iter().all(|line| line.line.len() <= line_bytes_max.max(16) * 3));
            assert_eq!(output.position().borrow().bytes, all.iter().map(|(_, piece)| piece.len() as u64).sum::<u64>());
        });
    }

    #[test]
    fn kept_is_the_beginning_and_the_end(pieces in proptest::collection::vec("[a-z]{0,40}", 0..30), max in 0_usize..200) {
        let mut keep = keep::Keep::new(max);
        for piece in &pieces {
            keep.push(piece.as_bytes());
        }
        let (whole, half) = (pieces.concat(), max / 2);
        if whole.len() <= 2 * half {
            prop_assert_eq!(keep.text(), whole);
        } else {
            let text = keep.text();
            prop_assert!(keep.truncated());
            prop_assert!(text.starts_with(&whole[..half]) && text.ends_with(&whole[whole.len() - half..]));
        }
    }
}

/// Counts lines, of which the last may have no end.
fn ends(bytes: &[u8]) -> usize {
    bytes.split_inclusive(|byte| *byte == b'\n').count()
}

/// A sink on a disk that has so many bytes.
#[derive(Debug, Clone)]
struct Full(MemoryLogs, usize);

#[derive(Debug)]
struct FullPart(Box<dyn AppendLog>, usize);

impl LogSink for Full {
    fn create(&self, id: Uuid, part: LogPart) -> io::Result<Box<dyn AppendLog>> {
        Ok(Box::new(FullPart(self.0.create(id, part)?, self.1)))
    }
    fn open(&self, id: Uuid, part: LogPart) -> io::Result<Box<dyn ReadLog>> {
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

impl AppendLog for FullPart {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.1 = self.1.checked_sub(bytes.len()).ok_or(io::ErrorKind::StorageFull)?;
        self.0.append(bytes)
    }
    fn sync(&mut self) -> io::Result<()> {
        self.0.sync()
    }
}
