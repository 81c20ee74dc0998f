//! `groma consumers put`.

use clap::Args;
use groma_api::ConsumerRequest;
use groma_model::Sequence;

use crate::context::Context;
use crate::failure::Failure;

/// Register a reader for which events are kept, or tell its position
///
/// Events behind its position are not dropped, until it was silent for as long as `groma retention show` says or the
/// database takes more than it may.
#[derive(Debug, Args)]
pub(crate) struct Put {
    /// Its name: letters, digits, `.`, `_` and `-`
    name: String,
    /// Everything up to this sequence is dealt with; without, a new one begins with the next event
    #[arg(long, value_name = "SEQUENCE")]
    position: Option<Sequence>,
}

impl Put {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        let request = ConsumerRequest { name: self.name, position: self.position };
        let consumer = cx.change(async |backend| backend.consumer_put(request).await).await?;
        cx.out().print_one(&consumer, || super::sheet(std::slice::from_ref(&consumer)))
    }
}
