use std::sync::Arc;

use groma_embedding::Lexical;
use groma_model::thing::ThingFinding;
use groma_search::{Deleted, Facets, Filter, Sort, SortKey};

use super::{FILE, UNFINISHED};
use crate::SearchIndex;
use crate::testing::{World, thing};

const COUNT: u32 = 60;

fn things(count: u32) -> Vec<ThingFinding> {
    (0..count).map(|number| thing("aws.ec2.instance", &format!("web-{number}"), number)).collect()
}

fn open(world: &World) -> Arc<SearchIndex> {
    SearchIndex::new(world.inventory.clone(), |_, _| None, Arc::new(Lexical))
}

/// What an index says.
#[derive(Debug, PartialEq)]
struct Said {
    lists: Vec<Vec<String>>,
    facets: Facets,
    found: Vec<Vec<(String, Option<f32>)>>,
}

async fn ask(index: &Arc<SearchIndex>) -> Said {
    let all = || Filter { deleted: Deleted::Include, ..Filter::default() };
    let mut lists = Vec::new();
    for key in [SortKey::Name, SortKey::LastSeen, SortKey::LastChanged] {
        let listing = index.list(all(), Sort { key, ..Sort::default() }, None, 1_000).await.unwrap();
        lists.push(listing.ids.iter().map(ToString::to_string).collect());
    }
    let mut found = Vec::new();
    for text in ["web-7", "database of orders", "stopped", "wbe-31"] {
        let answer = index.search(text.to_owned(), all(), 1_000, true).await.unwrap().answer;
        let hits = answer.hits.iter();
        found.push(
            hits.map(|hit| (hit.id.to_string(), hit.numbers.and_then(|numbers| numbers.cosine))).collect(),
        );
    }
    Said { lists, facets: index.facets(all()).await.unwrap(), found }
}

async fn from_scratch(world: &World) -> Said {
    let aside = world.folder().join("aside");
    std::fs::rename(world.folder().join(FILE), &aside).unwrap();
    let said = ask(&open(world)).await;
    std::fs::rename(&aside, world.folder().join(FILE)).unwrap();
    said
}

/// Leaves a copy and returns what it is.
async fn leave(world: &World) -> Vec<u8> {
    let index = open(world);
    ask(&index).await;
    index.close().await;
    std::fs::read(world.folder().join(FILE)).unwrap()
}

#[tokio::test]
async fn what_begins_with_a_copy_says_what_begins_with_nothing_says() {
    let world = World::open().await;
    world.record(things(COUNT)).await;
    leave(&world).await;
    // Changed, seen again, gone, and new since.
    let mut again = things(3);
    again[0].name = "database of orders".to_owned();
    again[1].state = "stopped".to_owned();
    again[2].at = groma_model::Timestamp::from_micros(1_800_000_000_000_000);
    again.push(thing("aws.rds.instance", "orders", 1_000));
    world.record(again).await;
    let gone = crate::testing::thing("aws.ec2.instance", "", 40).id;
    let removed = world.inventory.write(move |_, tx| {
        tx.connection().execute("DELETE FROM things WHERE id = ?1", [gone.uuid().into_bytes()])?;
        Ok(())
    });
    removed.await.unwrap();
    let said = ask(&open(&world)).await;
    assert_eq!(said, from_scratch(&world).await);
    assert_eq!(said.lists[0].len(), COUNT as usize);
    assert!(said.found[0].len() > 1 && said.found[1].len() > 1);
}

#[tokio::test]
async fn a_copy_is_sealed_and_made_anew_only_when_much_is_different() {
    let world = World::open().await;
    world.record(things(COUNT)).await;
    let copy = leave(&world).await;
    for word in [&b"web-"[..], b"123456789012", b"aws.ec2"] {
        assert!(!copy.windows(word.len()).any(|bytes| bytes == word), "{}", String::from_utf8_lossy(word));
    }
    assert!(!world.folder().join(UNFINISHED).exists());
    let mut one = things(1);
    one[0].name = "another".to_owned();
    world.record(one).await;
    assert!(leave(&world).await == copy, "one thing of many is read again as fast");
    let mut many = things(COUNT / 2);
    many.iter_mut().for_each(|thing| thing.name.push('x'));
    world.record(many).await;
    assert!(leave(&world).await != copy);
}

#[tokio::test]
async fn who_leaves_while_it_loads_leaves_a_copy_all_the_same() {
    let world = World::open().await;
    world.record(things(COUNT)).await;
    let index = open(&world);
    let asked = Arc::clone(&index);
    let asking = tokio::spawn(async move { asked.facets(Filter::default()).await });
    while !index.is_begun() {
        tokio::task::yield_now().await;
    }
    index.close().await;
    assert!(world.folder().join(FILE).exists());
    drop(asking);
}

#[tokio::test]
async fn a_copy_that_is_damaged_or_made_otherwise_is_as_good_as_none() {
    let world = World::open().await;
    world.record(things(COUNT)).await;
    let copy = leave(&world).await;
    let path = world.folder().join(FILE);
    let expected = ask(&open(&world)).await;
    let mut flipped = copy.clone();
    *flipped.last_mut().unwrap() ^= 1;
    let mut form = copy.clone();
    form[13] = b'9';
    for damaged in
        [&copy[..copy.len() / 2], &copy[..20], &[], &flipped, &form, b"nothing of the kind at all, for sure"]
    {
        std::fs::write(&path, damaged).unwrap();
        assert_eq!(ask(&open(&world)).await, expected);
    }
    // A disk on which nothing can be kept.
    std::fs::remove_file(&path).unwrap();
    std::fs::create_dir(world.folder().join(UNFINISHED)).unwrap();
    let index = open(&world);
    assert_eq!(ask(&index).await, expected);
    index.close().await;
    assert!(!path.exists());
}

#[tokio::test]
async fn sealing_everything_again_takes_the_copy_away() {
    let world = World::open().await;
    world.record(things(COUNT)).await;
    leave(&world).await;
    world.inventory.reencryption_begin(2).await.unwrap();
    assert!(!world.folder().join(FILE).exists());
}
