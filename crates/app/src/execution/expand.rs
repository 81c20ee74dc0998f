//! Lines of output in streams of events: made from the log at each `output_advanced`, page by page.
//!
//! A line has no position of its own. Lines come before the `output_advanced` that told of them, so whoever goes on
//! behind the last position is told some lines twice rather than never.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use futures::StreamExt as _;
use futures::stream::BoxStream;
use groma_api::ApiError;
use groma_database::apart;
use groma_execution::{LogReader, Stream as Output};
use groma_journal::HistoryRequest;
use groma_model::execution::{self, OutputAdvanced, Stderr, Stdout};
use groma_model::system::{GapReason, StreamGap};
use groma_model::{
    EventData as _, EventFilter, EventId, ExecutionId, Frame, Sequence, Subject, Timestamp, TypePattern,
};
use uuid::Uuid;

use super::read::unreadable;
use crate::{App, error};

/// Lines and bytes that are read at once.
const PAGE: (usize, usize) = (500, 64 << 10);
/// Executions of which a stream remembers how far it is.
const KNOWN_MAX: usize = 10_000;

/// What a stream hands on at once.
type Frames = Result<Vec<Frame>, ApiError>;

/// Which lines a stream wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Wants {
    stdout: bool,
    stderr: bool,
}

impl Wants {
    /// Returns which lines a filter names. Only a pattern that begins with `groma.execution.` does: who wants
    /// everything does not want every line of everything.
    fn of(filter: &EventFilter) -> Self {
        let names = |event_type: &str| {
            let named = |pattern: &&TypePattern| pattern.to_string().starts_with("groma.execution.");
            filter.types.iter().filter(named).any(|pattern| pattern.matches(event_type))
        };
        Self { stdout: names(Stdout::TYPE.name), stderr: names(Stderr::TYPE.name) }
    }

    const fn stream(self) -> Option<Output> {
        match (self.stdout, self.stderr) {
            (true, false) => Some(Output::Stdout),
            (false, true) => Some(Output::Stderr),
            _ => None,
        }
    }
}

/// Puts lines into a stream of events.
pub(crate) struct Expansion {
    app: Arc<App>,
    wants: Wants,
    events: BoxStream<'static, Frames>,
    /// Where the stream began.
    begin: Sequence,
    /// The last position that was passed.
    position: Sequence,
    waiting: VecDeque<Frame>,
    /// The next line of each execution.
    next: HashMap<Uuid, u64>,
    reading: Option<Reading>,
    /// The log that was read last.
    open: Option<(Uuid, LogReader)>,
}

/// Lines that are being read.
struct Reading {
    id: ExecutionId,
    from: u64,
    through: u64,
    /// The event that told of them.
    event: Frame,
}

impl Expansion {
    /// Returns whether a filter wants lines. If so, `output_advanced` is added to it: lines come by it, and it carries
    /// their position.
    pub(crate) fn wanted(filter: &mut EventFilter) -> Option<Wants> {
        let wants = Wants::of(filter);
        if !wants.stdout && !wants.stderr {
            return None;
        }
        let advanced = OutputAdvanced::TYPE.name;
        if !filter.types.iter().any(|pattern| pattern.matches(advanced)) {
            filter.types.extend(advanced.parse::<TypePattern>().ok());
        }
        Some(wants)
    }

    /// Puts lines into a stream of events that begins behind `begin`.
    pub(crate) fn into(
        app: Arc<App>,
        wants: Wants,
        begin: Sequence,
        events: BoxStream<'static, Frames>,
    ) -> BoxStream<'static, Frames> {
        let expansion = Self {
            app,
            wants,
            events,
            begin,
            position: begin,
            waiting: VecDeque::new(),
            next: HashMap::new(),
            reading: None,
            open: None,
        };
        futures::stream::unfold(expansion, |mut expansion| async move {
            let frames = expansion.frames().await?;
            Some((frames, expansion))
        })
        .boxed()
    }

    /// Returns what comes next.
    async fn frames(&mut self) -> Option<Frames> {
        loop {
            if let Some(reading) = self.reading.take() {
                match self.page(reading).await {
                    Ok(frames) if frames.is_empty() => continue,
                    frames => return Some(frames),
                }
            }
            if let Some(frames) = self.until_output() {
                return Some(Ok(frames));
            }
            if let Some(event) = self.waiting.pop_front() {
                if let Err(error) = self.begin(event).await {
                    return Some(Err(error));
                }
                continue;
            }
            match self.events.next().await? {
                Ok(frames) => self.waiting.extend(frames),
                Err(error) => return Some(Err(error)),
            }
        }
    }

    /// Takes what waits before the next `output_advanced`; `None` if that is first, or nothing waits.
    fn until_output(&mut self) -> Option<Vec<Frame>> {
        let advanced =
            |frame: &Frame| frame.event_type == OutputAdvanced::TYPE.name && frame.sequence.is_some();
        let count = self.waiting.iter().take_while(|frame| !advanced(frame)).count();
        let frames: Vec<Frame> = self.waiting.drain(..count).collect();
        if let Some(position) = frames.iter().rev().find_map(|frame| frame.sequence) {
            self.position = position;
        }
        (!frames.is_empty()).then_some(frames)
    }

    /// Begins with the lines of which an event tells.
    async fn begin(&mut self, event: Frame) -> Result<(), ApiError> {
        let told = event.envelope().ok().and_then(|envelope| serde_json::from_str(envelope.data.get()).ok());
        let Some(told) = told else {
            let detail = "an event of the journal does not decode";
            return Err(ApiError::new(groma_api::ErrorCode::Internal, detail));
        };
        let told: OutputAdvanced = told;
        let id = told.execution_id;
        let from = match self.next.get(&id.uuid()) {
            Some(next) => *next,
            None if told.first_line == 1 => 1,
            None => told_before(&self.app, self.begin, id).await? + 1,
        };
        if self.next.len() >= KNOWN_MAX {
            self.next.clear();
        }
        self.next.insert(id.uuid(), told.last_line + 1);
        self.reading = Some(Reading { id, from, through: told.last_line, event });
        Ok(())
    }

    /// Reads a page of lines, and ends with the event that told of them.
    async fn page(&mut self, mut reading: Reading) -> Frames {
        if reading.from > reading.through {
            return Ok(vec![self.passed(reading.event)]);
        }
        let id = reading.id.uuid();
        let known = self.open.take().filter(|(known, _)| *known == id).map(|(_, reader)| reader);
        let reader = match known {
            Some(reader) => Some(reader),
            None => self.app.open_log(reading.id).await?,
        };
        let Some(mut reader) = reader else {
            let gap = self.gap(&reading);
            return Ok(vec![gap, self.passed(reading.event)]);
        };
        let (from, stream) = (reading.from, self.wants.stream());
        let read = move || {
            let page = reader.lines(from, stream, PAGE.0, PAGE.1);
            (reader, page)
        };
        let (reader, page) = apart("log", read).await.map_err(|error| unreadable(&error))?;
        self.open = Some((id, reader));
        let page = page.map_err(|error| unreadable(&error))?;
        let through = reading.through;
        let lines = page.lines.into_iter().take_while(|line| line.line_number <= through);
        let mut frames = Vec::new();
        if page.gap.is_some_and(|(first, last)| reading.from <= last && first < page.next_line) {
            frames.push(self.gap(&reading));
        }
        frames.extend(lines.map(|line| self.line(reading.id, line)));
        // What is said to be there and is not will not come.
        let missing = page.next_line <= reading.from;
        if missing {
            frames.push(self.gap(&reading));
        }
        let over = missing || page.next_line > through;
        reading.from = page.next_line;
        if over {
            let event = self.passed(reading.event);
            frames.push(event);
        } else {
            self.reading = Some(reading);
        }
        Ok(frames)
    }

    fn passed(&mut self, event: Frame) -> Frame {
        self.position = event.sequence.unwrap_or(self.position);
        event
    }

    /// Tells that lines which were announced cannot be had.
    fn gap(&self, reading: &Reading) -> Frame {
        let data = StreamGap {
            from: self.position,
            to: reading.event.sequence.unwrap_or(self.position),
            reason: GapReason::Retention,
            snapshot_url: format!("/v1/executions/{}/logs", reading.id),
        };
        self.app.journal.expanded(
            StreamGap::TYPE,
            Some(Subject::execution(reading.id)),
            EventId::now(),
            self.app.clock.now(),
            &data,
        )
    }

    fn line(&self, id: ExecutionId, line: groma_execution::Line) -> Frame {
        let (stream, event_type) = match line.stream {
            Output::Stdout => (execution::Stream::Stdout, Stdout::TYPE),
            Output::Stderr => (execution::Stream::Stderr, Stderr::TYPE),
        };
        let at = Timestamp::from_micros(line.timestamp.as_microsecond());
        // The same line has the same id however often it is told.
        let event_id = Uuid::new_v5(&id.uuid(), &line.line_number.to_be_bytes());
        let data = execution::Line {
            execution_id: id,
            stream,
            line: line.line,
            line_number: line.line_number,
            partial: line.partial.then_some(true),
            timestamp: at,
        };
        let subject = Some(Subject::execution(id));
        self.app.journal.expanded(event_type, subject, EventId::from_uuid(event_id), at, &data)
    }
}

/// Returns the last line that was told before the stream began: events between then and now may have been merged.
async fn told_before(app: &App, begin: Sequence, id: ExecutionId) -> Result<u64, ApiError> {
    let filter = EventFilter {
        types: OutputAdvanced::TYPE.name.parse().into_iter().collect(),
        subject: Some(Subject::execution(id)),
    };
    let before = Sequence::new(begin.epoch, begin.number.saturating_add(1));
    let request = HistoryRequest { filter, before: Some(before), limit: 1, ..HistoryRequest::default() };
    let page = app.journal.history(request).await.map_err(error::journal)?;
    let last = page.frames.last().and_then(|frame| frame.envelope().ok());
    let last = last.and_then(|envelope| serde_json::from_str::<OutputAdvanced>(envelope.data.get()).ok());
    Ok(last.map_or(0, |told| told.last_line))
}
