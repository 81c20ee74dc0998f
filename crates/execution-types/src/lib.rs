//! What `groma-execution` is asked and what it answers. No I/O.
//!
//! Requests refuse unknown fields; answers may grow.

mod command;
mod event;
mod invalid;
mod plan;
mod request;
mod resolved;
mod result;
#[cfg(feature = "schema")]
mod schemas;
mod validate;

pub use command::{Command, Interpreter};
pub use event::{Ended, ExecutionEvent, Line, OutputAdvanced, OutputGap, Progress, Started, Stream};
pub use invalid::ValidationError;
pub use plan::{ExecutionPlan, OnError, PlanResult, Retry, Step, StepResult, Strategy};
pub use request::{ExecutionRequest, InheritEnv, Secret, Stdin};
pub use resolved::{ResolvedCommand, ResolvedPlan, ResolvedStep};
pub use result::{ExecutionResult, ExecutionStatus, Mechanism, Survivor, Teardown};
#[cfg(feature = "schema")]
pub use schemas::schemas;
pub use validate::long_enough;
