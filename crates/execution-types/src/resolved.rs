//! What would run, exactly: the dry run of a request or a plan.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::Strategy;

/// A command as it would run: everything that decides what happens, and no secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ResolvedCommand {
    /// The program's file, absolute.
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub program: PathBuf,
    /// What it is given, without its own name. The file of a script that was given as text is `<script>`.
    pub args: Vec<String>,
    /// Where it runs, absolute.
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub working_dir: PathBuf,
    /// The names of its environment variables, sorted; secrets are among them.
    pub env: Vec<String>,
    /// What it reads, for people: `nothing`, `12 bytes`, a file's path, `a secret`.
    pub stdin: String,
    /// The whole as a line for a shell, for people.
    pub display: String,
    /// SHA-256 over program, its contents, arguments, directory, environment and input, in hexadecimal. Secrets count
    /// by where they come from, what is inherited by name.
    pub digest: String,
}

/// A step as it would run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ResolvedStep {
    /// The step.
    pub id: String,
    /// Steps that must have completed before.
    pub depends_on: Vec<String>,
    /// Attempts in all.
    pub max_attempts: u32,
    /// What would run. Outputs of earlier steps stand in it as they are written in the plan.
    pub command: ResolvedCommand,
}

/// A plan as it would run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ResolvedPlan {
    /// SHA-256 over all of it, in hexadecimal: who approves this approves exactly what is shown.
    pub hash: String,
    /// How the steps follow each other.
    pub strategy: Strategy,
    /// The steps, in the order of the plan.
    pub steps: Vec<ResolvedStep>,
}
