//! Work that blocks, where it blocks nothing else.

use std::io;

use tokio::sync::oneshot;

/// Does work that blocks on a thread of its own.
///
/// # Errors
/// As the work; and when there is no thread to be had, or the work panicked.
pub(crate) async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    let (tell, told) = oneshot::channel();
    std::thread::Builder::new().name("groma-log".into()).spawn(move || {
        let _ = tell.send(work());
    })?;
    told.await.map_err(io::Error::other)?
}
