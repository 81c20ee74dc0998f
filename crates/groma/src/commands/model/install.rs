//! `groma model install`.

use clap::Args;
use groma_api::{ErrorCode, ModelInstall, ModelState, ModelStatus};

use crate::commands::work;
use crate::connection::{Connection, Purpose};
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::say;
use crate::watch::job::{self, Progress, Told, Watched};

/// Install the language model that search by meaning needs, or watch an installation that runs
///
/// Whatever its source, its contents are checked. What was fetched is kept where it breaks off, and not fetched again.
#[derive(Debug, Args)]
pub(crate) struct Install {
    /// Where it comes from: an https address or a folder that has model.safetensors and tokenizer.json; without, its
    /// public home
    #[arg(long, value_name = "URL|PATH")]
    from: Option<String>,
    /// Start and leave; a process of its own does it where no server runs
    #[arg(long)]
    detach: bool,
}

impl Install {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        let request = ModelInstall { source: self.from.map(source).transpose()? };
        let connection =
            if self.detach { work::staying(cx).await? } else { cx.connect(Purpose::Brief).await? };
        let done = Box::pin(async {
            let status = connection.backend().model_install(request).await?;
            if self.detach { Ok(Some(status)) } else { watch(cx, &connection).await }
        })
        .await;
        connection.close().await;
        match done? {
            Some(status) => super::print(cx, &status),
            None => Err(Failure::Ended(Exit::INTERRUPTED)),
        }
    }
}

/// Returns the source as the holder can find it, whose folder is not ours.
fn source(from: String) -> Result<String, Failure> {
    if from.contains("://") {
        return Ok(from);
    }
    let refuse = |why: String| Failure::usage(format!("could not tell where {from} is: {why}"));
    let path = std::path::absolute(&from).map_err(|error| refuse(error.to_string()))?;
    path.into_os_string().into_string().map_err(|_| refuse("its name is not text".to_owned()))
}

/// Watches the installation to its end; `None` if the person at the terminal leaves before.
async fn watch(cx: &Context, connection: &Connection) -> Result<Option<ModelStatus>, Failure> {
    let ended = job::job(cx, connection, true, async |backend| {
        let status = backend.model_status().await?;
        if status.state != ModelState::Installing {
            return Ok(Told::Ended(status));
        }
        let progress = status.progress.map(|progress| Progress {
            phase: progress.phase,
            bytes: progress.bytes,
            bytes_total: progress.bytes_total,
            bytes_per_second: None,
        });
        Ok(Told::Running(progress.unwrap_or_default()))
    });
    match ended.await? {
        Watched::Ended(status) if status.state == ModelState::Installed => Ok(Some(status)),
        Watched::Ended(status) => Err(match status.error {
            Some(why) => Failure::new(ErrorCode::TaskFailed, format!("the model was not installed: {why}")),
            // Whoever did it is gone, and who holds the folder now knows nothing of it.
            None => Failure::new(ErrorCode::Interrupted, "installing the model broke off")
                .hint("`groma model install` goes on with it"),
        }),
        Watched::Stopped(_) => {
            say(if connection.holder().is_some() {
                "installing stops with this command, for no server runs; groma model install goes on with it"
            } else {
                "the installation goes on in the server; watch it with: groma model install"
            });
            Ok(None)
        }
    }
}
