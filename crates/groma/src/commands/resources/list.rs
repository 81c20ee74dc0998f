//! `groma resources list`.

use clap::{Args, ValueEnum};
use groma_api::{FacetValue, Facets, Resource, ResourceList, ResourceQuery, ResourceSort, SortOrder};

use super::{Filters, NOTHING_YET, place};
use crate::context::Context;
use crate::failure::Failure;
use crate::output::{Format, Sheet, moment, say, text_line};

/// The most that one answer has.
const PAGE: u32 = 1000;

/// List things of every domain, most recently changed first
#[derive(Debug, Args)]
pub(crate) struct List {
    #[command(flatten)]
    filters: Filters,
    /// Whose name, id or address contains this
    #[arg(long, value_name = "TEXT", help_heading = "Which things")]
    contains: Option<String>,
    /// What the list is sorted by
    #[arg(long, value_enum, value_name = "FIELD")]
    sort: Option<Sort>,
    /// In which direction; times newest first, texts A first unless told
    #[arg(long, value_enum, value_name = "ORDER")]
    order: Option<Order>,
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=i64::from(PAGE)))]
    limit: u32,
    /// Go on where the page before ended; with the same options
    #[arg(long)]
    cursor: Option<String>,
    /// All that fit, however many
    #[arg(long, conflicts_with_all = ["limit", "cursor"])]
    all: bool,
    /// Count by kind, state, place and tag as well; with --output csv, print these counts alone
    #[arg(long)]
    facets: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Sort {
    Name,
    Kind,
    State,
    FirstSeen,
    LastSeen,
    LastChanged,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Order {
    /// Smallest, oldest, A first
    Asc,
    /// Greatest, newest, Z first
    Desc,
}

impl From<Sort> for ResourceSort {
    fn from(sort: Sort) -> Self {
        match sort {
            Sort::Name => Self::Name,
            Sort::Kind => Self::Kind,
            Sort::State => Self::State,
            Sort::FirstSeen => Self::FirstSeen,
            Sort::LastSeen => Self::LastSeen,
            Sort::LastChanged => Self::LastChanged,
        }
    }
}

impl From<Order> for SortOrder {
    fn from(order: Order) -> Self {
        match order {
            Order::Asc => Self::Asc,
            Order::Desc => Self::Desc,
        }
    }
}

impl List {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        let query = self.query();
        let list = cx
            .read(async |backend| {
                let mut list = backend.resource_list(query.clone()).await?;
                while self.all
                    && let Some(cursor) = list.next_cursor.take()
                {
                    let query = ResourceQuery { cursor: Some(cursor), facets: None, ..query.clone() };
                    let page = backend.resource_list(query).await?;
                    list.resources.extend(page.resources);
                    list.next_cursor = page.next_cursor;
                }
                Ok(list)
            })
            .await?;
        self.print(cx, &list)
    }

    fn query(&self) -> ResourceQuery {
        ResourceQuery {
            q: self.contains.clone(),
            sort: self.sort.map(ResourceSort::from),
            order: self.order.map(SortOrder::from),
            facets: self.facets.then_some(true),
            limit: Some(if self.all { PAGE } else { self.limit }),
            cursor: self.cursor.clone(),
            ..ResourceQuery::from(&self.filters)
        }
    }

    fn print(&self, cx: &Context, list: &ResourceList) -> Result<(), Failure> {
        let out = cx.out();
        match (out.format, &list.facets) {
            (Format::Csv, Some(facets)) => return out.print_one(facets, || counts(facets)),
            (Format::Table, _) if list.resources.is_empty() => {
                say(if self.filters.are_none() && self.contains.is_none() {
                    NOTHING_YET
                } else {
                    "nothing fits; groma resources list --facets counts what there is"
                });
                return Ok(());
            }
            _ => out.print(list, &list.resources, || sheet(&list.resources))?,
        }
        if let (Format::Table, Some(facets)) = (out.format, &list.facets) {
            text_line("")?;
            out.print_one(facets, || counts(facets))?;
        }
        let (shown, total) = (list.resources.len(), list.total);
        match (out.format, &list.next_cursor) {
            // The document says so itself.
            (Format::Json, _) => {}
            (_, Some(cursor)) => say(format!(
                "{shown} of {total}; the next with --cursor {cursor} and the same options, all with --all"
            )),
            (Format::Table, None) if shown > 1 => say(format!("{shown} things")),
            (_, None) => {}
        }
        Ok(())
    }
}

fn sheet(resources: &[Resource]) -> Sheet {
    let mut sheet = Sheet::new(&["kind", "name", "state", "place", "last seen", "id"]).spare(&[5, 4]);
    for resource in resources {
        let gone = resource.deleted_at.map(|at| format!("gone since {}", moment(at)));
        sheet.row(vec![
            resource.kind.clone(),
            resource.name.clone(),
            gone.unwrap_or_else(|| resource.state.clone()),
            place(&resource.scope),
            moment(resource.last_seen),
            resource.id.to_string(),
        ]);
    }
    sheet
}

fn counts(facets: &Facets) -> Sheet {
    let mut sheet = Sheet::new(&["field", "value", "things"]).grouped(1);
    let mut add = |field: &str, values: &[FacetValue]| {
        for value in values {
            sheet.row(vec![field.to_owned(), value.value.clone(), value.count.to_string()]);
        }
    };
    add("kind", &facets.kind);
    add("state", &facets.state);
    add("account", &facets.account);
    add("region", &facets.region);
    add("connection", &facets.connection);
    add("subnet", &facets.subnet);
    for (key, values) in &facets.tags {
        add(&format!("tag {key}"), values);
    }
    sheet
}
