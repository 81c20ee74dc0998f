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
/// is kept sealed and never given back. Without, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN of the
/// environment count in which the process runs that holds the data folder.
#[derive(Debug, Args)]
pub(crate) struct S3 {
    /// The bucket
    #[arg(long)]
    bucket: String,
    #[command(flatten)]
    place: Place,
}

/// Where in the store, and who asks.
#[derive(Debug, Clone, Args)]
pub(crate) struct Place {
    /// Put before every name in the bucket
    #[arg(long, requires = "bucket")]
    prefix: Option<String>,
    /// The bucket's region; us-east-1 unless told
    #[arg(long, requires = "bucket")]
    region: Option<String>,
    /// The address of a compatible store: https://…; http for loopback alone
    #[arg(long, value_name = "URL", requires = "bucket")]
    endpoint: Option<String>,
    /// The id of the access key
    #[arg(long, value_name = "ID", requires = "bucket")]
    access_key_id: Option<String>,
    /// A file whose first line is the secret of the access key; `-` reads it from stdin
    #[arg(long, value_name = "FILE", requires = "access_key_id")]
    secret_file: Option<PathBuf>,
}

impl S3 {
    pub(super) fn target(self) -> Result<BackupTarget, Failure> {
        self.place.bucket(self.bucket)
    }
}

impl Place {
    /// Returns the bucket of that name there; asks for the secret of an access key if nothing else says it.
    ///
    /// # Errors
    /// When the secret cannot be had.
    pub(crate) fn bucket(self, bucket: String) -> Result<BackupTarget, Failure> {
        let secret = match &self.access_key_id {
            Some(id) => Some(secret_of(id, self.secret_file.as_deref())?.to_string()),
            None => None,
        };
        Ok(BackupTarget::S3 {
            bucket,
            prefix: self.prefix,
            region: self.region,
            endpoint: self.endpoint,
            access_key_id: self.access_key_id,
            secret_access_key: secret,
        })
    }
}

/// Returns a target as the settings tell it, with the secret that they do not tell.
///
/// # Errors
/// When the secret cannot be had.
pub(crate) fn with_secret(target: BackupTarget) -> Result<BackupTarget, Failure> {
    match target {
        BackupTarget::S3 { bucket, prefix, region, endpoint, access_key_id: Some(id), .. } => {
            let secret_file = None;
            Place { prefix, region, endpoint, access_key_id: Some(id), secret_file }.bucket(bucket)
        }
        other => Ok(other),
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
