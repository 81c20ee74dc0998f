//! The table of operations, joined from the tables of the domains.

mod access;
mod backups;
mod conversations;
mod events;
mod executions;
mod hosts;
mod keys;
mod resources;
mod retention;
mod scans;
mod search;
mod status;
mod tasks;
mod webhooks;

use crate::access::Scope;
use crate::operation::Operation;

const READ: Option<Scope> = Some(Scope::Read);
const SCAN: Option<Scope> = Some(Scope::Scan);
const OPERATE: Option<Scope> = Some(Scope::Operate);
const EXECUTE: Option<Scope> = Some(Scope::Execute);
const ADMIN: Option<Scope> = Some(Scope::Admin);

/// The tables, in the order in which the documents show them.
const DOMAINS: &[&[Operation]] = &[
    status::TABLE,
    scans::TABLE,
    tasks::TABLE,
    hosts::TABLE,
    resources::TABLE,
    search::TABLE,
    conversations::TABLE,
    executions::TABLE,
    events::TABLE,
    retention::TABLE,
    webhooks::TABLE,
    keys::TABLE,
    backups::TABLE,
    access::TABLE,
];

/// Every operation there is.
pub static OPERATIONS: &[Operation] = &joined::<{ count() }>();

/// Returns how many rows the tables have together.
const fn count() -> usize {
    let (mut rows, mut domain) = (0, 0);
    while domain < DOMAINS.len() {
        rows += DOMAINS[domain].len();
        domain += 1;
    }
    rows
}

/// Returns the rows of all tables, one table after the other. `ROWS` is their [`count`].
const fn joined<const ROWS: usize>() -> [Operation; ROWS] {
    let mut all = [DOMAINS[0][0]; ROWS];
    let (mut row, mut domain) = (0, 0);
    while domain < DOMAINS.len() {
        let mut next = 0;
        while next < DOMAINS[domain].len() {
            all[row] = DOMAINS[domain][next];
            row += 1;
            next += 1;
        }
        domain += 1;
    }
    all
}
