//! What of a thing is embedded: its type, name, identifier and tags.

/// Longer parts are cut: the model looks at some hundred words, and a tag should still be among them.
const PART_CHARS_MAX: usize = 256;
/// In all. Beyond this no model looks.
const CHARS_MAX: usize = 2048;

/// Returns the text by which a thing is found: `type name identifier key=value …`, tags in order of their keys. The
/// same thing gives the same text; every part is bounded, and so is the whole.
#[must_use]
pub fn recipe<'a>(
    kind: &str,
    name: &str,
    identifier: &str,
    tags: impl Iterator<Item = (&'a str, &'a str)>,
) -> String {
    let mut text = String::new();
    let mut left = CHARS_MAX;
    let mut add = |part: &str| {
        let part: String = part.trim().chars().take(PART_CHARS_MAX.min(left)).collect();
        if part.is_empty() {
            return;
        }
        if !text.is_empty() {
            text.push(' ');
        }
        left = left.saturating_sub(part.chars().count() + 1);
        text.push_str(&part);
    };
    add(kind);
    add(name);
    // Many things are named by their identifier: saying it twice would give it double weight.
    if identifier != name {
        add(identifier);
    }
    let mut tags: Vec<(&str, &str)> = tags.collect();
    tags.sort_unstable();
    for (key, value) in tags {
        if value.is_empty() {
            add(key);
        } else {
            add(&format!("{key}={value}"));
        }
    }
    text
}

#[cfg(test)]
mod tests;
