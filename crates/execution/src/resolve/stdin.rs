//! What a command reads.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use groma_execution_types::{Stdin, ValidationError};

/// What a command reads, but for a secret.
#[derive(Debug)]
pub(super) enum DraftStdin {
    None,
    Inherit,
    Bytes(Vec<u8>),
    File(PathBuf),
    Secret,
}

impl DraftStdin {
    /// # Errors
    /// When a file is not there or cannot be read.
    pub(super) fn of(stdin: &Stdin, dir: &Path) -> Result<Self, ValidationError> {
        Ok(match stdin {
            Stdin::None => Self::None,
            Stdin::Inherit => Self::Inherit,
            Stdin::Text { text } => Self::Bytes(text.clone().into_bytes()),
            Stdin::Bytes { base64 } => {
                let bytes = STANDARD.decode(base64);
                let no_base64 =
                    |error| ValidationError::new("stdin.base64", format!("is no Base64: {error}"));
                Self::Bytes(bytes.map_err(no_base64)?)
            }
            Stdin::File { path } => Self::File(readable(dir.join(path))?),
            Stdin::Secret { .. } => Self::Secret,
        })
    }

    /// Returns what it is, for people.
    pub(super) fn shown(&self) -> String {
        match self {
            Self::None => "nothing".to_owned(),
            Self::Inherit => "what the caller reads".to_owned(),
            Self::Bytes(bytes) => format!("{} bytes", bytes.len()),
            Self::File(path) => path.display().to_string(),
            Self::Secret => "a secret".to_owned(),
        }
    }
}

fn readable(file: PathBuf) -> Result<PathBuf, ValidationError> {
    const FIELD: &str = "stdin.path";
    let shown = file.display();
    let metadata = std::fs::metadata(&file).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory => {
            ValidationError::absent(FIELD, format!("names `{shown}`, which is not there"))
        }
        _ => ValidationError::new(FIELD, format!("names `{shown}`, which cannot be looked at: {error}")),
    })?;
    // Opening a named pipe waits for whoever writes into it, perhaps for ever.
    if !metadata.is_file() && !is_device(&metadata) {
        return Err(ValidationError::new(FIELD, format!("names `{shown}`, which is no file")));
    }
    match std::fs::File::open(&file) {
        Ok(_) => Ok(file),
        Err(error) => {
            Err(ValidationError::new(FIELD, format!("names `{shown}`, which cannot be read: {error}")))
        }
    }
}

#[cfg(unix)]
fn is_device(metadata: &std::fs::Metadata) -> bool {
    std::os::unix::fs::FileTypeExt::is_char_device(&metadata.file_type())
}

#[cfg(not(unix))]
fn is_device(_: &std::fs::Metadata) -> bool {
    false
}
