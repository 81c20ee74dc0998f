//! What runs.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// What runs (document 003).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = ExecutionCommand))]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Command {
    /// A script, always through its interpreter, so that a file just written can run and needs no mark.
    Script {
        /// The file; this or `content`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "schema", schema(value_type = Option<String>))]
        path: Option<PathBuf>,
        /// The text; this or `path`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        content: Option<String>,
        /// What reads it; absent: what its first line (`#!`) names, else by the file's ending, else `sh`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        interpreter: Option<Interpreter>,
        /// What it is given.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        args: Vec<String>,
    },
    /// A program and its arguments, without a shell.
    Exec {
        /// A path, or a name that is looked for in the `PATH` of the command's environment.
        program: String,
        /// What it is given.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        args: Vec<String>,
    },
    /// A line for `sh -c`.
    Shell {
        /// The line. Values of other steps reach it through `env`, never spliced in.
        command: String,
    },
    /// A call of the AWS CLI: no pager, no prompt.
    AwsCli {
        /// Such as `ec2`.
        service: String,
        /// Such as `describe-instances`.
        operation: String,
        /// More arguments.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        args: Vec<String>,
        /// A profile of the AWS configuration.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        profile: Option<String>,
        /// Such as `eu-west-1`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        region: Option<String>,
    },
}

/// What reads a script.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = ExecutionInterpreter))]
#[serde(rename_all = "lowercase")]
pub enum Interpreter {
    /// `bash`.
    Bash,
    /// `sh`.
    Sh,
    /// `python3`, or `python` where there is no other.
    Python,
}
