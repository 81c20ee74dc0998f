//! `groma backup target s3`.

use std::io::BufRead as _;
use std::path::{Path, PathBuf};

use clap::Args;
use groma_api::BackupTarget;
use zeroize::Zeroizing;

use crate::failure::Failure;
use crate::secret;

const KEY_ID: &str = "AWS_ACCESS_KEY_ID";
const SECRET: &str = "AWS_SECRET_ACCESS_KEY";

/// Backups go into a bucket of Amazon S3 or a compatible store
///
/// With --access-key-id, the secret of the key comes from --secret-file, from AWS_SECRET_ACCESS_KEY, or is asked for; it
/// is kept sealed and never given back. Without, what the machine has is used: its environment, its role.
#[derive(Debug, Args)]
pub(crate) struct S3 {
    /// The bucket
    #[arg(long)]
    bucket: String,
    /// Put before every name in it
    #[arg(long)]
    prefix: Option<String>,
    /// The region; us-east-1 unless told
    #[arg(long)]
    region: Option<String>,
    /// The address of a compatible store: https://…; http for loopback alone
    #[arg(long, value_name = "URL")]
    endpoint: Option<String>,
    /// The id of the access key
    #[arg(long, value_name = "ID")]
    access_key_id: Option<String>,
    /// A file whose first line is the secret of the access key; `-` reads it from stdin
    #[arg(long, value_name = "FILE", requires = "access_key_id")]
    secret_file: Option<PathBuf>,
}

impl S3 {
    pub(super) fn target(self) -> Result<BackupTarget, Failure> {
        let secret = match &self.access_key_id {
            Some(id) => Some(secret_of(id, self.secret_file.as_deref())?),
            None => None,
        };
        Ok(BackupTarget::S3 {
            bucket: self.bucket,
            prefix: self.prefix,
            region: self.region,
            endpoint: self.endpoint,
            access_key_id: self.access_key_id,
            secret_access_key: secret.map(|secret| secret.to_string()),
        })
    }
}

fn secret_of(id: &str, file: Option<&Path>) -> Result<Zeroizing<String>, Failure> {
    match file {
        Some(path) if path == Path::new("-") => return from_stdin(),
        Some(path) => return secret::first_line("the secret of the access key", path),
        None => {}
    }
    // One that belongs to another key would be refused by the store only later.
    let ours = std::env::var(KEY_ID).map_or(true, |of| of == id);
    if let Some(secret) = std::env::var(SECRET).ok().filter(|secret| ours && !secret.is_empty()) {
        return Ok(Zeroizing::new(secret));
    }
    let asked = secret::ask(&format!("secret of access key {id}: "));
    asked
        .map_err(|error| Failure::usage(format!("could not ask for the secret of the access key: {error}")))?
        .filter(|secret| !secret.is_empty())
        .ok_or_else(|| {
            Failure::usage(format!("nothing says what the secret of access key {id} is"))
                .hint("set AWS_SECRET_ACCESS_KEY, or name a file with --secret-file; `-` is stdin")
        })
}

fn from_stdin() -> Result<Zeroizing<String>, Failure> {
    let mut line = Zeroizing::new(String::new());
    let refuse = |why: String| {
        Failure::usage(format!("could not read the secret of the access key from stdin: {why}"))
    };
    std::io::stdin().lock().read_line(&mut line).map_err(|error| refuse(error.to_string()))?;
    match line.trim_end_matches(['\r', '\n']) {
        "" => Err(refuse("its first line is empty".to_owned())),
        secret => Ok(Zeroizing::new(secret.to_owned())),
    }
}
