//! What a person should know of how a command was torn down.

use groma_execution_types::ExecutionResult;

use crate::output::say;

/// Says what is worth it: what lives on, what had to be swept, what may be missing. `of` names the command, if there are
/// several.
pub(crate) fn warn(of: Option<&str>, result: &ExecutionResult) {
    let of = of.map_or_else(|| "groma: ".to_owned(), |step| format!("[{step}] "));
    let Some(teardown) = &result.teardown else { return };
    if !teardown.survivors.is_empty() {
        let named = teardown.survivors.iter().map(|process| format!("{} ({})", process.name, process.pid));
        say(format!("{of}warning: still alive: {}", named.collect::<Vec<_>>().join(", ")));
    }
    match teardown.swept {
        0 => {}
        1 => say(format!("{of}a process that the command had left behind was killed")),
        n => say(format!("{of}{n} processes that the command had left behind were killed")),
    }
    if teardown.pipes_held {
        say(format!("{of}warning: something held its output open at the end: more may have been written"));
    }
}
