//! Where in a request outputs of other steps may stand: in arguments, environment and standard input, never where they
//! would be read as a program or by a shell.

use std::fmt;

use groma_execution_types::{Command, ExecutionRequest, Stdin};

use super::reference::OPEN;

/// A text of a request in which outputs may stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    Arg(usize),
    Env(String),
    Stdin,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Arg(at) => write!(f, "command.args[{at}]"),
            Self::Env(name) => write!(f, "env.{name}"),
            Self::Stdin => f.write_str("stdin.text"),
        }
    }
}

/// Returns the texts that seem to have a reference.
pub(super) fn allowed(request: &ExecutionRequest) -> impl Iterator<Item = (Place, &str)> {
    let args = args(&request.command).iter().enumerate().map(|(at, arg)| (Place::Arg(at), arg.as_str()));
    let args = args.filter(|(_, text)| text.contains(OPEN));
    let env = request.env.iter().filter(|(_, text)| text.contains(OPEN));
    let env = env.map(|(name, value)| (Place::Env(name.clone()), value.as_str()));
    let stdin = match &request.stdin {
        Stdin::Text { text } if text.contains(OPEN) => Some((Place::Stdin, text.as_str())),
        _ => None,
    };
    args.chain(env).chain(stdin)
}

/// Puts a text where one was.
pub(super) fn put(request: &mut ExecutionRequest, place: &Place, new: String) {
    let old = match place {
        Place::Arg(at) => args_mut(&mut request.command).and_then(|args| args.get_mut(*at)),
        Place::Env(name) => request.env.get_mut(name),
        Place::Stdin => match &mut request.stdin {
            Stdin::Text { text } => Some(text),
            _ => None,
        },
    };
    if let Some(old) = old {
        *old = new;
    }
}

/// Returns the first field that has a reference where none may be, and what to do instead.
pub(super) fn refused(request: &ExecutionRequest) -> Option<(&'static str, &'static str)> {
    const BY_ENV: &str = "pass it by `env` and write \"$NAME\" here";
    const BY_ARGS: &str = "pass it by `args`, `env` or `stdin`";
    let has = |text: &str| text.contains(OPEN);
    let found = |field, text: &str, instead| has(text).then_some((field, instead));
    let optional = |field, text: Option<&str>, instead| found(field, text.unwrap_or_default(), instead);
    let in_command = match &request.command {
        Command::Exec { program, .. } => found("command.program", program, BY_ARGS),
        Command::Shell { command } => found("command.command", command, BY_ENV),
        Command::Script { path, content, .. } => {
            let path = path.as_ref().map(|path| path.to_string_lossy());
            let content = optional("command.content", content.as_deref(), BY_ENV);
            content.or_else(|| optional("command.path", path.as_deref(), BY_ARGS))
        }
        Command::AwsCli { service, operation, profile, region, .. } => {
            let words = found("command.service", service, BY_ARGS);
            let words = words.or_else(|| found("command.operation", operation, BY_ARGS));
            let words = words.or_else(|| optional("command.profile", profile.as_deref(), BY_ARGS));
            words.or_else(|| optional("command.region", region.as_deref(), BY_ARGS))
        }
    };
    let dir = request.working_dir.as_ref().map(|dir| dir.to_string_lossy());
    let in_dir = || optional("working_dir", dir.as_deref(), BY_ENV);
    let in_stdin = || match &request.stdin {
        Stdin::File { path } => found("stdin.path", &path.to_string_lossy(), BY_ARGS),
        _ => None,
    };
    in_command.or_else(in_dir).or_else(in_stdin)
}

fn args(command: &Command) -> &[String] {
    match command {
        Command::Exec { args, .. } | Command::Script { args, .. } | Command::AwsCli { args, .. } => args,
        Command::Shell { .. } => &[],
    }
}

fn args_mut(command: &mut Command) -> Option<&mut Vec<String>> {
    match command {
        Command::Exec { args, .. } | Command::Script { args, .. } | Command::AwsCli { args, .. } => {
            Some(args)
        }
        Command::Shell { .. } => None,
    }
}
