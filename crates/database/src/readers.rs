//! Pooled readers: a few threads with a connection each, so that no reader ever blocks the runtime or the writer.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, mpsc};

use rusqlite::Connection;
use tokio::sync::oneshot;

use crate::database::ReadError;
use crate::file;

type Job = Box<dyn FnOnce(&Connection) + Send>;

/// The way to the readers' threads; cloning shares it.
#[derive(Debug, Clone)]
pub(crate) struct Readers {
    jobs: mpsc::Sender<Job>,
}

/// Reads are short: more threads than this only fight for the same two cores.
const THREADS: usize = 3;

impl Readers {
    pub(crate) fn start(path: &Path) -> Result<Self, ReadError> {
        let (jobs, queue) = mpsc::channel::<Job>();
        let queue = Arc::new(Mutex::new(queue));
        for index in 0..THREADS {
            let connection = file::open_reader(path).map_err(ReadError::Sqlite)?;
            let queue = Arc::clone(&queue);
            let name = format!("database-reader-{index}");
            let run = move || {
                loop {
                    let job = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
                    match job {
                        Ok(job) => job(&connection),
                        Err(_) => return,
                    }
                }
            };
            std::thread::Builder::new().name(name).spawn(run).map_err(ReadError::Thread)?;
        }
        Ok(Self { jobs })
    }

    pub(crate) async fn read<T, F>(&self, query: F) -> Result<T, ReadError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let job: Job = Box::new(move |connection| {
            // A caller that gave up no longer listens.
            let _ = reply.send(query(connection));
        });
        self.jobs.send(job).map_err(|_| ReadError::Closed)?;
        answer.await.map_err(|_| ReadError::Closed)?.map_err(ReadError::Sqlite)
    }
}
