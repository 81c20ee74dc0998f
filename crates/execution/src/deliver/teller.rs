//! The task that tells one handler.

use std::future::Future;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use groma_execution_types::{ExecutionEvent, OutputAdvanced, OutputGap, Progress, Stream};
use uuid::Uuid;

use super::feed::Told;
use super::queue::{Queue, Turn};
use crate::log::off_thread;
use crate::output::Position;
use crate::{EventHandler, Interest, LogPage, LogReader, LogSink};

/// Lines and bytes that are told of one execution before it is another's turn.
const PAGE_LINES: usize = 512;
const PAGE_BYTES: usize = 64 << 10;

/// The task that tells one handler.
pub(super) struct Teller {
    handler: Arc<dyn EventHandler>,
    sink: Option<Arc<dyn LogSink>>,
    queue: Arc<Queue>,
    /// Whether it panicked before.
    panicked: bool,
}

impl Teller {
    pub(super) fn new(
        handler: Arc<dyn EventHandler>,
        sink: Option<Arc<dyn LogSink>>,
        queue: Arc<Queue>,
    ) -> Self {
        Self { handler, sink, queue, panicked: false }
    }

    /// Tells until nothing will follow.
    pub(super) async fn run(mut self) {
        let queue = Arc::clone(&self.queue);
        while let Some(mut turn) = queue.next().await {
            let more = self.tell(&mut turn).await;
            queue.told(turn, more);
        }
    }

    /// Tells what a turn has; returns whether lines are left.
    async fn tell(&mut self, turn: &mut Turn) -> bool {
        if let Some(started) = turn.started.take() {
            self.call(ExecutionEvent::Started(started)).await;
        }
        if let Some(position) = turn.position.take() {
            if self.tell_output(turn, &position).await {
                return true;
            }
            self.tell_redrawn(turn, &position).await;
            if turn.ended.is_some() {
                self.tell_lost(turn.id, &position).await;
            }
        }
        if let Some(progress) = turn.progress.take() {
            self.call(ExecutionEvent::Progress(progress)).await;
        }
        if let Some(ended) = turn.ended.clone() {
            self.call(ended).await;
        }
        false
    }

    /// Tells that there are lines, or the lines; returns whether some are left.
    async fn tell_output(&mut self, turn: &mut Turn, position: &Position) -> bool {
        let told = turn.told.lines;
        if position.lines <= told {
            return false;
        }
        if self.handler.interest() == Interest::Positions {
            let (first_line, last_line) = (told + 1, position.lines);
            turn.told.lines = last_line;
            let advanced =
                OutputAdvanced { execution_id: turn.id, first_line, last_line, bytes: position.bytes };
            self.call(ExecutionEvent::OutputAdvanced(advanced)).await;
            return false;
        }
        let Some(sink) = self.sink.clone() else { return false };
        let (page, log) = read(sink, turn.id, std::mem::take(&mut turn.told)).await;
        turn.told = log;
        match page {
            Ok(page) => self.tell_page(turn, page, position.lines).await,
            Err(error) => {
                self.gap(turn, position.lines, format!("the log cannot be read: {error}")).await;
            }
        }
        turn.told.lines < position.lines
    }

    async fn tell_page(&mut self, turn: &mut Turn, page: LogPage, last: u64) {
        let before = turn.told.lines;
        let why = |line: u64| match page.gap {
            Some((first, last)) if (first..=last).contains(&line) => "the log was at its limit",
            _ => "the log does not have them any more",
        };
        for line in page.lines {
            let (number, stream) = (line.line_number, line.stream);
            if number > turn.told.lines + 1 {
                self.gap(turn, number - 1, why(turn.told.lines + 1).to_owned()).await;
            }
            turn.told.lines = number;
            let event = match stream {
                Stream::Stdout => ExecutionEvent::Stdout(line),
                Stream::Stderr => ExecutionEvent::Stderr(line),
            };
            self.call(event).await;
        }
        if page.next_line > turn.told.lines + 1 {
            self.gap(turn, page.next_line - 1, why(turn.told.lines + 1).to_owned()).await;
        } else if turn.told.lines == before && before < last {
            // Nothing of what is to be there: the log was deleted or damaged.
            self.gap(turn, last, why(before + 1).to_owned()).await;
        }
    }

    /// Tells that lines up to `last` cannot be told.
    async fn gap(&mut self, turn: &mut Turn, last: u64, reason: String) {
        let first_line = turn.told.lines + 1;
        turn.told.lines = last;
        let gap = OutputGap { execution_id: turn.id, first_line, last_line: last, reason };
        self.call(ExecutionEvent::OutputGap(gap)).await;
    }

    /// Tells the line that the program redraws.
    async fn tell_redrawn(&mut self, turn: &mut Turn, position: &Position) {
        if position.progress == turn.told.progress {
            return;
        }
        turn.told.progress.clone_from(&position.progress);
        let Some((text, percent)) = &position.progress else { return };
        let (completed, total) = percent.map_or((0, 0), |percent| (percent as u64, 100));
        self.call(ExecutionEvent::Progress(Progress {
            execution_id: Some(turn.id),
            plan_id: None,
            completed,
            total,
            percent_complete: percent.unwrap_or(0.0),
            current_step: Some(text.clone()),
        }))
        .await;
    }

    /// Tells which lines were read but never written.
    async fn tell_lost(&mut self, id: Uuid, position: &Position) {
        if let Some(fault) = position.fault.as_ref().filter(|_| position.lost > 0) {
            let (first_line, last_line) = (position.lines + 1, position.lines + position.lost);
            let gap = OutputGap { execution_id: id, first_line, last_line, reason: fault.clone() };
            self.call(ExecutionEvent::OutputGap(gap)).await;
        }
    }

    /// Calls the handler. That it panics is told once, to whoever reads the log of this program.
    async fn call(&mut self, event: ExecutionEvent) {
        let called = match catch_unwind(AssertUnwindSafe(|| self.handler.on_event(event))) {
            Ok(called) => Caught(called).await,
            Err(_) => Err(()),
        };
        if called.is_err() && !std::mem::replace(&mut self.panicked, true) {
            tracing::error!(handler = ?self.handler, "an event handler panicked; that it does so again is not told");
        }
    }
}

/// Reads the next lines, opening the log if need be. Gives back what belongs to the feed.
async fn read(sink: Arc<dyn LogSink>, id: Uuid, mut told: Told) -> (io::Result<LogPage>, Told) {
    let (lines, progress) = (told.lines, told.progress.take());
    let read = off_thread(move || {
        let page = match &mut told.log {
            Some(log) => log.lines(lines + 1, None, PAGE_LINES, PAGE_BYTES),
            none => LogReader::open(sink, id)
                .and_then(|log| none.insert(log).lines(lines + 1, None, PAGE_LINES, PAGE_BYTES)),
        };
        (page, told.log)
    });
    match read.await {
        Ok((page, log)) => (page, Told { lines, progress, log }),
        Err(error) => (Err(error), Told { lines, progress, log: None }),
    }
}

/// A future whose panics are its answer.
struct Caught<'a>(Pin<Box<dyn Future<Output = ()> + Send + 'a>>);

impl Future for Caught<'_> {
    type Output = Result<(), ()>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match catch_unwind(AssertUnwindSafe(|| self.0.as_mut().poll(context))) {
            Ok(poll) => poll.map(Ok),
            Err(_) => Poll::Ready(Err(())),
        }
    }
}
