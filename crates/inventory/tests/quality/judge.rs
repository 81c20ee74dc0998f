//! The table against the world: how often what is right is among the first three.

use std::collections::BTreeMap;
use std::sync::Arc;

use groma_embedding::{Embedder, Lexical};

use crate::labels;
use crate::table::{self, Line};
use crate::world::{World, model};

/// So many of the first hits somebody looks at.
const FIRST: usize = 3;
const TABLE: &str = include_str!("queries.txt");
/// Lines that were written after the last change of what finds, and never led to another.
const HELD_OUT: &str = include_str!("held_out.txt");

/// How often what was right was found in time, and what was missed.
#[derive(Default)]
struct Verdict {
    right: usize,
    lines: usize,
    classes: BTreeMap<&'static str, (usize, usize)>,
    missed: Vec<String>,
}

impl Verdict {
    fn share(&self) -> f64 {
        self.right as f64 / self.lines as f64
    }

    fn print(&self, what: &str) {
        println!("{what}: {} of {} ({:.1} %)", self.right, self.lines, 100.0 * self.share());
        for (class, (right, lines)) in &self.classes {
            println!("  {class}: {right} of {lines}");
        }
        self.missed.iter().for_each(|missed| println!("  missed: {missed}"));
    }
}

async fn judge(world: &World, lines: &[Line]) -> Verdict {
    let mut verdict = Verdict::default();
    for line in lines {
        let fits = |id| labels::fit(line.right, &world.labels[&id]);
        assert!(world.labels.keys().any(|id| fits(*id)), "nothing in the world is `{}`", line.right);
        let found = world.find(line.query, &line.filter, 10).await.answer;
        let place = found.hits.iter().position(|hit| fits(hit.id));
        let first = if line.class == "exact" { 1 } else { FIRST };
        let right = place.is_some_and(|place| place < first);
        let class = verdict.classes.entry(line.class).or_default();
        (class.0, class.1) = (class.0 + usize::from(right), class.1 + 1);
        (verdict.right, verdict.lines) = (verdict.right + usize::from(right), verdict.lines + 1);
        if !right {
            let seen = found.hits.iter().take(FIRST).map(|hit| world.name(hit.id));
            let seen = seen.collect::<Vec<_>>().join("; ");
            let place = place.map_or("not at all".to_owned(), |place| format!("at {}", place + 1));
            verdict.missed.push(format!("{} `{}` ({place}): {seen}", line.class, line.query));
        }
    }
    verdict
}

async fn judged(world: &World, table: &'static str, what: &str) -> Verdict {
    let verdict = judge(world, &table::read(table)).await;
    verdict.print(what);
    let exact = verdict.classes.get("exact").copied().unwrap_or_default();
    assert_eq!(exact.0, exact.1, "what is named exactly comes first, always");
    verdict
}

async fn world(embedder: Arc<dyn Embedder>) -> World {
    let world = World::new(embedder).await;
    assert!(world.labels.len() >= 300, "only {} things", world.labels.len());
    world
}

#[tokio::test]
async fn by_the_model_nine_of_ten_find_what_they_mean_among_the_first_three() {
    let world = world(model()).await;
    let verdict = judged(&world, TABLE, "by the model").await;
    assert!(verdict.lines >= 60);
    // Measured: 0.972.
    assert!(verdict.share() >= 0.9, "{:.3}", verdict.share());
    // Measured: 0.864.
    let held_out = judged(&world, HELD_OUT, "by the model, held out").await;
    assert!(held_out.share() >= 0.8, "{:.3}", held_out.share());
}

#[tokio::test]
async fn by_spelling_alone_nearly_as_many_do() {
    let world = world(Arc::new(Lexical)).await;
    let verdict = judged(&world, TABLE, "by spelling").await;
    // Measured: 0.915.
    assert!(verdict.share() >= 0.87, "{:.3}", verdict.share());
    judged(&world, HELD_OUT, "by spelling, held out").await;
}
