//! The operations on hosts.

use super::READ;
use crate::operation::Method::Get;
use crate::operation::{Operation, Operation as Op, params};
use crate::{Host, HostList, HostQuery};

/// The rows, in the order of the documents.
pub(super) const TABLE: &[Operation] = &[
    Op::new("host_list", Get, "/v1/hosts", READ, "List hosts, most recently changed first")
        .command("hosts list")
        .query(params::<HostQuery>)
        .reply::<HostList>(),
    Op::new("host_get", Get, "/v1/hosts/{id}", READ, "One host with its services")
        .command("hosts show")
        .reply::<Host>(),
];
