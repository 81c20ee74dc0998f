//! One lifecycle for every long job: identity, units with bounded concurrency, progress, checkpoint, resume,
//! and exactly one terminal event.
//!
//! An engine implements [`Job`]; [`run`] drives it. What is kept between processes lives behind
//! [`CheckpointStore`](groma_model::task::CheckpointStore).

mod context;
mod job;
mod progress;
mod run;
mod stop;

pub use context::{TaskContext, UnitContext};
pub use job::{Job, PlanError, Snapshot, UnitError, Work};
pub use run::{Beginning, Outcome, run};
pub use stop::{Stop, StopCause};
