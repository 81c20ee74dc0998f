//! Who calls.

use std::sync::Arc;

use async_trait::async_trait;
use groma_api::{
    ApiError, Attempt, AttemptEnd, Backend, Checks, ErrorCode, Gate, Health, KeyedRequest, Operation,
    Principal, PrincipalKind, Scope, Session, StartedSession,
};
use groma_database::Health as Storage;
use groma_inventory::SessionRecord;
use groma_model::PrincipalId;
use uuid::Uuid;

use crate::backend::Caller;
use crate::{App, error};

/// The application as edges see it; cloning shares it.
#[derive(Debug, Clone)]
pub(crate) struct AppGate(Arc<App>);

impl App {
    /// Returns the application as edges see it.
    #[must_use]
    pub fn gate(self: &Arc<Self>) -> Arc<dyn Gate> {
        Arc::new(AppGate(Arc::clone(self)))
    }
}

fn unauthenticated(detail: &str) -> ApiError {
    ApiError::new(ErrorCode::Unauthenticated, detail)
}

fn session(record: SessionRecord) -> Session {
    Session { principal: record.principal, csrf: record.csrf, expires_at: record.expires_at }
}

#[async_trait]
impl Gate for AppGate {
    async fn by_token(&self, secret: &str) -> Result<Principal, ApiError> {
        match self.0.inventory.token_by_secret(secret).await.map_err(error::inventory)? {
            Some(record) => Ok(record.principal),
            None => Err(unauthenticated(
                "the token is wrong, expired or revoked: make one with `groma token create`",
            )),
        }
    }

    async fn by_session(&self, secret: &str) -> Result<Session, ApiError> {
        match self.0.inventory.session_by_secret(secret).await.map_err(error::inventory)? {
            Some(record) => Ok(session(record)),
            None => Err(unauthenticated("the session has ended: get a new sign-in link with `groma open`")),
        }
    }

    async fn by_user(&self, uid: u32) -> Result<Principal, ApiError> {
        let owner = rustix::process::geteuid().as_raw();
        // The superuser can read the folder anyway.
        if uid == owner || uid == 0 {
            return Ok(self.0.owner());
        }
        Err(unauthenticated(&format!("user {uid} is not the owner of this data folder (user {owner})")))
    }

    async fn session_start(&self, code: &str) -> Result<StartedSession, ApiError> {
        let principal = Principal {
            id: PrincipalId::from_uuid(Uuid::new_v5(&self.0.identity.node.uuid(), b"browser")),
            kind: PrincipalKind::Session,
            name: "browser".to_owned(),
            scopes: vec![Scope::Admin],
        };
        let issued =
            self.0.inventory.start_session(code, principal.clone()).await.map_err(error::inventory)?;
        let (result, outcome) = match issued {
            Some(issued) => (
                Ok(StartedSession { secret: issued.secret, session: session(issued.record) }),
                "done".to_owned(),
            ),
            None => {
                let refusal = unauthenticated(
                    "the sign-in link was used or is too old: get a new one with `groma open`",
                );
                let code = refusal.code.to_string();
                (Err(refusal), code)
            }
        };
        let noted = self.0.inventory.audit(Some(principal), "session_start", None, outcome, String::new());
        if let Err(error) = noted.await {
            tracing::error!(%error, "failed to write the audit");
        }
        result
    }

    async fn session_end(&self, secret: &str) -> Result<(), ApiError> {
        let session = self.0.inventory.session_by_secret(secret).await.map_err(error::inventory)?;
        let ended = self.0.inventory.end_session(secret).await.map_err(error::inventory);
        if let Some(session) = session {
            let outcome = ended.as_ref().map_or_else(|error| error.code.to_string(), |()| "done".to_owned());
            let principal = Some(session.principal);
            let noted = self.0.inventory.audit(principal, "session_end", None, outcome, String::new());
            if let Err(error) = noted.await {
                tracing::error!(%error, "failed to write the audit");
            }
        }
        ended
    }

    async fn refused(&self, principal: Option<PrincipalId>, operation: &str, refusal: &ApiError) {
        let operation = Operation::by_id(operation).map_or("unknown", |operation| operation.id);
        let who = match principal {
            Some(id) => self.0.inventory.principal(id).await.ok().flatten(),
            None => None,
        };
        let code = refusal.code.to_string();
        let noted = self.0.inventory.audit(who, operation, None, code, refusal.detail.clone());
        if let Err(error) = noted.await {
            tracing::error!(%error, operation, "failed to write the audit");
        }
    }

    async fn attempt(&self, request: &KeyedRequest) -> Result<Attempt, ApiError> {
        self.0.inventory.attempt(request).await.map_err(error::inventory)?
    }

    async fn attempt_ended(&self, request: &KeyedRequest, end: AttemptEnd) {
        if let Err(error) = self.0.inventory.attempt_ended(request, end).await {
            tracing::error!(%error, operation = request.operation, "failed to note how a keyed request ended");
        }
    }

    fn backend(&self, principal: Principal) -> Arc<dyn Backend> {
        Arc::new(Caller::new(Arc::clone(&self.0), principal))
    }

    fn health(&self) -> Health {
        let (status, storage) = match &*self.0.database.health().borrow() {
            Storage::Ok => ("ok", "ok".to_owned()),
            Storage::Poisoned(reason) => ("failing", reason.to_string()),
        };
        Health { status: status.to_owned(), checks: Checks { storage } }
    }

    async fn stopping(&self) {
        self.0.stopping.cancelled().await;
    }
}
