//! MEASURE
use crate::world::{World, model};
use crate::{labels, table};
use groma_embedding::{Embedder, Lexical};
use groma_search::Filter;
use std::sync::Arc;

pub(crate) const NONSENSE: [&str; 24] = [
    "xyzzy quux",
    "asdf qwer zxcv",
    "lorem ipsum dolor sit amet",
    "blorptastic frobnication",
    "recipe for banana bread",
    "kjhsdfkjh",
    "purple elephants dancing",
    "capital of mongolia",
    "!!!???",
    "zzzzzz",
    "how tall is the eiffel tower",
    "shakespeare sonnets",
    "weather tomorrow",
    "football results",
    "qwertyuiop",
    "foo bar baz",
    "chocolate cake",
    "my cat is sick",
    "je ne sais quoi",
    "wie geht es dir",
    "42",
    "dinosaur",
    "symphony in d minor",
    "mxyzptlk",
];

#[tokio::test]
async fn measure() {
    for embedder in [model(), Arc::new(Lexical) as Arc<dyn Embedder>] {
        let world = World::new(embedder).await;
        let all = Filter::default();
        for text in NONSENSE {
            let f = world.find(text, &all, 10).await.answer;
            let w = f
                .hits
                .iter()
                .filter(|h| h.numbers.unwrap().words.is_some() || h.numbers.unwrap().tier < 3)
                .count();
            let top = f.hits.iter().filter_map(|h| h.numbers.unwrap().cosine).fold(0f32, f32::max);
            println!("NONSENSE {text}: hits {} words {w} top cosine {top:.3}", f.hits.len());
        }
        let lines = table::read(include_str!("queries.txt"));
        for line in lines {
            let f = world.find(line.query, &line.filter, 100).await.answer;
            let best = f
                .hits
                .iter()
                .filter(|h| labels::fit(line.right, &world.labels[&h.id]))
                .filter_map(|h| h.numbers.unwrap().cosine)
                .fold(0f32, f32::max);
            let only = f
                .hits
                .iter()
                .take(3)
                .filter(|h| {
                    labels::fit(line.right, &world.labels[&h.id])
                        && h.numbers.unwrap().words.is_none()
                        && h.numbers.unwrap().tier == 3
                })
                .filter_map(|h| h.numbers.unwrap().cosine)
                .fold(9f32, f32::min);
            let top = f.hits.iter().filter_map(|h| h.numbers.unwrap().cosine).fold(0f32, f32::max);
            println!(
                "LINE {} {}: best right {best:.3} top {top:.3} by meaning only {only:.3}",
                line.class, line.query
            );
        }
    }
}
