//! One number for everything that decides what a command does.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use groma_execution_types::{ExecutionRequest, Secret, Stdin, ValidationError};
use sha2::{Digest as _, Sha256};

use super::draft::Draft;
use super::stdin::DraftStdin;

/// Begins every digest: another way of counting is another number.
const VERSION: &str = "groma-execution 1";

/// Returns the digest of a command, in hexadecimal: SHA-256 over program, its contents, arguments, directory,
/// environment and input. Secrets count by where they come from, what is inherited by name.
///
/// # Errors
/// When a file of it cannot be read.
pub(super) fn of(
    draft: &Draft,
    request: &ExecutionRequest,
    files: &mut FileDigests,
) -> Result<String, ValidationError> {
    let mut parts = Parts(Sha256::new());
    parts.add("version", VERSION.as_bytes());
    parts.add("program", bytes(draft.program.as_os_str()));
    if let Some(content) = files.of_program(&draft.program) {
        parts.add("program content", &content);
    }
    for arg in &draft.args {
        parts.add("argument", bytes(arg));
    }
    if let Some(text) = &draft.script {
        parts.add("script", text.as_bytes());
    }
    if let Some(file) = &draft.script_file {
        parts.add("script content", &files.of("command.path", file)?);
    }
    parts.add("directory", bytes(draft.working_dir.as_os_str()));
    for name in draft.env.keys() {
        match name.to_str().and_then(|name| request.env.get(name)) {
            Some(value) => {
                parts.add("variable", bytes(name));
                parts.add("value", value.as_bytes());
            }
            None => parts.add("inherited variable", bytes(name)),
        }
    }
    for (name, secret) in &request.secrets {
        parts.add("secret", name.as_bytes());
        parts.secret(secret);
    }
    match (&draft.stdin, &request.stdin) {
        (DraftStdin::Bytes(input), _) => parts.add("input", input),
        (DraftStdin::File(file), _) => {
            parts.add("input file", bytes(file.as_os_str()));
            parts.add("input content", &files.of_input(file)?);
        }
        (DraftStdin::Secret, Stdin::Secret { secret }) => parts.secret(secret),
        (DraftStdin::Inherit, _) => parts.add("input of the caller", &[]),
        (DraftStdin::None | DraftStdin::Secret, _) => {}
    }
    Ok(hexadecimal(&parts.0.finalize()))
}

/// Takes parts in such a way that no two lists of parts are the same bytes.
struct Parts(Sha256);

impl Parts {
    fn add(&mut self, what: &str, value: &[u8]) {
        for part in [what.as_bytes(), value] {
            self.0.update((part.len() as u64).to_be_bytes());
            self.0.update(part);
        }
    }

    fn secret(&mut self, secret: &Secret) {
        match secret {
            Secret::Value(_) => self.add("secret given", &[]),
            Secret::Env(name) => self.add("secret of variable", name.as_bytes()),
            Secret::Keychain(name) => self.add("secret of keychain", name.as_bytes()),
        }
    }
}

fn bytes(text: &OsStr) -> &[u8] {
    text.as_encoded_bytes()
}

/// Returns the SHA-256 of bytes, in hexadecimal.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    hexadecimal(&Sha256::digest(bytes))
}

/// Returns bytes as lower-case hexadecimal digits.
fn hexadecimal(bytes: &[u8]) -> String {
    let digits = b"0123456789abcdef";
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .map(|digit| char::from(digits[usize::from(digit)]))
        .collect()
}

/// The digests of files that were read already: ten thousand steps that run one program read it once.
#[derive(Debug, Default)]
pub(crate) struct FileDigests(HashMap<Vec<u64>, [u8; 32]>);

impl FileDigests {
    /// Returns the digest of a program, `None` if it may be run but not read.
    fn of_program(&mut self, file: &Path) -> Option<[u8; 32]> {
        self.digest(file).ok()
    }

    /// Returns the digest of an input; a device such as `/dev/zero` has no contents to speak of.
    fn of_input(&mut self, file: &Path) -> Result<[u8; 32], ValidationError> {
        if std::fs::metadata(file).is_ok_and(|metadata| !metadata.is_file()) {
            return Ok([0; 32]);
        }
        self.of("stdin.path", file)
    }

    fn of(&mut self, field: &str, file: &Path) -> Result<[u8; 32], ValidationError> {
        let unreadable = |error| {
            ValidationError::new(field, format!("names `{}`, which cannot be read: {error}", file.display()))
        };
        self.digest(file).map_err(unreadable)
    }

    fn digest(&mut self, file: &Path) -> std::io::Result<[u8; 32]> {
        let mut file = File::open(file)?;
        let version = version(&file.metadata()?);
        if let Some(known) = version.as_ref().and_then(|version| self.0.get(version)) {
            return Ok(*known);
        }
        let mut digest = Sha256::new();
        let mut buffer = vec![0; 64 << 10];
        loop {
            match file.read(&mut buffer)? {
                0 => break,
                count => digest.update(&buffer[..count]),
            }
        }
        let digest: [u8; 32] = digest.finalize().into();
        if let Some(version) = version {
            self.0.insert(version, digest);
        }
        Ok(digest)
    }
}

/// Returns what differs when a file was changed, by whoever and however quickly: the time of its last change is the
/// system's own.
#[cfg(unix)]
fn version(metadata: &std::fs::Metadata) -> Option<Vec<u64>> {
    use std::os::unix::fs::MetadataExt as _;
    let times = [metadata.mtime(), metadata.mtime_nsec(), metadata.ctime(), metadata.ctime_nsec()];
    let mut version = vec![metadata.dev(), metadata.ino(), metadata.size()];
    version.extend(times.map(i64::cast_unsigned));
    Some(version)
}

#[cfg(not(unix))]
fn version(_: &std::fs::Metadata) -> Option<Vec<u64>> {
    None
}
