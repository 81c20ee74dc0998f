//! Waiting until everything is sealed again.

use std::time::Duration;

use groma_api::{ErrorCode, KeyStatus};

use crate::connection::Connection;
use crate::failure::Failure;

const PAUSE: Duration = Duration::from_millis(200);

/// Waits for the end of what is under way, in this process or in the one that holds the folder.
///
/// # Errors
/// When it breaks off, or nobody can be asked any more.
pub(super) async fn wait(connection: &Connection) -> Result<KeyStatus, Failure> {
    loop {
        let status = match connection.backend().key_status().await {
            Ok(status) => status,
            Err(error) if error.code == ErrorCode::Unavailable => {
                connection.reopen().await?;
                continue;
            }
            Err(error) => return Err(error.into()),
        };
        match status.reencryption.as_ref().map(|work| work.state.as_str()) {
            Some("running") => tokio::time::sleep(PAUSE).await,
            Some("interrupted") => {
                return Err(Failure::new(ErrorCode::Unavailable, "sealing everything again broke off")
                    .hint("it goes on with `groma keys status --wait`, or in `groma serve`"));
            }
            _ => return Ok(status),
        }
    }
}
