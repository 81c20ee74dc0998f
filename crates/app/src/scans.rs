//! Starting, stopping and taking back scans.

use std::sync::Arc;
use std::time::Duration;

use groma_api::{
    ApiError, CancelRequest, ErrorCode, Scan, ScanQuery, ScanRequest, ScanStatus, StartedScan, TaskStatus,
};
use groma_inventory::{DiscardEvents, NewTask, Rest};
use groma_model::task::TaskEnd;
use groma_model::{IdError, TaskId};
use groma_task::Beginning;
use tokio::time::Instant;

use crate::backend::Caller;
use crate::tasks::Launch;
use crate::{error, results};

impl Caller {
    pub(crate) async fn start(&self, request: ScanRequest) -> Result<StartedScan, ApiError> {
        self.app.job(&request)?;
        let _one_at_a_time = self.app.tasks.starting.lock().await;
        let request = canonical(request);
        if let Some(task_id) = self.identical(&request).await? {
            return Ok(StartedScan { task_id, existing: true });
        }
        self.launch(unforced(request), None).await
    }

    async fn identical(&self, request: &ScanRequest) -> Result<Option<TaskId>, ApiError> {
        match request {
            ScanRequest::Network(network) if network.force => Ok(None),
            _ => self.app.inventory.find_identical(request.clone()).await.map_err(error::inventory),
        }
    }

    /// Starts the rest of an ended scan, unless that is being done already.
    pub(crate) async fn go_on(&self, old: TaskId, rest: Rest) -> Result<StartedScan, ApiError> {
        let _one_at_a_time = self.app.tasks.starting.lock().await;
        let scan = self.app.inventory.scan(old).await.map_err(error::inventory)?;
        if scan.discards.is_some() {
            let why = format!("scan {old} is the record of a discard: there is nothing to go on with");
            return Err(ApiError::new(ErrorCode::Conflict, why));
        }
        if let Some(task_id) = self.app.inventory.find_rest(old, rest).await.map_err(error::inventory)? {
            return Ok(StartedScan { task_id, existing: true });
        }
        self.launch(scan.request, Some((old, rest))).await
    }

    async fn launch(
        &self,
        request: ScanRequest,
        resumes: Option<(TaskId, Rest)>,
    ) -> Result<StartedScan, ApiError> {
        let id = TaskId::now();
        let principal = self.principal.id;
        let task = NewTask { id, request: request.clone(), principal, resumes };
        self.app.inventory.create_task(task).await.map_err(error::inventory)?;
        let beginning = Beginning::New { resumes: resumes.map(|(old, _)| old) };
        self.app.enqueue(Launch { id, request, principal, beginning });
        Ok(StartedScan { task_id: id, existing: false })
    }

    pub(crate) async fn scan(&self, id: TaskId) -> Result<Scan, ApiError> {
        let mut scan = self.app.inventory.scan(id).await.map_err(error::inventory)?;
        self.explain(&mut scan);
        Ok(scan)
    }

    /// Says why a scan waits.
    pub(crate) fn explain(&self, scan: &mut Scan) {
        if scan.status == ScanStatus::Queued {
            scan.pending_reason = Some(self.app.tasks.pending_reason(scan.id));
        }
    }

    pub(crate) async fn list(&self, query: ScanQuery) -> Result<groma_api::ScanList, ApiError> {
        const ALL: [ScanStatus; 5] = [
            ScanStatus::Queued,
            ScanStatus::Running,
            ScanStatus::Completed,
            ScanStatus::Failed,
            ScanStatus::Cancelled,
        ];
        let wanted = |status: &ScanStatus| {
            query.status.is_none_or(|wanted| wanted == *status)
                && query.active.is_none_or(|active| active != status.ended())
        };
        let cursor: Option<Result<TaskId, IdError>> = query.cursor.as_deref().map(str::parse);
        let cursor = cursor.transpose().map_err(|error| ApiError::invalid("cursor", error.to_string()))?;
        let limit = limit(query.limit, 50, 500)?;
        let statuses = ALL.into_iter().filter(wanted).collect();
        let mut list = self.app.inventory.scans(statuses, cursor, limit).await.map_err(error::inventory)?;
        for scan in &mut list.scans {
            self.explain(scan);
        }
        Ok(list)
    }

    pub(crate) async fn task(&self, id: TaskId, wait: Option<Duration>) -> Result<TaskStatus, ApiError> {
        let give_up = Instant::now() + wait.unwrap_or_default();
        let mut ends = self.app.tasks.ends();
        loop {
            ends.borrow_and_update();
            let scan = self.scan(id).await?;
            if scan.state.ended() || Instant::now() >= give_up {
                let code = self.app.inventory.task_code(id).await.map_err(error::inventory)?;
                return Ok(results::status(&scan, code));
            }
            tokio::select! {
                _ = ends.changed() => {}
                () = tokio::time::sleep_until(give_up) => {}
                () = self.app.stopping.cancelled() => {
                    return Err(ApiError::new(ErrorCode::Unavailable, format!("Groma is stopping while waiting for scan {id}")));
                }
            }
        }
    }

    pub(crate) async fn cancel(&self, id: TaskId, request: CancelRequest) -> Result<TaskStatus, ApiError> {
        let scan = self.scan(id).await?;
        if scan.state.ended() {
            let why = format!(
                "scan {id} has ended as {}: use discard to take back what it found",
                scan.status.as_str()
            );
            return Err(ApiError::new(ErrorCode::Conflict, why));
        }
        let reason = Some(request.reason.trim())
            .filter(|reason| !reason.is_empty())
            .unwrap_or("no reason given")
            .to_owned();
        self.app.stop_task(id, reason).await?;
        let status = self.task(id, None).await?;
        if !status.state.ended() {
            let why = format!(
                "scan {id} did not end, because Groma is stopping or storage refuses: look at it again later"
            );
            return Err(ApiError::new(ErrorCode::Unavailable, why));
        }
        if request.keep_partial_results {
            return Ok(status);
        }
        self.take_back(id).await?;
        self.task(id, None).await
    }

    /// Takes back what an ended scan changed.
    pub(crate) async fn take_back(&self, old: TaskId) -> Result<StartedScan, ApiError> {
        let scan = self.scan(old).await?;
        let job = self.app.job(&scan.request)?;
        let last = Arc::clone(&job);
        let events = DiscardEvents {
            started: Box::new(move |task, at| job.started(task, None, at)),
            ended: Box::new(move |task, summary, at| last.ended(task, &TaskEnd::Completed, summary, at)),
        };
        let task_id =
            self.app.inventory.discard(old, self.principal.id, events).await.map_err(error::inventory)?;
        Ok(StartedScan { task_id, existing: false })
    }
}

/// Orders what has no order, so that equal scans look equal.
fn canonical(request: ScanRequest) -> ScanRequest {
    match request {
        ScanRequest::Network(mut network) => {
            network.targets.sort();
            network.targets.dedup();
            network.exclude.sort();
            network.exclude.dedup();
            ScanRequest::Network(network)
        }
    }
}

/// Whether somebody insisted is no part of what is scanned.
fn unforced(request: ScanRequest) -> ScanRequest {
    match request {
        ScanRequest::Network(mut network) => {
            network.force = false;
            ScanRequest::Network(network)
        }
    }
}

/// Checks a page's size.
pub(crate) fn limit(asked: Option<u32>, default: u32, max: u32) -> Result<u32, ApiError> {
    match asked.unwrap_or(default) {
        limit if (1..=max).contains(&limit) => Ok(limit),
        limit => Err(ApiError::invalid("limit", format!("{limit} is not between 1 and {max}"))),
    }
}
