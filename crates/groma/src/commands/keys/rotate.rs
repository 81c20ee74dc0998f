//! `groma keys rotate`.

use clap::Args;
use groma_api::KeyRotation;

use super::{progress, status};
use crate::connection::{Connection, Purpose};
use crate::context::Context;
use crate::failure::Failure;
use crate::output::say;

/// Make a new data key for what is new; with --reencrypt, seal everything again by it
#[derive(Debug, Args)]
pub(crate) struct Rotate {
    /// Seal everything again, in the background and in small steps; goes on after any interruption
    #[arg(long)]
    reencrypt: bool,
    /// Wait until everything is sealed again
    #[arg(long, requires = "reencrypt")]
    wait: bool,
}

impl Rotate {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        let connection = cx.connect(Purpose::Brief).await?;
        let done = self.rotate(&connection).await;
        connection.close().await;
        status::print(cx, &done?)
    }

    async fn rotate(&self, connection: &Connection) -> Result<groma_api::KeyStatus, Failure> {
        let rotation = KeyRotation { reencrypt: self.reencrypt };
        let status = connection.backend().key_rotate(rotation).await?;
        if !self.reencrypt {
            return Ok(status);
        }
        if connection.holder().is_some() && !self.wait {
            say("no server runs on this data folder, so this command stays until everything is sealed again");
        } else if !self.wait {
            return Ok(status);
        }
        progress::wait(connection).await
    }
}
