//! Ranks by words and by meaning, fused (reciprocal rank fusion; Cormack, Clarke and Büttcher 2009).

use std::collections::HashMap;

use crate::catalogue::{Catalogue, Scope};
use crate::query::{Correction, Why};
use crate::synonyms;
use crate::vectors::Neighbour;
use crate::words::{Class, Plan, Words};

/// What is added to every rank, so that the first few do not decide everything.
const K: f32 = 60.0;
/// So many places are lost by lacking a word of the query.
const DEAR: usize = 20;

#[derive(Debug, Clone, Copy, Default)]
struct Place {
    score: f32,
    words: Option<(usize, f32)>,
    meaning: Option<(usize, f32)>,
}

/// What was found by words and meaning.
#[derive(Debug, Default)]
pub(super) struct Fused {
    places: HashMap<u32, Place>,
    /// Best first.
    pub(super) order: Vec<u32>,
}

#[expect(clippy::cast_precision_loss, reason = "a rank of some hundreds")]
fn reciprocal(rank: usize) -> f32 {
    1.0 / (K + rank as f32)
}

/// Fuses the best `depth` by words and by meaning; of those by meaning alone, what is near enough.
pub(super) fn fuse(
    catalogue: &Catalogue,
    plan: &Plan,
    words_of: &Words,
    (ranked, near): (&[(u32, f32)], &[Neighbour]),
    nearness: f32,
    depth: usize,
) -> Fused {
    let id = |ordinal: u32| catalogue.ids[ordinal as usize];
    let mut places: HashMap<u32, Place> = HashMap::new();
    let mut words = ranked.to_vec();
    let order = |a: &(u32, f32), b: &(u32, f32)| b.1.total_cmp(&a.1).then(id(a.0).cmp(&id(b.0)));
    if words.len() > depth {
        words.select_nth_unstable_by(depth - 1, order);
        words.truncate(depth);
    }
    words.sort_unstable_by(order);
    for (at, (ordinal, score)) in words.iter().enumerate() {
        let place = places.entry(*ordinal).or_default();
        place.words = Some((at + 1, *score));
        place.score += reciprocal(at + 1);
    }
    let mut near: Vec<(u32, f32)> = near.iter().map(|found| (found.ordinal, found.cosine)).collect();
    near.sort_unstable_by(order);
    // What points the other way means something else.
    let near = near.iter().filter(|(_, cosine)| *cosine > 0.0);
    for (at, (ordinal, cosine)) in near.take(depth).enumerate() {
        if *cosine < nearness && !places.contains_key(ordinal) {
            continue;
        }
        let place = places.entry(*ordinal).or_default();
        place.meaning = Some((at + 1, *cosine));
        place.score += reciprocal(at + 1);
    }
    // Who says more than one word wants what has them all: how many of them something has is one more ranking.
    let said = plan.typed.len();
    if said > 1 {
        for (ordinal, place) in places.iter_mut().filter(|(_, place)| place.words.is_some()) {
            let has = plan.origins(&words_of.terms_in(plan, *ordinal));
            place.score += reciprocal(1 + DEAR * (said - has));
        }
    }
    // Who names a place wants what is there: these count as first in one more ranking.
    let wanted = synonyms::regions(&plan.typed);
    if !wanted.is_empty() {
        let regions = &catalogue.scopes[Scope::Region as usize];
        for (ordinal, place) in &mut places {
            let region = regions.text(catalogue.rows[*ordinal as usize].scopes[Scope::Region as usize]);
            if wanted.contains(&region) {
                place.score += reciprocal(1);
            }
        }
    }
    let mut order: Vec<u32> = places.keys().copied().collect();
    order.sort_unstable_by(|a, b| places[b].score.total_cmp(&places[a].score).then(id(*a).cmp(&id(*b))));
    Fused { places, order }
}

impl Fused {
    fn place(&self, ordinal: u32) -> Place {
        self.places.get(&ordinal).copied().unwrap_or_default()
    }

    pub(super) fn score(&self, ordinal: u32) -> f32 {
        self.place(ordinal).score
    }

    pub(super) fn cosine(&self, ordinal: u32) -> Option<f32> {
        self.place(ordinal).meaning.map(|(_, cosine)| cosine)
    }

    pub(super) fn words(&self, ordinal: u32) -> Option<f32> {
        self.place(ordinal).words.map(|(_, score)| score)
    }

    pub(super) fn meaning_why(&self, ordinal: u32) -> Option<Why> {
        self.place(ordinal).meaning.map(|(rank, cosine)| Why::Meaning { rank, cosine })
    }

    /// Tells which words found it.
    pub(super) fn words_why(&self, ordinal: u32, plan: &Plan, words: &Words) -> Option<Why> {
        let (rank, _) = self.place(ordinal).words?;
        let (mut terms, mut related, mut corrected) = (Vec::new(), Vec::new(), Vec::new());
        for term in words.terms_in(plan, ordinal).iter().filter_map(|at| plan.terms.get(*at)) {
            match term.class {
                Class::Literal => terms.push(term.phrase.clone()),
                Class::Form | Class::Related => related.push(term.phrase.clone()),
                Class::Corrected => corrected.push(Correction {
                    typed: plan.typed.get(term.origin).cloned().unwrap_or_default(),
                    taken_as: term.phrase.clone(),
                }),
            }
        }
        Some(Why::Words { rank, terms, related, corrected })
    }
}
