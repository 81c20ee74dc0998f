//! Whether a request is well formed: everything that can be said without looking at a file or a keychain.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::{Command, ExecutionRequest, InheritEnv, Secret, Stdin, ValidationError};

/// The mark by which an engine knows its processes again; nobody else sets it.
const COOKIE: &str = "GROMA_EXECUTION_ID";
/// Ten years: longer is a mistake, and overflows clocks.
const MILLISECONDS_MAX: u64 = 10 * 366 * 24 * 3600 * 1000;

type Checked = Result<(), ValidationError>;

impl ExecutionRequest {
    /// Checks the form alone. What is not there, such as the program, an engine tells before it starts anything.
    ///
    /// # Errors
    /// The first field that is wrong, and what is wrong with it.
    pub fn validate(&self) -> Checked {
        command(&self.command)?;
        environment(self)?;
        if let Some(dir) = &self.working_dir {
            let text = dir.to_string_lossy();
            if text.is_empty() {
                return Err(ValidationError::new(
                    "working_dir",
                    "is empty; leave it out to run where the engine does",
                ));
            }
            no_nul("working_dir", &text)?;
        }
        let limits = [
            ("timeout_ms", self.timeout_ms),
            ("total_timeout_ms", self.total_timeout_ms),
            ("silence_timeout_ms", self.silence_timeout_ms),
            ("grace_ms", self.grace_ms),
        ];
        for (field, limit) in limits {
            if limit.is_some_and(|limit| limit > MILLISECONDS_MAX) {
                return Err(ValidationError::new(field, "is more than ten years"));
            }
        }
        stdin(&self.stdin)
    }
}

fn command(command: &Command) -> Checked {
    match command {
        Command::Script { path, content, args, .. } => {
            match (path, content) {
                (None, None) => {
                    return Err(ValidationError::new(
                        "command",
                        "has neither `path` nor `content`; give the one or the other",
                    ));
                }
                (Some(_), Some(_)) => {
                    return Err(ValidationError::new(
                        "command",
                        "has both `path` and `content`; give one of them",
                    ));
                }
                (Some(path), None) => not_empty("command.path", &path.to_string_lossy())?,
                (None, Some(content)) => not_empty("command.content", content)?,
            }
            all_without_nul(args)
        }
        Command::Exec { program, args } => {
            not_empty("command.program", program)?;
            all_without_nul(args)
        }
        Command::Shell { command } => not_empty("command.command", command),
        Command::AwsCli { service, operation, args, profile, region } => {
            for (field, word) in [("command.service", service), ("command.operation", operation)] {
                not_empty(field, word)?;
                if word.starts_with('-') {
                    return Err(ValidationError::new(field, "begins with `-`; options belong to `args`"));
                }
            }
            for (field, word) in [("command.profile", profile), ("command.region", region)] {
                let Some(word) = word else { continue };
                not_empty(field, word)?;
                if word.starts_with('-') {
                    return Err(ValidationError::new(field, "begins with `-`, as options do"));
                }
            }
            all_without_nul(args)
        }
    }
}

fn environment(request: &ExecutionRequest) -> Checked {
    for (name, value) in &request.env {
        variable("env", name)?;
        no_nul(&format!("env.{name}"), value)?;
    }
    for (name, secret) in &request.secrets {
        variable("secrets", name)?;
        if request.env.contains_key(name) {
            return Err(ValidationError::new(format!("secrets.{name}"), "is also in `env`; give it once"));
        }
        no_secret_nul(&format!("secrets.{name}"), secret)?;
    }
    if let InheritEnv::Named(names) = &request.inherit_env {
        for name in names {
            variable("inherit_env.named", name)?;
        }
    }
    Ok(())
}

fn variable(field: &str, name: &str) -> Checked {
    let fault = if name.is_empty() {
        "has a variable without a name".to_owned()
    } else if name.contains('=') {
        format!("has the variable `{name}`, whose name contains `=`")
    } else if name.contains('\0') {
        format!("has the variable `{}`, whose name contains a NUL byte", name.escape_debug())
    } else if name == COOKIE {
        format!("has `{COOKIE}`, by which the engine knows its processes; leave it out")
    } else {
        return Ok(());
    };
    Err(ValidationError::new(field, fault))
}

fn stdin(stdin: &Stdin) -> Checked {
    match stdin {
        Stdin::None | Stdin::Inherit | Stdin::Text { .. } => Ok(()),
        Stdin::Bytes { base64 } => match STANDARD.decode(base64) {
            Ok(_) => Ok(()),
            Err(error) => {
                Err(ValidationError::new("stdin.base64", format!("is no Base64 (RFC 4648): {error}")))
            }
        },
        Stdin::File { path } => not_empty("stdin.path", &path.to_string_lossy()),
        Stdin::Secret { secret } => secret_form("stdin.secret", secret),
    }
}

/// An environment variable ends at the first NUL byte: what follows would be lost.
fn no_secret_nul(field: &str, secret: &Secret) -> Checked {
    if let Secret::Value(value) = secret {
        no_nul(field, value)?;
    }
    secret_form(field, secret)
}

fn secret_form(field: &str, secret: &Secret) -> Checked {
    match secret {
        Secret::Value(value) => long_enough(field, value.as_bytes()),
        Secret::Env(name) | Secret::Keychain(name) if name.is_empty() => {
            Err(ValidationError::new(field, "names no place where the secret is"))
        }
        Secret::Env(name) if name.contains('=') || name.contains('\0') => Err(ValidationError::new(
            field,
            "names a variable that cannot be: its name contains `=` or a NUL byte",
        )),
        Secret::Env(_) | Secret::Keychain(_) => Ok(()),
    }
}

/// Checks a secret's value, which is not shown.
///
/// # Errors
/// When it is shorter than [`Secret::BYTES_MIN`].
pub fn long_enough(field: &str, value: &[u8]) -> Checked {
    if value.len() >= Secret::BYTES_MIN {
        return Ok(());
    }
    let detail = if value.is_empty() {
        "is empty".to_owned()
    } else {
        format!("is shorter than {} bytes: hiding it would hide much else", Secret::BYTES_MIN)
    };
    Err(ValidationError::new(
        field,
        format!("{detail}; give a longer secret, or put it into `env` if it is none"),
    ))
}

fn all_without_nul(args: &[String]) -> Checked {
    for (at, arg) in args.iter().enumerate() {
        if arg.contains('\0') {
            return no_nul(&format!("command.args[{at}]"), arg);
        }
    }
    Ok(())
}

fn not_empty(field: &str, text: &str) -> Checked {
    if text.trim().is_empty() {
        return Err(ValidationError::new(field, "is empty"));
    }
    no_nul(field, text)
}

fn no_nul(field: &str, text: &str) -> Checked {
    match text.find('\0') {
        None => Ok(()),
        Some(at) => Err(ValidationError::new(
            field,
            format!("contains a NUL byte (at {at}), which no program can be given"),
        )),
    }
}

#[cfg(test)]
mod tests;
