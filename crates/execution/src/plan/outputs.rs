//! What earlier steps wrote, put where a request stands for it.

use std::collections::HashMap;

use groma_execution_types::{ExecutionRequest, ValidationError};
use serde_json::Value;

use super::places;
use super::reference::{self, Output, Part};

/// Returns the steps whose outputs a request uses, each once.
pub(super) fn used(request: &ExecutionRequest) -> Vec<String> {
    let mut steps = Vec::new();
    for (_, text) in places::allowed(request) {
        for part in reference::parse(text).ok().flatten().unwrap_or_default() {
            if let Part::Output(Output { step, .. }) = part
                && !steps.contains(&step)
            {
                steps.push(step);
            }
        }
    }
    steps
}

/// Returns a request with what steps wrote in it: as it is, whatever it is, in one argument, one variable or the input.
///
/// # Errors
/// When an output is no text, or has no such part: the field, the step and the reason.
pub(super) fn fill(
    request: &ExecutionRequest,
    stdout: &HashMap<String, String>,
) -> Result<ExecutionRequest, ValidationError> {
    let mut filled = request.clone();
    for (place, text) in places::allowed(request) {
        let fault = |detail: String| ValidationError::new(place.to_string(), detail);
        let Some(parts) = reference::parse(text).map_err(fault)? else { continue };
        let mut new = String::new();
        for part in parts {
            match part {
                Part::Text(text) => new.push_str(&text),
                Part::Output(output) => {
                    let stdout = stdout.get(&output.step).map(String::as_str).unwrap_or_default();
                    let value = value(stdout, output.pointer.as_deref());
                    new.push_str(&value.map_err(|why| {
                        fault(format!("uses the output of step `{}`, which {why}", output.step))
                    })?);
                }
            }
        }
        places::put(&mut filled, &place, new);
    }
    Ok(filled)
}

fn value(text: &str, pointer: Option<&str>) -> Result<String, String> {
    let Some(pointer) = pointer else { return Ok(text.strip_suffix('\n').unwrap_or(text).to_owned()) };
    let json: Value = serde_json::from_str(text).map_err(|error| format!("is no JSON: {error}"))?;
    match json.pointer(pointer) {
        None => Err(format!("has nothing at `{pointer}`")),
        Some(Value::String(text)) => Ok(text.clone()),
        Some(other) => Ok(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_text_as_it_is_and_anything_else_as_json() {
        let json = r#"{"a": [{"b/c": "x y"}, 5, null, {"d":  [1, 2]}], "n": 18446744073709551615}"#;
        let rows = [
            ("two\nlines\n\n", None, Ok("two\nlines\n")),
            ("", None, Ok("")),
            (json, Some("/a/0/b~1c"), Ok("x y")),
            (json, Some("/a/1"), Ok("5")),
            (json, Some("/a/2"), Ok("null")),
            (json, Some("/a/3"), Ok(r#"{"d":[1,2]}"#)),
            (json, Some("/n"), Ok("18446744073709551615")),
            (json, Some("/a/9"), Err("has nothing at `/a/9`")),
            ("\"whole\"\n", Some(""), Ok("whole")),
            ("not json", Some("/a"), Err("is no JSON: expected ident at line 1 column 2")),
        ];
        for (stdout, pointer, expected) in rows {
            let value = value(stdout, pointer);
            assert_eq!(value.as_deref().map_err(String::as_str), expected, "{pointer:?}");
        }
    }
}
