#![doc = include_str!("../README.md")]

#[cfg(not(unix))]
compile_error!("groma-execution holds processes together by means of Unix; Windows is not supported yet");

mod config;
mod deliver;
mod engine;
mod error;
#[cfg(feature = "fuzz")]
#[doc(hidden)]
pub mod fuzz;
mod handler;
mod log;
mod output;
mod plan;
mod process;
mod resolve;
mod secret;
mod sink;

pub use config::{ConfigError, Containment, ExecutionConfig};
pub use engine::{Cleaned, ExecutionEngine};
pub use error::ExecutionError;
pub use groma_execution_types::*;
pub use handler::{EventHandler, Interest};
pub use log::{Begun, LogPage, LogReader, MemoryLogs, Note, PlainLogs, ProcessIdentity, Spawned};
pub use output::Tee;
pub use plan::{Approval, PLAN_BYTES_MAX, PlanSyntaxError, read_plan, validate_plan};
pub use secret::{SecretError, SecretSource};
pub use sink::{AppendLog, LogPart, LogSink, ReadLog};
