//! `${steps.<id>.stdout}`: where a request stands for what an earlier step wrote.

/// Begins a reference.
pub(super) const OPEN: &str = "${steps.";
/// Stands for [`OPEN`] itself.
const ESCAPED: &str = "$${steps.";
const STDOUT: &str = ".stdout";

/// A part of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    /// As it stands.
    Text(String),
    /// What a step wrote.
    Output(Output),
}

/// What a step wrote, or a part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Output {
    /// The step.
    pub(super) step: String,
    /// Which part of its JSON (RFC 6901); `None`: all of it, as it is.
    pub(super) pointer: Option<String>,
}

/// Splits a text at its references; `None` if it has none and stands for itself.
///
/// # Errors
/// What is wrong with a reference.
pub(super) fn parse(text: &str) -> Result<Option<Vec<Part>>, String> {
    if !text.contains(OPEN) {
        return Ok(None);
    }
    let mut parts = Vec::new();
    let mut plain = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        plain.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some(after) = rest.strip_prefix(ESCAPED) {
            plain.push_str(OPEN);
            rest = after;
        } else if let Some(after) = rest.strip_prefix(OPEN) {
            let Some((inner, after)) = after.split_once('}') else {
                return Err(format!("has `{}` without a closing `}}`", shorten(rest)));
            };
            if !plain.is_empty() {
                parts.push(Part::Text(std::mem::take(&mut plain)));
            }
            parts.push(Part::Output(output(inner)?));
            rest = after;
        } else {
            plain.push('$');
            rest = &rest[1..];
        }
    }
    plain.push_str(rest);
    if !plain.is_empty() {
        parts.push(Part::Text(plain));
    }
    Ok(Some(parts))
}

fn output(inner: &str) -> Result<Output, String> {
    let (name, pointer) = match inner.split_once('#') {
        Some((name, pointer)) => (name, Some(pointer)),
        None => (inner, None),
    };
    let Some(step) = name.strip_suffix(STDOUT).filter(|step| !step.is_empty() && !step.contains('.')) else {
        let shown = shorten(inner);
        return Err(format!(
            "has `{OPEN}{shown}}}`, which is not of the form `${{steps.<id>.stdout}}` or \
             `${{steps.<id>.stdout#/json/pointer}}`; write `$${{` for the text itself"
        ));
    };
    if let Some(pointer) = pointer
        && let Some(why) = bad_pointer(pointer)
    {
        return Err(format!("has the JSON pointer `{}`, which {why} (RFC 6901)", shorten(pointer)));
    }
    Ok(Output { step: step.to_owned(), pointer: pointer.map(str::to_owned) })
}

fn bad_pointer(pointer: &str) -> Option<&'static str> {
    if !pointer.is_empty() && !pointer.starts_with('/') {
        return Some("does not begin with `/`");
    }
    let mut escapes = pointer.split('~').skip(1);
    escapes.any(|after| !after.starts_with(['0', '1'])).then_some("has a `~` that is neither `~0` nor `~1`")
}

fn shorten(text: &str) -> String {
    match text.char_indices().nth(60) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests;
