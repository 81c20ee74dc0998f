//! The secrets of a request: had from where they are, and refused where they would be seen.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use groma_execution_types::{Command, ExecutionRequest, Secret, Stdin, ValidationError, long_enough};
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::outside::Outside;
use crate::output::redact;
use crate::{ExecutionError, SecretError, SecretSource};

/// The values of a request's secrets.
#[derive(Default)]
pub(super) struct Obtained {
    /// By the name of their variable.
    pub(super) variables: Vec<(String, Zeroizing<Vec<u8>>)>,
    /// What is read.
    pub(super) input: Option<Zeroizing<Vec<u8>>>,
}

impl Obtained {
    fn add(&mut self, place: &Place<'_>, value: Zeroizing<Vec<u8>>) {
        match place {
            Place::Variable(name) => self.variables.push(((*name).to_owned(), value)),
            Place::Input => self.input = Some(value),
        }
    }

    fn fields(&self) -> impl Iterator<Item = (String, &[u8])> {
        let variables =
            self.variables.iter().map(|(name, value)| (format!("secrets.{name}"), value.as_slice()));
        variables.chain(self.input.iter().map(|value| ("stdin.secret".to_owned(), value.as_slice())))
    }
}

enum Place<'a> {
    Variable(&'a str),
    Input,
}

impl Place<'_> {
    fn field(&self) -> String {
        match self {
            Self::Variable(name) => format!("secrets.{name}"),
            Self::Input => "stdin.secret".to_owned(),
        }
    }
}

fn places(request: &ExecutionRequest) -> impl Iterator<Item = (Place<'_>, &Secret)> {
    let input = match &request.stdin {
        Stdin::Secret { secret } => Some((Place::Input, secret)),
        _ => None,
    };
    request.secrets.iter().map(|(name, secret)| (Place::Variable(name), secret)).chain(input)
}

/// Gets every secret.
///
/// # Errors
/// When one is not there, or is too short to be hidden.
pub(super) async fn obtain(
    request: &ExecutionRequest,
    outside: &Outside,
    source: Option<&dyn SecretSource>,
) -> Result<Obtained, ExecutionError> {
    let mut obtained = Obtained::default();
    for (place, secret) in places(request) {
        let value = match (secret, source) {
            (Secret::Keychain(name), Some(source)) => match source.secret(name).await {
                Ok(value) => Zeroizing::new(value.as_bytes().to_vec()),
                Err(error @ SecretError::NotFound(_)) => {
                    let detail = format!("cannot be had: {error}; store it there first");
                    return Err(ValidationError::new(place.field(), detail).into());
                }
                Err(error) => return Err(error.into()),
            },
            (secret, source) => match own(&place, secret, outside, source.is_some())? {
                Some(value) => value,
                None => continue,
            },
        };
        usable(&place, &value)?;
        obtained.add(&place, value);
    }
    Ok(obtained)
}

/// Gets every secret that is not in a keychain.
///
/// # Errors
/// As [`obtain`].
pub(super) fn obtain_without_keychain(
    request: &ExecutionRequest,
    outside: &Outside,
    has_keychain: bool,
) -> Result<Obtained, ValidationError> {
    let mut obtained = Obtained::default();
    for (place, secret) in places(request) {
        if let Some(value) = own(&place, secret, outside, has_keychain)? {
            usable(&place, &value)?;
            obtained.add(&place, value);
        }
    }
    Ok(obtained)
}

/// Returns a secret that needs no keychain.
fn own(
    place: &Place<'_>,
    secret: &Secret,
    outside: &Outside,
    has_keychain: bool,
) -> Result<Option<Zeroizing<Vec<u8>>>, ValidationError> {
    match secret {
        Secret::Value(value) => Ok(Some(Zeroizing::new(value.as_bytes().to_vec()))),
        Secret::Env(name) => match outside.env.get(std::ffi::OsStr::new(name)) {
            Some(value) => Ok(Some(Zeroizing::new(value.as_encoded_bytes().to_vec()))),
            None => {
                let detail = format!("takes its value from the variable `{name}`, which is not set");
                Err(ValidationError::new(place.field(), detail))
            }
        },
        Secret::Keychain(_) if has_keychain => Ok(None),
        Secret::Keychain(name) => {
            let detail = format!("is kept in a keychain (`{name}`), and this engine was given none");
            Err(ValidationError::new(place.field(), detail))
        }
    }
}

fn usable(place: &Place<'_>, value: &[u8]) -> Result<(), ValidationError> {
    let field = place.field();
    if matches!(place, Place::Variable(_)) && value.contains(&0) {
        return Err(ValidationError::new(
            field,
            "contains a NUL byte, which no variable can hold; give it as `stdin`",
        ));
    }
    long_enough(&field, value)?;
    redact::check(value).map_err(|why| ValidationError::new(field, why))
}

/// Refuses a request that has the value of a secret where others see it: arguments are shown to everybody on the
/// machine, and the rest is stored and told.
///
/// # Errors
/// The field that has it.
pub(super) fn refuse_shown(request: &ExecutionRequest, obtained: &Obtained) -> Result<(), ValidationError> {
    for (secret, value) in obtained.fields() {
        // Everything it could be in is text.
        let Ok(value) = std::str::from_utf8(value) else { continue };
        let value = Some(value.trim()).filter(|trimmed| trimmed.len() >= Secret::BYTES_MIN).unwrap_or(value);
        if let Some(field) = contains(request, value) {
            let detail = format!(
                "contains the value of `{secret}`, where others can see it; pass it by `secrets`, or as a secret by `stdin`"
            );
            return Err(ValidationError::new(field, detail));
        }
    }
    Ok(())
}

fn contains(request: &ExecutionRequest, value: &str) -> Option<String> {
    let has = |text: &str| text.contains(value);
    let in_args =
        |args: &[String]| args.iter().position(|arg| has(arg)).map(|at| format!("command.args[{at}]"));
    let field = |field: &str, text: &str| has(text).then(|| field.to_owned());
    let in_command = match &request.command {
        Command::Exec { program, args } => field("command.program", program).or_else(|| in_args(args)),
        Command::Shell { command } => field("command.command", command),
        Command::Script { path, content, args, .. } => {
            let path = path.as_ref().map(|path| path.to_string_lossy());
            let path = path.and_then(|path| field("command.path", &path));
            let content = || content.as_deref().and_then(|content| field("command.content", content));
            path.or_else(content).or_else(|| in_args(args))
        }
        Command::AwsCli { service, operation, args, profile, region } => {
            let options = [("command.profile", profile), ("command.region", region)];
            let in_options = || {
                options.into_iter().find_map(|(name, text)| field(name, text.as_deref().unwrap_or_default()))
            };
            let words = field("command.service", service).or_else(|| field("command.operation", operation));
            words.or_else(|| in_args(args)).or_else(in_options)
        }
    };
    let in_env = || {
        request.env.iter().find(|(name, text)| has(name) || has(text)).map(|(name, _)| format!("env.{name}"))
    };
    let in_dir = || request.working_dir.as_ref().and_then(|dir| field("working_dir", &dir.to_string_lossy()));
    let in_stdin = || match &request.stdin {
        Stdin::File { path } => field("stdin.path", &path.to_string_lossy()),
        // The request is stored with the log.
        Stdin::Text { text } => field("stdin.text", text),
        Stdin::Bytes { base64 } => {
            let bytes = STANDARD.decode(base64).unwrap_or_default();
            field("stdin.base64", &String::from_utf8_lossy(&bytes)).or_else(|| field("stdin.base64", base64))
        }
        Stdin::None | Stdin::Inherit | Stdin::Secret { .. } => None,
    };
    let in_metadata = || in_object(&request.metadata, value).then(|| "metadata".to_owned());
    in_command.or_else(in_env).or_else(in_dir).or_else(in_stdin).or_else(in_metadata)
}

fn in_object(object: &Map<String, Value>, needle: &str) -> bool {
    object.iter().any(|(name, value)| name.contains(needle) || in_value(value, needle))
}

fn in_value(value: &Value, needle: &str) -> bool {
    match value {
        Value::String(text) => text.contains(needle),
        Value::Array(all) => all.iter().any(|value| in_value(value, needle)),
        Value::Object(object) => in_object(object, needle),
        Value::Number(number) => number.to_string().contains(needle),
        Value::Null | Value::Bool(_) => false,
    }
}
