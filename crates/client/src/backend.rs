//! Every operation as a request.

use std::time::Duration;

use async_trait::async_trait;
use futures::StreamExt;
use groma_api::{
    AccessOperations, ApiError, AuditPage, CancelRequest, CreatedToken, DiscardRequest, EventOperations,
    EventPage, EventQuery, EventStream, HistoryQuery, Host, HostList, HostOperations, HostQuery, Scan,
    ScanDiff, ScanHostPage, ScanList, ScanOperations, ScanQuery, ScanRequest, SignInLink, StartedScan,
    StatusOperations, Summary, TaskOperations, TaskStatus, TokenList, TokenRequest, Validation, VersionInfo,
};
use groma_model::{TaskId, ThingId, TokenId};
use serde::Serialize;

use crate::{Client, lines};

/// The longest wait that the server grants; longer ones are asked for piece by piece.
const WAIT_MAX: Duration = Duration::from_secs(60);
/// What an answer may take beyond the wait that was asked for.
const WAIT_SLACK: Duration = Duration::from_secs(15);
/// A cancel returns when the task has ended, which its last units may delay.
const CANCEL_TIMEOUT: Duration = Duration::from_secs(300);

#[derive(Serialize)]
struct WaitQuery {
    wait: u64,
}
#[async_trait]
impl StatusOperations for Client {
    async fn version(&self) -> Result<VersionInfo, ApiError> {
        self.request("version", &[])?.data().await
    }

    async fn summary(&self) -> Result<Summary, ApiError> {
        self.request("summary", &[])?.data().await
    }

    async fn metrics(&self) -> Result<String, ApiError> {
        self.request("metrics", &[])?.text().await
    }
}

#[async_trait]
impl ScanOperations for Client {
    async fn scan_start(&self, request: ScanRequest) -> Result<StartedScan, ApiError> {
        self.request("scan_start", &[])?.json(&request).data().await
    }

    async fn scan_validate(&self, request: ScanRequest) -> Result<Validation, ApiError> {
        self.request("scan_validate", &[])?.json(&request).data().await
    }

    async fn scan_list(&self, query: ScanQuery) -> Result<ScanList, ApiError> {
        self.request("scan_list", &[])?.query(&query).data().await
    }

    async fn scan_get(&self, id: TaskId) -> Result<Scan, ApiError> {
        self.request("scan_get", &[&id])?.data().await
    }

    async fn scan_last(&self) -> Result<Scan, ApiError> {
        self.request("scan_last", &[])?.data().await
    }

    async fn scan_hosts(&self, id: TaskId) -> Result<ScanHostPage, ApiError> {
        self.request("scan_hosts", &[&id])?.data().await
    }

    async fn scan_diff(&self, id: TaskId, other: TaskId) -> Result<ScanDiff, ApiError> {
        self.request("scan_diff", &[&id, &other])?.data().await
    }

    async fn scan_delete(&self, id: TaskId) -> Result<(), ApiError> {
        self.request("scan_delete", &[&id])?.done().await
    }
}

#[async_trait]
impl TaskOperations for Client {
    async fn task_get(&self, id: TaskId, wait: Option<Duration>) -> Result<TaskStatus, ApiError> {
        let mut left = wait.unwrap_or_default();
        loop {
            // A wait of less than a second would be none at all.
            let piece = left.min(WAIT_MAX);
            let seconds = piece.as_secs() + u64::from(piece.subsec_nanos() > 0);
            let request = self.request("task_get", &[&id])?;
            let request = if seconds > 0 { request.query(&WaitQuery { wait: seconds }) } else { request };
            let status: TaskStatus = request.data_within(piece + WAIT_SLACK).await?;
            left = left.saturating_sub(piece);
            if status.state.ended() || left.is_zero() {
                return Ok(status);
            }
        }
    }

    async fn task_cancel(&self, id: TaskId, request: CancelRequest) -> Result<TaskStatus, ApiError> {
        self.request("task_cancel", &[&id])?.json(&request).data_within(CANCEL_TIMEOUT).await
    }

    async fn task_discard(&self, id: TaskId, request: DiscardRequest) -> Result<StartedScan, ApiError> {
        self.request("task_discard", &[&id])?.json(&request).data_within(CANCEL_TIMEOUT).await
    }

    async fn task_resume(&self, id: TaskId) -> Result<StartedScan, ApiError> {
        self.request("task_resume", &[&id])?.data().await
    }

    async fn task_retry(&self, id: TaskId) -> Result<StartedScan, ApiError> {
        self.request("task_retry", &[&id])?.data().await
    }
}

#[async_trait]
impl HostOperations for Client {
    async fn host_list(&self, query: HostQuery) -> Result<HostList, ApiError> {
        self.request("host_list", &[])?.query(&query).data().await
    }

    async fn host_get(&self, id: ThingId) -> Result<Host, ApiError> {
        self.request("host_get", &[&id])?.data().await
    }
}

#[async_trait]
impl EventOperations for Client {
    async fn events(&self, query: EventQuery) -> Result<EventStream, ApiError> {
        let follow = query.follow.unwrap_or(true);
        let request = self.request("events", &[])?.query(&query).header("accept", "application/x-ndjson");
        let told = request.told();
        let body = request.send().await?.bytes_stream().boxed();
        Ok(lines::frames(body, told, follow))
    }

    async fn event_history(&self, query: HistoryQuery) -> Result<EventPage, ApiError> {
        self.request("event_history", &[])?.query(&query).data().await
    }
}

#[async_trait]
impl AccessOperations for Client {
    async fn token_create(&self, request: TokenRequest) -> Result<CreatedToken, ApiError> {
        self.request("token_create", &[])?.json(&request).data().await
    }

    async fn token_list(&self) -> Result<TokenList, ApiError> {
        self.request("token_list", &[])?.data().await
    }

    async fn token_revoke(&self, id: TokenId) -> Result<(), ApiError> {
        self.request("token_revoke", &[&id])?.done().await
    }

    async fn sign_in_link(&self) -> Result<SignInLink, ApiError> {
        self.request("sign_in_link", &[])?.data().await
    }

    async fn audit_list(&self) -> Result<AuditPage, ApiError> {
        self.request("audit_list", &[])?.data().await
    }
}
