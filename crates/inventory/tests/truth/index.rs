//! The search index that was kept up to date, beside one that is loaded at the end.

use std::sync::Arc;

use groma_embedding::Lexical;
use groma_inventory::SearchIndex;
use groma_model::Finding;
use groma_search::{Deleted, Facets, Filter, Order, Sort, SortKey, TagFilter};

use crate::step::How;
use crate::world::{World, finding};

/// The name of a thing that is recorded last: when it is there, with its vector, everything before is.
const LAST: &str = "the last of all";

pub(crate) struct Live {
    index: Arc<SearchIndex>,
}

/// What an index says: lists in every order with their keys, counts, and what is found.
#[derive(Debug, PartialEq)]
struct Picture {
    lists: Vec<(String, Vec<String>)>,
    facets: Vec<Facets>,
    found: Vec<(String, Vec<String>)>,
}

fn open(world: &World) -> Arc<SearchIndex> {
    SearchIndex::new(world.inventory.clone(), |_, port| (port == 22).then_some("ssh"), Arc::new(Lexical))
}

impl Live {
    pub(crate) fn new(world: &World) -> Self {
        Self { index: open(world) }
    }

    /// Begins to keep it up to date.
    pub(crate) async fn load(&self) {
        self.index.facets(Filter::default()).await.unwrap();
    }

    pub(crate) async fn compare(self, world: &World) {
        self.load().await;
        let task = world.begin().await;
        let look = crate::step::Look {
            state: 0,
            name: 0,
            tag: 0,
            size: 0,
            allowed: 0,
            stoppable: None,
            relations: std::collections::BTreeSet::new(),
            parent: 0,
            reading: 0,
        };
        let seen = crate::step::Seen::Thing { number: 4, look };
        let Finding::Thing(mut last) = finding(&seen, None, crate::world::time(0)) else { unreachable!() };
        last.id = groma_model::ThingId::resource(["", "", "", "", "", LAST]);
        last.name = LAST.to_owned();
        world.record(task, vec![Finding::Thing(last)]).await;
        world.end(task, How::Completed).await;
        let has_vectors = || {
            let standing = self.index.standing().unwrap();
            standing.vectors == standing.documents
        };
        // Its vector comes after its names.
        while self.index.lookup(LAST.to_owned()).await.unwrap().is_empty() || !has_vectors() {
            tokio::task::yield_now().await;
        }
        let kept = picture(&self.index).await;
        let anew = picture(&open(world)).await;
        for (kept, anew) in kept.lists.iter().zip(&anew.lists).chain(kept.found.iter().zip(&anew.found)) {
            assert_eq!(kept, anew);
        }
        assert_eq!(kept, anew);
    }
}

async fn picture(index: &Arc<SearchIndex>) -> Picture {
    let all = || Filter { deleted: Deleted::Include, ..Filter::default() };
    let tagged = TagFilter { key: "env".to_owned(), value: Some("prod".to_owned()) };
    let filters = [
        all(),
        Filter::default(),
        Filter { deleted: Deleted::Only, ..Filter::default() },
        Filter { kinds: vec!["aws.*".to_owned()], states: vec!["running".to_owned()], ..Filter::default() },
        Filter { tags: vec![tagged], ..all() },
    ];
    let mut picture = Picture { lists: Vec::new(), facets: Vec::new(), found: Vec::new() };
    // Words and meanings come after names.
    index.search("web".to_owned(), all(), 10, false).await.unwrap();
    for key in [
        SortKey::Name,
        SortKey::Kind,
        SortKey::State,
        SortKey::LastChanged,
        SortKey::LastSeen,
        SortKey::FirstSeen,
    ] {
        for order in [Order::Ascending, Order::Descending] {
            let sort = Sort { key, order };
            let (mut rows, mut after) = (Vec::new(), None);
            loop {
                // The cursor of each page carries what its row is sorted by.
                let page = index.list(all(), sort, after.take(), 1).await.unwrap();
                rows.push(format!("{:?} of {}, {:?}", page.ids, page.total, page.next));
                match page.next {
                    Some(next) => after = Some(next),
                    None => break,
                }
            }
            picture.lists.push((format!("{sort:?}"), rows));
        }
    }
    for filter in filters {
        picture.facets.push(index.facets(filter).await.unwrap());
    }
    for text in
        ["thing-1", "arn:aws:thing:2", "10.0.0.1", "host-0-1.example", "web server", "databse", "ssh", "prod"]
    {
        let found = index.search(text.to_owned(), all(), 20, false).await.unwrap();
        let hits = found.answer.hits.iter().map(|hit| format!("{hit:?}")).collect();
        picture.found.push((text.to_owned(), hits));
    }
    picture
}
