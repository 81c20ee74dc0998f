//! Where backups go.

mod https;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use groma_seal::Zeroizing;
use object_store::aws::{AmazonS3Builder, Checksum, S3ConditionalPut};
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{ClientOptions, RetryConfig};

use crate::error::{BackupError, whole};
use crate::store::Store;

/// Where backups go.
#[derive(Debug, Clone)]
pub enum Target {
    /// A folder of this machine, best one on another disk; it is made if it is not there.
    Local {
        /// Which.
        path: PathBuf,
    },
    /// A bucket of S3, or of a store that speaks as S3 does.
    S3(S3),
}

/// A bucket.
#[derive(Debug, Clone)]
pub struct S3 {
    /// Its name.
    pub bucket: String,
    /// What the names of all objects begin with; may be empty.
    pub prefix: String,
    /// Where it is; stores that are not AWS take any, such as `us-east-1`.
    pub region: String,
    /// The address of a store that is not AWS, such as `https://s3.example.com`.
    pub endpoint: Option<String>,
    /// Who may write there.
    pub access: Access,
    /// Whether plain HTTP will do: for loopback, where nobody listens.
    pub allow_http: bool,
    /// Whether the bucket is a part of the host's name; `None`: as is usual for that endpoint.
    pub virtual_hosted: Option<bool>,
}

/// Access keys; never shown.
#[derive(Clone)]
pub struct Access {
    /// The id of the key.
    pub key_id: String,
    /// The key.
    pub secret: Zeroizing<String>,
    /// What goes with temporary keys.
    pub session_token: Option<Zeroizing<String>>,
}

impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Access(…)")
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Local { path } => write!(f, "`{}`", path.display()),
            Self::S3(s3) => {
                let at = s3.endpoint.as_deref().map(|endpoint| format!(" at {endpoint}")).unwrap_or_default();
                write!(f, "`s3://{}/{}`{at}", s3.bucket, s3.prefix)
            }
        }
    }
}

impl Target {
    pub(crate) fn store(&self) -> Result<Store, BackupError> {
        let shown = self.to_string();
        let refuse = |why: String| BackupError::Target { target: shown.clone(), why };
        match self {
            Self::Local { path } => {
                std::fs::create_dir_all(path)
                    .map_err(|error| BackupError::io("make the folder", path, error))?;
                let disk = LocalFileSystem::new_with_prefix(path).map_err(|error| refuse(whole(&error)))?;
                // A chunk that a power cut left half-written would be taken for a whole one of the same size.
                Ok(Store::new(Arc::new(disk.with_fsync(true)), Path::default(), &shown))
            }
            Self::S3(s3) => {
                let base =
                    Path::parse(s3.prefix.trim_matches('/')).map_err(|error| refuse(error.to_string()))?;
                let bucket = s3.builder().build().map_err(|error| refuse(whole(&error)))?;
                Ok(Store::new(Arc::new(bucket), base, &shown))
            }
        }
    }
}

impl S3 {
    fn builder(&self) -> AmazonS3Builder {
        let mut builder = AmazonS3Builder::new()
            .with_bucket_name(&self.bucket)
            .with_region(&self.region)
            .with_access_key_id(&self.access.key_id)
            .with_secret_access_key(self.access.secret.as_str())
            .with_allow_http(self.allow_http)
            // Buckets with Object Lock take nothing without a check.
            .with_checksum_algorithm(Checksum::SHA256)
            .with_conditional_put(S3ConditionalPut::ETagMatch)
            .with_client_options(ClientOptions::new().with_allow_http(self.allow_http))
            .with_retry(RetryConfig::default())
            .with_http_connector(https::Connector { allow_http: self.allow_http });
        if let Some(token) = &self.access.session_token {
            builder = builder.with_token(token.as_str());
        }
        if let Some(endpoint) = &self.endpoint {
            builder = builder.with_endpoint(endpoint);
        }
        builder.with_virtual_hosted_style_request(self.virtual_hosted.unwrap_or(self.endpoint.is_none()))
    }
}
