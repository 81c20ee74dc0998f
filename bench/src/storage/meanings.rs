//! Made-up meanings: vectors in clusters that pass for the model's own, so that a hundred thousand things need no hours.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;
use std::time::Instant;

use groma_embedding::{Embedder, EmbedderKind, EmbeddingError, MODEL_ID};
use groma_inventory::SearchIndex;
use groma_model::network::Protocol;

use super::clusters::Clusters;
use super::ground::Ground;
use crate::{Done, say};

/// Subjects that texts are about.
const CENTRES: usize = 200;
const SPREAD: f32 = 0.6;

/// Makes a vector of each text's digest; says that it is the model.
#[derive(Debug)]
struct Synthetic(Clusters);

impl Embedder for Synthetic {
    fn kind(&self) -> EmbedderKind {
        EmbedderKind::Model
    }

    fn id(&self) -> &str {
        MODEL_ID
    }

    fn embed(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, EmbeddingError> {
        let vector = |text: &&str| {
            let mut hasher = DefaultHasher::new();
            text.hash(&mut hasher);
            self.0.vector(&mut fastrand::Rng::with_seed(hasher.finish()))
        };
        Ok(texts.iter().map(vector).collect())
    }
}

/// Gives every thing that waits a vector; returns how many a second.
pub(crate) async fn fill(ground: &Ground) -> Done<f64> {
    let clusters = Clusters::new(CENTRES, SPREAD, &mut fastrand::Rng::with_seed(1));
    let usual = |_: Protocol, port: u16| groma_network::service_name(port);
    let search = SearchIndex::new(ground.inventory.clone(), usual, Arc::new(Synthetic(clusters)));
    let begun = Instant::now();
    let mut kept = 0;
    loop {
        match search.embed_some().await? {
            0 => break,
            some => kept += some,
        }
    }
    let rate = kept as f64 / begun.elapsed().as_secs_f64();
    say(&format!("{kept} synthetic vectors kept, {rate:.0} a second"));
    Ok(rate)
}
