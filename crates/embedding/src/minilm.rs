//! all-MiniLM-L6-v2 by `rten`: token ids through the encoder, the mean over each text's tokens, length 1.

mod batches;

use std::path::Path;
use std::sync::Arc;
use std::thread;

use rten::{Model, ModelOptions, NodeId, RunOptions, ThreadPool};
use rten_tensor::prelude::*;
use rten_tensor::{NdTensor, NdTensorView};

use crate::embedder::normalise;
use crate::pins::{GRAPH, MODEL_ID, TOKENIZER};
use crate::tokenizer::Tokenizer;
use crate::{DIMENSIONS, Embedder, EmbedderKind, EmbeddingError, convert, folder};
use batches::{Batch, batches};

/// The model was trained with texts of this many tokens at most; what is beyond is not looked at.
const TOKENS_MAX: usize = 256;

/// The model, loaded.
#[derive(Debug)]
pub struct MiniLm {
    model: Model,
    ids: NodeId,
    mask: NodeId,
    output: NodeId,
    tokenizer: Tokenizer,
    threads: Arc<ThreadPool>,
}

impl MiniLm {
    /// Loads the model from its folder, to be run on all processors.
    ///
    /// # Errors
    /// When a file is missing, has not the bytes that it is pinned to, or cannot be used.
    pub fn load(folder: &Path) -> Result<Self, EmbeddingError> {
        Self::load_with_threads(folder, thread::available_parallelism().map_or(1, usize::from))
    }

    /// Loads the model from its folder, to be run on so many threads, which all callers share.
    ///
    /// # Errors
    /// When a file is missing, has not the bytes that it is pinned to, or cannot be used.
    pub fn load_with_threads(folder: &Path, threads: usize) -> Result<Self, EmbeddingError> {
        let json = folder::read(folder, &TOKENIZER)?;
        let tokenizer = Tokenizer::read(&json).map_err(|error| EmbeddingError::Unusable {
            path: folder.join(TOKENIZER.name),
            why: error.to_string(),
        })?;
        let path = folder::checked(folder, &GRAPH)?;
        let unusable = |why: String| EmbeddingError::Unusable { path: path.clone(), why };
        // Packed once instead of for every batch, for some 40 MB more.
        let model = ModelOptions::with_all_ops().prepack_weights(true).load_file(&path);
        let model = model.map_err(|error| unusable(error.to_string()))?;
        let node = |name: &str| model.node_id(name).map_err(|error| unusable(error.to_string()));
        let (ids, mask, output) = (node(convert::IDS)?, node(convert::MASK)?, node(convert::OUTPUT)?);
        let threads = Arc::new(ThreadPool::with_num_threads(threads.max(1)));
        Ok(Self { model, ids, mask, output, tokenizer, threads })
    }

    /// Returns the tokens of a text as the model gets them.
    #[must_use]
    pub fn tokens(&self, text: &str) -> Vec<u32> {
        self.tokenizer.encode(text, TOKENS_MAX)
    }

    /// Runs the model over one batch; returns its vectors in the batch's order.
    fn run(&self, texts: &[Vec<u32>], batch: &Batch) -> Result<Vec<Vec<f32>>, EmbeddingError> {
        let members = || batch.texts.iter().filter_map(|at| texts.get(*at));
        let shape = [batch.texts.len(), batch.tokens];
        let padded = |number: fn(&u32) -> i32| {
            let row = |text: &Vec<u32>| {
                let padding = batch.tokens - text.len();
                text.iter().map(number).chain(std::iter::repeat_n(0, padding)).collect::<Vec<_>>()
            };
            NdTensor::<i32, 2>::from_data(shape, members().flat_map(row).collect::<Vec<_>>())
        };
        let ids = padded(|token| token.cast_signed());
        let mask = padded(|_| 1);
        let inputs = vec![(self.ids, ids.view().into()), (self.mask, mask.view().into())];
        let options = RunOptions::default().with_thread_pool(Some(self.threads.clone()));
        let failed =
            |why: String| EmbeddingError::Run { texts: batch.texts.len(), tokens: batch.tokens, why };
        let outputs = self.model.run_n(inputs, [self.output], Some(options));
        let [hidden] = outputs.map_err(|error| failed(error.to_string()))?;
        let hidden: NdTensor<f32, 3> =
            hidden.try_into().map_err(|_| failed("no vectors came out".to_owned()))?;
        if hidden.shape() != [batch.texts.len(), batch.tokens, DIMENSIONS] {
            return Err(failed(format!("{:?} numbers came out", hidden.shape())));
        }
        let lengths = members().map(Vec::len);
        Ok(lengths.enumerate().map(|(row, length)| mean(&hidden.slice([row]), length)).collect())
    }
}

/// Returns the mean of the first rows, made as long as 1.
fn mean(hidden: &NdTensorView<'_, f32, 2>, rows: usize) -> Vec<f32> {
    let mut mean = vec![0.0; DIMENSIONS];
    for row in hidden.to_contiguous().data().chunks(DIMENSIONS).take(rows) {
        mean.iter_mut().zip(row).for_each(|(sum, number)| *sum += number);
    }
    normalise(&mut mean);
    mean
}

impl Embedder for MiniLm {
    fn kind(&self) -> EmbedderKind {
        EmbedderKind::Model
    }

    fn id(&self) -> &str {
        MODEL_ID
    }

    fn embed(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, EmbeddingError> {
        let texts: Vec<Vec<u32>> = texts.iter().map(|text| self.tokens(text)).collect();
        let lengths: Vec<usize> = texts.iter().map(Vec::len).collect();
        let mut vectors = vec![Vec::new(); texts.len()];
        for batch in batches(&lengths) {
            let made = self.run(&texts, &batch)?;
            for (at, vector) in batch.texts.iter().zip(made) {
                if let Some(place) = vectors.get_mut(*at) {
                    *place = vector;
                }
            }
        }
        Ok(vectors)
    }
}
