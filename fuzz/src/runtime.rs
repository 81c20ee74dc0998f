//! Running asynchronous code from targets.

use std::path::PathBuf;
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};

thread_local! {
    static RUNTIME: Runtime = Builder::new_current_thread().enable_all().build().unwrap();
}

/// Longer than anything takes that is not stuck, on a busy machine too.
const STUCK: Duration = Duration::from_secs(30);

/// Runs a future to its end; one that does not end has failed.
pub(crate) fn block<T>(future: impl Future<Output = T>) -> T {
    RUNTIME.with(|runtime| {
        runtime.block_on(async { tokio::time::timeout(STUCK, future).await.expect("it does not end") })
    })
}

/// Makes a folder that lives as long as the process, in memory where that can be had.
pub(crate) fn folder() -> PathBuf {
    let memory = std::path::Path::new("/dev/shm");
    let made = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    made.unwrap().keep()
}
