//! Work that blocks, on a thread of its own: it would hold up the runtime's threads, and with them everybody else.

use std::io;

use tokio::sync::oneshot;

/// Runs `work` on a new thread of that name. Who no longer waits interrupts nothing: the work is done all the same.
///
/// # Errors
/// When the system grants no thread, or the work panicked.
pub async fn apart<T: Send + 'static>(
    name: &str,
    work: impl FnOnce() -> T + Send + 'static,
) -> io::Result<T> {
    let (reply, answer) = oneshot::channel();
    let run = move || {
        // Fails only if nobody waits any more.
        let _ = reply.send(work());
    };
    std::thread::Builder::new().name(name.to_owned()).spawn(run)?;
    answer.await.map_err(|_| io::Error::other(format!("the thread `{name}` ended early")))
}

#[cfg(test)]
mod tests {
    use super::apart;

    #[tokio::test]
    async fn the_answer_comes_back_and_a_panic_is_told() {
        assert_eq!(apart("sum", || 1 + 1).await.unwrap(), 2);
        let told = apart("broken", || -> u8 { panic!("on purpose") }).await.unwrap_err();
        assert_eq!(told.to_string(), "the thread `broken` ended early");
    }
}
