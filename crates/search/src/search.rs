//! A search: what is exactly what was typed, then what it is a part of, then words and meaning fused.

mod exact;
mod fusion;

pub(crate) use exact::by_id;

use std::collections::{HashMap, HashSet};
use std::thread;

use crate::bitmap::Bitmap;
use crate::catalogue::Catalogue;
use crate::fold::fold;
use crate::query::{Answer, Hit, Numbers, Query, Why};
use crate::restriction::Restriction;
use crate::vectors::{Neighbour, VectorIndex};
use crate::words::{Plan, Words};

/// At most so many hits are returned.
const MOST: usize = 1_000;
/// So many of the best by words and by meaning are fused, if no more hits are wanted.
const DEPTH: usize = 100;
/// Below so many documents a thread more costs more than it saves.
const TWO_THREADS: usize = 5_000;

/// What is searched.
pub(crate) struct Sources<'a> {
    pub(crate) catalogue: &'a Catalogue,
    pub(crate) words: &'a Words,
    pub(crate) vectors: &'a dyn VectorIndex,
    pub(crate) words_ready: bool,
}

/// What words and vectors gave.
struct Found {
    plan: Plan,
    ranked: Vec<(u32, f32)>,
    near: Vec<Neighbour>,
}

impl Sources<'_> {
    /// Answers a query.
    pub(crate) fn search(&self, query: &Query<'_>) -> Answer {
        let restriction = Restriction::new(query.filter, self.catalogue);
        let allowed = self.catalogue.allowed(&restriction);
        let limit = query.limit.min(MOST);
        let mut answer = Answer {
            allowed: allowed.len(),
            words_ready: self.words_ready,
            meaning_used: query.vector.is_some() && !self.vectors.is_empty(),
            ..Answer::default()
        };
        if limit == 0 || allowed.is_empty() {
            return answer;
        }
        let folded = fold(query.text);
        let exact = exact::exact(self.catalogue, &folded, &allowed);
        let fragments = exact::fragments(self.catalogue, &folded, &allowed, limit);
        let found = self.ranked(query, &allowed, limit);
        let depth = limit.max(DEPTH);
        let fused = fusion::fuse(
            self.catalogue,
            &found.plan,
            self.words,
            (&found.ranked, &found.near),
            query.nearness,
            depth,
        );
        answer.corrected.clone_from(&found.plan.corrected);

        let mut order: Vec<(u32, u8)> = Vec::new();
        let mut reasons: HashMap<u32, Vec<Why>> = HashMap::new();
        let mut seen = HashSet::new();
        for (tier, matches) in [(1, exact), (2, fragments)] {
            for (ordinal, why) in matches {
                reasons.entry(ordinal).or_default().push(why);
                if seen.insert(ordinal) {
                    order.push((ordinal, tier));
                }
            }
        }
        order.extend(
            fused.order.iter().filter(|ordinal| !seen.contains(*ordinal)).map(|ordinal| (*ordinal, 3)),
        );
        order.truncate(limit);
        for (ordinal, tier) in order {
            let mut why = reasons.remove(&ordinal).unwrap_or_default();
            why.extend(fused.words_why(ordinal, &found.plan, self.words));
            why.extend(fused.meaning_why(ordinal));
            let numbers = query.explain.then(|| Numbers {
                tier,
                fused: fused.score(ordinal),
                words: fused.words(ordinal),
                cosine: fused.cosine(ordinal),
            });
            answer.hits.push(Hit { id: self.catalogue.ids[ordinal as usize], why, numbers });
        }
        answer
    }

    /// Ranks by words and by meaning, side by side when there is much to do.
    fn ranked(&self, query: &Query<'_>, allowed: &Bitmap, limit: usize) -> Found {
        let by_words = || {
            let plan = self.words.plan(query.text);
            let ranked = self.words.rank(&plan, allowed);
            (plan, ranked)
        };
        let Some(vector) = query.vector else {
            let (plan, ranked) = by_words();
            return Found { plan, ranked, near: Vec::new() };
        };
        let by_meaning = || self.vectors.search(vector, allowed, limit.max(DEPTH));
        let ((plan, ranked), near) = if self.vectors.len() < TWO_THREADS {
            (by_words(), by_meaning())
        } else {
            thread::scope(|scope| {
                let other = scope.spawn(by_meaning);
                let ranked = by_words();
                (ranked, other.join().unwrap_or_default())
            })
        };
        Found { plan, ranked, near }
    }
}
