//! `cargo xtask up`.

use std::net::SocketAddr;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;

use clap::Args;

use crate::shell::{Done, cargo, command, run, target};
use crate::web;

/// Build the page and the release binary, and start Groma
#[derive(Debug, Args)]
pub(crate) struct Up {
    /// Where to listen
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<SocketAddr>,
    /// The folder with Groma's data
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// Build only
    #[arg(long)]
    no_start: bool,
}

impl Up {
    pub(crate) fn run(self) -> Done {
        web::install()?;
        web::build()?;
        run(&mut cargo(&["build", "--release", "--locked", "--package", "groma"]))?;
        if self.no_start {
            return Ok(());
        }
        let binary = target().join("release/groma");
        let mut groma = command(&binary.to_string_lossy(), &["serve", "--scan-self", "--open"]);
        if let Some(listen) = self.listen {
            groma.arg("--listen").arg(listen.to_string());
        }
        if let Some(folder) = self.data_dir {
            groma.arg("--data-dir").arg(folder);
        }
        // Takes this process's place, so that Ctrl-C reaches the server and nobody else.
        let error = groma.exec();
        Err(format!("could not start {}: {error}", binary.display()))
    }
}
