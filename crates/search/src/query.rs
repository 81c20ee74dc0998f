//! What is searched for, and what is found.

use groma_model::ThingId;

use crate::filter::Filter;

/// A search.
#[derive(Debug, Clone, Copy)]
pub struct Query<'a> {
    /// What somebody typed. Never read as a syntax.
    pub text: &'a str,
    /// The text's vector, of [`DIMENSIONS`](crate::DIMENSIONS) numbers; without it words alone are looked up.
    pub vector: Option<&'a [f32]>,
    /// What is found by its meaning alone must be this near, as a cosine: everything is near to something.
    pub nearness: f32,
    /// What the search is restricted to, before anything is ranked.
    pub filter: &'a Filter,
    /// How many hits are wanted, at most 1,000.
    pub limit: usize,
    /// Whether to tell the numbers.
    pub explain: bool,
}

/// In what a text was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// The thing's own id.
    Id,
    /// Its name.
    Name,
    /// One of its identifiers.
    Identifier,
}

/// A word that was not known, and what was looked up instead.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Correction {
    /// What was typed.
    pub typed: String,
    /// What was looked up.
    pub taken_as: String,
}

/// Why something was found.
#[derive(Debug, Clone, PartialEq)]
pub enum Why {
    /// The query, or a word of it, is exactly this.
    Exact {
        /// In what.
        field: Field,
        /// What of the query.
        text: String,
    },
    /// The query, or a word of it, is a part of this.
    Fragment {
        /// In what.
        field: Field,
        /// What of the query.
        text: String,
    },
    /// Words of the query are in it.
    Words {
        /// The place among those found by words, from 1.
        rank: usize,
        /// The words that are in it, as they were typed.
        terms: Vec<String>,
        /// Words that are in it instead of those typed: synonyms and longer words.
        related: Vec<String>,
        /// Words in it whose spelling was corrected.
        corrected: Vec<Correction>,
    },
    /// It means nearly the same.
    Meaning {
        /// The place among those found by meaning, from 1.
        rank: usize,
        /// The cosine between its vector and the query's.
        cosine: f32,
    },
}

/// The numbers behind a hit's place.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Numbers {
    /// 1 for exact, 2 for fragments, 3 for words and meaning: a lower tier always comes first.
    pub tier: u8,
    /// The sum of reciprocal ranks, `1 / (60 + rank)` each.
    pub fused: f32,
    /// The words' score (BM25 by columns; greater is better).
    pub words: Option<f32>,
    /// The cosine between the vectors.
    pub cosine: Option<f32>,
}

/// Something found.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// Which thing.
    pub id: ThingId,
    /// Why, the strongest reason first.
    pub why: Vec<Why>,
    /// The numbers, if they were asked for.
    pub numbers: Option<Numbers>,
}

/// What a search found.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Answer {
    /// The hits, best first; ties by id.
    pub hits: Vec<Hit>,
    /// How many things the filter lets pass.
    pub allowed: usize,
    /// Whether all words can be looked up yet; exact names and fragments always can.
    pub words_ready: bool,
    /// Whether vectors were compared.
    pub meaning_used: bool,
    /// How words of the query were corrected.
    pub corrected: Vec<Correction>,
}
