//! An engine, someone who listens, and a look at what is left.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use groma_execution::{
    Command, EventHandler, ExecutionConfig, ExecutionEngine, ExecutionEvent, ExecutionRequest,
    ExecutionResult,
};
use parking_lot::Mutex;
use tempfile::TempDir;
use uuid::Uuid;

/// Keeps every event.
#[derive(Debug, Default)]
pub(crate) struct Ears {
    heard: Mutex<Vec<ExecutionEvent>>,
}

#[async_trait]
impl EventHandler for Ears {
    async fn on_event(&self, event: ExecutionEvent) {
        self.heard.lock().push(event);
    }
}

/// An engine that keeps logs, and what was heard of it.
#[derive(Debug)]
pub(crate) struct World {
    pub engine: ExecutionEngine,
    pub ears: Arc<Ears>,
    pub folder: TempDir,
    descriptors: usize,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with(|_| {})
    }

    pub(crate) fn with(change: impl FnOnce(&mut ExecutionConfig)) -> Self {
        let folder = TempDir::new().unwrap();
        let mut config = ExecutionConfig {
            log_dir: Some(folder.path().join("logs")),
            grace: Duration::from_secs(20),
            drain: Duration::from_millis(200),
            ..ExecutionConfig::default()
        };
        change(&mut config);
        let descriptors = descriptors();
        let ears = Arc::new(Ears::default());
        let engine =
            ExecutionEngine::new(config).with_event_handler(Arc::clone(&ears) as Arc<dyn EventHandler>);
        Self { engine, ears, folder, descriptors }
    }

    /// Starts the fixture with these words.
    pub(crate) async fn start(&self, words: &[&str]) -> Uuid {
        self.engine.execute(fixture(words)).await.unwrap()
    }

    /// Runs the fixture with these words until its end.
    pub(crate) async fn run(&self, words: &[&str]) -> Arc<ExecutionResult> {
        let id = self.start(words).await;
        self.engine.wait(id).await.unwrap()
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Returns a word that has the fixture write its id into a file of this name.
    pub(crate) fn pid(&self, name: &str) -> String {
        format!("pid:{}", self.path(name).display())
    }

    /// Ends the engine and checks what must hold after everything: nothing with our mark is alive, no control
    /// group is there, no descriptor is open, each execution ended once.
    pub(crate) async fn over(self) -> Vec<ExecutionEvent> {
        let ids: Vec<Uuid> = self.engine.list().iter().map(|result| result.id).collect();
        self.engine.shutdown().await;
        for id in ids {
            assert_eq!(marked(id), Vec::<u32>::new(), "processes of {id} are left");
            for root in ["/sys/fs/cgroup", "/sys/fs/cgroup/unified"] {
                assert!(
                    !Path::new(&format!("{root}/groma-{id}")).exists(),
                    "the control group of {id} is left"
                );
            }
        }
        drop(self.engine);
        let events = std::mem::take(&mut *self.ears.heard.lock());
        let mut ends: HashMap<Uuid, usize> = HashMap::new();
        for event in &events {
            match event {
                ExecutionEvent::Started(started) => {
                    let before = ends.insert(started.execution_id.or(started.plan_id).unwrap(), 0);
                    assert_eq!(before, None, "started twice");
                }
                ExecutionEvent::Completed(end)
                | ExecutionEvent::Failed(end)
                | ExecutionEvent::Cancelled(end) => {
                    *ends.entry(end.execution_id.or(end.plan_id).unwrap()).or_default() += 1;
                }
                ExecutionEvent::Stdout(line) | ExecutionEvent::Stderr(line) => {
                    assert_eq!(ends.get(&line.execution_id), Some(&0), "a line outside its execution");
                }
                _ => {}
            }
        }
        assert!(ends.values().all(|count| *count == 1), "each ends once: {ends:?}");
        until("descriptors are closed", || (descriptors() <= self.descriptors).then_some(())).await;
        events
    }
}

/// Returns a request to run the fixture.
pub(crate) fn fixture(words: &[&str]) -> ExecutionRequest {
    ExecutionRequest::new(Command::Exec {
        program: env!("CARGO_BIN_EXE_groma-execution-fixture").into(),
        args: words.iter().map(|word| (*word).to_owned()).collect(),
    })
}

/// Returns the processes with the mark of an execution, by the environment they started with.
pub(crate) fn marked(id: Uuid) -> Vec<u32> {
    let mark = format!("GROMA_EXECUTION_ID={id}");
    let entries = fs::read_dir("/proc").unwrap().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter(|pid| {
        let environment = fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
        environment.split(|byte| *byte == 0).any(|entry| entry == mark.as_bytes())
    })
    .collect()
}

/// Returns whether the control group of an execution is there, where that is usually.
pub(crate) fn has_cgroup(id: Uuid) -> bool {
    let mut roots = ["/sys/fs/cgroup", "/sys/fs/cgroup/unified"].into_iter();
    roots.any(|root| Path::new(&format!("{root}/groma-{id}")).exists())
}

/// Returns whether a process is there and has not ended.
pub(crate) fn alive(pid: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with(['Z', 'X']))
}

fn descriptors() -> usize {
    fs::read_dir("/proc/self/fd").unwrap().count()
}

/// Returns the id that a process wrote into a file, once it has.
pub(crate) async fn pid_in(path: &Path) -> u32 {
    until("a process wrote its id", || fs::read_to_string(path).ok()?.parse().ok()).await
}

/// Returns what is waited for, once it is there; fails when it never is.
pub(crate) async fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let looking = async {
        loop {
            if let Some(found) = look() {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), looking).await.unwrap_or_else(|_| panic!("{what}: never"))
}
