//! Plans: several commands, what they need of each other, and what of it was approved.

mod approve;
mod check;
mod engine;
mod graph;
mod outputs;
mod places;
mod read;
mod reference;
mod run;
mod schedule;
mod state;

pub use approve::Approval;
pub(crate) use engine::Plans;
pub use read::{PLAN_BYTES_MAX, PlanSyntaxError, read_plan};

use groma_execution_types::{ExecutionPlan, ValidationError};

/// Checks the form of a plan, its graph and every request in it, without looking at a file or a keychain.
///
/// # Errors
/// The first field that is wrong, and what is wrong with it.
pub fn validate_plan(plan: &ExecutionPlan) -> Result<(), ValidationError> {
    check::form(plan).map(drop)
}

#[cfg(test)]
mod tests;
