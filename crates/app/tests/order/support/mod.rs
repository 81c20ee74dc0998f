//! A folder that lives through many processes, jobs that follow a script, and a store that strikes.

pub(crate) mod document;
pub(crate) mod meddler;
pub(crate) mod record;
pub(crate) mod script;
pub(crate) mod strategy;
pub(crate) mod world;
