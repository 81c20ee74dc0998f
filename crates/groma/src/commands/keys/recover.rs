//! `groma keys recover`.

use std::path::PathBuf;

use clap::Args;
use groma_api::ErrorCode;
use groma_app::Unlock;

use super::target::Target;
use crate::connection::{Connection, Purpose};
use crate::context::Context;
use crate::failure::Failure;
use crate::output::say;
use crate::secret;

/// Open the data folder by the recovery key, and add a new way of opening it; a key file beside the others, unless told
#[derive(Debug, Args)]
pub(crate) struct Recover {
    /// A file whose first line is the recovery key, in place of asking
    #[arg(long, value_name = "FILE")]
    recovery_key_file: Option<PathBuf>,
    /// Only try whether the recovery key opens the folder
    #[arg(long)]
    check: bool,
    #[command(subcommand)]
    to: Option<Target>,
}

impl Recover {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        if self.check && self.to.is_some() {
            return Err(Failure::usage("--check only tries the recovery key: nothing is added"));
        }
        let key = match &self.recovery_key_file {
            Some(path) => secret::first_line("the recovery key", path)?,
            None => secret::ask("recovery key: ")
                .map_err(|error| Failure::usage(format!("could not ask for the recovery key: {error}")))?
                .ok_or_else(|| {
                    Failure::usage("there is no terminal to ask for the recovery key at")
                        .hint("name a file with --recovery-key-file")
                })?,
        };
        let settings = cx.settings.unlocked_by(Unlock::Recovery(key));
        let connection = Connection::open(&settings, Purpose::Brief).await?;
        let done = self.recover(cx, &connection).await;
        connection.close().await;
        done
    }

    async fn recover(&self, cx: &Context, connection: &Connection) -> Result<(), Failure> {
        if connection.holder().is_none() {
            return Err(Failure::new(
                ErrorCode::Conflict,
                "another process holds the data folder, so it is open: the recovery key was not tried",
            )
            .hint("add a way of opening it with `groma keys add`, or stop that process first"));
        }
        if self.check {
            say("the recovery key opens the folder");
            return Ok(());
        }
        let backend = connection.backend();
        let to = match &self.to {
            Some(to) => to.clone(),
            None => Target::KeyFile { path: cx.settings.new_key_file(backend.version().await?.node)? },
        };
        let slot = backend.key_slot_add(to.request()?).await?;
        cx.out().print_one(&slot, || super::sheet(std::slice::from_ref(&slot)))?;
        say(
            "the folder opens by this from now on; slots whose keys are lost are removed with `groma keys remove`",
        );
        Ok(())
    }
}
