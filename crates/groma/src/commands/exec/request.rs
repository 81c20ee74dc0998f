//! From arguments to a request.

use std::path::Path;
use std::time::Duration;

use groma_execution_types::{Command, ExecutionRequest, InheritEnv, Interpreter, Secret, Stdin};

use super::Exec;
use crate::duration;
use crate::failure::Failure;

/// What a secret's place begins with, if it is the keychain.
const KEYCHAIN: &str = "keychain:";

impl Exec {
    /// Returns what is asked for.
    ///
    /// # Errors
    /// When the arguments do not make a command, or the directory is none.
    pub(super) fn request(self) -> Result<ExecutionRequest, Failure> {
        let Self { command, shell, script, interpreter, aws, surroundings, limits, .. } = self;
        let mut words = command.into_iter();
        let command = match (shell, script) {
            (Some(line), _) => Command::Shell { command: line },
            (None, Some(path)) => Command::Script {
                path: Some(path),
                content: None,
                interpreter: interpreter.map(Interpreter::from),
                args: words.collect(),
            },
            (None, None) if aws => {
                let (Some(service), Some(operation)) = (words.next(), words.next()) else {
                    return Err(Failure::usage("--aws needs a service and an operation")
                        .hint("groma exec --aws -- ec2 describe-instances --region eu-west-1"));
                };
                let args = words.collect();
                Command::AwsCli { service, operation, args, profile: None, region: None }
            }
            (None, None) => {
                let program = words.next().ok_or_else(|| Failure::usage("there is no command"))?;
                Command::Exec { program, args: words.collect() }
            }
        };
        let mut request = ExecutionRequest::new(command);
        // Told in full, so that what is kept says where it ran.
        let here = std::env::current_dir();
        request.working_dir = match (surroundings.dir, here) {
            (Some(dir), Ok(here)) => Some(here.join(dir)),
            (dir, here) => dir.or(here.ok()),
        };
        request.env = surroundings.env.into_iter().collect();
        request.secrets = surroundings.secret.into_iter().collect();
        request.inherit_env = match (surroundings.clean_env, surroundings.keep_env) {
            (true, _) => InheritEnv::Clean,
            (false, names) if !names.is_empty() => InheritEnv::Named(names),
            (false, _) => InheritEnv::All,
        };
        request.stdin = match surroundings.stdin {
            Some(path) if path != Path::new("-") => Stdin::File { path },
            _ => Stdin::Inherit,
        };
        request.timeout_ms = limits.timeout.map(millis);
        request.silence_timeout_ms = limits.silence.map(millis);
        request.grace_ms = limits.grace.map(millis);
        Ok(request)
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// Reads how long something may take at most.
pub(super) fn limit(text: &str) -> Result<Duration, String> {
    match duration::parse(text)? {
        limit if millis(limit) == 0 => Err(format!(
            "`{text}` is no time to do anything in: give 1ms or more, or leave it out for no limit"
        )),
        limit => Ok(limit),
    }
}

/// Reads `NAME=VALUE`.
pub(super) fn variable(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err(format!("`{text}` is not NAME=VALUE")),
    }
}

/// Reads where a secret is. A value is refused: everybody on the machine can read arguments.
pub(super) fn secret(text: &str) -> Result<(String, Secret), String> {
    match text.split_once('=') {
        None if !text.is_empty() => Ok((text.to_owned(), Secret::Env(text.to_owned()))),
        Some((name, place)) if !name.is_empty() => match place.strip_prefix(KEYCHAIN) {
            Some(entry) if !entry.is_empty() => Ok((name.to_owned(), Secret::Keychain(entry.to_owned()))),
            _ => Err(format!(
                "give NAME, for a variable of this environment, or NAME={KEYCHAIN}ENTRY: a value given here could be \
                 read by everybody on this machine"
            )),
        },
        _ => Err("a secret has a name".to_owned()),
    }
}
