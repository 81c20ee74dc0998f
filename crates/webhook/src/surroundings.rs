//! What all webhooks share.

use std::sync::Arc;

use groma_journal::Journal;
use groma_model::{Clock, NodeId};

use crate::figures::Counters;
use crate::schedule::Policy;
use crate::sender::Sender;
use crate::store::Store;

#[derive(Debug)]
pub(crate) struct Surroundings {
    pub(crate) store: Store,
    pub(crate) journal: Arc<Journal>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) policy: Policy,
    pub(crate) sender: Sender,
    pub(crate) figures: Counters,
    pub(crate) node: NodeId,
}
