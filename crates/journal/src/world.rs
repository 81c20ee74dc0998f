//! A journal of its own for each test.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use groma_database::{Database, Folder, OpError};
use groma_model::system::{self, Severity};
use groma_model::{Clock, Epoch, Frame, NodeId, Sequence, Subject, TaskId, Timestamp, network};
use groma_seal::{Keyring, Unlock};

use crate::{Cursor, Journal, JournalOptions, NewEvent};

/// A clock that tests set.
#[derive(Debug, Default)]
pub(crate) struct Hand(pub(crate) AtomicI64);

impl Clock for Hand {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::Relaxed))
    }
}

pub(crate) struct World {
    pub(crate) journal: Arc<Journal>,
    pub(crate) node: NodeId,
    pub(crate) database: Database,
    pub(crate) clock: Arc<Hand>,
    pub(crate) folder: Folder,
    pub(crate) root: tempfile::TempDir,
}

pub(crate) async fn world(tail_bytes: usize) -> World {
    let root = tempfile::tempdir().unwrap();
    let folder = Folder::take(&root.path().join("data")).unwrap();
    let (database, _, _thread) = Database::open(&folder, 1).unwrap();
    let keyring = Keyring::open(folder.path(), &Unlock::KeyFolder(root.path().join("keys")), true).unwrap();
    let clock = Arc::new(Hand(AtomicI64::new(1_000_000)));
    let node = NodeId::now();
    let options = JournalOptions { node, epoch: Epoch::from_millis(5), tail_bytes };
    let journal = Journal::open(database.clone(), Arc::new(keyring), clock.clone(), options).await.unwrap();
    World { journal, node, database, clock, folder, root }
}

pub(crate) fn kept(text: &str) -> NewEvent {
    let payload =
        system::Error { message: text.to_owned(), severity: Severity::Info, context: None, timestamp: 0 };
    NewEvent { subject: None, payload: payload.into() }
}

pub(crate) fn latest(scan: TaskId, done: u64) -> NewEvent {
    let payload = network::ScanProgress {
        scan_id: scan,
        hosts_scanned: done,
        total_hosts: 0,
        ports_scanned: 0,
        total_ports: 0,
        elapsed_ms: 0,
        estimated_remaining_ms: None,
        timestamp: Timestamp::UNIX_EPOCH,
    };
    NewEvent { subject: Some(Subject::scan(scan)), payload: payload.into() }
}

impl World {
    pub(crate) async fn append(&self, events: Vec<NewEvent>) -> Option<Sequence> {
        let journal = Arc::clone(&self.journal);
        self.database.write(move |tx| Ok::<_, OpError<()>>(journal.append(tx, events)?)).await.unwrap()
    }

    /// Opens the journal of the same file again, as a process that starts does.
    pub(crate) async fn reopen(&mut self, tail_bytes: usize) {
        self.database.close().await;
        let (keyring, epoch) = (Arc::clone(&self.journal.keyring), self.journal.head().epoch);
        let (database, _, _thread) = Database::open(&self.folder, 1).unwrap();
        let options = JournalOptions { node: self.node, epoch, tail_bytes };
        let clock: Arc<dyn Clock> = self.clock.clone();
        self.journal = Journal::open(database.clone(), keyring, clock, options).await.unwrap();
        self.database = database;
    }

    /// Reads everything up to the head.
    pub(crate) async fn drain(&self, cursor: &mut Cursor) -> (Vec<u64>, Vec<Frame>) {
        let (mut numbers, mut control) = (Vec::new(), Vec::new());
        while let Some(delivery) = cursor.poll().await.unwrap() {
            for frame in delivery.frames() {
                match frame.sequence {
                    Some(sequence) => numbers.push(sequence.number),
                    None => control.push(frame),
                }
            }
        }
        (numbers, control)
    }
}
