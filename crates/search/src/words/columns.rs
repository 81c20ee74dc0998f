//! Which words a document has, and where.

use crate::document::Document;
use crate::fold::words;
use crate::synonyms;

/// How many columns there are.
const COLUMNS: usize = 6;

/// How much a word counts for by the column it is in: name, identifiers, kind, tags, place and state, text.
const WEIGHTS: [f32; COLUMNS] = [8.0, 4.0, 4.0, 3.0, 3.0, 1.0];

/// What a word counts for that is in all of these columns.
pub(super) fn weight(columns: u8) -> f32 {
    WEIGHTS.iter().enumerate().filter(|(at, _)| columns >> at & 1 == 1).map(|(_, weight)| weight).sum()
}

/// At most so many bytes of a column are taken in. A name of 10,000 characters is one of many things; a text of megabytes
/// would crowd all others out.
const LONGEST: usize = 16 * 1024;

/// Words with the columns they are in, as bits.
#[derive(Default)]
struct Collected {
    /// All words, one after the other.
    text: String,
    /// Where each ends, and its column.
    ends: Vec<(usize, u8)>,
    taken: usize,
}

impl Collected {
    fn add(&mut self, column: usize, text: &str) {
        let cut = &text[..text.floor_char_boundary(LONGEST.saturating_sub(self.taken))];
        self.taken += cut.len();
        words(cut, &mut |word| {
            self.text.push_str(word);
            self.ends.push((self.text.len(), 1 << column));
        });
    }

    fn column<'a>(&mut self, column: usize, texts: impl IntoIterator<Item = &'a str>) {
        self.taken = 0;
        texts.into_iter().for_each(|text| self.add(column, text));
    }
}

/// Returns the words of a document, each once, with the columns it is in as bits.
pub(super) fn words_of(document: &Document) -> Vec<(String, u8)> {
    let mut found = Collected::default();
    found.column(0, [document.name.as_str()]);
    found.column(1, document.identifiers.iter().map(|text| own_part(text)));
    found.column(2, [document.kind.as_str()]);
    found.column(3, document.tags.iter().flat_map(|(key, value)| [key.as_str(), value.as_str()]));
    let scopes = [&document.region, &document.account, &document.connection, &document.subnet];
    let scopes = scopes.into_iter().flatten().map(String::as_str);
    let names = document.region.iter().flat_map(|region| synonyms::places(region)).copied();
    found.column(4, [document.state.as_str()].into_iter().chain(scopes).chain(names));
    found.column(5, [document.words.as_str()]);
    let mut from = 0;
    let mut words: Vec<(&str, u8)> = Vec::with_capacity(found.ends.len());
    for (end, column) in &found.ends {
        words.push((&found.text[from..*end], *column));
        from = *end;
    }
    words.sort_unstable();
    let mut each: Vec<(String, u8)> = Vec::new();
    for (word, column) in words {
        match each.last_mut() {
            Some((last, columns)) if last == word => *columns |= column,
            _ => each.push((word.to_owned(), column)),
        }
    }
    each
}

/// Returns what an ARN says of the thing itself, as its region, account and service have columns of their own; other
/// identifiers as they are.
fn own_part(identifier: &str) -> &str {
    let is_arn = identifier.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("arn:"));
    identifier.splitn(6, ':').nth(5).filter(|_| is_arn).unwrap_or(identifier)
}
