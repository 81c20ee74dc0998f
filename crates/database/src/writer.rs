//! The one writer: a thread that commits whatever has arrived, in one transaction, with one fsync.
//!
//! Each operation runs in a savepoint of its own: one that is refused changes nothing and spoils nobody else's.
//! Callers hear of success only after the commit. When a commit fails (full disk, failed fsync) the writer is
//! poisoned for good: an fsync that failed once may lie the second time.

use std::sync::Arc;

use rusqlite::{Connection, Transaction, TransactionBehavior};
use tokio::sync::{mpsc, oneshot, watch};

use crate::file::is_fatal;

/// Whether storage takes writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Health {
    /// It does.
    Ok,
    /// It stopped, for this reason, until the process starts again.
    Poisoned(Arc<str>),
}

/// Why an operation did not happen; given back by the operation itself.
#[derive(Debug)]
pub enum OpError<E> {
    /// It was refused; nothing was changed.
    Refused(E),
    /// SQLite failed.
    Sqlite(rusqlite::Error),
}

impl<E> From<rusqlite::Error> for OpError<E> {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

/// Why a write did not happen; nothing of it is in the file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WriteError<E> {
    /// The operation refused.
    #[error(transparent)]
    Refused(E),
    /// The operation failed in SQLite: a fault of ours.
    #[error("a write failed: {0}")]
    Sqlite(String),
    /// Storage stopped taking writes.
    #[error("storage stopped taking writes: {0}")]
    Poisoned(Arc<str>),
}

/// The open transaction, as an operation sees it.
pub struct WriteTx<'a> {
    connection: &'a Connection,
    on_commit: Acts,
}

impl std::fmt::Debug for WriteTx<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WriteTx").field("on_commit", &self.on_commit.len()).finish_non_exhaustive()
    }
}

impl WriteTx<'_> {
    /// Returns the connection, inside the transaction.
    #[must_use]
    pub const fn connection(&self) -> &Connection {
        self.connection
    }

    /// Runs `act` once the transaction is on disk, before any caller hears of it. Not run if it is rolled back.
    pub fn on_commit(&mut self, act: impl FnOnce() + Send + 'static) {
        self.on_commit.push(Box::new(act));
    }
}

/// What operations want done once they are on disk.
type Acts = Vec<Box<dyn FnOnce() + Send>>;
type Finish = Box<dyn FnOnce(Result<(), Arc<str>>) + Send>;
/// What is to become of an operation's savepoint.
enum Verdict {
    Keep,
    RollBack,
    /// The whole batch is lost, and the writer with it.
    Fatal(rusqlite::Error),
}
type Job = Box<dyn FnOnce(&mut WriteTx<'_>) -> (Verdict, Finish) + Send>;

/// What the writer's thread is told.
enum Message {
    Write(Job),
    /// Commit what arrived before, fold the log into the file, and end.
    Close(oneshot::Sender<()>),
}

/// The way to the writer's thread; cloning shares it.
#[derive(Debug, Clone)]
pub(crate) struct Writer {
    messages: mpsc::Sender<Message>,
    health: watch::Receiver<Health>,
}

/// Operations that may wait; beyond, callers wait to hand theirs over.
const QUEUE: usize = 4096;
/// Operations in one transaction at most, so that the first caller need not wait for ever.
const BATCH: usize = 4096;

/// Called after every commit that had `on_commit` acts.
pub(crate) type CommitListener = Arc<dyn Fn() + Send + Sync>;

impl Writer {
    pub(crate) fn start(
        connection: Connection,
        listener: CommitListener,
    ) -> std::io::Result<(Self, std::thread::JoinHandle<()>)> {
        let (messages, queue) = mpsc::channel(QUEUE);
        let (told, health) = watch::channel(Health::Ok);
        let thread = std::thread::Builder::new()
            .name("database-writer".to_owned())
            .spawn(move || Thread { connection, listener, told }.run(queue))?;
        Ok((Self { messages, health }, thread))
    }

    pub(crate) fn waiting(&self) -> usize {
        self.messages.max_capacity().saturating_sub(self.messages.capacity())
    }

    pub(crate) fn health(&self) -> watch::Receiver<Health> {
        self.health.clone()
    }

    pub(crate) async fn write<T, E, F>(&self, op: F) -> Result<T, WriteError<E>>
    where
        T: Send + 'static,
        E: Send + 'static,
        F: FnOnce(&mut WriteTx<'_>) -> Result<T, OpError<E>> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        // A caller that gave up no longer listens: the write stands all the same.
        let job: Job = Box::new(move |tx| {
            let (verdict, result) = match op(tx) {
                Ok(value) => (Verdict::Keep, Ok(value)),
                Err(OpError::Refused(error)) => (Verdict::RollBack, Err(WriteError::Refused(error))),
                Err(OpError::Sqlite(error)) => {
                    let told = WriteError::Sqlite(error.to_string());
                    (if is_fatal(&error) { Verdict::Fatal(error) } else { Verdict::RollBack }, Err(told))
                }
            };
            let finish: Finish = Box::new(move |committed: Result<(), Arc<str>>| {
                let _ = reply.send(committed.map_err(WriteError::Poisoned).and(result));
            });
            (verdict, finish)
        });
        if self.messages.send(Message::Write(job)).await.is_err() {
            return Err(WriteError::Poisoned(self.reason()));
        }
        match answer.await {
            Ok(result) => result,
            Err(_) => Err(WriteError::Poisoned(self.reason())),
        }
    }

    /// Ends the thread once everything that arrived before is on disk.
    pub(crate) async fn close(&self) {
        let (reply, closed) = oneshot::channel();
        if self.messages.send(Message::Close(reply)).await.is_ok() {
            // An answer that never comes means that the thread is gone, which is what was asked for.
            let _ = closed.await;
        }
    }

    fn reason(&self) -> Arc<str> {
        match &*self.health.borrow() {
            Health::Poisoned(reason) => Arc::clone(reason),
            Health::Ok => "the database is closed".into(),
        }
    }
}

struct Thread {
    connection: Connection,
    listener: CommitListener,
    told: watch::Sender<Health>,
}

impl Drop for Thread {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let reason = "a fault of Groma's in the thread that writes: start it again and report this; what was acknowledged is safe";
            self.told.send_replace(Health::Poisoned(reason.into()));
        }
    }
}

impl Thread {
    fn run(mut self, mut queue: mpsc::Receiver<Message>) {
        let mut closed = None;
        while closed.is_none()
            && let Some(first) = queue.blocking_recv()
        {
            let mut batch = Vec::new();
            let mut next = Some(first);
            while let Some(message) = next {
                match message {
                    Message::Write(job) => batch.push(job),
                    Message::Close(reply) => closed = Some(reply),
                }
                next = if batch.len() < BATCH && closed.is_none() { queue.try_recv().ok() } else { None };
            }
            if let Err(reason) = self.commit(batch) {
                tracing::error!(%reason, "storage stopped taking writes");
                return;
            }
        }
        // Folded, so that a copy of the folder is one file.
        if let Err(error) = self.connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)") {
            tracing::warn!(%error, "failed to fold the write-ahead log into the database");
        }
        if let Some(reply) = closed {
            // Whoever asked may have stopped waiting.
            let _ = reply.send(());
        }
        // What still waits is dropped with the queue: its callers are told that the database is closed.
    }

    fn commit(&mut self, batch: Vec<Job>) -> Result<(), Arc<str>> {
        if batch.is_empty() {
            return Ok(());
        }
        let mut finished: Vec<Finish> = Vec::with_capacity(batch.len());
        let outcome = Self::transact(&mut self.connection, batch, &mut finished);
        match outcome {
            Ok(acts) => {
                let any = !acts.is_empty();
                for act in acts {
                    act();
                }
                if any {
                    (self.listener)();
                }
                for finish in finished {
                    finish(Ok(()));
                }
                Ok(())
            }
            Err(error) => {
                let reason: Arc<str> = describe(&error).into();
                // Health first: whoever hears the refusal must not then read that all is well.
                self.told.send_replace(Health::Poisoned(Arc::clone(&reason)));
                for finish in finished {
                    finish(Err(Arc::clone(&reason)));
                }
                Err(reason)
            }
        }
    }

    fn transact(
        connection: &mut Connection,
        batch: Vec<Job>,
        finished: &mut Vec<Finish>,
    ) -> rusqlite::Result<Acts> {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let batch = match <[Job; 1]>::try_from(batch) {
            Ok([job]) => return Self::transact_alone(transaction, job, finished),
            Err(batch) => batch,
        };
        let mut acts = Vec::new();
        {
            let mut save = transaction.prepare_cached("SAVEPOINT op")?;
            let mut roll_back = transaction.prepare_cached("ROLLBACK TO op")?;
            let mut release = transaction.prepare_cached("RELEASE op")?;
            for job in batch {
                save.execute([])?;
                let mut tx = WriteTx { connection: &transaction, on_commit: Vec::new() };
                let (verdict, finish) = job(&mut tx);
                finished.push(finish);
                match verdict {
                    Verdict::Keep => acts.append(&mut tx.on_commit),
                    Verdict::RollBack => {
                        roll_back.execute([])?;
                    }
                    Verdict::Fatal(error) => return Err(error),
                }
                release.execute([])?;
            }
        }
        transaction.commit()?;
        Ok(acts)
    }

    /// An operation that has the transaction to itself needs no savepoint, which costs a copy of every page it changes.
    fn transact_alone(
        transaction: Transaction<'_>,
        job: Job,
        finished: &mut Vec<Finish>,
    ) -> rusqlite::Result<Acts> {
        let mut tx = WriteTx { connection: &transaction, on_commit: Vec::new() };
        let (verdict, finish) = job(&mut tx);
        finished.push(finish);
        let acts = tx.on_commit;
        match verdict {
            Verdict::Keep => transaction.commit().map(|()| acts),
            Verdict::RollBack => transaction.rollback().map(|()| Vec::new()),
            Verdict::Fatal(error) => Err(error),
        }
    }
}

fn describe(error: &rusqlite::Error) -> String {
    match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::DiskFull) => {
            "the disk is full: free some space, then start Groma again; what was acknowledged is safe"
                .to_owned()
        }
        Some(rusqlite::ErrorCode::SystemIoFailure) => {
            format!(
                "the disk failed to write ({error}): check it, then start Groma again; what was acknowledged is safe"
            )
        }
        _ => format!("{error}: start Groma again; what was acknowledged is safe"),
    }
}
