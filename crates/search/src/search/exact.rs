//! What is exactly what was typed, and what it is a part of.

use groma_model::ThingId;
use memchr::memmem::Finder;
use uuid::Uuid;

use crate::bitmap::Bitmap;
use crate::catalogue::Catalogue;
use crate::fold::SEPARATOR;
use crate::query::{Field, Why};
use crate::synonyms;

/// At most so many words of a query are looked up as names and identifiers.
const TOKENS: usize = 32;
/// At most so many are looked for inside of names and identifiers.
const FRAGMENTS: usize = 4;
/// A shorter text is a part of too much.
const SHORTEST: usize = 3;
/// At most so many bytes of a query are looked for.
const LONGEST: usize = 1024;
/// From so many hexadecimal digits on, the beginning of a UUID is looked up.
const UUID_START: usize = 8;

/// Returns the words of a query as they stand between spaces, without the punctuation of sentences.
fn tokens(folded: &str) -> impl Iterator<Item = &str> {
    folded
        .split_whitespace()
        .map(|token| token.trim_matches(|c: char| "\"'`«»“”‘’()[]{}<>,;!?".contains(c)))
        .map(|token| token.strip_suffix(['.', ':']).unwrap_or(token))
        .filter(|token| !token.is_empty())
}

/// Returns what is exactly the query, or a word of it: what the whole query is first, then by id.
pub(super) fn exact(catalogue: &Catalogue, folded: &str, allowed: &Bitmap) -> Vec<(u32, Why)> {
    let mut found = Vec::new();
    exactly(catalogue, folded, allowed, &mut found);
    let mut from = found.len();
    sort(catalogue, &mut found, 0);
    for token in tokens(folded).filter(|token| *token != folded && !synonyms::is_stop(token)).take(TOKENS) {
        exactly(catalogue, token, allowed, &mut found);
    }
    from = from.min(found.len());
    sort(catalogue, &mut found, from);
    found
}

fn sort(catalogue: &Catalogue, found: &mut [(u32, Why)], from: usize) {
    found[from..].sort_by_key(|(ordinal, _)| catalogue.ids[*ordinal as usize]);
}

fn exactly(catalogue: &Catalogue, text: &str, allowed: &Bitmap, found: &mut Vec<(u32, Why)>) {
    let why = |field| Why::Exact { field, text: text.to_owned() };
    if let Some(ordinal) = by_id(catalogue, text).filter(|ordinal| allowed.contains(*ordinal)) {
        found.push((ordinal, why(Field::Id)));
    }
    for ordinal in catalogue.exactly(text).into_iter().filter(|ordinal| allowed.contains(*ordinal)) {
        let field = if catalogue.name(ordinal) == text { Field::Name } else { Field::Identifier };
        found.push((ordinal, why(field)));
    }
}

/// Returns what has this id, or the one thing whose id begins so.
pub(crate) fn by_id(catalogue: &Catalogue, text: &str) -> Option<u32> {
    if let Ok(uuid) = Uuid::try_parse(text) {
        return catalogue.ordinal(ThingId::from_uuid(uuid));
    }
    let digits: String = text.chars().filter(|c| *c != '-').collect();
    let hexadecimal = digits.bytes().all(|b| b.is_ascii_hexdigit());
    if !(UUID_START..32).contains(&digits.len()) || !hexadecimal {
        return None;
    }
    // The first digits as a range of 128-bit numbers.
    let shift = 4 * u32::try_from(32 - digits.len()).ok()?;
    let start = u128::from_str_radix(&digits, 16).ok()?;
    let fits = |id: &ThingId| id.uuid().as_u128() >> shift == start;
    let mut all = (0u32..)
        .zip(&catalogue.ids)
        .filter(|(ordinal, id)| fits(id) && catalogue.rows[*ordinal as usize].alive);
    let (ordinal, _) = all.next()?;
    all.next().is_none().then_some(ordinal)
}

/// How well a fragment fits; smaller is better.
type Fit = (Part, usize);

/// Where in a field a fragment is, the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    NameStart,
    IdentifierStart,
    Name,
    Identifier,
}

/// Returns what the query is a part of, or a word of it that looks like an identifier: beginnings of names first, then
/// of identifiers, then parts of names, then of identifiers; shorter ones first, then by id.
pub(super) fn fragments(
    catalogue: &Catalogue,
    folded: &str,
    allowed: &Bitmap,
    limit: usize,
) -> Vec<(u32, Why)> {
    let looks_like_identifier = |token: &&str| {
        token.len() >= SHORTEST && token.chars().any(|c| c.is_ascii_digit() || "-_./:".contains(c))
    };
    let mut sought: Vec<&str> = vec![folded];
    sought.extend(
        tokens(folded).filter(|token| *token != folded).filter(looks_like_identifier).take(FRAGMENTS),
    );
    sought.retain(|text| text.chars().count() >= SHORTEST && text.len() <= LONGEST);
    let mut found: Vec<(u32, Why)> = Vec::new();
    for text in sought {
        let fragment = Fragment::new(text);
        let mut here: Vec<(Fit, ThingId, u32)> = Vec::new();
        catalogue.containing(text, &mut |ordinal, offset| {
            if allowed.contains(ordinal)
                && let Some(fit) = fragment.fit(catalogue.text(ordinal), offset)
            {
                here.push((fit, catalogue.ids[ordinal as usize], ordinal));
            }
        });
        if here.len() > limit {
            here.select_nth_unstable(limit - 1);
            here.truncate(limit);
        }
        here.sort_unstable();
        found.extend(here.into_iter().map(|((part, _), _, ordinal)| {
            let name = matches!(part, Part::NameStart | Part::Name);
            let field = if name { Field::Name } else { Field::Identifier };
            (ordinal, Why::Fragment { field, text: text.to_owned() })
        }));
    }
    found
}

struct Fragment<'a> {
    finder: Finder<'a>,
    /// A word of letters alone is no fragment of an identifier where it does not begin a word, or where it is one of
    /// the words that all ARNs share.
    plain: bool,
}

impl<'a> Fragment<'a> {
    fn new(text: &'a str) -> Self {
        Self { finder: Finder::new(text), plain: text.chars().all(char::is_alphabetic) }
    }

    /// Tells how well it fits a document that contains it, first at `offset`.
    fn fit(&self, text: &str, offset: usize) -> Option<Fit> {
        let matches = self.finder.find_iter(text.as_bytes().get(offset..)?);
        matches.filter_map(|at| self.fit_at(text, offset + at)).min()
    }

    fn fit_at(&self, text: &str, at: usize) -> Option<Fit> {
        let (before, rest) = text.split_at_checked(at)?;
        // The text begins with a separator, which the fragment does not contain.
        let start = before.rfind(SEPARATOR)? + SEPARATOR.len_utf8();
        let length = at - start + rest.find(SEPARATOR)?;
        let before = &before[start..];
        if start == SEPARATOR.len_utf8() {
            return Some((if before.is_empty() { Part::NameStart } else { Part::Name }, length));
        }
        if self.plain {
            let shared = before.starts_with("arn:") && before.bytes().filter(|b| *b == b':').count() < 5;
            if shared || before.ends_with(char::is_alphanumeric) {
                return None;
            }
        }
        Some((if before.is_empty() { Part::IdentifierStart } else { Part::Identifier }, length))
    }
}
