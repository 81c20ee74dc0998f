//! What words of a document go into which column.

use crate::document::Document;
use crate::fold::words;
use crate::synonyms;

/// How many columns there are.
pub(super) const COLUMNS: usize = 6;

/// How much a word counts for by the column it is in: name, identifiers, kind, tags, place, text.
pub(super) const WEIGHTS: &str = "8.0, 4.0, 4.0, 3.0, 3.0, 1.0";

/// At most so many bytes of a column are taken in.
const LONGEST: usize = 16 * 1024;

/// A name of 10,000 characters is one of many things; a text of megabytes would crowd all others out.
fn cut(text: &str) -> &str {
    &text[..text.floor_char_boundary(LONGEST)]
}

fn add(text: &str, out: &mut String) {
    words(cut(text), &mut |word| {
        out.push_str(word);
        out.push(' ');
    });
}

/// Returns the words of a document, cut and separated by spaces, by column.
pub(super) fn columns(document: &Document) -> [String; COLUMNS] {
    let mut columns: [String; COLUMNS] = Default::default();
    let [name, identifiers, kind, tags, place, text] = &mut columns;
    add(&document.name, name);
    for identifier in &document.identifiers {
        if identifiers.len() > LONGEST {
            break;
        }
        // What every ARN says of region, account and service is said by other columns already.
        add(
            identifier.splitn(6, ':').nth(5).filter(|_| is_arn(identifier)).unwrap_or(identifier),
            identifiers,
        );
    }
    add(&document.kind, kind);
    for (key, value) in &document.tags {
        if tags.len() > LONGEST {
            break;
        }
        add(key, tags);
        add(value, tags);
    }
    add(&document.state, place);
    let scopes = [&document.region, &document.account, &document.connection, &document.subnet];
    for scope in scopes.into_iter().flatten() {
        add(scope, place);
    }
    for name in document.region.iter().flat_map(|region| synonyms::places(region)) {
        add(name, place);
    }
    add(&document.words, text);
    columns
}

fn is_arn(identifier: &str) -> bool {
    identifier.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("arn:"))
}
