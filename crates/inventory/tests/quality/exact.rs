//! Whatever has a name of its own is found first by it.

use std::collections::BTreeMap;
use std::sync::Arc;

use groma_embedding::Lexical;
use groma_search::Filter;

use crate::world::World;

#[tokio::test]
async fn everything_comes_first_by_its_id_and_by_every_name_that_nothing_else_has() {
    let world = World::new(Arc::new(Lexical)).await;
    let mut names: BTreeMap<String, usize> = BTreeMap::new();
    let of = |thing: &groma_model::thing::ThingFinding| {
        let mut own = vec![thing.name.clone()];
        own.extend(thing.identifiers.iter().chain(&thing.alias).cloned());
        own.sort_unstable();
        own.dedup();
        own
    };
    for thing in &world.things {
        of(thing).into_iter().for_each(|name| *names.entry(name.to_lowercase()).or_default() += 1);
    }
    let all = Filter::default();
    let mut looked = 0;
    for thing in &world.things {
        let own = of(thing).into_iter().filter(|name| names[&name.to_lowercase()] == 1);
        for text in own.chain([thing.id.to_string()]) {
            for text in [text.to_uppercase(), format!("  {text} "), format!("what is {text}?")] {
                let hits = world.find(&text, &all, 3).await.answer.hits;
                assert_eq!(hits.first().map(|hit| hit.id), Some(thing.id), "`{text}`");
                looked += 1;
            }
        }
    }
    assert!(looked > 2_000, "{looked}");
}
