//! Webhooks: events delivered to other people's servers, signed as Standard Webhooks says, in order per subject, at
//! least once.
//!
//! Each webhook is a cursor on the journal with a position of its own. What was read waits in lanes, one per subject;
//! the position follows what is delivered, so that a process that dies loses nothing.

mod answer;
mod attempt;
mod connector;
mod error;
mod figures;
mod guard;
mod lanes;
mod message;
mod reading;
mod record;
mod schedule;
mod secret;
mod sender;
mod store;
mod surroundings;
mod target;
mod tracker;
mod webhooks;
mod worker;

pub use connector::Trust;
pub use error::WebhookError;
pub use figures::Figures;
pub use schedule::Policy;
pub use webhooks::{WebhookOptions, Webhooks};
