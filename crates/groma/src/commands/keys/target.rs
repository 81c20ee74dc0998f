//! What can keep a key.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use groma_api::SlotRequest;

use crate::failure::Failure;
use crate::secret;

/// Who is to keep what opens the folder.
#[derive(Debug, Clone, Subcommand)]
pub(super) enum Target {
    /// A new key file, which must not be there yet; keep it outside the data folder
    #[command(name = "key-file")]
    KeyFile {
        /// Where it is written
        path: PathBuf,
    },
    /// A passphrase of at least 12 characters; asked for twice
    Passphrase {
        /// A file whose first line is the new passphrase, in place of asking
        #[arg(long, value_name = "FILE")]
        from: Option<PathBuf>,
    },
    /// The system's own store: the Secret Service of a desktop, or the kernel's keyring
    Keychain,
    /// A credential that systemd hands to the service; it must be there already
    Systemd {
        /// The credential's name
        #[arg(default_value = "groma")]
        name: String,
    },
}

impl Target {
    /// Returns what is asked of the holder; asks for a passphrase if one is needed.
    ///
    /// # Errors
    /// When there is no passphrase to be had, or the path cannot be told.
    pub(super) fn request(&self) -> Result<SlotRequest, Failure> {
        Ok(match self {
            Self::KeyFile { path } => SlotRequest::KeyFile { path: written(path)? },
            Self::Passphrase { from } => SlotRequest::Passphrase { passphrase: passphrase(from.as_deref())? },
            Self::Keychain => SlotRequest::Keychain {},
            Self::Systemd { name } => SlotRequest::SystemdCredential { name: name.clone() },
        })
    }
}

fn written(path: &Path) -> Result<String, Failure> {
    let refuse = |why: String| Failure::usage(format!("could not tell where {} is: {why}", path.display()));
    let absolute = std::path::absolute(path).map_err(|error| refuse(error.to_string()))?;
    absolute.into_os_string().into_string().map_err(|_| refuse("its name is not text".to_owned()))
}

fn passphrase(from: Option<&Path>) -> Result<String, Failure> {
    if let Some(path) = from {
        return Ok(secret::first_line("the passphrase", path)?.to_string());
    }
    let refuse = |error: std::io::Error| Failure::usage(format!("could not ask for the passphrase: {error}"));
    let nobody = || {
        Failure::usage("there is no terminal to ask for the passphrase at").hint("name a file with --from")
    };
    let first = secret::ask("new passphrase: ").map_err(refuse)?.ok_or_else(nobody)?;
    let second = secret::ask("once more: ").map_err(refuse)?.ok_or_else(nobody)?;
    if first != second {
        return Err(Failure::usage("the two passphrases are not the same: nothing was changed"));
    }
    Ok(first.to_string())
}
