//! What engines hand to the inventory, which decides what of it is new.

use crate::network::{HostFinding, PortFinding};
use crate::thing::{SliceFinding, ThingFinding};

/// What was found.
#[derive(Debug, Clone, PartialEq)]
pub enum Finding {
    /// A host answered.
    Host(HostFinding),
    /// A port is open, or a port that earlier scans knew answered otherwise.
    Port(PortFinding),
    /// A thing was read as a whole.
    Thing(Box<ThingFinding>),
    /// Reading a slice ended.
    Slice(SliceFinding),
}
