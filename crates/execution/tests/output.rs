//! Output through a whole engine: with and without a log, on a full disk, and with secrets in it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use groma_execution::{
    AppendLog, Command, EventHandler, ExecutionConfig, ExecutionEngine, ExecutionEvent, ExecutionRequest,
    ExecutionStatus, LogPart, LogSink, MemoryLogs, ReadLog, Secret,
};
use tokio::sync::mpsc;
use uuid::Uuid;

#[derive(Debug)]
struct Told(mpsc::UnboundedSender<ExecutionEvent>);

#[async_trait]
impl EventHandler for Told {
    async fn on_event(&self, event: ExecutionEvent) {
        let _ = self.0.send(event);
    }
}

fn shell(command: &str) -> ExecutionRequest {
    ExecutionRequest::new(Command::Shell { command: command.to_owned() })
}

/// Returns everything that was told, once the engine is down.
async fn told(
    engine: ExecutionEngine,
    mut events: mpsc::UnboundedReceiver<ExecutionEvent>,
) -> Vec<ExecutionEvent> {
    engine.shutdown().await;
    drop(engine);
    let mut all = Vec::new();
    while let Some(event) = events.recv().await {
        all.push(event);
    }
    all
}

#[tokio::test]
async fn handlers_have_lines_without_a_log() {
    let (tell, events) = mpsc::unbounded_channel();
    let engine = ExecutionEngine::default().with_event_handler(Arc::new(Told(tell)));
    let id = engine.execute(shell("echo one; echo two >&2; printf three")).await.unwrap();
    let result = engine.wait(id).await.unwrap();
    assert_eq!((result.stdout.as_str(), result.stderr.as_str()), ("one\nthree", "two\n"));
    assert_eq!((result.log_path.as_ref(), result.truncated), (None, false));
    let mut lines = Vec::new();
    for event in told(engine, events).await {
        if let ExecutionEvent::Stdout(line) | ExecutionEvent::Stderr(line) = event {
            lines.push(line.line);
        }
    }
    lines.sort_unstable();
    assert_eq!(lines, ["one", "three", "two"]);
}

/// Logs on a disk that has room for this many bytes of output.
#[derive(Debug)]
struct Small(MemoryLogs, usize);

#[derive(Debug)]
struct SmallPart(Box<dyn AppendLog>, usize);

impl LogSink for Small {
    fn create(&self, id: Uuid, part: LogPart) -> io::Result<Box<dyn AppendLog>> {
        let room = if part == LogPart::Index { usize::MAX } else { self.1 };
        Ok(Box::new(SmallPart(self.0.create(id, part)?, room)))
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
    fn path(&self, _id: Uuid) -> Option<PathBuf> {
        None
    }
}

impl AppendLog for SmallPart {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.1 = self.1.checked_sub(bytes.len()).ok_or(io::ErrorKind::StorageFull)?;
        self.0.append(bytes)
    }
    fn sync(&mut self) -> io::Result<()> {
        self.0.sync()
    }
}

#[tokio::test]
async fn a_full_disk_ends_the_log_and_not_the_command() {
    let (tell, events) = mpsc::unbounded_channel();
    let engine = ExecutionEngine::default()
        .with_event_handler(Arc::new(Told(tell)))
        .with_log_sink(Arc::new(Small(MemoryLogs::new(), 500_000)));
    let id = engine.execute(shell("seq 200000; echo done >&2")).await.unwrap();
    let result = engine.wait(id).await.unwrap();
    assert_eq!((result.status, result.exit_code), (ExecutionStatus::Completed, Some(0)));
    assert!(result.truncated && result.stdout.ends_with("\n199999\n200000\n") && result.stderr == "done\n");
    let why = result.error.as_ref().unwrap();
    assert!(why.contains("the log could not be written after line"), "{why}");
    let mut next = 1;
    for event in told(engine, events).await {
        match event {
            ExecutionEvent::Stdout(line) => {
                assert_eq!((line.line_number, line.line), (next, next.to_string()));
                next += 1;
            }
            ExecutionEvent::OutputGap(gap) => {
                assert_eq!((gap.first_line, gap.last_line), (next, 200_001));
                assert_eq!(Some(&gap.reason), result.error.as_ref());
                next = 200_002;
            }
            _ => {}
        }
    }
    assert_eq!(next, 200_002);
}

/// Returns the files below a folder that have these bytes.
fn holding(folder: &Path, needle: &[u8]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(holding(&path, needle));
        } else if std::fs::read(&path).unwrap().windows(needle.len()).any(|window| window == needle) {
            found.push(path);
        }
    }
    found
}

#[tokio::test]
async fn a_secret_is_on_no_disk_and_in_no_event() {
    let folder = tempfile::tempdir().unwrap();
    let config = ExecutionConfig { log_dir: Some(folder.path().join("logs")), ..ExecutionConfig::default() };
    let (tell, events) = mpsc::unbounded_channel();
    let engine = ExecutionEngine::new(config).with_event_handler(Arc::new(Told(tell)));
    let secret = "Zq7-correct horse/battery+staple=";
    let mut request = shell(
        r#"echo "plain: $TOKEN"; echo "err: $TOKEN" >&2; printf %s "$TOKEN" | base64; printf %s "xy$TOKEN" | base64 -w0
        rest=$TOKEN; while [ -n "$rest" ]; do printf %s "${rest%"${rest#?}"}"; rest=${rest#?}; done; echo; exit 3"#,
    );
    request.secrets = BTreeMap::from([("TOKEN".to_owned(), Secret::Value(secret.to_owned()))]);
    let id = engine.execute(request).await.unwrap();
    let result = engine.wait(id).await.unwrap();
    assert!(result.stdout.starts_with("plain: ***\n***\n") && result.stdout.ends_with("***\n"), "{result:?}");
    assert_eq!(result.stderr, "err: ***\n");
    let told = format!("{:?} {result:?}", told(engine, events).await);
    for needle in [secret, "correct horse", "WnE3LWNvcnJlY3Q"] {
        assert!(!told.contains(needle), "{needle} in {told}");
        assert_eq!(holding(folder.path(), needle.as_bytes()), Vec::<PathBuf>::new(), "{needle}");
    }
}
