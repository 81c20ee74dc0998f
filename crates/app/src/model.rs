//! The language model: loaded when it is first needed, installed when that is asked for, and the worker that gives
//! things their meanings.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use groma_api::{ApiError, ErrorCode, ModelInstall, ModelProgress, ModelState, ModelStatus};
use groma_database::apart;
use groma_embedding::{
    Embedder, EmbedderKind, EmbeddingError, Lexical, MODEL_FILES, MODEL_ID, MiniLm, ModelFile, Phase, Source,
};
use parking_lot::Mutex;
use tokio::time::{MissedTickBehavior, interval};

use crate::{App, error};

/// How often the worker looks whether something waits.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// What is known of the model besides its files.
#[derive(Debug)]
pub(crate) struct Model {
    folder: PathBuf,
    /// How far an installation is that runs.
    progress: Mutex<Option<ModelProgress>>,
    /// Why the last one failed.
    failed: Mutex<Option<String>>,
    /// Whether the worker was begun.
    works: AtomicBool,
}

impl Model {
    pub(crate) const fn new(folder: PathBuf) -> Self {
        Self { folder, progress: Mutex::new(None), failed: Mutex::new(None), works: AtomicBool::new(false) }
    }

    /// Returns what makes vectors: the model if its files are there, else likeness of spelling.
    pub(crate) fn embedder(&self) -> Arc<dyn Embedder> {
        // By their lengths: most commands never need the model, which is looked at closely when it is loaded.
        let is_there = |file: &ModelFile| {
            std::fs::metadata(self.folder.join(file.name)).is_ok_and(|found| found.len() == file.bytes)
        };
        match MODEL_FILES.iter().all(is_there) {
            true => Arc::new(Lazy { folder: self.folder.clone(), loaded: OnceLock::new() }),
            false => Arc::new(Lexical),
        }
    }
}

/// The model, loaded when the first text comes: most commands never need it.
#[derive(Debug)]
struct Lazy {
    folder: PathBuf,
    loaded: OnceLock<Result<MiniLm, String>>,
}

impl Embedder for Lazy {
    fn kind(&self) -> EmbedderKind {
        EmbedderKind::Model
    }

    fn id(&self) -> &str {
        MODEL_ID
    }

    fn embed(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, EmbeddingError> {
        let load = |folder: &Path| MiniLm::load(folder).map_err(|error| error::whole(&error));
        match self.loaded.get_or_init(|| load(&self.folder)) {
            Ok(model) => model.embed(texts),
            Err(why) => Err(EmbeddingError::Unusable { path: self.folder.clone(), why: why.clone() }),
        }
    }
}

impl App {
    pub(crate) async fn model_status(&self) -> Result<ModelStatus, ApiError> {
        let folder = self.model.folder.clone();
        let looked = apart("model", move || groma_embedding::status(&folder)).await;
        let status = looked.map_err(|error| ApiError::new(ErrorCode::Internal, error.to_string()))?;
        let bytes = match status.state {
            groma_embedding::ModelState::Installed { bytes } => bytes,
            _ => 0,
        };
        let counts = self.search.embedded().await.map_err(error::inventory)?;
        let progress = self.model.progress.lock().clone();
        let failed = self.model.failed.lock().clone();
        let (state, damage) = match status.state {
            _ if progress.is_some() => (ModelState::Installing, None),
            groma_embedding::ModelState::Absent => (ModelState::Absent, None),
            groma_embedding::ModelState::Damaged { file, why } => {
                (ModelState::Damaged, Some(format!("{file}: {why}; `groma model install` fetches it again")))
            }
            groma_embedding::ModelState::Installed { .. } => (ModelState::Installed, None),
        };
        Ok(ModelStatus {
            state,
            embedder: self.search.embedder().id().to_owned(),
            folder: self.model.folder.display().to_string(),
            bytes,
            embedded: counts.embedded,
            queued: counts.queued,
            progress,
            error: damage.or(failed),
            as_of: self.clock.now(),
        })
    }

    /// Begins an installation unless one runs.
    pub(crate) async fn install_model(
        self: &Arc<Self>,
        request: ModelInstall,
    ) -> Result<ModelStatus, ApiError> {
        let source = request.source.as_deref().map_or_else(Source::default, Source::from);
        if matches!(&source, Source::Path(path) if !path.is_absolute()) {
            return Err(ApiError::invalid("source", "expected an https address or an absolute path"));
        }
        let begun = {
            let mut progress = self.model.progress.lock();
            let begun = progress.is_none();
            progress.get_or_insert(ModelProgress {
                phase: "fetching".to_owned(),
                bytes: 0,
                bytes_total: None,
            });
            begun
        };
        if begun {
            self.model.failed.lock().take();
            let app = Arc::clone(self);
            tokio::spawn(async move {
                let installing = Arc::clone(&app);
                let installed = apart("model", move || installing.install_in(&source)).await;
                app.after_installation(installed.unwrap_or_else(|error| Err(error.to_string())));
            });
        }
        self.model_status().await
    }

    fn install_in(&self, source: &Source) -> Result<(), String> {
        let mut told = |progress: groma_embedding::Progress| {
            *self.model.progress.lock() = Some(ModelProgress {
                phase: word(progress.phase).to_owned(),
                bytes: progress.bytes,
                bytes_total: Some(progress.total).filter(|total| *total > 0),
            });
        };
        let stopping = || self.stopping.is_cancelled();
        let installed = groma_embedding::install(&self.model.folder, source, &mut told, &stopping);
        installed.map(drop).map_err(|error| error::whole(&error))
    }

    fn after_installation(self: &Arc<Self>, installed: Result<(), String>) {
        match installed {
            Ok(()) => self.search.set_embedder(self.model.embedder()),
            Err(why) => {
                tracing::warn!(%why, "the language model was not installed");
                *self.model.failed.lock() = Some(why);
            }
        }
        *self.model.progress.lock() = None;
        self.begin_embedding();
    }

    /// Gives waiting things their meanings, now and whenever some wait, until the application stops.
    pub(crate) fn begin_embedding(self: &Arc<Self>) {
        let (app, stopping) = (Arc::downgrade(self), self.stopping.clone());
        if self.model.works.swap(true, Ordering::AcqRel) {
            return;
        }
        let work = async move {
            let mut looks = interval(LOOK_EVERY);
            looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            let (mut told, mut looked_by) = (false, String::new());
            loop {
                looks.tick().await;
                let Some(app) = app.upgrade() else { return };
                let embedder = app.search.embedder();
                if embedder.kind() != EmbedderKind::Model {
                    continue;
                }
                // Things that another model looked at, or none, are looked at by this one.
                let anew = looked_by != embedder.id();
                if anew {
                    embedder.id().clone_into(&mut looked_by);
                }
                match app.embed_waiting(anew).await {
                    Ok(()) => told = false,
                    // Told once: until it works again, nothing new is to be said.
                    Err(error) if !told => {
                        told = true;
                        tracing::warn!(%error, "things get no meanings");
                    }
                    Err(_) => {}
                }
            }
        };
        tokio::spawn(async move { stopping.run_until_cancelled(work).await });
    }

    async fn embed_waiting(&self, anew: bool) -> Result<(), ApiError> {
        if anew {
            self.search.embed_all_again().await.map_err(error::inventory)?;
        }
        while self.search.embed_some().await.map_err(error::inventory)? > 0 {}
        Ok(())
    }
}

const fn word(phase: Phase) -> &'static str {
    match phase {
        Phase::Fetching => "fetching",
        Phase::Checking => "checking",
        Phase::Converting => "converting",
    }
}
