//! What a reader restricts the inventory to.

/// Restricts what is listed, counted or searched. A field that is empty restricts nothing; the values of one field are
/// alternatives, except tags, which must all fit. Values may be globs (`*`, `?`) and are compared without case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Kinds, such as `aws.ec2.*`.
    pub kinds: Vec<String>,
    /// States.
    pub states: Vec<String>,
    /// Cloud accounts.
    pub accounts: Vec<String>,
    /// Cloud regions.
    pub regions: Vec<String>,
    /// Connections to hypervisors.
    pub connections: Vec<String>,
    /// Subnets.
    pub subnets: Vec<String>,
    /// Tags, all of which must fit.
    pub tags: Vec<TagFilter>,
    /// A part of the name or of an identifier, without case.
    pub text: Option<String>,
    /// Only what changed at this time or later, in microseconds since 1970.
    pub changed_since: Option<i64>,
    /// Only what was last seen before this time, in microseconds since 1970: what is stale.
    pub seen_before: Option<i64>,
    /// What to do with things that are gone.
    pub deleted: Deleted,
}

/// A tag that must be there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagFilter {
    /// Its key, exactly.
    pub key: String,
    /// Its value, which may be a glob; `None` when any will do.
    pub value: Option<String>,
}

/// What to do with things that are gone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Deleted {
    /// Leave them out.
    #[default]
    Exclude,
    /// Take them in.
    Include,
    /// Take nothing else.
    Only,
}
