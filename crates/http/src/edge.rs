//! What all requests share.

use std::sync::Arc;

use futures::future::BoxFuture;
use groma_api::Gate;

use crate::EdgeOptions;
use crate::docs::Docs;
use crate::document::Documents;
use crate::rate::Rates;
use crate::stream::SharedChunks;

/// The surroundings of every request.
#[derive(Debug)]
pub(crate) struct Edge {
    pub(crate) gate: Arc<dyn Gate>,
    pub(crate) options: EdgeOptions,
    pub(crate) docs: Docs,
    pub(crate) documents: Documents,
    pub(crate) rates: Rates,
    pub(crate) chunks: SharedChunks,
}

impl Edge {
    pub(crate) fn new(gate: Arc<dyn Gate>, options: EdgeOptions) -> Self {
        let rates = Rates::new(options.rate);
        Self {
            gate,
            options,
            docs: Docs::default(),
            documents: Documents::new(),
            rates,
            chunks: SharedChunks::default(),
        }
    }

    /// Resolves when the process begins to stop.
    pub(crate) fn stopping(&self) -> BoxFuture<'static, ()> {
        let gate = Arc::clone(&self.gate);
        Box::pin(async move { gate.stopping().await })
    }
}
