//! What every command is given.

use std::sync::Arc;

use groma_api::{ApiError, Backend, ErrorCode};

use crate::connection::{Connection, Purpose};
use crate::failure::Failure;
use crate::interrupt::Interrupts;
use crate::output::Out;
use crate::settings::Settings;

/// The surroundings of a command.
#[derive(Debug)]
pub(crate) struct Context {
    /// What was settled before it began.
    pub(crate) settings: Settings,
    /// Requests to stop.
    pub(crate) interrupts: Interrupts,
    /// Whether the command is about commands that run or ran, so that none may be shown as running that is long dead.
    pub(crate) tidies: bool,
}

impl Context {
    const READ_ATTEMPTS: u32 = 3;

    /// Returns where data is printed.
    pub(crate) const fn out(&self) -> Out {
        Out { format: self.settings.output }
    }

    /// Reaches the data folder.
    ///
    /// # Errors
    /// When it can neither be held nor its holder be reached.
    pub(crate) async fn connect(&self, purpose: Purpose) -> Result<Connection, Failure> {
        let purpose = if self.tidies && purpose == Purpose::Brief { Purpose::Tidying } else { purpose };
        Connection::open(&self.settings, purpose).await
    }

    /// Asks something; asks again if the process that was asked ended meanwhile.
    ///
    /// # Errors
    /// What the backend refuses with.
    pub(crate) async fn read<T>(
        &self,
        ask: impl AsyncFn(Arc<dyn Backend>) -> Result<T, ApiError>,
    ) -> Result<T, Failure> {
        let connection = self.connect(Purpose::Brief).await?;
        let mut attempt = 1;
        let answer = loop {
            match ask(connection.backend()).await {
                Err(error) if error.code == ErrorCode::Unavailable && attempt < Self::READ_ATTEMPTS => {
                    attempt += 1;
                    if let Err(failure) = connection.reopen().await {
                        break Err(failure);
                    }
                }
                answer => break answer.map_err(Failure::from),
            }
        };
        connection.close().await;
        answer
    }

    /// Changes something, once.
    ///
    /// # Errors
    /// What the backend refuses with.
    pub(crate) async fn change<T>(
        &self,
        ask: impl AsyncFnOnce(Arc<dyn Backend>) -> Result<T, ApiError>,
    ) -> Result<T, Failure> {
        let connection = self.connect(Purpose::Brief).await?;
        let answer = ask(connection.backend()).await.map_err(Failure::from);
        connection.close().await;
        answer
    }
}
