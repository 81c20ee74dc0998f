//! From what is asked for to a page of things.

use groma_api::{
    ApiError, Deleted, FacetValue, Facets, ResourceFilter, ResourceList, ResourceQuery, ResourceSort,
    SortOrder,
};
use groma_search::{Cursor, Filter, Order, Sort, SortKey, TagFilter};

use crate::scans::limit;
use crate::{App, error};

/// Words of one list in a query.
const WORDS_MAX: usize = 200;
/// A part of a name, in bytes.
const TEXT_BYTES_MAX: usize = 1_000;

impl App {
    /// Returns the things that fit, in order, a page of them.
    pub(crate) async fn select(&self, query: ResourceQuery) -> Result<ResourceList, ApiError> {
        let limit = limit(query.limit, 100, 1_000)? as usize;
        let filter = filter(&query.filter(), query.q.as_deref())?;
        let sort = sort(query.sort.unwrap_or_default(), query.order);
        let after = query.cursor.as_deref().map(|text| Cursor::parse(text, sort)).transpose();
        let after = after.map_err(|error| ApiError::invalid("cursor", error.to_string()))?;
        let as_of = self.clock.now();
        let facets = match query.facets.unwrap_or(false) {
            true => Some(shown(self.search.facets(filter.clone()).await.map_err(error::inventory)?)),
            false => None,
        };
        let listing = self.search.list(filter, sort, after, limit).await.map_err(error::inventory)?;
        let (resources, sequence) = self.inventory.resources(listing.ids).await.map_err(error::inventory)?;
        Ok(ResourceList {
            resources,
            total: listing.total as u64,
            next_cursor: listing.next.map(|cursor| cursor.to_string()),
            facets,
            sequence,
            as_of,
        })
    }
}

/// Returns what the index is asked.
pub(crate) fn filter(asked: &ResourceFilter, text: Option<&str>) -> Result<Filter, ApiError> {
    let list = |field: &str, list: &Option<String>| {
        let words = words(list.as_deref());
        if words.len() > WORDS_MAX {
            return Err(ApiError::invalid(field, format!("at most {WORDS_MAX} values are taken")));
        }
        Ok(words)
    };
    if text.is_some_and(|text| text.len() > TEXT_BYTES_MAX) {
        return Err(ApiError::invalid("q", format!("at most {TEXT_BYTES_MAX} bytes are taken")));
    }
    Ok(Filter {
        kinds: list("type", &asked.kind)?,
        states: list("state", &asked.state)?,
        accounts: list("account", &asked.account)?,
        regions: list("region", &asked.region)?,
        connections: list("connection", &asked.connection)?,
        subnets: list("subnet", &asked.subnet)?,
        tags: list("tag", &asked.tag)?.iter().map(|text| tag(text)).collect::<Result<_, _>>()?,
        text: text.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned),
        changed_since: asked.changed_since.map(|at| at.micros()),
        seen_before: asked.seen_before.map(|at| at.micros()),
        deleted: match asked.deleted {
            Deleted::Exclude => groma_search::Deleted::Exclude,
            Deleted::Include => groma_search::Deleted::Include,
            Deleted::Only => groma_search::Deleted::Only,
        },
    })
}

/// Returns the words of a list that commas separate.
pub(crate) fn words(list: Option<&str>) -> Vec<String> {
    let words = list.unwrap_or_default().split(',').map(str::trim);
    words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

fn tag(text: &str) -> Result<TagFilter, ApiError> {
    let (key, value) = match text.split_once('=') {
        Some((key, value)) => (key, Some(value.to_owned())),
        None => (text, None),
    };
    if key.is_empty() {
        return Err(ApiError::invalid(
            "tag",
            format!("`{text}` has no key: expected key=value, or key alone"),
        ));
    }
    Ok(TagFilter { key: key.to_owned(), value })
}

/// Times are sorted newest first and texts A first, unless something else is asked for.
fn sort(by: ResourceSort, order: Option<SortOrder>) -> Sort {
    let (key, usual) = match by {
        ResourceSort::Name => (SortKey::Name, Order::Ascending),
        ResourceSort::Kind => (SortKey::Kind, Order::Ascending),
        ResourceSort::State => (SortKey::State, Order::Ascending),
        ResourceSort::FirstSeen => (SortKey::FirstSeen, Order::Descending),
        ResourceSort::LastSeen => (SortKey::LastSeen, Order::Descending),
        ResourceSort::LastChanged => (SortKey::LastChanged, Order::Descending),
    };
    let order = match order {
        None => usual,
        Some(SortOrder::Asc) => Order::Ascending,
        Some(SortOrder::Desc) => Order::Descending,
    };
    Sort { key, order }
}

fn shown(facets: groma_search::Facets) -> Facets {
    let values = |counts: Vec<groma_search::Count>| {
        counts.into_iter().map(|count| FacetValue { value: count.value, count: count.count as u64 }).collect()
    };
    Facets {
        kind: values(facets.kinds),
        state: values(facets.states),
        account: values(facets.accounts),
        region: values(facets.regions),
        connection: values(facets.connections),
        subnet: values(facets.subnets),
        tags: facets.tags.into_iter().map(|tag| (tag.key, values(tag.values))).collect(),
    }
}
