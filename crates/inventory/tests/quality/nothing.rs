//! What means nothing here finds hardly anything.

use std::sync::Arc;

use groma_embedding::{Embedder, Lexical};
use groma_search::Filter;

use crate::world::{World, model};

/// Of no sense, or about what is in no estate.
const NONSENSE: [&str; 24] = [
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
/// Of so many queries, as many may find something by meaning alone: measured is one by the model and none by spelling.
const NEAR_MAX: usize = 2;
/// And as many may find anything at all: measured are six by the model, five by spelling. The bound of nearness was chosen
/// by these same queries.
const HITS_MAX: usize = 8;

#[tokio::test]
async fn nonsense_finds_hardly_anything() {
    for embedder in [model(), Arc::new(Lexical) as Arc<dyn Embedder>] {
        let world = World::new(embedder).await;
        let (mut near, mut any) = (Vec::new(), Vec::new());
        for text in NONSENSE {
            let answer = world.find(text, &Filter::default(), 10).await.answer;
            let by_meaning_alone = answer.hits.iter().filter(|hit| {
                let numbers = hit.numbers.unwrap();
                numbers.tier == 3 && numbers.words.is_none()
            });
            if by_meaning_alone.count() > 0 {
                near.push(text);
            }
            if !answer.hits.is_empty() {
                any.push(text);
            }
        }
        println!("something near: {near:?}; anything: {any:?}");
        assert!(near.len() <= NEAR_MAX, "{near:?}");
        assert!(any.len() <= HITS_MAX, "{any:?}");
    }
}
