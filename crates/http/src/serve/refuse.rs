//! Telling a connection that it cannot be served: one answer, then the end.

use std::time::Duration;

use axum::http::{HeaderValue, header};
use groma_api::ApiError;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use crate::frame::strict;
use crate::problem::problem;

use super::HEADER_BYTES_MAX;

/// How long a refusal may take; whoever is slower is cut off.
const PATIENCE: Duration = Duration::from_secs(3);

/// Waits for the request, answers it with `error`, and closes.
pub(super) async fn refuse(mut stream: impl AsyncRead + AsyncWrite + Unpin, error: &ApiError) {
    let answer = bytes(error).await;
    let polite = async {
        // A client that has not sent its request yet takes an early answer for a fault.
        let mut head = Vec::new();
        while !head.windows(4).any(|end| end == b"\r\n\r\n") && head.len() < HEADER_BYTES_MAX {
            if stream.read_buf(&mut head).await? == 0 {
                break;
            }
        }
        stream.write_all(&answer).await?;
        stream.shutdown().await?;
        // Closing on unread bytes would reset the connection, and the answer with it.
        let mut rest = [0; 1024];
        while stream.read(&mut rest).await? > 0 {}
        Ok::<_, std::io::Error>(())
    };
    tokio::time::timeout(PATIENCE, polite).await.ok();
}

/// Returns an answer as it goes over the wire.
async fn bytes(error: &ApiError) -> Vec<u8> {
    let mut response = problem(error);
    strict(response.headers_mut());
    response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    let (parts, body) = response.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
    let reason = parts.status.canonical_reason().unwrap_or_default();
    let mut bytes = format!("HTTP/1.1 {} {reason}\r\n", parts.status.as_u16()).into_bytes();
    for (name, value) in &parts.headers {
        bytes.extend_from_slice(name.as_str().as_bytes());
        bytes.extend_from_slice(b": ");
        bytes.extend_from_slice(value.as_bytes());
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(format!("content-length: {}\r\n\r\n", body.len()).as_bytes());
    bytes.extend_from_slice(&body);
    bytes
}
