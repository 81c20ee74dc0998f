//! `groma-bench storage`: keeping, finding, embedding and backing up what there is.

mod backup;
#[path = "../../crates/search/src/clusters.rs"]
mod clusters;
mod cold;
mod embedding;
mod estate;
mod ground;
mod list;
mod loaded;
mod meanings;
mod plain;
mod questions;
mod search;
mod upsert;

use std::path::{Path, PathBuf};

use clap::Args;
use groma_embedding::ModelState;

use self::ground::Ground;
use self::loaded::Folder;
use crate::report::Report;
use crate::{Done, say, workspace};

/// Measure inventory, search, embeddings and backups, and keep the figures in docs/benchmarks.md
#[derive(Debug, Args)]
pub(crate) struct Storage {
    /// How many things there are
    #[arg(long, default_value_t = 100_000)]
    things: usize,
    /// Rounds of each measurement; the sides take turns within a round
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Only these measurements; figures are then printed, but not kept
    #[arg(long, value_enum, value_delimiter = ',')]
    only: Vec<Part>,
    /// The folder to write in: its disk is part of what is measured
    #[arg(long, value_name = "FOLDER")]
    folder: Option<PathBuf>,
    /// The binary that is measured from outside; the one built beside this program unless told otherwise
    #[arg(long, value_name = "FILE")]
    binary: Option<PathBuf>,
    /// The folder with the language model, for the server too
    #[arg(long, value_name = "FOLDER", env = "GROMA_MODEL_DIR")]
    model: Option<PathBuf>,
    /// A Python that has what `bench/embedding_requirements.txt` names
    #[arg(long, value_name = "FILE")]
    python: Option<PathBuf>,
    /// The example `backup_throughput` of groma-backup; the one built beside this program unless told otherwise
    #[arg(long, value_name = "FILE")]
    throughput: Option<PathBuf>,
    /// Megabytes that are backed up
    #[arg(long, default_value_t = 500)]
    megabytes: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// Recording new, unchanged and changed things
    Upsert,
    /// Questions, lists and an export through the REST API
    Search,
    /// A search without a server; what a server needs to begin
    Cold,
    /// The model beside ONNX Runtime
    Embedding,
    /// Backups beside restic
    Backup,
}

impl Storage {
    pub(crate) fn run(self) -> Done {
        let least = upsert::BATCH * self.rounds;
        if self.rounds == 0 || self.things < least || !self.things.is_multiple_of(upsert::BATCH) {
            return Err(format!("--things takes multiples of {}, {least} at least", upsert::BATCH).into());
        }
        let root = match &self.folder {
            Some(folder) => tempfile::tempdir_in(folder)?,
            None => tempfile::tempdir()?,
        };
        let mut report = Report::new("storage");
        let wanted = |part| self.only.is_empty() || self.only.contains(&part);
        let home = root.path().join("estate");
        if wanted(Part::Upsert) || wanted(Part::Search) || wanted(Part::Cold) {
            let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
            let vectors =
                runtime.block_on(self.fill(root.path(), &home, wanted(Part::Upsert), &mut report))?;
            let folder = Folder { root: &home, things: self.things, vectors };
            if wanted(Part::Cold) {
                cold::measure(&folder, &self.binary()?, self.rounds, &mut report)?;
            }
            if wanted(Part::Search) {
                search::measure(&folder, &self.binary()?, self.rounds, &mut report)?;
            }
        }
        if wanted(Part::Embedding) {
            match self.model() {
                Some(model) => embedding::measure(model, self.python.as_deref(), self.rounds, &mut report)?,
                None => say("embeddings: not had, the model is not there"),
            }
        }
        if wanted(Part::Backup) {
            let throughput =
                self.throughput.clone().map_or_else(|| beside("examples/backup_throughput"), Ok)?;
            let rounds = self.rounds.min(3);
            backup::measure(root.path(), &throughput, self.megabytes, rounds, &mut report)?;
        }
        report.print()?;
        if self.only.is_empty() {
            report.keep(&workspace().join("docs/benchmarks.md"))?;
        }
        Ok(())
    }

    /// Makes the folder that is measured; returns how many vectors were kept a second.
    async fn fill(&self, root: &Path, home: &Path, measured: bool, report: &mut Report) -> Done<Option<f64>> {
        let ground = Ground::open(home).await?;
        if measured {
            upsert::measure(&ground, root, self.things, self.rounds, report).await?;
        } else {
            upsert::fill(&ground, self.things).await?;
        }
        let vectors = match self.model() {
            Some(model) => {
                // The server finds the model by its settings.
                let settings = format!("model_dir = {:?}\n", std::path::absolute(model)?);
                std::fs::write(home.join("config/groma/config.toml"), settings)?;
                Some(meanings::fill(&ground).await?)
            }
            None => None,
        };
        ground.close()?;
        Ok(vectors)
    }

    /// Returns the model's folder, if the model is in it.
    fn model(&self) -> Option<&Path> {
        let installed =
            |folder: &&Path| matches!(groma_embedding::status(folder).state, ModelState::Installed { .. });
        self.model.as_deref().filter(installed)
    }

    fn binary(&self) -> Done<PathBuf> {
        self.binary.clone().map_or_else(|| beside("groma"), Ok)
    }
}

/// Returns a file that was built beside this program.
fn beside(name: &str) -> Done<PathBuf> {
    Ok(std::env::current_exe()?.with_file_name(name))
}
