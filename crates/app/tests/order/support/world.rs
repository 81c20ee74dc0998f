//! A data folder over the lives of many processes.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use futures::future::join_all;
use groma_database::{Database, Folder};
use groma_inventory::{DiscardEvents, Identity, Inventory, InventoryError, NewTask, Rest};
use groma_journal::{Journal, JournalOptions, Start};
use groma_model::task::TaskEnd;
use groma_model::{Clock, Envelope, EventFilter, PrincipalId, TaskId, Timestamp};
use groma_seal::{Keyring, Unlock};
use groma_task::{Beginning, Job, Outcome, Stop, TaskContext};
use uuid::Uuid;

use super::meddler::{Meddler, Strike};
use super::script::{Faults, Script, Scripted};

/// A clock that goes on a little with every look.
#[derive(Debug)]
pub(crate) struct Ticking(AtomicI64);

impl Clock for Ticking {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.fetch_add(7, Ordering::Relaxed))
    }
}

/// A scan that was asked for.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) id: TaskId,
    pub(crate) script: Script,
    pub(crate) faults: Faults,
}

impl Asked {
    pub(crate) fn new(script: Script) -> Self {
        Self { id: TaskId::now(), script, faults: Faults::default() }
    }

    /// Returns the rest of the same scan, as a new one.
    pub(crate) fn rest(&self) -> Self {
        Self { id: TaskId::now(), ..self.clone() }
    }

    fn job(&self) -> Arc<dyn Job> {
        Arc::new(Scripted::new(self.script.clone(), Arc::clone(&self.faults)))
    }
}

/// What one process has open.
#[derive(Debug)]
pub(crate) struct Open {
    pub(crate) journal: Arc<Journal>,
    pub(crate) inventory: Inventory,
    clock: Arc<Ticking>,
    _folder: Folder,
}

/// A data folder, its keys, and the time.
#[derive(Debug)]
pub(crate) struct World {
    root: tempfile::TempDir,
    clock: Arc<Ticking>,
}

impl World {
    pub(crate) fn new() -> Self {
        let clock = Arc::new(Ticking(AtomicI64::new(1_763_740_800_000_000)));
        // Thousands of small transactions: in memory, where there is such a place, they take no time.
        let memory = std::path::Path::new("/dev/shm");
        let root = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
        Self { root: root.unwrap(), clock }
    }

    fn data(&self) -> PathBuf {
        self.root.path().join("data")
    }

    /// Runs a process on the folder until `act` is over; what it left running dies with it.
    pub(crate) fn life<T>(&self, act: impl AsyncFnOnce(&Open) -> T) -> T {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            // The time goes on whenever only the disk is waited for: timers fire at any moment.
            .start_paused(true)
            .build()
            .unwrap();
        let folder = Folder::take(&self.data()).unwrap();
        let fresh = !folder.path().join(Database::FILE).exists();
        let keys = Unlock::KeyFolder(self.root.path().join("keys"));
        let keyring = Arc::new(Keyring::open(folder.path(), &keys, fresh).unwrap());
        let (database, _, writer) = Database::open(&folder, 1).unwrap();
        let clock: Arc<dyn Clock> = Arc::clone(&self.clock) as _;
        let result = runtime.block_on(async {
            let identity = Identity::load(&database, &folder, &keyring, &*clock).await.unwrap();
            let options = JournalOptions { node: identity.node, epoch: identity.epoch, tail_bytes: 4096 };
            let journal = Journal::open(database.clone(), Arc::clone(&keyring), Arc::clone(&clock), options)
                .await
                .unwrap();
            let inventory =
                Inventory::new(database, Arc::clone(&keyring), Arc::clone(&journal), clock, identity.segment);
            let open = Open { journal, inventory, clock: Arc::clone(&self.clock), _folder: folder };
            act(&open).await
        });
        // What was under way in the writer's thread is on disk or not before the next process looks.
        drop(runtime);
        writer.join().unwrap();
        result
    }

    /// Runs scans side by side over as many lives as there are strikes, and one more to the end.
    pub(crate) fn run(&self, scans: &[Asked], strikes: &[Strike], earlier: Option<&Asked>) {
        for strike in strikes.iter().copied().map(Some).chain([None]) {
            let over = self.life(async |open| open.go(scans, strike, earlier).await);
            if over {
                return;
            }
        }
        panic!("a life without a strike did not end its scans");
    }
}

impl Open {
    /// Queues a scan.
    pub(crate) async fn ask(
        &self,
        scan: &Asked,
        resumes: Option<(TaskId, Rest)>,
    ) -> Result<(), InventoryError> {
        let principal = PrincipalId::from_uuid(Uuid::nil());
        let task = NewTask { id: scan.id, request: scan.script.request(), principal, resumes };
        self.inventory.create_task(task).await
    }

    /// Takes up those of `scans` that have not ended; returns whether all have.
    async fn go(&self, scans: &[Asked], strike: Option<Strike>, earlier: Option<&Asked>) -> bool {
        let left = self.inventory.interrupted().await.unwrap();
        let left: Vec<_> = left
            .into_iter()
            .filter_map(|task| Some((scans.iter().find(|scan| scan.id == task.id)?, task)))
            .map(|(scan, task)| (scan, task, Stop::new()))
            .collect();
        let stops = left.iter().map(|(_, _, stop)| stop.clone()).collect();
        let meddler = Meddler::new(self.inventory.clone(), strike, stops, earlier.cloned());
        let running = left.iter().map(|(scan, task, stop)| {
            let cx = TaskContext {
                id: task.id,
                principal: task.principal,
                cancel: stop.token(),
                events: Arc::clone(&meddler) as _,
                inventory: Arc::clone(&meddler) as _,
                known: Arc::clone(&meddler) as _,
                units: Arc::clone(&meddler) as _,
                clock: Arc::clone(&self.clock) as _,
            };
            let beginning =
                if task.begun { Beginning::Resumed } else { Beginning::New { resumes: task.resumes } };
            groma_task::run(scan.job(), cx, stop.clone(), beginning)
        });
        tokio::select! {
            outcomes = join_all(running) => {
                for outcome in &outcomes {
                    assert!(!matches!(outcome, Outcome::Stranded(_)), "{outcome:?}");
                }
                outcomes.iter().all(|outcome| matches!(outcome, Outcome::Ended(_)))
            }
            () = meddler.killed() => false,
        }
    }

    /// Takes back what a scan changed.
    pub(crate) async fn discard(&self, scan: &Asked) -> Result<TaskId, InventoryError> {
        discard(&self.inventory, scan).await
    }

    /// Reads the whole journal.
    pub(crate) async fn events(&self) -> Vec<Envelope> {
        let mut cursor = self.journal.cursor(Start::Oldest, EventFilter::default()).await.unwrap();
        let mut events = Vec::new();
        while let Some(delivery) = cursor.poll().await.unwrap() {
            events.extend(delivery.frames().map(|frame| frame.envelope().unwrap()));
        }
        events
    }
}

/// Takes back what a scan changed.
pub(crate) async fn discard(inventory: &Inventory, scan: &Asked) -> Result<TaskId, InventoryError> {
    let (first, last) = (scan.job(), scan.job());
    let events = DiscardEvents {
        started: Box::new(move |task, at| first.started(task, None, at)),
        ended: Box::new(move |task, summary, at| last.ended(task, &TaskEnd::Completed, summary, at)),
    };
    inventory.discard(scan.id, PrincipalId::from_uuid(Uuid::nil()), events).await
}
