//! The server's certificate and key: read at the start, and again when they change.

use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use parking_lot::RwLock;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{Error as RustlsError, ServerConfig};

/// How often [`Tls::follow`] looks whether the files changed.
const LOOK_PAUSE: Duration = Duration::from_secs(60);
/// The largest certificate chain or key that is read.
const FILE_BYTES_MAX: u64 = 1024 * 1024;

/// Why a certificate or its key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file does not open.
    #[error("could not read {path}: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The key can be read by others.
    #[error(
        "the key {path} can be read or written by others (mode {mode:03o}): make it its owner's with `chmod 600 {path}`, or \
         640 for a group"
    )]
    Exposed {
        /// The file.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// A file is not PEM of the right kind.
    #[error("{path} holds no {what}: it has to be a PEM file with `-----BEGIN {label}-----`")]
    Empty {
        /// The file.
        path: PathBuf,
        /// What was looked for.
        what: &'static str,
        /// How it begins.
        label: &'static str,
    },
    /// The two do not belong together, or are of a kind that is not supported.
    #[error("the certificate {cert} and the key {key} cannot be used together: {source}")]
    Unusable {
        /// The certificate.
        cert: PathBuf,
        /// The key.
        key: PathBuf,
        /// Why.
        source: RustlsError,
    },
}

/// A certificate with its key; connections made after a change get the new one.
#[derive(Debug)]
pub struct Tls {
    cert: PathBuf,
    key: PathBuf,
    config: RwLock<(Arc<ServerConfig>, Stamp)>,
}

/// By which a changed file is known: a replaced one has another inode, even within one tick of the clock.
type Stamp = [Option<(u64, i64, i64, u64)>; 2];

impl Tls {
    /// Reads a certificate chain and its key, both PEM.
    ///
    /// # Errors
    /// When a file cannot be read, the key is open to others, or the two cannot be used.
    pub fn open(cert: impl Into<PathBuf>, key: impl Into<PathBuf>) -> Result<Self, TlsError> {
        let (cert, key) = (cert.into(), key.into());
        let stamp = stamp(&cert, &key);
        let config = config(&cert, &key)?;
        Ok(Self { cert, key, config: RwLock::new((config, stamp)) })
    }

    /// Returns the names that the certificate is made for, those with wildcards left out: whoever has its key may be
    /// reached by them.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        let chain = fs::read(&self.cert).unwrap_or_default();
        let Some(Ok(first)) = CertificateDer::pem_slice_iter(&chain).next() else { return Vec::new() };
        let Ok(parsed) = webpki::EndEntityCert::try_from(&first) else { return Vec::new() };
        parsed.valid_dns_names().filter(|name| !name.contains('*')).map(str::to_owned).collect()
    }

    /// Reads both files again. When they cannot be used, what was read before stays in use.
    ///
    /// # Errors
    /// As [`Tls::open`].
    pub fn reload(&self) -> Result<(), TlsError> {
        let stamp = stamp(&self.cert, &self.key);
        // Noted even if the files are no good: what is wrong with them is told once, not every minute.
        self.config.write().1 = stamp;
        let config = config(&self.cert, &self.key)?;
        self.config.write().0 = config;
        tracing::info!("the TLS certificate was read again");
        Ok(())
    }

    /// Reads the files again whenever they changed, for as long as it is polled.
    pub async fn follow(&self) {
        loop {
            tokio::time::sleep(LOOK_PAUSE).await;
            self.look();
        }
    }

    fn look(&self) {
        let seen = self.config.read().1;
        if seen != stamp(&self.cert, &self.key)
            && let Err(error) = self.reload()
        {
            tracing::error!(%error, "the changed TLS certificate is not used; the one before stays in use");
        }
    }

    pub(crate) fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(Arc::clone(&self.config.read().0))
    }
}

fn stamp(cert: &Path, key: &Path) -> Stamp {
    [cert, key].map(|path| {
        let metadata = fs::metadata(path).ok()?;
        Some((metadata.ino(), metadata.mtime(), metadata.mtime_nsec(), metadata.len()))
    })
}

fn config(cert: &Path, key: &Path) -> Result<Arc<ServerConfig>, TlsError> {
    let chain = CertificateDer::pem_slice_iter(&read(cert, false)?).collect::<Result<Vec<_>, _>>();
    let chain = chain.ok().filter(|chain| !chain.is_empty()).ok_or_else(|| TlsError::Empty {
        path: cert.to_owned(),
        what: "certificate",
        label: "CERTIFICATE",
    })?;
    let secret = PrivateKeyDer::from_pem_slice(&read(key, true)?).map_err(|_| TlsError::Empty {
        path: key.to_owned(),
        what: "private key",
        label: "PRIVATE KEY",
    })?;
    let unusable = |source| TlsError::Unusable { cert: cert.to_owned(), key: key.to_owned(), source };
    let mut config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(unusable)?
        .with_no_client_auth()
        .with_single_cert(chain, secret)
        .map_err(unusable)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

/// Reads a file; a `secret` one must not be open to others.
fn read(path: &Path, secret: bool) -> Result<Vec<u8>, TlsError> {
    let refuse = |source| TlsError::Read { path: path.to_owned(), source };
    let file = File::open(path).map_err(refuse)?;
    // Asked of the open file: the name may lead to another one by now.
    let mode = file.metadata().map_err(refuse)?.mode() & 0o777;
    if secret && mode & 0o037 != 0 {
        return Err(TlsError::Exposed { path: path.to_owned(), mode });
    }
    let mut bytes = Vec::new();
    file.take(FILE_BYTES_MAX).read_to_end(&mut bytes).map_err(refuse)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests;
