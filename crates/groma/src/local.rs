//! Commands that run in this process, with its directory, environment and terminal, and are reported to whoever holds
//! the data folder.

mod events;
mod guest;
mod hangup;
mod loss;
mod setup;
mod stopping;
mod teardown;
mod through;

pub(crate) use guest::Guest;
pub(crate) use loss::Loss;
pub(crate) use setup::{config, engine, handlers, refused, see_through, tee};
pub(crate) use stopping::{Reason, Stopping};
pub(crate) use teardown::warn;
