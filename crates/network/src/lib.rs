//! Network scanning: which addresses and ports a request means, probing them by TCP connect, and telling what
//! was found.
//!
//! [`NetworkScan`] is a [`groma_task::Job`]: it plans blocks of addresses, looks for hosts in them, and probes
//! each host's ports. It stores nothing itself; findings go to the traits of `groma-model`.

mod address;
mod limits;
mod neighbours;
mod order;
mod port;
mod probe;
mod request;
mod scan;
mod scope;
mod service;
mod target;

pub use address::{AddressRange, AddressSet};
pub use limits::Limits;
pub use port::{PortError, PortSet};
pub use request::{RequestError, validate};
pub use scan::NetworkScan;
pub use scope::{is_private, is_unicast};
pub use service::{port_of_service, service_name};
pub use target::{Target, TargetError};
