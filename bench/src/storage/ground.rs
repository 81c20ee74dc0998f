//! A data folder with its inventory, as the application opens it; a server can open it later.

use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;

use groma_api::{NetworkScanRequest, ScanRequest};
use groma_database::rusqlite::Connection;
use groma_database::{Database, Folder};
use groma_inventory::{Identity, Inventory, NewTask};
use groma_journal::{Journal, JournalOptions};
use groma_model::system::{Error, Severity};
use groma_model::task::{CheckpointStore as _, Plan, TaskEnd, UnitDone, UnitSpec};
use groma_model::{Clock, Payload, PrincipalId, SystemClock, TaskId};
use groma_seal::{Keyring, Unlock};
use serde_json::Value;

use crate::Done;

/// The one unit of a task.
const UNIT: &str = "all";

/// An open inventory.
#[derive(Debug)]
pub(crate) struct Ground {
    pub(crate) inventory: Inventory,
    /// Reads what was written, as it lies in the file.
    pub(crate) reader: Connection,
    writer: JoinHandle<()>,
    _folder: Folder,
}

impl Ground {
    /// Opens the data folder below `root`, making it if there is none.
    pub(crate) async fn open(root: &Path) -> Done<Self> {
        let folder = Folder::take(&root.join("data"))?;
        let fresh = !folder.path().join(Database::FILE).exists();
        // Where a server that is given `root` as its home looks for it.
        let keys = Unlock::KeyFolder(root.join("config/groma/keys"));
        let keyring = Arc::new(Keyring::open(folder.path(), &keys, fresh)?);
        let (database, _, writer) = Database::open(&folder, 1)?;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let identity = Identity::load(&database, &folder, &keyring, &*clock).await?;
        let options = JournalOptions {
            node: identity.node,
            epoch: identity.epoch,
            tail_bytes: JournalOptions::TAIL_BYTES,
        };
        let journal =
            Journal::open(database.clone(), Arc::clone(&keyring), Arc::clone(&clock), options).await?;
        let reader = database.reader()?;
        let inventory = Inventory::new(database, keyring, journal, clock, identity.segment);
        Ok(Self { inventory, reader, writer, _folder: folder })
    }

    /// Begins a task of one unit, which can record.
    pub(crate) async fn begin(&self) -> Done<TaskId> {
        let id = TaskId::now();
        let request = ScanRequest::Network(NetworkScanRequest::new(vec![id.to_string()], "1"));
        let task = NewTask { id, request, principal: PrincipalId::now(), resumes: None };
        self.inventory.create_task(task).await?;
        let unit = UnitSpec { key: UNIT.to_owned(), detail: Value::Null, slices: Vec::new() };
        let plan = Plan { units: vec![unit], ..Plan::default() };
        self.inventory.begin(id, plan, note()).await?;
        Ok(id)
    }

    /// Ends a task, all of it done.
    pub(crate) async fn end(&self, task: TaskId) -> Done {
        self.inventory.complete(task, UNIT, UnitDone::default()).await?;
        self.inventory.end(task, TaskEnd::Completed, Box::new(|_| vec![note()])).await?;
        Ok(())
    }

    /// Returns once everything is folded into the one file.
    pub(crate) fn close(self) -> Done {
        let Self { inventory, reader, writer, _folder } = self;
        drop((inventory, reader));
        writer.join().map_err(|_| "the database's writer panicked".into())
    }
}

/// An event about nothing.
fn note() -> Payload {
    Error { message: String::new(), severity: Severity::Info, context: None, timestamp: 0 }.into()
}

/// Returns how many bytes a database has, with what is not yet folded into it.
pub(crate) fn bytes(connection: &Connection) -> Done<f64> {
    let pragma = |name| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    Ok(pragma("page_count")? as f64 * pragma("page_size")? as f64)
}
