//! Why a message could not be read, in the words of RFC 6455, section 7.4.1.

use axum::extract::ws::close_code;
use tungstenite::Error;
use tungstenite::error::CapacityError;

/// Returns the close code and reason for an error of reading; nothing when there is nobody left to tell.
pub(super) fn fault(error: axum::Error) -> Option<(u16, &'static str)> {
    let error = error.into_inner();
    match error.downcast_ref::<Error>()? {
        Error::Utf8(_) => Some((close_code::INVALID, "the message is not UTF-8")),
        Error::Capacity(CapacityError::MessageTooLong { .. }) => {
            Some((close_code::SIZE, "the message is too large"))
        }
        Error::Capacity(_) | Error::Protocol(_) => {
            Some((close_code::PROTOCOL, "the message breaks the rules of WebSocket"))
        }
        _ => None,
    }
}
