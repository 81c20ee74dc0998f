//! Threads for work that would hold up the runtime.

use std::io;

use tokio::sync::{mpsc, oneshot};

type Job = Box<dyn FnOnce() + Send>;

/// Work that waits before who brings more has to wait too.
const WAITING_MAX: usize = 64;

/// One thread on which schemas are compiled and data is checked: however many publish at once, they take one processor.
#[derive(Debug)]
pub(crate) struct Work {
    jobs: mpsc::Sender<Job>,
}

impl Work {
    pub(crate) fn start() -> io::Result<Self> {
        let (jobs, mut queue) = mpsc::channel::<Job>(WAITING_MAX);
        let run = move || {
            while let Some(job) = queue.blocking_recv() {
                // Schemas come from outside: one that makes the checker fail must not end it for all others.
                if std::panic::catch_unwind(std::panic::AssertUnwindSafe(job)).is_err() {
                    tracing::error!("a check of data against its schema came to no end");
                }
            }
        };
        std::thread::Builder::new().name("journal-checks".to_owned()).spawn(run)?;
        Ok(Self { jobs })
    }

    /// Returns what `job` returns; nothing if it came to no end, which is a fault of ours.
    pub(crate) async fn run<T: Send + 'static>(&self, job: impl FnOnce() -> T + Send + 'static) -> Option<T> {
        let (reply, answer) = oneshot::channel();
        let job: Job = Box::new(move || {
            // A caller that gave up no longer listens.
            let _ = reply.send(job());
        });
        self.jobs.send(job).await.ok()?;
        answer.await.ok()
    }
}
