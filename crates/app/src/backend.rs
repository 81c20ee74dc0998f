//! The operations on behalf of one principal.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use groma_api::{
    AccessOperations, ApiError, AuditPage, CancelRequest, CreatedToken, DiscardRequest, EventOperations,
    EventPage, EventQuery, EventStream, HistoryQuery, Host, HostList, HostOperations, HostQuery, Principal,
    Scan, ScanDiff, ScanHostPage, ScanList, ScanOperations, ScanQuery, ScanRequest, SignInLink, StartedScan,
    StatusOperations, Summary, TaskOperations, TaskStatus, TokenList, TokenRequest, Validation, VersionInfo,
};
use groma_inventory::Rest;
use groma_model::{IdError, TaskId, ThingId, Timestamp, TokenId};

use crate::scans::limit;
use crate::{App, error, results};

/// A principal at the application.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    pub(crate) app: Arc<App>,
    pub(crate) principal: Principal,
}

impl Caller {
    pub(crate) const fn new(app: Arc<App>, principal: Principal) -> Self {
        Self { app, principal }
    }
}

/// Entries of the audit shown at once.
const AUDIT_ENTRIES: u32 = 200;
const NAME_CHARACTERS_MAX: usize = 100;
/// Ten years: longer is a typing error.
const EXPIRES_SECONDS_MAX: u64 = 10 * 366 * 86_400;
#[async_trait]
impl StatusOperations for Caller {
    async fn version(&self) -> Result<VersionInfo, ApiError> {
        self.allow("version")?;
        Ok(self.app.version())
    }

    async fn summary(&self) -> Result<Summary, ApiError> {
        self.allow("summary")?;
        let mut summary = self.app.inventory.summary().await.map_err(error::inventory)?;
        for scan in &mut summary.active {
            self.explain(scan);
        }
        Ok(summary)
    }

    async fn metrics(&self) -> Result<String, ApiError> {
        self.allow("metrics")?;
        self.app.metrics_text().await
    }
}

#[async_trait]
impl ScanOperations for Caller {
    async fn scan_start(&self, request: ScanRequest) -> Result<StartedScan, ApiError> {
        let detail = serde_json::to_string(&request).unwrap_or_default();
        self.audited("scan_start", None, detail, self.start(request)).await
    }

    async fn scan_validate(&self, request: ScanRequest) -> Result<Validation, ApiError> {
        self.allow("scan_validate")?;
        match request {
            ScanRequest::Network(request) => Ok(groma_network::validate(&request, &self.app.limits)),
        }
    }

    async fn scan_list(&self, query: ScanQuery) -> Result<ScanList, ApiError> {
        self.allow("scan_list")?;
        self.list(query).await
    }

    async fn scan_get(&self, id: TaskId) -> Result<Scan, ApiError> {
        self.allow("scan_get")?;
        self.scan(id).await
    }

    async fn scan_last(&self) -> Result<Scan, ApiError> {
        self.allow("scan_last")?;
        self.app.inventory.last_scan().await.map_err(error::inventory)
    }

    async fn scan_hosts(&self, id: TaskId) -> Result<ScanHostPage, ApiError> {
        self.allow("scan_hosts")?;
        let mut page = self.app.inventory.scan_hosts(id).await.map_err(error::inventory)?;
        results::name_ports(&mut page.hosts);
        Ok(page)
    }

    async fn scan_diff(&self, id: TaskId, other: TaskId) -> Result<ScanDiff, ApiError> {
        self.allow("scan_diff")?;
        let (seen, before) = (self.scan_hosts(id).await?, self.scan_hosts(other).await?);
        Ok(results::diff(id, seen.hosts, other, before.hosts))
    }

    async fn scan_delete(&self, id: TaskId) -> Result<(), ApiError> {
        let act = async { self.app.inventory.delete_scan(id).await.map_err(error::inventory) };
        self.audited("scan_delete", Some(format!("scan/{id}")), String::new(), act).await
    }
}

#[async_trait]
impl TaskOperations for Caller {
    async fn task_get(&self, id: TaskId, wait: Option<Duration>) -> Result<TaskStatus, ApiError> {
        self.allow("task_get")?;
        self.task(id, wait).await
    }

    async fn task_cancel(&self, id: TaskId, request: CancelRequest) -> Result<TaskStatus, ApiError> {
        let detail = serde_json::to_string(&request).unwrap_or_default();
        self.audited("task_cancel", Some(format!("scan/{id}")), detail, self.cancel(id, request)).await
    }

    async fn task_discard(&self, id: TaskId, request: DiscardRequest) -> Result<StartedScan, ApiError> {
        self.audited("task_discard", Some(format!("scan/{id}")), request.reason, self.take_back(id)).await
    }

    async fn task_resume(&self, id: TaskId) -> Result<StartedScan, ApiError> {
        self.audited("task_resume", Some(format!("scan/{id}")), String::new(), self.go_on(id, Rest::Undone))
            .await
    }

    async fn task_retry(&self, id: TaskId) -> Result<StartedScan, ApiError> {
        self.audited("task_retry", Some(format!("scan/{id}")), String::new(), self.go_on(id, Rest::Failed))
            .await
    }
}

#[async_trait]
impl HostOperations for Caller {
    async fn host_list(&self, query: HostQuery) -> Result<HostList, ApiError> {
        self.allow("host_list")?;
        let before = query.cursor.as_deref().map(host_position).transpose()?;
        let limit = limit(query.limit, 100, 1000)?;
        let mut list = self.app.inventory.hosts(before, limit).await.map_err(error::inventory)?;
        list.hosts.iter_mut().for_each(results::name_services);
        Ok(list)
    }

    async fn host_get(&self, id: ThingId) -> Result<Host, ApiError> {
        self.allow("host_get")?;
        let mut host = self.app.inventory.host(id).await.map_err(error::inventory)?;
        results::name_services(&mut host);
        Ok(host)
    }
}

#[async_trait]
impl EventOperations for Caller {
    async fn events(&self, query: EventQuery) -> Result<EventStream, ApiError> {
        self.allow("events")?;
        self.stream(query).await
    }

    async fn event_history(&self, query: HistoryQuery) -> Result<EventPage, ApiError> {
        self.allow("event_history")?;
        self.history(query).await
    }
}

#[async_trait]
impl AccessOperations for Caller {
    async fn token_create(&self, request: TokenRequest) -> Result<CreatedToken, ApiError> {
        let detail = serde_json::to_string(&request).unwrap_or_default();
        let act = async {
            let name = request.name.trim();
            if name.is_empty() || name.chars().count() > NAME_CHARACTERS_MAX {
                return Err(ApiError::invalid(
                    "name",
                    format!("a token's name has 1 to {NAME_CHARACTERS_MAX} characters"),
                ));
            }
            if request.scopes.is_empty() {
                return Err(ApiError::invalid("scopes", "a token needs at least one scope, such as read"));
            }
            let expires = match request.expires_in_seconds {
                Some(seconds) if !(1..=EXPIRES_SECONDS_MAX).contains(&seconds) => {
                    return Err(ApiError::invalid(
                        "expires_in_seconds",
                        format!("{seconds} is not between 1 second and 10 years"),
                    ));
                }
                seconds => seconds.and_then(|seconds| i64::try_from(seconds).ok()),
            };
            let made =
                self.app.inventory.create_token(name.to_owned(), request.scopes.clone(), expires).await;
            let (token, secret) = made.map_err(error::inventory)?;
            Ok(CreatedToken { token, secret })
        };
        self.audited("token_create", None, detail, act).await
    }

    async fn token_list(&self) -> Result<TokenList, ApiError> {
        self.allow("token_list")?;
        Ok(TokenList { tokens: self.app.inventory.tokens().await.map_err(error::inventory)? })
    }

    async fn token_revoke(&self, id: TokenId) -> Result<(), ApiError> {
        let act = async { self.app.inventory.revoke_token(id).await.map_err(error::inventory) };
        self.audited("token_revoke", Some(format!("token/{id}")), String::new(), act).await
    }

    async fn sign_in_link(&self) -> Result<SignInLink, ApiError> {
        let act = async {
            let (code, expires_at) = self.app.inventory.create_code().await.map_err(error::inventory)?;
            Ok(SignInLink { code, expires_at })
        };
        self.audited("sign_in_link", None, String::new(), act).await
    }

    async fn audit_list(&self) -> Result<AuditPage, ApiError> {
        self.allow("audit_list")?;
        Ok(AuditPage {
            entries: self.app.inventory.audit_entries(AUDIT_ENTRIES).await.map_err(error::inventory)?,
        })
    }
}

/// Reads a cursor of the hosts' list.
fn host_position(text: &str) -> Result<(Timestamp, ThingId), ApiError> {
    let refuse = || ApiError::invalid("cursor", "pass the `next_cursor` of the page before");
    let (at, id) = text.split_once('.').ok_or_else(refuse)?;
    let id: Result<ThingId, IdError> = id.parse();
    Ok((Timestamp::from_micros(at.parse().map_err(|_| refuse())?), id.map_err(|_| refuse())?))
}
