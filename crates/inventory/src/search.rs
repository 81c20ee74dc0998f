//! The index in memory by which things are listed, counted and found: loaded when it is first asked for, and kept up to
//! date by what is committed.
//!
//! A thread of its own begins with a sealed copy that an earlier process kept, reads the things that differ from it page by
//! page, each page as it is then, and takes in between what was committed meanwhile, in order: whichever way the two
//! interleave, what was written last is what stays. Names are there first, then words, then meanings.

pub(crate) mod copy;
mod document;
mod embeddings;
mod find;
mod keeper;

use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};
use std::time::{Duration, Instant};

use groma_database::apart;
use groma_embedding::Embedder;
use groma_model::network::Protocol;
use groma_search::{Cursor, Facets, Filter, Index, Listing, Sort};
use tokio::sync::{Semaphore, watch};

use crate::InventoryError;
use crate::inventory::Inventory;

pub use self::embeddings::{BATCH, Embedded};
pub use self::find::{Found, Meaning};

/// Returns the usual name of what listens at a port.
pub type UsualName = fn(Protocol, u16) -> Option<&'static str>;

/// How long a search waits for words and meanings before it does without.
const PATIENCE: Duration = Duration::from_secs(3);

/// How far the index is loaded.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    /// Nobody has asked yet.
    Idle,
    Loading,
    /// Things can be listed, counted and found by name.
    Names,
    /// And by words.
    Words,
    /// And by meaning.
    Whole,
    /// It cannot be loaded.
    Failed(String),
}

/// Lists, counts and finds things.
#[derive(Debug)]
pub struct SearchIndex {
    inventory: Inventory,
    usual_name: UsualName,
    index: RwLock<Arc<Index>>,
    embedder: RwLock<Arc<dyn Embedder>>,
    stage: watch::Sender<Stage>,
    /// Whether the thread runs.
    started: Mutex<bool>,
    /// Since when this process is about to end.
    closing: OnceLock<Instant>,
    /// One for each that may search at once.
    turns: Arc<Semaphore>,
}

impl SearchIndex {
    /// Makes an index that loads when it is first asked for.
    #[must_use]
    pub fn new(inventory: Inventory, usual_name: UsualName, embedder: Arc<dyn Embedder>) -> Arc<Self> {
        Arc::new(Self {
            inventory,
            usual_name,
            index: RwLock::default(),
            embedder: RwLock::new(embedder),
            stage: watch::Sender::new(Stage::Idle),
            started: Mutex::default(),
            closing: OnceLock::new(),
            turns: Arc::new(Semaphore::new(std::thread::available_parallelism().map_or(2, usize::from))),
        })
    }

    /// Returns a page of the things that fit.
    ///
    /// # Errors
    /// When the index cannot be loaded.
    pub async fn list(
        self: &Arc<Self>,
        filter: Filter,
        sort: Sort,
        after: Option<Cursor>,
        limit: usize,
    ) -> Result<Listing, InventoryError> {
        self.with(Stage::Names, move |index| index.list(&filter, sort, after.as_ref(), limit)).await
    }

    /// Counts the things that fit.
    ///
    /// # Errors
    /// When the index cannot be loaded.
    pub async fn facets(self: &Arc<Self>, filter: Filter) -> Result<Facets, InventoryError> {
        self.with(Stage::Names, move |index| index.facets(&filter)).await
    }

    /// Returns what makes vectors now.
    #[must_use]
    pub fn embedder(&self) -> Arc<dyn Embedder> {
        Arc::clone(&self.embedder.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes another embedder: vectors of the one before are not compared any more.
    pub fn set_embedder(self: &Arc<Self>, embedder: Arc<dyn Embedder>) {
        *self.embedder.write().unwrap_or_else(PoisonError::into_inner) = embedder;
        // Made anew when somebody asks, which takes as long as the first time.
        self.forget();
    }

    /// Returns whether anybody has asked for the index.
    #[must_use]
    pub fn is_loaded(&self) -> bool {
        *self.stage.borrow() >= Stage::Names
    }

    #[cfg(test)]
    fn is_begun(&self) -> bool {
        *self.stage.borrow() > Stage::Idle
    }

    /// Takes in vectors that were made.
    pub(crate) fn learn(&self, vectors: Vec<(groma_model::ThingId, Vec<f32>)>) {
        self.current().set_vectors(vectors);
    }

    /// Ends the thread and gives the memory back; the next that asks begins anew.
    pub fn forget(&self) {
        self.inventory.feed.end();
    }

    /// Ends the thread once it has kept what makes the next start fast. Nobody asks anything any more.
    pub async fn close(&self) {
        let _ = self.closing.set(Instant::now());
        self.forget();
        let mut stages = self.stage.subscribe();
        let ended = stages.wait_for(|stage| matches!(stage, Stage::Idle | Stage::Failed(_))).await;
        // The sender lives as long as this does.
        drop(ended);
    }

    fn current(&self) -> Arc<Index> {
        Arc::clone(&self.index.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Does something with the index on a thread that may block, once it is as far as `stage`.
    async fn with<T: Send + 'static>(
        self: &Arc<Self>,
        stage: Stage,
        act: impl FnOnce(&Index) -> T + Send + 'static,
    ) -> Result<T, InventoryError> {
        self.reach(stage).await?;
        let index = self.current();
        self.compute(move || act(&index)).await
    }

    /// Runs what keeps a processor busy on a thread of its own. More at once than there are processors would only wait
    /// for each other.
    async fn compute<T: Send + 'static>(
        &self,
        act: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, InventoryError> {
        let turn = Arc::clone(&self.turns).acquire_owned().await;
        let run = move || {
            let _turn = turn;
            act()
        };
        let done = apart("search", run).await;
        done.map_err(|error| InventoryError::Storage(format!("the search index failed from within: {error}")))
    }

    /// Waits until the index is as far as `stage`.
    async fn reach(self: &Arc<Self>, stage: Stage) -> Result<(), InventoryError> {
        self.start()?;
        let mut stages = self.stage.subscribe();
        let reached = stages.wait_for(|now| *now >= stage).await;
        match reached.as_deref() {
            Ok(Stage::Failed(why)) => {
                Err(InventoryError::Storage(format!("the inventory could not be loaded into memory: {why}")))
            }
            _ => Ok(()),
        }
    }

    /// Starts the thread unless it runs.
    fn start(self: &Arc<Self>) -> Result<(), InventoryError> {
        let mut started = self.started.lock().unwrap_or_else(PoisonError::into_inner);
        if !*started {
            self.stage.send_replace(Stage::Loading);
            keeper::start(self)
                .map_err(|error| InventoryError::Storage(format!("failed to start a thread: {error}")))?;
            *started = true;
        }
        Ok(())
    }
}

impl Drop for SearchIndex {
    fn drop(&mut self) {
        self.inventory.feed.end();
    }
}
