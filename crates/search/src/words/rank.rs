//! Ranking by words: BM25 (Robertson and Zaragoza 2009) with a weight per column, as if a word were so many times there.

use super::columns::weight;
use super::plan::{Class, Plan, Term};
use super::vocabulary::is_kept;
use super::{NONE, Words, hash};
use crate::bitmap::Bitmap;

/// How soon more of the same word counts for less.
const SATURATION: f32 = 1.2;
/// How much long documents are held back.
const LENGTH: f32 = 0.3;
/// In what an identifier counts as being: the column of identifiers.
const IDENTIFIER: u8 = 0b10;

/// What a term counts for by how it came into the plan.
const fn factor(class: Class) -> f32 {
    match class {
        Class::Literal => 1.0,
        Class::Form => 0.95,
        Class::Corrected => 0.8,
        Class::Related => 0.5,
    }
}

#[expect(clippy::cast_precision_loss, reason = "an estimate")]
const fn number(count: usize) -> f32 {
    count as f32
}

impl Words {
    /// Returns what is allowed and has words of the plan, with its score; greater is better. Of the terms for one word
    /// of the query the best counts, so that having more of the query's words counts for more.
    pub(crate) fn rank(&self, plan: &Plan, allowed: &Bitmap) -> Vec<(u32, f32)> {
        let mut scores = vec![0.0f32; self.slots.len()];
        let mut best = vec![0.0f32; self.slots.len()];
        let mut found = Vec::new();
        for origin in 0..plan.typed.len() {
            let mut touched = Vec::new();
            for term in plan.terms.iter().filter(|term| term.origin == origin) {
                self.score(term, &mut |ordinal, score| {
                    if allowed.contains(ordinal) {
                        let best = &mut best[ordinal as usize];
                        if *best == 0.0 {
                            touched.push(ordinal);
                        }
                        *best = best.max(score);
                    }
                });
            }
            for ordinal in touched {
                let score = &mut scores[ordinal as usize];
                if *score == 0.0 {
                    found.push(ordinal);
                }
                *score += std::mem::take(&mut best[ordinal as usize]);
            }
        }
        found.into_iter().map(|ordinal| (ordinal, scores[ordinal as usize])).collect()
    }

    /// Calls `take` with every document that has a term, and what that counts for.
    fn score(&self, term: &Term, take: &mut dyn FnMut(u32, f32)) {
        let Some(mut matches) = self.matches(&term.phrase) else { return };
        let count = number(matches.count(self));
        // Rarer words say more.
        let rarity =
            (1.0 + (number(self.len()) - count).max(0.0) / (count + 0.5)).ln().max(0.01) * factor(term.class);
        // The average as a factor, and each weight of columns once.
        let average = number(usize::try_from(self.total).unwrap_or(usize::MAX)) / number(self.len().max(1));
        let per_word = LENGTH / average.max(1.0);
        let weights: [f32; 64] =
            std::array::from_fn(|columns| weight(u8::try_from(columns).unwrap_or_default()));
        matches.each(&mut |slot, columns| {
            let ordinal = self.owners[slot as usize];
            if ordinal != NONE {
                let weight = weights[usize::from(columns) & 63];
                let length = f32::from(self.lengths[slot as usize]);
                let held_back = SATURATION * (1.0 - LENGTH + per_word * length);
                take(ordinal, rarity * weight * (SATURATION + 1.0) / (weight + held_back));
            }
        });
    }

    /// Returns where a word or phrase is; `None` if it is nowhere. The words of a phrase must be in one column.
    fn matches(&self, phrase: &str) -> Option<Matches<'_>> {
        if !phrase.contains(' ') {
            return self.word(phrase);
        }
        let mut words: Vec<&super::vocabulary::List> =
            phrase.split(' ').map(|word| self.vocabulary.list(word)).collect::<Option<_>>()?;
        words.sort_by_key(|list| list.slots.len());
        let (rarest, others) = words.split_first()?;
        let both = rarest.iter().filter_map(|(slot, columns)| {
            let columns = others.iter().try_fold(columns, |columns, list| {
                Some(columns & list.columns_of(slot)?).filter(|columns| *columns != 0)
            })?;
            Some((slot, columns))
        });
        Some(Matches::Own(both.collect()))
    }

    fn word(&self, word: &str) -> Option<Matches<'_>> {
        if is_kept(word) {
            return self.vocabulary.list(word).map(Matches::Listed);
        }
        let hash = hash(word);
        let found = self.identifiers.range((hash, 0)..=(hash, NONE));
        Some(Matches::Own(found.map(|(_, slot)| (*slot, IDENTIFIER)).collect()))
    }

    /// Returns the numbers of the plan's terms that are in a document.
    pub(crate) fn terms_in(&self, plan: &Plan, ordinal: u32) -> Vec<usize> {
        let Some(slot) = self.slot(ordinal) else { return Vec::new() };
        let is_in = |term: &Term| {
            let mut columns = u8::MAX;
            term.phrase.split(' ').all(|word| {
                if !is_kept(word) {
                    return self.identifiers.contains(&(hash(word), slot));
                }
                let here = self.vocabulary.list(word).and_then(|list| list.columns_of(slot));
                columns &= here.unwrap_or_default();
                columns != 0
            })
        };
        plan.terms.iter().enumerate().filter(|(_, term)| is_in(term)).map(|(at, _)| at).collect()
    }
}

/// Where a term is.
enum Matches<'a> {
    Listed(&'a super::vocabulary::List),
    Own(Vec<(u32, u8)>),
}

impl Matches<'_> {
    /// Returns in how many documents it is, those that were given up left out.
    fn count(&self, words: &Words) -> usize {
        match self {
            Self::Listed(list) => words.count(list),
            Self::Own(found) => found.iter().filter(|(slot, _)| words.owners[*slot as usize] != NONE).count(),
        }
    }

    fn each(&mut self, take: &mut dyn FnMut(u32, u8)) {
        match self {
            Self::Listed(list) => list.iter().for_each(|(slot, columns)| take(slot, columns)),
            Self::Own(found) => found.iter().for_each(|&(slot, columns)| take(slot, columns)),
        }
    }
}
