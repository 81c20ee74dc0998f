//! After a crash: executions whose engine died before they ended.

use std::io;
use std::sync::Arc;

use groma_execution_types::{ExecutionResult, ExecutionStatus, Mechanism};
use jiff::Timestamp;
use tokio::task::JoinSet;
use uuid::Uuid;

use super::aside::aside;
use super::book::pending;
use super::core::Engine;
use super::run::event;
use crate::log::append_note;
use crate::process::Strays;
use crate::{Begun, ExecutionEngine, ExecutionError, LogReader, LogSink, Note, ProcessIdentity, Spawned};

/// Executions whose leftovers are ended at once.
const AT_ONCE: usize = 64;

impl ExecutionEngine {
    /// Finds executions whose engine died before they ended, ends what is left of their processes, and notes in their
    /// logs that they are lost. Returns these. Executions of an engine that is alive are left alone.
    ///
    /// To be called when a program starts; without logs there is nothing to find.
    ///
    /// # Errors
    /// When the logs cannot be listed. One that cannot be read is told in the log of the program and left.
    pub async fn reconcile(&self) -> Result<Vec<Arc<ExecutionResult>>, ExecutionError> {
        let engine = self.engine();
        let mut under_way = JoinSet::new();
        let mut lost = Vec::new();
        for orphan in engine.orphans().await? {
            if under_way.len() >= AT_ONCE {
                lost.extend(under_way.join_next().await.and_then(Result::ok));
            }
            let engine = Arc::clone(engine);
            under_way.spawn(async move { engine.lose(orphan).await });
        }
        while let Some(ended) = under_way.join_next().await {
            lost.extend(ended.ok());
        }
        lost.sort_by_key(|result| (result.started_at, result.id));
        Ok(lost)
    }
}

/// An execution whose engine died.
struct Orphan {
    begun: Begun,
    spawned: Option<Spawned>,
    lines: u64,
    bytes: u64,
    id: Uuid,
}

impl Engine {
    async fn orphans(&self) -> Result<Vec<Orphan>, ExecutionError> {
        let Some(sink) = self.sink.clone() else { return Ok(Vec::new()) };
        let ids = self.stored(&sink).await?;
        let found = aside(move || Ok(ids.into_iter().filter_map(|id| orphan(&sink, id)).collect())).await;
        found.map_err(|error| self.unreadable(Uuid::nil(), error))
    }

    /// Returns the executions that have a log and are not running here.
    ///
    /// # Errors
    /// When the logs cannot be listed.
    pub(super) async fn stored(&self, sink: &Arc<dyn LogSink>) -> Result<Vec<Uuid>, ExecutionError> {
        let listing = Arc::clone(sink);
        let listed = aside(move || match listing.list() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
            listed => listed,
        });
        let mut ids = listed.await.map_err(|source| ExecutionError::Log {
            act: "list",
            path: self.config.log_dir.clone().unwrap_or_default(),
            source,
        })?;
        ids.retain(|id| !self.book.is_active(*id));
        Ok(ids)
    }

    /// Ends what is left of an execution, and notes and tells that it is lost.
    async fn lose(&self, orphan: Orphan) -> Arc<ExecutionResult> {
        let id = orphan.id;
        // After the machine was started again nothing can be left.
        let same_boot = orphan.begun.engine.boot_id == self.own.boot_id;
        let strays = Strays {
            id,
            leader: orphan.spawned.as_ref().map(|spawned| spawned.leader.clone()),
            cgroup: orphan.spawned.as_ref().and_then(|spawned| spawned.cgroup.clone()),
            mechanism: orphan.spawned.as_ref().map_or(Mechanism::ProcessGroup, |spawned| spawned.mechanism),
        };
        let teardown =
            if same_boot { Some(strays.end(&self.sweeper, self.config.grace).await) } else { None };
        let ProcessIdentity { pid, .. } = orphan.begun.engine;
        let what = if same_boot { "has died" } else { "ended with the machine, which was started again" };
        let result = ExecutionResult {
            status: ExecutionStatus::Lost,
            started_at: Some(orphan.begun.at),
            completed_at: Some(Timestamp::now().max(orphan.begun.at)),
            log_path: self.sink.as_ref().and_then(|sink| sink.path(id)),
            teardown,
            error: Some(format!("the process that ran it (id {pid}) {what}: how it ended was not seen")),
            attempts: orphan.spawned.map_or(0, |spawned| spawned.attempt),
            lines: orphan.lines,
            bytes: orphan.bytes,
            ..pending(id)
        };
        if let Some(sink) = self.sink.clone() {
            let note = Note::Ended { result: Box::new(result.clone()) };
            if let Err(error) = aside(move || append_note(&*sink, id, &note)).await {
                tracing::error!(%id, %error, "failed to note in its log that an execution is lost");
            }
        }
        let result = Arc::new(result);
        let plan = orphan.begun.plan.zip(orphan.begun.step);
        self.delivery.ended(event(&result, plan.as_ref(), orphan.begun.at));
        result
    }
}

/// Returns an execution if it has not ended and its engine is dead.
fn orphan(sink: &Arc<dyn LogSink>, id: Uuid) -> Option<Orphan> {
    let read = || -> io::Result<Option<Orphan>> {
        let mut reader = LogReader::open(Arc::clone(sink), id)?;
        let (mut begun, mut last, mut ended) = (None, None, false);
        for note in reader.notes()? {
            match note {
                Note::Begun(note) => begun = Some(*note),
                Note::Spawned(spawned) => last = Some(spawned),
                Note::Ended { .. } => ended = true,
            }
        }
        let Some(begun) = begun.filter(|begun| !ended && !begun.engine.is_alive()) else { return Ok(None) };
        let (lines, bytes) = (reader.lines(1, None, 1, 1)?.last_line, reader.output_bytes()?);
        Ok(Some(Orphan { begun, spawned: last, lines, bytes, id }))
    };
    read().unwrap_or_else(|error| {
        tracing::warn!(%id, %error, "failed to read the log of an execution, so it is not known whether it ended");
        None
    })
}
