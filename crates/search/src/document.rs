//! What the inventory tells of one thing.

use std::collections::BTreeMap;

use groma_model::ThingId;

/// One thing of the inventory, opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Which thing.
    pub id: ThingId,
    /// Its kind, such as `aws.ec2.instance` or `network.host`.
    pub kind: String,
    /// Its state, such as `running`; empty when it has none.
    pub state: String,
    /// The cloud account.
    pub account: Option<String>,
    /// The cloud region, such as `eu-west-3`.
    pub region: Option<String>,
    /// The hypervisor's connection.
    pub connection: Option<String>,
    /// The network segment.
    pub segment: Option<String>,
    /// The subnet.
    pub subnet: Option<String>,
    /// What people call it.
    pub name: String,
    /// By what else it is known: alias, ARN, native id, addresses, hostnames.
    pub identifiers: Vec<String>,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
    /// Further text that words are looked up in.
    pub words: String,
    /// When it was first seen, in microseconds since 1970.
    pub first_seen: i64,
    /// When it was last seen, in microseconds since 1970.
    pub last_seen: i64,
    /// When it last changed, in microseconds since 1970.
    pub last_changed: i64,
    /// Whether it is known to be gone.
    pub deleted: bool,
    /// What its owner tells by whether it is the same still; says nothing here.
    pub version: [u8; 16],
}
