//! Why a folder's keys cannot be had or changed.

use std::fmt;
use std::path::PathBuf;

use uuid::Uuid;

use crate::recovery::RecoveryError;

/// Why a folder's keys cannot be had or changed.
#[derive(Debug, thiserror::Error)]
pub enum KeyringError {
    /// The key file cannot be read.
    #[error("failed to read the key file `{path}`: bring back the file, or name it with --key-file", path = path.display())]
    ReadKeyFile {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The key file cannot be made.
    #[error("failed to write the key file `{path}`", path = path.display())]
    WriteKeyFile {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Others can read the key file.
    #[error("the key file `{path}` has mode {mode:03o}, so others can use it: run `chmod 600` on it", path = path.display())]
    KeyFileTooOpen {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The key file belongs to somebody else.
    #[error("the key file `{path}` belongs to user {owner}: take it over with `chown`, or name another", path = path.display())]
    KeyFileOfOther {
        /// The file.
        path: PathBuf,
        /// Its owner.
        owner: u32,
    },
    /// The key file holds no key.
    #[error("the key file `{path}` holds no Groma key", path = path.display())]
    KeyFileMalformed {
        /// The file.
        path: PathBuf,
    },
    /// A key file may not be there.
    #[error("a key file cannot be at `{path}`: {why}", path = path.display())]
    KeyFilePlace {
        /// Where it was to be.
        path: PathBuf,
        /// Why not, and what to do.
        why: &'static str,
    },
    /// A credential of the system cannot be read.
    #[error("failed to read the credential `{name}`: {why}")]
    Credential {
        /// Its name.
        name: String,
        /// Why, and what to do.
        why: String,
    },
    /// The system's store refuses.
    #[error("failed to {act} the system's keychain: {why}")]
    Keychain {
        /// What was being done.
        act: &'static str,
        /// Why, and what to do.
        why: String,
    },
    /// The passphrase is too easy to guess.
    #[error("the passphrase has fewer than {min} characters: choose a longer one, such as five random words")]
    PassphraseTooShort {
        /// How many it must have.
        min: usize,
    },
    /// What was asked for could not be had.
    #[error("failed to ask for a passphrase or recovery key: {why}")]
    Asking {
        /// Why.
        why: String,
    },
    /// What was given as a recovery key is none.
    #[error("this is no recovery key")]
    Recovery(#[from] RecoveryError),
    /// No slot opens with what was given.
    #[error("{given} does not open the keys in `{path}`", path = path.display())]
    WrongKey {
        /// What was tried.
        given: &'static str,
        /// The keys.
        path: PathBuf,
    },
    /// The folder has no slot of the kind that was named.
    #[error("nothing that is known opens the keys in `{path}` by {given}: they can be opened by {there}", path = path.display())]
    NoSlotOfKind {
        /// What was tried.
        given: &'static str,
        /// The keys.
        path: PathBuf,
        /// The kinds that there are.
        there: String,
    },
    /// Several ways were tried, and none opens.
    #[error("nothing opens the keys in `{path}`:{tried}\n{advice}", path = path.display())]
    Locked {
        /// The keys.
        path: PathBuf,
        /// What was tried, and why it failed.
        tried: Tried,
        /// What to do.
        advice: &'static str,
    },
    /// There is no such slot.
    #[error("there is no key slot {0}: `groma keys status` lists them")]
    NoSuchSlot(Uuid),
    /// The last slot that lasts stays.
    #[error(
        "this is the last slot that opens the folder for good without the recovery key: add another one first"
    )]
    LastSlot,
    /// There are as many as there can be.
    #[error("there are {max} key slots already: remove one that is no longer needed")]
    TooManySlots {
        /// How many there can be.
        max: usize,
    },
    /// There are as many data keys as there can be.
    #[error(
        "there are {max} data keys already: `groma keys rotate --reencrypt` ends the older ones, at the start after it"
    )]
    TooManyKeys {
        /// How many there can be.
        max: usize,
    },
    /// The keys cannot be read or written.
    #[error("failed to {act} the keys in `{path}`", path = path.display())]
    Io {
        /// What was being done.
        act: &'static str,
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The keys are not what we wrote.
    #[error("the keys in `{path}` are damaged ({what}): bring back the file from a backup; without it the data cannot be read", path = path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        what: &'static str,
    },
    /// A later version wrote the keys.
    #[error("the keys in `{path}` were written by a later version of Groma (form {found}, this version knows {known}): install that version", path = path.display())]
    TooNew {
        /// The file.
        path: PathBuf,
        /// Its form.
        found: u32,
        /// Ours.
        known: u32,
    },
    /// There is data, but no keys to it.
    #[error("`{path}` is missing, and with it the keys to the data beside it: bring it back from a backup, or move the data away to start anew", path = path.display())]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// No way of making the first slot was given.
    #[error(
        "nothing was given that could keep the new folder's key: name a file with --key-file, or a passphrase with --passphrase-file"
    )]
    NoKeeper,
}

/// What was tried, in order.
#[derive(Debug, Default)]
pub struct Tried(pub Vec<KeyringError>);

impl fmt::Display for Tried {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str(" nothing was there to be tried");
        }
        for error in &self.0 {
            write!(f, "\n- {}", whole(error))?;
        }
        Ok(())
    }
}

/// Returns an error with its causes.
pub(crate) fn whole(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let part = error.to_string();
        if !text.ends_with(&part) {
            text = format!("{text}: {part}");
        }
        cause = error.source();
    }
    text
}
