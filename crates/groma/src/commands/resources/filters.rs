//! Which things are meant: the same options wherever things are listed, searched or exported.

use clap::{Args, ValueEnum};
use groma_api::{Deleted, ExportQuery, ResourceQuery, SearchQuery};
use groma_model::Timestamp;

use crate::duration;

/// Options that say which things are meant; of several values of one of them any will do, but all tags must be there.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Which things")]
pub(crate) struct Filters {
    /// Of these kinds, separated by commas; `*` stands for anything: 'aws.ec2.*'
    #[arg(long = "type", value_name = "KINDS", value_delimiter = ',')]
    kinds: Vec<String>,
    /// With these tags, separated by commas: env=prod, or just env; `*` stands for anything in a value
    #[arg(long = "tag", value_name = "KEY=VALUE", value_delimiter = ',')]
    tags: Vec<String>,
    /// In these states, separated by commas
    #[arg(long = "state", value_name = "STATES", value_delimiter = ',')]
    states: Vec<String>,
    /// In these accounts, separated by commas
    #[arg(long = "account", value_name = "IDS", value_delimiter = ',')]
    accounts: Vec<String>,
    /// In these regions, separated by commas; `*` stands for anything: 'eu-*'
    #[arg(long = "region", value_name = "NAMES", value_delimiter = ',')]
    regions: Vec<String>,
    /// In these subnets, separated by commas: 10.1.0.0/24
    #[arg(long = "subnet", value_name = "SUBNETS", value_delimiter = ',')]
    subnets: Vec<String>,
    /// Of these connections, by id, separated by commas
    #[arg(long = "connection", value_name = "IDS", value_delimiter = ',')]
    connections: Vec<String>,
    /// Changed since then: how long ago, such as 7d, or 2026-11-21T15:04:05Z
    #[arg(long, value_name = "TIME", value_parser = duration::since)]
    changed_since: Option<Timestamp>,
    /// Not seen since then: how long ago, such as 7d, or 2026-11-21T15:04:05Z
    #[arg(long, value_name = "TIME", value_parser = duration::since)]
    stale: Option<Timestamp>,
    /// Things that are gone: only them, or as well
    #[arg(long, value_enum, value_name = "WHICH")]
    deleted: Option<Gone>,
}

/// What is wanted of things that are gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Gone {
    /// Only things that are gone
    Only,
    /// All things
    Include,
}

impl From<Gone> for Deleted {
    fn from(gone: Gone) -> Self {
        match gone {
            Gone::Only => Self::Only,
            Gone::Include => Self::Include,
        }
    }
}

impl Filters {
    /// Returns whether nothing is filtered.
    pub(crate) const fn are_none(&self) -> bool {
        self.kinds.is_empty()
            && self.tags.is_empty()
            && self.states.is_empty()
            && self.accounts.is_empty()
            && self.regions.is_empty()
            && self.subnets.is_empty()
            && self.connections.is_empty()
            && self.changed_since.is_none()
            && self.stale.is_none()
            && self.deleted.is_none()
    }
}

/// Returns the values as queries have them; nothing if there are none.
fn joined(values: &[String]) -> Option<String> {
    (!values.is_empty()).then(|| values.join(","))
}

macro_rules! query_from_filters {
    ($($query:ident)*) => {
        $(impl From<&Filters> for $query {
            fn from(filters: &Filters) -> Self {
                Self {
                    kind: joined(&filters.kinds),
                    state: joined(&filters.states),
                    account: joined(&filters.accounts),
                    region: joined(&filters.regions),
                    connection: joined(&filters.connections),
                    subnet: joined(&filters.subnets),
                    tag: joined(&filters.tags),
                    changed_since: filters.changed_since,
                    seen_before: filters.stale,
                    deleted: filters.deleted.map(Deleted::from),
                    ..Self::default()
                }
            }
        })*
    };
}

query_from_filters! { ResourceQuery ExportQuery SearchQuery }
