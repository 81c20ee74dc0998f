//! Handlers that are quick, slow, that panic, and what each is told.

use async_trait::async_trait;
use groma_execution_types::{Ended, ExecutionStatus, Stream};
use jiff::Timestamp;
use parking_lot::Mutex;
use serde_json::Map;
use tokio::sync::Semaphore;

use super::*;
use crate::log::{Chunk, LogWriter};
use crate::{Interest, MemoryLogs};

/// Notes what it is told, and goes on when it is let.
#[derive(Debug)]
struct Notes {
    told: Mutex<Vec<ExecutionEvent>>,
    may: Semaphore,
    interest: Interest,
    panics: bool,
}

impl Notes {
    fn new(interest: Interest) -> Self {
        Self { told: Mutex::default(), may: Semaphore::new(1_000_000), interest, panics: false }
    }

    /// Returns what it was told, each in a word or two.
    fn words(&self) -> Vec<String> {
        let told = self.told.lock();
        let words = told.iter().map(|event| match event {
            ExecutionEvent::Started(started) => format!("started {}", started.command),
            ExecutionEvent::Stdout(line) => format!("{} {}", line.line_number, line.line),
            ExecutionEvent::Stderr(line) => format!("{} !{}", line.line_number, line.line),
            ExecutionEvent::OutputAdvanced(to) => format!("{}-{} {}", to.first_line, to.last_line, to.bytes),
            ExecutionEvent::OutputGap(gap) => {
                format!("gap {}-{} {}", gap.first_line, gap.last_line, gap.reason)
            }
            ExecutionEvent::Progress(progress) => format!("{}%", progress.percent_complete),
            ExecutionEvent::Completed(_) => "completed".to_owned(),
            ExecutionEvent::Failed(_) => "failed".to_owned(),
            ExecutionEvent::Cancelled(_) => "cancelled".to_owned(),
        });
        words.collect()
    }
}

#[async_trait]
impl EventHandler for Notes {
    async fn on_event(&self, event: ExecutionEvent) {
        self.may.acquire().await.unwrap().forget();
        self.told.lock().push(event);
        assert!(!self.panics, "as it was told to");
    }

    fn interest(&self) -> Interest {
        self.interest
    }
}

fn started(id: Option<Uuid>, plan: Option<Uuid>, command: &str) -> Started {
    Started {
        execution_id: id,
        plan_id: plan,
        step_id: None,
        command: command.to_owned(),
        pid: None,
        started_at: Timestamp::UNIX_EPOCH,
        metadata: Map::new(),
    }
}

fn ended(id: Option<Uuid>, plan: Option<Uuid>) -> Ended {
    Ended {
        execution_id: id,
        plan_id: plan,
        status: ExecutionStatus::Completed,
        exit_code: None,
        signal: None,
        error: None,
        duration_ms: 0,
        started_at: Timestamp::UNIX_EPOCH,
        completed_at: Timestamp::UNIX_EPOCH,
        teardown: None,
    }
}

/// An execution that writes lines.
struct Run {
    id: Uuid,
    writer: LogWriter,
    position: watch::Sender<Position>,
}

impl Run {
    fn begin(delivery: &Delivery, sink: &MemoryLogs, id: u128, bytes_max: u64) -> Self {
        let id = Uuid::from_u128(id);
        delivery.started(started(Some(id), None, "run"));
        let position = watch::Sender::new(Position::default());
        delivery.follow(id, position.subscribe());
        Self { id, writer: LogWriter::new(id, Arc::new(sink.clone()), bytes_max), position }
    }

    fn write(&mut self, stream: Stream, text: &str) {
        let lines = text.split_inclusive('\n').count() as u32;
        let chunk = Chunk { stream, bytes: text.as_bytes().to_vec(), lines, partial: false, at_ms: 0 };
        self.writer.write(&[chunk]).unwrap();
        self.position.send_modify(|position| (position.lines, position.bytes) = self.writer.written());
    }
}

fn delivery(handlers: &[&Arc<Notes>], sink: &MemoryLogs) -> Delivery {
    let handlers = handlers.iter().map(|handler| Arc::clone(handler) as Arc<dyn EventHandler>).collect();
    Delivery::new(handlers, Some(Arc::new(sink.clone())))
}

#[tokio::test]
async fn lines_come_between_the_beginning_and_the_end() {
    let (lines, positions) =
        (Arc::new(Notes::new(Interest::Lines)), Arc::new(Notes::new(Interest::Positions)));
    let sink = MemoryLogs::new();
    let delivery = delivery(&[&lines, &positions], &sink);
    let mut run = Run::begin(&delivery, &sink, 1, 1 << 20);
    run.write(Stream::Stdout, "a\nb\n");
    run.write(Stream::Stderr, "c\n");
    delivery.settled().await;
    run.position.send_modify(|position| position.progress = Some(("half".to_owned(), Some(50.0))));
    run.write(Stream::Stdout, "d");
    delivery.ended(ExecutionEvent::Completed(ended(Some(run.id), None)));
    delivery.settled().await;
    assert_eq!(lines.words(), ["started run", "1 a", "2 b", "3 !c", "4 d", "50%", "completed"]);
    let words = positions.words();
    assert_eq!((words[0].as_str(), words[words.len() - 1].as_str()), ("started run", "completed"));
    assert!(words.contains(&"4-4 7".to_owned()), "{words:?}");
    // Nothing is told of what has ended.
    run.write(Stream::Stdout, "e");
    delivery.settled().await;
    assert_eq!(lines.words().len(), 7);
}

#[tokio::test]
async fn a_slow_handler_is_told_what_it_missed_and_delays_nobody() {
    let mut slow = Notes::new(Interest::Lines);
    slow.may = Semaphore::new(1);
    let (slow, quick) = (Arc::new(slow), Arc::new(Notes::new(Interest::Lines)));
    let sink = MemoryLogs::new();
    let delivery = delivery(&[&slow, &quick], &sink);
    let mut run = Run::begin(&delivery, &sink, 1, 16 << 10);
    for number in 1..=5000 {
        run.write(Stream::Stdout, &format!("line {number}\n"));
    }
    let (first, last) = run.writer.gap().unwrap();
    run.position.send_modify(|position| {
        (position.fault, position.lost) = (Some("no space".to_owned()), 3);
    });
    delivery.ended(ExecutionEvent::Failed(ended(Some(run.id), None)));
    let other = Uuid::from_u128(2);
    delivery.started(started(Some(other), None, "other"));
    delivery.ended(ExecutionEvent::Cancelled(ended(Some(other), None)));
    slow.may.add_permits(1_000_000);
    delivery.settled().await;
    let expected = ["started run".to_owned()]
        .into_iter()
        .chain((1..first).map(|number| format!("{number} line {number}")))
        .chain([format!("gap {first}-{last} the log was at its limit")])
        .chain((last + 1..=5000).map(|number| format!("{number} line {number}")))
        .chain(["gap 5001-5003 no space".to_owned(), "failed".to_owned()]);
    let words = slow.words();
    let others = |word: &String| word == "started other" || word == "cancelled";
    assert_eq!(words.iter().filter(|word| others(word)).count(), 2);
    assert_eq!(
        words.into_iter().filter(|word| !others(word)).collect::<Vec<_>>(),
        expected.collect::<Vec<_>>()
    );
    assert_eq!(quick.words().last().unwrap(), "failed");
}

#[tokio::test]
async fn the_end_of_a_plan_follows_those_of_its_steps() {
    let handler = Arc::new(Notes::new(Interest::Lines));
    let sink = MemoryLogs::new();
    let delivery = delivery(&[&handler], &sink);
    let (plan, step, skipped) = (Uuid::from_u128(9), Uuid::from_u128(1), Uuid::from_u128(2));
    delivery.started(started(None, Some(plan), "plan"));
    delivery.started(started(Some(step), Some(plan), "step"));
    let position = watch::Sender::new(Position::default());
    delivery.follow(step, position.subscribe());
    let mut writer = LogWriter::new(step, Arc::new(sink.clone()), 1 << 20);
    let text: String = (1..=2000).map(|number| format!("{number}\n")).collect();
    writer
        .write(&[Chunk {
            stream: Stream::Stdout,
            bytes: text.into_bytes(),
            lines: 2000,
            partial: false,
            at_ms: 0,
        }])
        .unwrap();
    position.send_modify(|position| position.lines = 2000);
    delivery.ended(ExecutionEvent::Completed(ended(Some(step), Some(plan))));
    delivery.ended(ExecutionEvent::Cancelled(ended(Some(skipped), Some(plan))));
    delivery.ended(ExecutionEvent::Failed(ended(None, Some(plan))));
    delivery.settled().await;
    let words = handler.words();
    assert_eq!(words.len(), 2005);
    assert_eq!(
        (words[0].as_str(), words[1].as_str(), words[2004].as_str()),
        ("started plan", "started step", "failed")
    );
}

#[tokio::test]
async fn a_handler_that_panics_is_called_again_and_harms_nobody() {
    let mut bad = Notes::new(Interest::Lines);
    bad.panics = true;
    let (bad, good) = (Arc::new(bad), Arc::new(Notes::new(Interest::Lines)));
    let sink = MemoryLogs::new();
    let delivery = delivery(&[&bad, &good], &sink);
    let mut run = Run::begin(&delivery, &sink, 1, 1 << 20);
    run.write(Stream::Stdout, "a\n");
    delivery.ended(ExecutionEvent::Completed(ended(Some(run.id), None)));
    delivery.settled().await;
    assert_eq!(bad.words(), ["started run", "1 a", "completed"]);
    assert_eq!(bad.words(), good.words());
}

#[tokio::test]
async fn a_log_that_is_gone_is_a_gap() {
    let mut slow = Notes::new(Interest::Lines);
    slow.may = Semaphore::new(0);
    let slow = Arc::new(slow);
    let sink = MemoryLogs::new();
    let delivery = delivery(&[&slow], &sink);
    let mut run = Run::begin(&delivery, &sink, 1, 1 << 20);
    run.write(Stream::Stdout, "a\nb\n");
    delivery.ended(ExecutionEvent::Completed(ended(Some(run.id), None)));
    crate::log::remove(&sink, run.id).unwrap();
    slow.may.add_permits(1000);
    delivery.settled().await;
    assert_eq!(
        slow.words(),
        ["started run", "gap 1-2 the log cannot be read: entity not found", "completed"]
    );
}

#[tokio::test]
async fn without_a_log_lines_are_in_memory_until_the_end_was_told() {
    let (one, two) = (Arc::new(Notes::new(Interest::Lines)), Arc::new(Notes::new(Interest::Positions)));
    let handlers = [&one, &two].map(|handler| Arc::clone(handler) as Arc<dyn EventHandler>);
    let delivery = Delivery::new(handlers.to_vec(), None);
    let mut options = OutputOptions { line_bytes_max: 1000, log_bytes_max: 1 << 40, result_bytes_max: 0 };
    let sink = delivery.log(&mut options).unwrap();
    assert_eq!(options.log_bytes_max, MEMORY_BYTES_MAX);
    let memory = delivery.handlers.memory.clone().unwrap();
    let mut run = Run::begin(&delivery, &memory, 1, options.log_bytes_max);
    run.write(Stream::Stdout, "a\n");
    assert_eq!(sink.list().unwrap(), [run.id]);
    delivery.ended(ExecutionEvent::Completed(ended(Some(run.id), None)));
    delivery.settled().await;
    assert_eq!(one.words(), ["started run", "1 a", "completed"]);
    assert!(sink.list().unwrap().is_empty());

    let positions: Vec<Arc<dyn EventHandler>> = vec![two];
    assert!(Delivery::new(positions, None).log(&mut options).is_none());
}

#[tokio::test]
async fn tasks_end_with_delivery() {
    let handler = Arc::new(Notes::new(Interest::Lines));
    let sink = MemoryLogs::new();
    let delivery = delivery(&[&handler], &sink);
    let run = Run::begin(&delivery, &sink, 1, 1 << 20);
    delivery.ended(ExecutionEvent::Completed(ended(Some(run.id), None)));
    drop((delivery, run));
    let metrics = tokio::runtime::Handle::current().metrics();
    while metrics.num_alive_tasks() > 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(handler.words(), ["started run", "completed"]);
}
