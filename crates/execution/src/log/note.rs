//! What stands in an index beside the lines: how an execution began, what process it was, how it ended.

use std::path::PathBuf;

use groma_execution_types::{ExecutionRequest, ExecutionResult, Mechanism};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Names a process for as long as there are computers: its id alone is used again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProcessIdentity {
    /// The process's id.
    pub pid: u32,
    /// When it started, in the system's ticks since it booted; 0 where that cannot be known.
    pub started_ticks: u64,
    /// Which boot; empty where that cannot be known.
    pub boot_id: String,
}

/// What stands in an index beside the lines.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "note", rename_all = "snake_case")]
pub enum Note {
    /// It begins; written before anything is started.
    Begun(Box<Begun>),
    /// A process was started.
    Spawned(Spawned),
    /// It ended, and nothing follows.
    Ended {
        /// How, without its output, which is the log itself.
        result: Box<ExecutionResult>,
    },
}

/// An execution begins.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Begun {
    /// What was asked for, without secrets.
    pub request: ExecutionRequest,
    /// The mark in the environment of all its processes.
    pub cookie: String,
    /// The process whose engine runs it.
    pub engine: ProcessIdentity,
    /// When.
    pub at: Timestamp,
    /// The plan of which it is a step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<Uuid>,
    /// Which step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
}

/// A process was started.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Spawned {
    /// Which attempt, from 1.
    pub attempt: u32,
    /// The process that leads the group.
    pub leader: ProcessIdentity,
    /// What holds its processes together.
    pub mechanism: Mechanism,
    /// Its control group, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cgroup: Option<PathBuf>,
}
