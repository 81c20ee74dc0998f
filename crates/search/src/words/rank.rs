//! Ranking by words.

use std::collections::HashMap;
use std::sync::Arc;

use rusqlite::Connection;

use super::plan::{Class, Plan, Term};
use super::text::WEIGHTS;
use super::{Inner, Words};
use crate::bitmap::Bitmap;

/// How many documents are ranked for what was typed, and for what is related to it.
const BUDGET: usize = 3_000;
const RELATED_BUDGET: usize = 1_000;
/// What a related word counts for.
const RELATED: f32 = 0.5;
/// A word in a greater share of all documents says nothing when there are others: BM25 gives it next to no weight.
const COMMON: f32 = 0.4;
/// So many words that are in much add to what rarer ones found.
const ADDED: usize = 3;
/// What a document gains that has all words when all are in too much, or that has one in its name.
const LEVEL: f32 = 1_000.0;

/// What words found.
#[derive(Debug, Default)]
pub(crate) struct Ranked {
    /// Scores by ordinal; greater is better.
    pub(crate) scores: HashMap<u32, f32>,
    /// Whether not all that matched was ranked.
    pub(crate) bounded: bool,
}

impl Words {
    /// Ranks what is allowed by the words of a plan. `all` tells that everything is.
    pub(crate) fn rank(&self, plan: &Plan, allowed: &Arc<Bitmap>, all: bool) -> rusqlite::Result<Ranked> {
        let inner = self.inner.lock();
        *inner.allowed.write() = (!all).then(|| Arc::clone(allowed));
        let ranked = inner.rank(plan);
        *inner.allowed.write() = None;
        ranked
    }

    /// Returns which terms of a plan are in each of these documents.
    pub(crate) fn terms_in(
        &self,
        plan: &Plan,
        ordinals: &[u32],
    ) -> rusqlite::Result<HashMap<u32, Vec<usize>>> {
        let inner = self.inner.lock();
        let mut found: HashMap<u32, Vec<usize>> = HashMap::new();
        if ordinals.is_empty() {
            return Ok(found);
        }
        let mut select =
            inner.connection.prepare_cached("SELECT 1 FROM words WHERE words MATCH ?1 AND rowid = ?2")?;
        for (at, term) in plan.terms.iter().enumerate() {
            let quoted = quoted(&term.phrase);
            for &ordinal in ordinals {
                if select.exists((&quoted, ordinal))? {
                    found.entry(ordinal).or_default().push(at);
                }
            }
        }
        Ok(found)
    }
}

/// Quotes a phrase, which then is no syntax whatever is in it.
fn quoted(phrase: &str) -> String {
    format!("\"{}\"", phrase.replace('"', "\"\""))
}

fn any<'a>(terms: impl IntoIterator<Item = &'a &'a Term>) -> String {
    let quoted: Vec<String> = terms.into_iter().map(|term| quoted(&term.phrase)).collect();
    format!("({})", quoted.join(" OR "))
}

impl Inner {
    fn rank(&self, plan: &Plan) -> rusqlite::Result<Ranked> {
        let (related, typed): (Vec<&Term>, Vec<&Term>) =
            plan.terms.iter().partition(|term| term.class == Class::Related);
        let mut ranked = Pass::new(&self.connection, BUDGET).terms(typed, plan.counted)?;
        let more = Pass::new(&self.connection, RELATED_BUDGET).terms(related, plan.counted)?;
        ranked.bounded |= more.bounded;
        for (ordinal, score) in more.scores {
            *ranked.scores.entry(ordinal).or_default() += score * RELATED;
        }
        Ok(ranked)
    }
}

/// Ranking of what some terms match, up to a number of documents.
struct Pass<'a> {
    connection: &'a Connection,
    left: usize,
    ranked: Ranked,
}

impl<'a> Pass<'a> {
    fn new(connection: &'a Connection, budget: usize) -> Self {
        Self { connection, left: budget, ranked: Ranked::default() }
    }

    fn terms(mut self, mut terms: Vec<&Term>, counted: u32) -> rusqlite::Result<Ranked> {
        terms.sort_by_key(|term| term.frequency);
        let mut sum = 0;
        let rare = terms.partition_point(|term| {
            sum += term.frequency as usize;
            sum <= self.left
        });
        let (rare, common) = terms.split_at(rare);
        if rare.is_empty() {
            self.all_common(common)?;
        } else {
            let found = any(rare);
            self.run(&found, 0.0)?;
            #[expect(clippy::cast_precision_loss, reason = "a share")]
            let too_common = |term: &&&Term| term.frequency as f32 > COMMON * counted as f32;
            let added: Vec<&Term> =
                common.iter().filter(|term| !too_common(term)).take(ADDED).copied().collect();
            if !added.is_empty() {
                self.left = self.left.max(BUDGET);
                self.run(&format!("{found} AND {}", any(&added)), 0.0)?;
            }
        }
        Ok(self.ranked)
    }

    /// When every word is in too much: first what has all of them, then what has one in its name, then any.
    fn all_common(&mut self, terms: &[&Term]) -> rusqlite::Result<()> {
        if terms.is_empty() {
            return Ok(());
        }
        let mut by_origin: Vec<(usize, Vec<&Term>)> = Vec::new();
        for term in terms {
            match by_origin.iter_mut().find(|(origin, _)| *origin == term.origin) {
                Some((_, known)) => known.push(term),
                None => by_origin.push((term.origin, vec![term])),
            }
        }
        if by_origin.len() > 1 {
            let every: Vec<String> = by_origin.iter().map(|(_, terms)| any(terms)).collect();
            self.run(&every.join(" AND "), 2.0 * LEVEL)?;
        }
        if self.left > 0 {
            self.run(&format!("name : {}", any(terms)), LEVEL)?;
        }
        if self.left > 0 {
            self.run(&any(terms), 0.0)?;
        }
        Ok(())
    }

    /// Ranks what an expression matches. What was ranked on a higher level stays there.
    fn run(&mut self, expression: &str, level: f32) -> rusqlite::Result<()> {
        let mut select = self.connection.prepare_cached(&format!(
            "SELECT rowid, bm25(words, {WEIGHTS}) FROM words WHERE words MATCH ?1 AND allowed(rowid)"
        ))?;
        let mut rows = select.query([expression])?;
        while let Some(row) = rows.next()? {
            if self.left == 0 {
                self.ranked.bounded = true;
                break;
            }
            self.left -= 1;
            let Ok(ordinal) = u32::try_from(row.get::<_, i64>(0)?) else { continue };
            #[expect(clippy::cast_possible_truncation, reason = "a score")]
            // SQLite's is smaller for what is better.
            let score = -row.get::<_, f64>(1)? as f32 + level;
            let known = self.ranked.scores.entry(ordinal).or_insert(score);
            *known = known.max(score);
        }
        Ok(())
    }
}
