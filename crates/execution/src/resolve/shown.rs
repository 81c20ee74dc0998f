//! A command for people.

use std::ffi::OsStr;

use groma_execution_types::ResolvedCommand;

use super::draft::Draft;
use super::secrets::Obtained;

/// Returns a command as people see it, without its digest. No secret is in it: a request that has one elsewhere than
/// where secrets go was refused.
pub(super) fn show(draft: &Draft, secrets: &Obtained) -> ResolvedCommand {
    let text = |text: &OsStr| text.to_string_lossy().into_owned();
    let args: Vec<String> = draft.args.iter().map(|arg| text(arg)).collect();
    let program = draft.program.to_string_lossy();
    let display = shell_words::join(std::iter::once(program.as_ref()).chain(args.iter().map(String::as_str)));
    let mut env: Vec<String> = draft.env.keys().map(|name| text(name)).collect();
    env.extend(secrets.variables.iter().map(|(name, _)| name.clone()));
    env.sort_unstable();
    env.dedup();
    ResolvedCommand {
        program: draft.program.clone(),
        args,
        working_dir: draft.working_dir.clone(),
        env,
        stdin: draft.stdin.shown(),
        display,
        digest: String::new(),
    }
}
