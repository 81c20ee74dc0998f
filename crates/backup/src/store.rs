//! The store of objects, as everything above sees it: names within the repository, and errors that say what to do.

use std::sync::Arc;

use bytes::Bytes;
use futures::{StreamExt as _, TryStreamExt as _};
use object_store::path::Path;
use object_store::{Error, ObjectStore, ObjectStoreExt as _, PutMode, PutOptions, PutPayload};

use crate::error::BackupError;

/// How conditional writing came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Created {
    /// It was written.
    New,
    /// There is one of that name. It may be ours: an answer can get lost.
    Exists,
}

/// An object as a listing shows it.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    /// Its name within the repository.
    pub(crate) name: String,
    pub(crate) bytes: u64,
    /// When it was written, in Unix milliseconds by the store's own clock.
    pub(crate) modified: i64,
}

/// A repository's objects; cloning shares it.
#[derive(Debug, Clone)]
pub(crate) struct Store {
    inner: Arc<dyn ObjectStore>,
    base: Path,
    shown: Arc<str>,
}

impl Store {
    pub(crate) fn new(inner: Arc<dyn ObjectStore>, base: Path, shown: &str) -> Self {
        Self { inner, base, shown: shown.into() }
    }

    #[cfg(test)]
    pub(crate) fn into_inner(self) -> Arc<dyn ObjectStore> {
        self.inner
    }

    /// Returns what is said of it to people.
    pub(crate) fn shown(&self) -> String {
        self.shown.to_string()
    }

    /// Writes an object unless there is one of that name.
    pub(crate) async fn create(&self, name: &str, content: Bytes) -> Result<Created, BackupError> {
        let options = PutOptions::from(PutMode::Create);
        match self.inner.put_opts(&self.path(name), PutPayload::from_bytes(content), options).await {
            Ok(_) => Ok(Created::New),
            Err(Error::AlreadyExists { .. } | Error::Precondition { .. }) => Ok(Created::Exists),
            Err(error) => Err(self.failed("write", name, error)),
        }
    }

    /// Writes an object, over an existing one if there is.
    pub(crate) async fn overwrite(&self, name: &str, content: Bytes) -> Result<(), BackupError> {
        let put = self.inner.put(&self.path(name), PutPayload::from_bytes(content)).await;
        put.map(|_| ()).map_err(|error| self.failed("write", name, error))
    }

    /// Reads an object; `None` if there is none. One above `bytes_max` is not read.
    pub(crate) async fn get(&self, name: &str, bytes_max: u64) -> Result<Option<Bytes>, BackupError> {
        let found = match self.inner.get(&self.path(name)).await {
            Ok(found) => found,
            Err(Error::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(self.failed("read", name, error)),
        };
        if found.meta.size > bytes_max {
            let why = format!("it has {} bytes, and should have {bytes_max} at most", found.meta.size);
            return Err(self.damaged(name, why));
        }
        match found.bytes().await {
            Ok(content) => Ok(Some(content)),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(self.failed("read", name, error)),
        }
    }

    /// Looks at an object without reading it; `None` if there is none.
    pub(crate) async fn head(&self, name: &str) -> Result<Option<Found>, BackupError> {
        match self.inner.head(&self.path(name)).await {
            Ok(meta) => Ok(Some(Found {
                name: name.to_owned(),
                bytes: meta.size,
                modified: meta.last_modified.timestamp_millis(),
            })),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(self.failed("look at", name, error)),
        }
    }

    /// Lists what is in a folder.
    pub(crate) async fn list(&self, folder: &str) -> Result<Vec<Found>, BackupError> {
        let prefix = self.path(folder);
        let mut listing = self.inner.list(Some(&prefix));
        let mut found = Vec::new();
        loop {
            match listing.try_next().await {
                Ok(Some(meta)) => found.extend(self.name(&meta.location).map(|name| Found {
                    name,
                    bytes: meta.size,
                    modified: meta.last_modified.timestamp_millis(),
                })),
                Ok(None) => return Ok(found),
                // A folder of the disk that was not made yet.
                Err(Error::NotFound { .. }) => return Ok(found),
                Err(error) => return Err(self.failed("list", folder, error)),
            }
        }
    }

    /// Deletes objects; one that is gone already counts as deleted. Returns those that could not be, and why.
    pub(crate) async fn delete(&self, names: Vec<String>) -> Vec<(String, BackupError)> {
        let mut refused = Vec::new();
        // Answers are told in order, but not which of them an error belongs to: so each is asked for alone.
        let mut deletes = futures::stream::iter(names.into_iter().map(|name| {
            let store = self.clone();
            async move {
                let outcome = store.inner.delete(&store.path(&name)).await;
                (name, outcome)
            }
        }))
        .buffer_unordered(DELETES_AT_ONCE);
        while let Some((name, outcome)) = deletes.next().await {
            match outcome {
                Ok(()) | Err(Error::NotFound { .. }) => {}
                Err(error) => {
                    let error = self.failed("delete", &name, error);
                    refused.push((name, error));
                }
            }
        }
        refused
    }

    /// Returns an error about an object that is not what was written.
    pub(crate) fn damaged(&self, name: &str, why: impl Into<String>) -> BackupError {
        BackupError::Damaged { object: name.to_owned(), target: self.shown(), why: why.into() }
    }

    fn path(&self, name: &str) -> Path {
        self.base.parts().chain(Path::from(name).parts()).collect()
    }

    fn name(&self, path: &Path) -> Option<String> {
        let rest: Path = path.prefix_match(&self.base)?.collect();
        Some(rest.to_string())
    }

    fn failed(&self, act: &'static str, name: &str, source: Error) -> BackupError {
        let hint = match &source {
            Error::PermissionDenied { .. } => {
                "these access keys may not do that: check the policy of bucket and user"
            }
            Error::Unauthenticated { .. } => "the store does not know these access keys: check them",
            Error::NotFound { .. } => "the bucket or folder is not there: make it, or check its name",
            Error::Generic { .. } => {
                "is it reachable, and the disk not full? what was sent stays and is used by the next try"
            }
            _ => "see the cause",
        };
        BackupError::Store {
            act,
            object: name.to_owned(),
            target: self.shown(),
            hint,
            source: Box::new(source),
        }
    }
}

const DELETES_AT_ONCE: usize = 16;
