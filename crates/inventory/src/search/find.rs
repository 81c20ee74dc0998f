//! Searching: the query's own vector, then the index.

use std::sync::Arc;
use std::time::Instant;

use groma_embedding::EmbedderKind;
use groma_model::ThingId;
use groma_search::{Answer, Filter, Query, Standing};

use super::{PATIENCE, SearchIndex, Stage};
use crate::InventoryError;

/// So many things are given their meanings before an answer.
const FEW: usize = 500;
/// How near in meaning, or in spelling, something must be that has none of the words: of two dozen questions about cakes,
/// cats and sonnets, or of no sense at all, hardly one comes as near to anything (`tests/quality`).
const NEARNESS: f32 = 0.25;

/// What found by meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// The language model.
    Model,
    /// Likeness of spelling.
    Lexical,
    /// Nothing yet.
    Warming,
}

/// What a search found.
#[derive(Debug)]
pub struct Found {
    /// The hits and why.
    pub answer: Answer,
    /// What found by meaning.
    pub meaning: Meaning,
    /// How the index stood.
    pub standing: Standing,
    /// How long it took, in milliseconds, waiting for the index included.
    pub took_ms: f64,
}

/// Tells whether a text looks like an id, an address or an ARN: one word that has a digit.
fn is_identifier(text: &str) -> bool {
    let text = text.trim();
    !text.contains(char::is_whitespace) && text.contains(|character: char| character.is_ascii_digit())
}

impl SearchIndex {
    /// Finds things by names, words and meaning. Waits some seconds for an index that is being loaded, then does with
    /// what there is of it.
    ///
    /// # Errors
    /// When the index cannot be loaded or the model fails.
    pub async fn search(
        self: &Arc<Self>,
        text: String,
        filter: Filter,
        limit: usize,
        explain: bool,
    ) -> Result<Found, InventoryError> {
        let begun = Instant::now();
        // What is not there in time is told to be missing.
        let _ = tokio::time::timeout(PATIENCE, self.complete()).await;
        self.reach(Stage::Names).await?;
        let embedder = (*self.stage.borrow() == Stage::Whole).then(|| self.embedder());
        let index = self.current();
        let found = self.compute(move || {
            let vector = match &embedder {
                // An identifier has no meaning besides what it is of, and its many tokens take the model long.
                Some(_) if is_identifier(&text) && !index.lookup(&text).is_empty() => None,
                Some(embedder) => embedder.embed(&[&text]).map(|vectors| vectors.into_iter().next())?,
                None => None,
            };
            let (vector, filter) = (vector.as_deref(), &filter);
            let query = Query { text: &text, vector, nearness: NEARNESS, filter, limit, explain };
            let meaning = match embedder.map(|embedder| embedder.kind()) {
                None => Meaning::Warming,
                Some(EmbedderKind::Model) => Meaning::Model,
                Some(EmbedderKind::Lexical) => Meaning::Lexical,
            };
            Ok::<_, groma_embedding::EmbeddingError>((index.search(&query), meaning, index.standing()))
        });
        let failed = |why: String| InventoryError::Storage(format!("a search failed: {why}"));
        let (answer, meaning, standing) = found.await?.map_err(|error| failed(error.to_string()))?;
        Ok(Found { answer, meaning, standing, took_ms: begun.elapsed().as_secs_f64() * 1000.0 })
    }

    /// Waits for the whole index, and gives the few things that have none yet their meanings: a command that searches
    /// once should not have to be given a second time.
    async fn complete(self: &Arc<Self>) -> Result<(), InventoryError> {
        self.reach(Stage::Whole).await?;
        if self.embedder().kind() == EmbedderKind::Model && (1..=FEW).contains(&self.waiting(FEW + 1).await?)
        {
            while self.embed_some().await? > 0 {}
        }
        Ok(())
    }

    /// Returns the things whose name or identifier this is.
    ///
    /// # Errors
    /// When the index cannot be loaded.
    pub async fn lookup(self: &Arc<Self>, text: String) -> Result<Vec<ThingId>, InventoryError> {
        self.with(Stage::Names, move |index| index.lookup(&text)).await
    }

    /// Returns how the index stands; `None` while it is not loaded.
    #[must_use]
    pub fn standing(&self) -> Option<Standing> {
        self.is_loaded().then(|| self.current().standing())
    }
}
