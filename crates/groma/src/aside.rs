//! Work that blocks, on a thread of its own.

use tokio::sync::oneshot;

/// Runs `work` on a thread that has that name; `None` if there is no thread to be had, or it panicked.
pub(crate) async fn run<T: Send + 'static>(
    name: &str,
    work: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    let (reply, answer) = oneshot::channel();
    let run = move || {
        // Who no longer listens was interrupted.
        let _ = reply.send(work());
    };
    std::thread::Builder::new().name(name.to_owned()).spawn(run).ok()?;
    answer.await.ok()
}
