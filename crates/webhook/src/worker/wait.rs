//! Waiting for the next thing to happen.

use tokio::sync::mpsc;
use tokio::time::Instant;

use super::Writing;
use crate::WebhookError;
use crate::reading::Read;

/// Waits for what is being written; for ever if nothing is.
pub(super) async fn finished(writing: &mut Option<Writing>) -> Result<(), WebhookError> {
    match writing {
        Some(writing) => writing.await,
        None => std::future::pending().await,
    }
}

pub(super) async fn sleep_until(at: Option<Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at).await,
        None => std::future::pending().await,
    }
}

/// Waits for the first of several readings to hand something out.
pub(super) async fn next_read(mut open: Vec<(u32, &mut mpsc::Receiver<Read>)>) -> (u32, Option<Read>) {
    std::future::poll_fn(|cx| {
        for (reading, reads) in &mut open {
            if let std::task::Poll::Ready(read) = reads.poll_recv(cx) {
                return std::task::Poll::Ready((*reading, read));
            }
        }
        std::task::Poll::Pending
    })
    .await
}
