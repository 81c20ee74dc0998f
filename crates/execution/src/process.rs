//! Processes of the operating system: how one is started, seen to end, and seen to have left nothing behind.
//!
//! Nothing here knows of requests, logs or events.

mod cgroup;
mod exit;
mod identity;
mod running;
mod spawn;
mod stop;
mod stray;
mod sweep;

pub(crate) use cgroup::{Cgroup, Cgroups};
pub(crate) use running::Running;
pub(crate) use spawn::{Input, Spawn, SpawnError, spawn};
pub(crate) use stop::{clear, terminate};
pub(crate) use stray::Strays;
pub(crate) use sweep::Sweeper;

/// Marks every process of a command, those that left its group too: its value is the id of the execution.
pub(crate) const COOKIE: &str = "GROMA_EXECUTION_ID";

/// The ids of the executions within which a command runs whose own engine is a command of another engine.
pub(crate) const OUTER: &str = "GROMA_EXECUTION_WITHIN";
