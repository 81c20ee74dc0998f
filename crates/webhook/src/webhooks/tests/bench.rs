//! A journal and webhooks on it, in a folder that goes with the test.

use std::sync::Arc;
use std::time::Duration;

use groma_api::{Webhook, WebhookRequest, WebhookState};
use groma_database::{Database, Folder, OpError};
use groma_journal::{Journal, JournalOptions, NewEvent};
use groma_model::system::{self, Severity};
use groma_model::{Epoch, NodeId, Subject, SystemClock, ThingId, WebhookId};
use groma_seal::{Keyring, Unlock};
use uuid::Uuid;

use crate::connector::Trust;
use crate::webhooks::{WebhookOptions, Webhooks};
use crate::{Policy, WebhookError};

pub(super) struct Bench {
    root: Arc<tempfile::TempDir>,
    _folder: Folder,
    database: Database,
    pub(super) journal: Arc<Journal>,
    pub(super) webhooks: Webhooks,
}

/// Impatient, so that days take moments.
pub(super) fn impatient() -> Policy {
    Policy {
        delays: vec![Duration::from_millis(2); 9],
        failures_max: 1000,
        rest: Duration::from_millis(20),
        rest_max: Duration::from_millis(50),
        answer: Duration::from_millis(1500),
        connect: Duration::from_secs(1),
        body: Duration::from_millis(200),
        grace: Duration::from_millis(200),
        idle: Duration::from_millis(20),
        ..Policy::default()
    }
}

impl Bench {
    pub(super) async fn new(policy: Policy) -> Self {
        Self::with(Arc::new(tempfile::tempdir().unwrap()), policy, Trust::System).await
    }

    pub(super) async fn with(root: Arc<tempfile::TempDir>, policy: Policy, trust: Trust) -> Self {
        let folder = Folder::take(&root.path().join("data")).unwrap();
        let fresh = !folder.path().join(Database::FILE).exists();
        let unlock = Unlock::KeyFolder(root.path().join("keys"));
        let keyring = Arc::new(Keyring::open(folder.path(), &unlock, fresh).unwrap());
        let (database, _, _thread) = Database::open(&folder, 0).unwrap();
        let node = NodeId::from_uuid(Uuid::nil());
        let options = JournalOptions { node, epoch: Epoch::from_millis(1), tail_bytes: 1 << 20 };
        let clock = Arc::new(SystemClock);
        let journal =
            Journal::open(database.clone(), Arc::clone(&keyring), clock.clone(), options).await.unwrap();
        let options = WebhookOptions { node, policy, trust };
        let webhooks =
            Webhooks::open(database.clone(), keyring, Arc::clone(&journal), clock, options).await.unwrap();
        webhooks.start().await.unwrap();
        Self { root, _folder: folder, database, journal, webhooks }
    }

    /// Stops and opens everything again.
    pub(super) async fn again(self, policy: Policy) -> Self {
        self.webhooks.stop().await;
        self.database.close().await;
        let root = Arc::clone(&self.root);
        drop(self);
        Self::with(root, policy, Trust::System).await
    }

    /// Appends an event about each of these subjects, in one transaction each.
    pub(super) async fn append(&self, subjects: &[Option<u8>]) {
        self.append_saying("for a test", subjects).await;
    }

    pub(super) async fn append_saying(&self, message: &str, subjects: &[Option<u8>]) {
        for subject in subjects {
            let subject = subject.map(|id| Subject::thing(ThingId::from_uuid(Uuid::from_bytes([id; 16]))));
            let payload = system::Error {
                message: message.to_owned(),
                severity: Severity::Info,
                context: None,
                timestamp: 0,
            };
            let (journal, event) = (Arc::clone(&self.journal), NewEvent { subject, payload: payload.into() });
            let append = self.database.write(move |tx| {
                journal.append(tx, vec![event])?;
                Ok::<_, OpError<WebhookError>>(())
            });
            append.await.unwrap();
        }
    }

    pub(super) async fn webhook(&self, url: String) -> WebhookId {
        self.make(request(url)).await
    }

    pub(super) async fn make(&self, request: WebhookRequest) -> WebhookId {
        self.webhooks.create(request).await.unwrap().webhook.id
    }

    /// Waits until a webhook is as it should be.
    pub(super) async fn until(&self, id: WebhookId, fits: impl Fn(&Webhook) -> bool) -> Webhook {
        let look = async {
            loop {
                let webhook = self.webhooks.get(id).unwrap();
                if fits(&webhook) {
                    return webhook;
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        let found = tokio::time::timeout(Duration::from_secs(60), look).await;
        found.unwrap_or_else(|_| panic!("{:?}", self.webhooks.get(id)))
    }

    pub(super) async fn until_state(&self, id: WebhookId, state: WebhookState) -> Webhook {
        self.until(id, |webhook| webhook.state == state).await
    }

    /// Waits until everything is delivered.
    pub(super) async fn until_done(&self, id: WebhookId) -> Webhook {
        self.until(id, |webhook| webhook.behind == 0 && webhook.waiting == 0).await
    }
}

pub(super) fn request(url: String) -> WebhookRequest {
    WebhookRequest {
        url,
        description: None,
        types: Vec::new(),
        subject: None,
        format: groma_api::WebhookFormat::Structured,
        allow_private: true,
        after: None,
    }
}
