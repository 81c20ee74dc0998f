//! Pages of logs.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use groma_api::{ApiError, ErrorCode, Execution, LogGap, LogPage, LogQuery};
use groma_database::apart;
use groma_execution::{Line, LogReader, LogSink, Stream};
use groma_model::ExecutionId;
use tokio::time::Instant;

use super::sealed_logs::SealedLogs;
use crate::{App, error};

/// Lines of a page unless told otherwise, and at most.
const LINES: (u32, u32) = (1_000, 10_000);
/// Bytes of text of a page.
const BYTES_MAX: usize = 1 << 20;
/// Lines and bytes that are looked through at once.
const LOOK: (usize, usize) = (10_000, 1 << 20);
/// Bytes of text that one page looks through for a word at most.
const SEARCH_BYTES_MAX: usize = 64 << 20;
const CONTAINS_CHARACTERS_MAX: usize = 200;
const WAIT_MAX: u32 = 60;
/// The log may be further than what was reported.
const LOOK_AGAIN: Duration = Duration::from_millis(250);

/// What is wanted of a log.
#[derive(Debug, Clone)]
struct Wanted {
    from_line: u64,
    tail: Option<usize>,
    stream: Option<Stream>,
    contains: Option<String>,
    lines_max: usize,
}

impl Wanted {
    fn of(query: &LogQuery) -> Result<Self, ApiError> {
        let lines_max = crate::scans::limit(query.limit, LINES.0, LINES.1)? as usize;
        if query.from_line.is_some() && query.tail.is_some() {
            return Err(ApiError::invalid("tail", "give `from_line` or `tail`, not both"));
        }
        if query.from_line == Some(0) {
            return Err(ApiError::invalid("from_line", "lines are counted from 1"));
        }
        let contains = query.contains.as_deref().filter(|text| !text.is_empty());
        if contains.is_some_and(|text| text.chars().count() > CONTAINS_CHARACTERS_MAX) {
            let detail = format!("it has more than {CONTAINS_CHARACTERS_MAX} characters");
            return Err(ApiError::invalid("contains", detail));
        }
        Ok(Self {
            from_line: query.from_line.unwrap_or(1),
            tail: query.tail.map(|tail| usize::try_from(tail).unwrap_or(usize::MAX).min(lines_max)),
            stream: query.stream,
            contains: contains.map(str::to_lowercase),
            lines_max,
        })
    }

    fn has(&self, line: &Line) -> bool {
        self.contains.as_deref().is_none_or(|text| line.line.to_lowercase().contains(text))
    }
}

impl App {
    /// Opens the log of an execution; `None`: it has none.
    pub(crate) async fn open_log(&self, id: ExecutionId) -> Result<Option<LogReader>, ApiError> {
        let (_, key) = self.inventory.log_key(id.uuid()).await.map_err(error::inventory)?;
        let logs = SealedLogs::of_one(self.executions.log_dir(), id.uuid(), key) as Arc<dyn LogSink>;
        let opened = apart("log", move || LogReader::open(logs, id.uuid())).await.flatten();
        match opened {
            Ok(reader) => Ok(Some(reader)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(unreadable(&error)),
        }
    }

    /// Reads a page of a log; waits for more if that is asked.
    pub(crate) async fn log_page(
        &self,
        execution: &Execution,
        query: &LogQuery,
    ) -> Result<LogPage, ApiError> {
        let wanted = Wanted::of(query)?;
        if query.wait.is_some_and(|wait| wait > WAIT_MAX) {
            return Err(ApiError::invalid("wait", format!("{WAIT_MAX} seconds are the most")));
        }
        let id = execution.summary.id;
        let give_up = Instant::now() + Duration::from_secs(u64::from(query.wait.unwrap_or(0)));
        let mut moves = self.executions.moves();
        let mut reader = None;
        loop {
            moves.borrow_and_update();
            let (_, over) = self.inventory.execution_standing(id).await.map_err(error::inventory)?;
            if reader.is_none() {
                reader = match self.executions.readers.take(id, over) {
                    Some(kept) => Some(kept),
                    None => self.open_log(id).await?,
                };
            }
            let page = match reader.take() {
                Some(open) => {
                    let wanted = wanted.clone();
                    let (open, page) = apart("log", move || read(open, &wanted))
                        .await
                        .map_err(|error| unreadable(&error))?;
                    reader = Some(open);
                    page.map_err(|error| unreadable(&error))?
                }
                None if over && !execution.summary.log && execution.summary.lines > 0 => {
                    let detail = format!("the log of execution {id} was deleted, because it was old");
                    return Err(ApiError::new(ErrorCode::NotFound, detail));
                }
                None => LogPage {
                    lines: vec![],
                    next_line: wanted.from_line,
                    last_line: 0,
                    gaps: vec![],
                    ended: false,
                },
            };
            let page = LogPage { ended: page.ended || over, ..page };
            let more = page.next_line <= page.last_line;
            if !page.lines.is_empty() || page.ended || more || Instant::now() >= give_up {
                if let Some(reader) = reader {
                    self.executions.readers.put(id, over, reader);
                }
                return Ok(page);
            }
            tokio::select! {
                _ = moves.changed() => {}
                () = tokio::time::sleep(LOOK_AGAIN) => {}
                () = tokio::time::sleep_until(give_up) => {}
                () = self.stopping.cancelled() => {
                    return Err(ApiError::new(ErrorCode::Unavailable, "Groma is stopping while waiting for lines"));
                }
            }
        }
    }
}

/// Reads a page; what is looked through is bounded.
fn read(mut reader: LogReader, wanted: &Wanted) -> (LogReader, io::Result<LogPage>) {
    let page = match wanted.tail {
        Some(tail) => read_tail(&mut reader, wanted, tail),
        None => read_on(&mut reader, wanted),
    };
    (reader, page)
}

fn read_on(reader: &mut LogReader, wanted: &Wanted) -> io::Result<LogPage> {
    let (mut lines, mut taken, mut searched) = (Vec::new(), 0, 0);
    let mut from = wanted.from_line;
    loop {
        let left = wanted.lines_max - lines.len();
        let look = if wanted.contains.is_some() { LOOK.0 } else { left };
        let page = reader.lines(from, wanted.stream, look, LOOK.1)?;
        from = page.next_line;
        let mut full = false;
        for line in page.lines {
            searched += line.line.len();
            if !wanted.has(&line) {
                continue;
            }
            taken += line.line.len();
            let number = line.line_number;
            lines.push(line);
            if lines.len() >= wanted.lines_max || taken >= BYTES_MAX {
                (from, full) = (number + 1, true);
                break;
            }
        }
        if full || from > page.last_line || searched >= SEARCH_BYTES_MAX {
            let gaps = gaps(page.gap, wanted.from_line, from);
            return Ok(LogPage {
                lines,
                next_line: from,
                last_line: page.last_line,
                gaps,
                ended: page.ended,
            });
        }
    }
}

/// Looks for the last lines from the end towards the beginning, some at a time.
fn read_tail(reader: &mut LogReader, wanted: &Wanted, tail: usize) -> io::Result<LogPage> {
    let end = reader.lines(u64::MAX, None, 1, 1)?;
    let (mut found, mut bytes, mut searched) = (Vec::new(), 0, 0);
    let mut before = end.last_line + 1;
    'all: while before > 1 && found.len() < tail {
        let step = if wanted.stream.is_none() && wanted.contains.is_none() { tail } else { LOOK.0 };
        let begin = before.saturating_sub(step as u64).max(1);
        let (mut window, mut from) = (Vec::new(), begin);
        while from < before {
            let count = usize::try_from(before - from).unwrap_or(usize::MAX);
            let page = reader.lines(from, wanted.stream, count, LOOK.1)?;
            from = page.next_line.max(from + 1);
            searched += page.lines.iter().map(|line| line.line.len()).sum::<usize>();
            window
                .extend(page.lines.into_iter().filter(|line| line.line_number < before && wanted.has(line)));
        }
        for line in window.into_iter().rev() {
            bytes += line.line.len();
            found.push(line);
            if found.len() >= tail || bytes >= BYTES_MAX {
                break 'all;
            }
        }
        before = begin;
        if searched >= SEARCH_BYTES_MAX {
            break;
        }
    }
    found.reverse();
    let first = found.first().map_or(end.last_line + 1, |line| line.line_number);
    let next_line = end.last_line + 1;
    let gaps = gaps(end.gap, first, next_line);
    Ok(LogPage { lines: found, next_line, last_line: end.last_line, gaps, ended: end.ended })
}

/// Returns what is missing of the lines from `from` to before `next`.
fn gaps(gap: Option<(u64, u64)>, from: u64, next: u64) -> Vec<LogGap> {
    let within = gap.filter(|(first, last)| *last >= from && *first < next);
    let reason = "the log was at its limit: its beginning and its end are kept".to_owned();
    within.map(|(first_line, last_line)| LogGap { first_line, last_line, reason }).into_iter().collect()
}

pub(super) fn unreadable(error: &io::Error) -> ApiError {
    ApiError::new(ErrorCode::Internal, format!("the log cannot be read: {error}"))
}
