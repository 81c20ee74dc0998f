//! A store that fails, or a process that dies, at a chosen operation, before or after that took effect.

use std::fmt;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use futures::StreamExt as _;
use futures::stream::BoxStream;
use object_store::path::Path;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore, PutMode,
    PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
};

/// What happens at the chosen operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It fails, and so does everything after.
    DiesBefore,
    /// It takes effect, but the answer is lost, and everything after fails.
    DiesAfter,
    /// It alone fails.
    FailsBefore,
    /// It takes effect, but the answer is lost.
    FailsAfter,
}

#[derive(Debug)]
pub(crate) struct Faulty {
    inner: Arc<dyn ObjectStore>,
    /// Operations until the fault; negative once it happened.
    left: AtomicI64,
    fault: Fault,
    overwrites: bool,
    /// Deletes that got stuck on their way, if any are to be.
    stuck: Option<Mutex<Vec<Path>>>,
    /// By how much everything but the store's clock is older than it says.
    older: Duration,
    /// Whether each operation is told on stdout, for a parent process.
    tells: bool,
}

enum Now {
    Works,
    Before,
    After,
}

impl Faulty {
    pub(crate) fn at(inner: Arc<dyn ObjectStore>, operations: i64, fault: Fault) -> Self {
        Self {
            inner,
            left: AtomicI64::new(operations),
            fault,
            overwrites: false,
            stuck: None,
            older: Duration::ZERO,
            tells: false,
        }
    }

    pub(crate) fn never(inner: Arc<dyn ObjectStore>) -> Self {
        Self::at(inner, i64::MAX, Fault::DiesBefore)
    }

    pub(crate) fn unconditional(inner: Arc<dyn ObjectStore>) -> Self {
        Self { overwrites: true, ..Self::never(inner) }
    }

    pub(crate) fn of_long_ago(inner: Arc<dyn ObjectStore>, older: Duration) -> Self {
        Self { older, ..Self::never(inner) }
    }

    pub(crate) fn telling(inner: Arc<dyn ObjectStore>) -> Self {
        Self { tells: true, ..Self::never(inner) }
    }

    pub(crate) fn with_stuck_deletes(inner: Arc<dyn ObjectStore>) -> Self {
        Self { stuck: Some(Mutex::default()), ..Self::never(inner) }
    }

    /// Returns how many operations there were so far, of a store that never failed.
    pub(crate) fn count(&self) -> i64 {
        i64::MAX - self.left.load(Ordering::SeqCst)
    }

    /// The deletes arrive at last.
    pub(crate) async fn release(&self) {
        let paths: Vec<_> = self.stuck.as_ref().unwrap().lock().unwrap().drain(..).map(Ok).collect();
        self.inner.delete_stream(futures::stream::iter(paths).boxed()).collect::<Vec<_>>().await;
    }

    async fn now(&self) -> Now {
        if self.tells {
            println!("operation");
        }
        // Others come in between.
        for _ in 0..rand::random_range(0..3) {
            tokio::task::yield_now().await;
        }
        match (self.left.fetch_sub(1, Ordering::SeqCst), self.fault) {
            (1.., _) => Now::Works,
            (0, Fault::DiesBefore | Fault::FailsBefore) => Now::Before,
            (0, Fault::DiesAfter | Fault::FailsAfter) => Now::After,
            (_, Fault::DiesBefore | Fault::DiesAfter) => Now::Before,
            (_, Fault::FailsBefore | Fault::FailsAfter) => Now::Works,
        }
    }

    async fn run<T>(&self, operation: impl Future<Output = Result<T>>) -> Result<T> {
        match self.now().await {
            Now::Works => operation.await,
            Now::Before => Err(broken()),
            Now::After => {
                operation.await?;
                Err(broken())
            }
        }
    }
}

fn aged(mut meta: ObjectMeta, older: Duration) -> ObjectMeta {
    if !meta.location.as_ref().ends_with("clock") {
        meta.last_modified -= older;
    }
    meta
}

fn broken() -> Error {
    Error::Generic { store: "faulty", source: "the connection broke".into() }
}

impl fmt::Display for Faulty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("faulty")
    }
}

#[async_trait]
impl ObjectStore for Faulty {
    async fn put_opts(
        &self,
        location: &Path,
        payload: PutPayload,
        mut options: PutOptions,
    ) -> Result<PutResult> {
        if self.overwrites {
            options.mode = PutMode::Overwrite;
        }
        self.run(self.inner.put_opts(location, payload, options)).await
    }

    async fn put_multipart_opts(
        &self,
        location: &Path,
        options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        self.inner.put_multipart_opts(location, options).await
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        let mut found = self.run(self.inner.get_opts(location, options)).await?;
        found.meta = aged(found.meta, self.older);
        Ok(found)
    }

    fn delete_stream(&self, locations: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        // Deletes are never answered when they are stuck.
        if let Some(stuck) = &self.stuck {
            let mut locations = locations;
            while let Some(Some(Ok(path))) = futures::FutureExt::now_or_never(locations.next()) {
                stuck.lock().unwrap().push(path);
            }
            return futures::stream::once(async { Err(broken()) }).boxed();
        }
        let left = self.left.fetch_sub(1, Ordering::SeqCst);
        match (left, self.fault) {
            (1.., _) => self.inner.delete_stream(locations),
            (0, Fault::DiesAfter | Fault::FailsAfter) => {
                self.inner.delete_stream(locations).map(|_| Err(broken())).boxed()
            }
            (..0, Fault::FailsBefore | Fault::FailsAfter) => self.inner.delete_stream(locations),
            _ => locations.map(|_| Err(broken())).boxed(),
        }
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        let left = self.left.fetch_sub(1, Ordering::SeqCst);
        let dies = matches!(self.fault, Fault::DiesBefore | Fault::DiesAfter);
        if left == 0 || (left < 0 && dies) {
            return futures::stream::once(async { Err(broken()) }).boxed();
        }
        let older = self.older;
        self.inner.list(prefix).map(move |meta| Ok(aged(meta?, older))).boxed()
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.run(self.inner.list_with_delimiter(prefix)).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.run(self.inner.copy_opts(from, to, options)).await
    }
}
