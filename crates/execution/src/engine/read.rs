//! What is read of executions that ended: from memory as long as they are there, from their logs after that.

use std::sync::Arc;

use groma_execution_types::{ExecutionResult, ExecutionStatus, Stream};
use uuid::Uuid;

use super::aside::aside;
use super::book::pending;
use super::core::Engine;
use crate::{ExecutionEngine, ExecutionError, LogReader, LogSink, Note};

/// Bytes that [`ExecutionEngine::read_logs`] returns at most.
const READ_MAX: usize = 1 << 20;

/// Lines and bytes that are read at once.
const PAGE: (usize, usize) = (10_000, 256 << 10);

impl ExecutionEngine {
    /// Returns the log of an execution as text, both streams as they came: the beginning, if it is longer than 1 MiB.
    /// [`Self::logs`] reads all of any log.
    ///
    /// # Errors
    /// When there is none of that id, or its log cannot be read.
    pub async fn read_logs(&self, id: Uuid) -> Result<String, ExecutionError> {
        let engine = self.engine();
        let Some(sink) = engine.sink.clone() else {
            let result = self.get_result(id).await?;
            return Ok(format!("{}{}", result.stdout, result.stderr));
        };
        if !engine.has_log(id).await {
            return self.get_result(id).await.map(|_| String::new());
        }
        let read = aside(move || text(sink, id, None, READ_MAX)).await;
        let (text, more) = read.map_err(|error| engine.unreadable(id, error))?;
        Ok(if more { text + "… the log goes on; read it in parts\n" } else { text })
    }

    /// Returns a reader of the log of an execution. Its calls block for as long as a disk does.
    ///
    /// # Errors
    /// When there is no log of it, or it cannot be read.
    pub async fn logs(&self, id: Uuid) -> Result<LogReader, ExecutionError> {
        let engine = self.engine();
        let Some(sink) = engine.sink.clone() else { return Err(ExecutionError::NotFound(id)) };
        let opened = aside(move || LogReader::open(sink, id)).await;
        opened.map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => ExecutionError::NotFound(id),
            _ => engine.unreadable(id, error),
        })
    }
}

impl Engine {
    /// Returns whether there is a log of an execution.
    pub(crate) async fn has_log(&self, id: Uuid) -> bool {
        let Some(sink) = self.sink.clone() else { return false };
        aside(move || LogReader::open(sink, id)).await.is_ok()
    }

    /// Returns what the log says became of an execution.
    pub(crate) async fn recall(&self, id: Uuid) -> Option<ExecutionResult> {
        let sink = self.sink.clone()?;
        aside(move || recalled(sink, id)).await.ok()
    }

    /// Returns all that an execution that has ended wrote to its standard output: at most 1 MiB.
    ///
    /// # Errors
    /// Why not, for people.
    pub(crate) async fn stdout_of(&self, id: Uuid) -> Result<String, String> {
        if let Some(result) = self.book.result(id)
            && (!result.truncated || self.sink.is_none())
        {
            let whole = (!result.truncated).then(|| result.stdout.clone());
            return whole.ok_or_else(|| "its output is not kept whole, for there are no logs".to_owned());
        }
        let Some(sink) = self.sink.clone() else { return Err("there is nothing of it".to_owned()) };
        let read = aside(move || text(sink, id, Some(Stream::Stdout), READ_MAX)).await;
        match read {
            Ok((text, false)) => Ok(text),
            Ok((_, true)) => {
                Err(format!("its output is longer than {READ_MAX} bytes, or not all of it was kept"))
            }
            Err(error) => Err(format!("its log cannot be read: {error}")),
        }
    }

    pub(super) fn unreadable(&self, id: Uuid, source: std::io::Error) -> ExecutionError {
        let path = self.sink.as_ref().and_then(|sink| sink.path(id)).unwrap_or_else(|| id.to_string().into());
        ExecutionError::Log { act: "read", path, source }
    }
}

/// Returns the text of a log, and whether that is not all of it.
fn text(
    sink: Arc<dyn LogSink>,
    id: Uuid,
    stream: Option<Stream>,
    bytes_max: usize,
) -> std::io::Result<(String, bool)> {
    let mut reader = LogReader::open(sink, id)?;
    let (mut text, mut next) = (String::new(), 1);
    loop {
        let page = reader.lines(next, stream, PAGE.0, PAGE.1)?;
        for line in &page.lines {
            if text.len() + line.line.len() >= bytes_max {
                return Ok((text, true));
            }
            text.push_str(&line.line);
            if !line.partial {
                text.push('\n');
            }
        }
        if page.next_line <= next || page.next_line > page.last_line {
            return Ok((text, page.gap.is_some()));
        }
        next = page.next_line;
    }
}

/// Returns what notes say became of an execution.
fn recalled(sink: Arc<dyn LogSink>, id: Uuid) -> std::io::Result<ExecutionResult> {
    let path = sink.path(id);
    let notes = LogReader::open(sink, id)?.notes()?;
    let mut known = ExecutionResult { log_path: path, ..pending(id) };
    for note in notes {
        match note {
            Note::Begun(begun) => {
                known.started_at = Some(begun.at);
                let living = begun.engine.is_alive();
                known.status = if living { ExecutionStatus::Running } else { ExecutionStatus::Lost };
            }
            Note::Spawned(spawned) => known.attempts = spawned.attempt,
            // The text is not part of the note.
            Note::Ended { result } => known = ExecutionResult { truncated: result.bytes > 0, ..*result },
        }
    }
    Ok(known)
}
