//! The application of one data folder.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use groma_api::{Backend, Principal, PrincipalKind, Scope, VersionInfo};
use groma_database::{Database, Folder, FolderError, Health as Storage, Holder};
use groma_inventory::{Identity, Inventory, SearchIndex};
use groma_journal::{Journal, NewEvent};
use groma_model::system::{self, Severity};
use groma_model::{Clock, Payload, PrincipalId};
use groma_seal::Keyring;
use groma_webhook::Webhooks;
use parking_lot::Mutex;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::backend::Caller;
use crate::backups::Backups;
use crate::execution::Executions;
use crate::model::Model;
use crate::open::{AppOptions, Ground, Memory, OpenError, ground, socket_path};
use crate::tasks::Tasks;

/// The application, holding its data folder until it is dropped or its process ends.
#[derive(Debug)]
pub struct App {
    pub(crate) database: Database,
    pub(crate) keyring: Arc<Keyring>,
    pub(crate) journal: Arc<Journal>,
    pub(crate) inventory: Inventory,
    pub(crate) identity: Identity,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) limits: groma_network::Limits,
    pub(crate) tasks: Tasks,
    pub(crate) webhooks: Webhooks,
    pub(crate) executions: Executions,
    pub(crate) search: Arc<SearchIndex>,
    pub(crate) model: Model,
    pub(crate) memory: Memory,
    pub(crate) backups: Backups,
    pub(crate) stopping: CancellationToken,
    /// Nothing more is asked of storage.
    pub(crate) closing: CancellationToken,
    owner: Principal,
    socket: PathBuf,
    listen: OnceLock<(SocketAddr, String)>,
    folder: Mutex<Folder>,
    /// Writes a line of the log for each event.
    pub(crate) event_log: Mutex<Option<tokio::task::JoinHandle<()>>>,
}

impl App {
    /// Takes the folder and opens it. Queued and interrupted scans wait for [`App::start_tasks`].
    ///
    /// # Errors
    /// When another process holds the folder, or something in it refuses.
    pub async fn open(options: AppOptions) -> Result<Arc<Self>, OpenError> {
        let Ground { folder, keyring, database, journal, inventory, identity, webhooks, set_aside } =
            ground(&options).await?;
        let uid = rustix::process::geteuid().as_raw();
        let model = Model::new(options.model_dir);
        let search = SearchIndex::new(inventory.clone(), usual_name, model.embedder());
        let app = Arc::new(Self {
            search,
            model,
            memory: options.memory,
            backups: Backups::default(),
            owner: owner(identity, uid),
            socket: socket_path(folder.path()),
            tasks: Tasks::new(options.running_scans_max),
            stopping: CancellationToken::new(),
            closing: CancellationToken::new(),
            listen: OnceLock::new(),
            executions: Executions::new(folder.path(), options.executions),
            clock: options.clock,
            limits: options.limits,
            folder: Mutex::new(folder),
            event_log: Mutex::default(),
            database,
            keyring,
            journal,
            inventory,
            identity,
            webhooks,
        });
        app.watch_storage();
        app.log_events();
        app.tend_journal();
        // Reading must work on a full disk too, so a refusal here is only told.
        if let Err(error) = app.inventory.keep_principal(app.owner.clone()).await {
            tracing::warn!(%error, "failed to note the owner");
        }
        if let Some((aside, what)) = set_aside {
            app.tell_set_aside(&aside, &what).await;
        }
        Ok(app)
    }

    /// Returns the owner of the folder: whoever runs this process.
    #[must_use]
    pub fn owner(&self) -> Principal {
        self.owner.clone()
    }

    /// Returns the operations on behalf of a principal.
    #[must_use]
    pub fn backend(self: &Arc<Self>, principal: Principal) -> Arc<dyn Backend> {
        Arc::new(Caller::new(Arc::clone(self), principal))
    }

    /// Returns where this process serves the others.
    #[must_use]
    pub fn socket_path(&self) -> &Path {
        &self.socket
    }

    /// Tells other processes that the socket accepts, and whether this one ends for a server's sake.
    ///
    /// # Errors
    /// When the lock file cannot be written.
    pub fn announce(&self, yields: bool) -> Result<(), FolderError> {
        let version = env!("CARGO_PKG_VERSION").to_owned();
        let holder = Holder { pid: std::process::id(), version, socket: self.socket.clone(), yields };
        self.folder.lock().announce(&holder)
    }

    /// Takes up queued and interrupted scans, and what webhooks have to deliver.
    ///
    /// # Errors
    /// When storage refuses.
    pub async fn start_tasks(self: &Arc<Self>) -> Result<(), groma_api::ApiError> {
        self.webhooks.start().await.map_err(crate::webhooks::refusal)?;
        self.tend_executions();
        self.tend_backups();
        self.begin_embedding();
        self.take_up().await
    }

    /// Notes where browsers reach this process, and under which name; the first address stands.
    pub fn listens(&self, address: SocketAddr, url: String) {
        let _ = self.listen.set((address, url));
    }

    /// Stops in order: no new scans, running ones are checkpointed, commands that run here are stopped, streams end.
    pub async fn shutdown(&self) {
        self.executions.end().await;
        self.tasks.suspend().await;
        self.webhooks.stop().await;
        self.stopping.cancel();
    }

    /// Closes storage once nothing else is asked: everything is on disk, in one file.
    pub async fn close(&self) {
        self.end_event_log().await;
        self.search.close().await;
        // Commands that end before retention looks at anything must not leave all the counting to the next.
        if let Err(error) = self.journal.tend().await {
            tracing::warn!(%error, "the journal's rows were not counted");
        }
        self.database.close().await;
    }

    pub(crate) fn version(&self) -> VersionInfo {
        VersionInfo {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            protocol: groma_api::PROTOCOL_VERSION,
            node: self.identity.node,
            listen: self.listen.get().map(|(address, _)| address.to_string()),
            url: self.listen.get().map(|(_, url)| url.clone()),
        }
    }

    /// Tells live readers once when storage stops taking writes: the journal itself no longer can.
    fn watch_storage(self: &Arc<Self>) {
        let mut health = self.database.health();
        let app = Arc::downgrade(self);
        tokio::spawn(async move {
            let failed = health.wait_for(|health| *health != Storage::Ok).await;
            let reason = match failed.as_deref() {
                Ok(Storage::Poisoned(reason)) => Arc::clone(reason),
                _ => return,
            };
            if let Some(app) = app.upgrade() {
                let message = format!("Groma stopped taking changes: {reason}");
                app.journal.alarm(&app.trouble(message, Severity::Critical));
            }
        });
    }

    async fn tell_set_aside(&self, aside: &Path, what: &str) {
        let message = format!(
            "the database was damaged ({what}); it was set aside as {}, and a new history began: restore a backup, or keep \
             the file for recovery",
            aside.display()
        );
        tracing::error!("{message}");
        let (journal, payload) = (Arc::clone(&self.journal), self.trouble(message, Severity::Critical));
        let told = self.database.write(move |tx| {
            journal.append(tx, vec![NewEvent { subject: None, payload }])?;
            Ok::<_, groma_database::OpError<std::convert::Infallible>>(())
        });
        if let Err(error) = told.await {
            tracing::error!(%error, "failed to journal that a damaged database was set aside");
        }
    }

    pub(crate) fn trouble(&self, message: String, severity: Severity) -> Payload {
        let context = Some("storage".to_owned());
        system::Error { message, severity, context, timestamp: self.clock.now().millis() }.into()
    }
}

fn owner(identity: Identity, uid: u32) -> Principal {
    let name =
        std::env::var("LOGNAME").or_else(|_| std::env::var("USER")).unwrap_or_else(|_| format!("user {uid}"));
    Principal {
        id: PrincipalId::from_uuid(Uuid::new_v5(&identity.node.uuid(), format!("local:{uid}").as_bytes())),
        kind: PrincipalKind::Local,
        name,
        scopes: vec![Scope::Admin],
    }
}

/// Returns the usual name of what listens at a port, whichever the transport.
fn usual_name(_: groma_model::network::Protocol, port: u16) -> Option<&'static str> {
    groma_network::service_name(port)
}

#[cfg(test)]
mod tests;
