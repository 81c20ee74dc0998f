//! Scans as the API shows them.

use groma_api::{
    ErrorCode, Progress, Scan, ScanHost, ScanHostPage, ScanList, ScanPort, ScanStatus, TaskState,
};
use groma_database::rusqlite::{self, Connection, OptionalExtension as _, Row, ToSql};
use groma_model::network::{PortState, Protocol};
use groma_model::{PrincipalId, TaskId, ThingId, Timestamp};
use std::collections::BTreeMap;
use uuid::Uuid;

use crate::inventory::Inventory;
use crate::things::{HOST, SERVICE, Seen};
use crate::{InventoryError, sealed, tasks, things, units};

const COLUMNS: &str = "id, status, request_sealed, principal, created, started, ended, told_tally, remaining_ms, summary, partial, \
                       discarded_by, error_sealed, resumes, discards, error_code";
/// Warnings shown with a scan.
const WARNINGS: i64 = 100;

impl Inventory {
    /// Returns a scan.
    ///
    /// # Errors
    /// When there is none, or storage refuses.
    pub async fn scan(&self, id: TaskId) -> Result<Scan, InventoryError> {
        let found = self
            .read(move |inventory, connection| {
                inventory.read_scans(connection, "WHERE id = ?1", &[&id.uuid().into_bytes()])
            })
            .await?;
        found.into_iter().next().ok_or_else(|| InventoryError::NotFound { what: "scan", id: id.to_string() })
    }

    /// Returns the scan that ended last.
    ///
    /// # Errors
    /// When none has ended, or storage refuses.
    pub async fn last_scan(&self) -> Result<Scan, InventoryError> {
        let found = self.read(|inventory, connection| inventory.read_scans(connection, LAST, &[])).await?;
        found
            .into_iter()
            .next()
            .ok_or_else(|| InventoryError::NotFound { what: "ended scan", id: "last".to_owned() })
    }

    /// Lists scans, newest first: those with one of `statuses`, older than the scan `before`.
    ///
    /// # Errors
    /// When storage refuses.
    pub async fn scans(
        &self,
        statuses: Vec<ScanStatus>,
        before: Option<TaskId>,
        limit: u32,
    ) -> Result<ScanList, InventoryError> {
        self.read(move |inventory, connection| {
            let statuses: Vec<&str> = statuses.iter().map(|status| status.as_str()).collect();
            let statuses = serde_json::to_string(&statuses).unwrap_or_default();
            let before = before.map(|before| before.uuid().into_bytes());
            let sql = "WHERE status IN (SELECT value FROM json_each(?1)) AND (?2 IS NULL OR (created, id) < \
                       (SELECT created, id FROM tasks WHERE id = ?2)) ORDER BY created DESC, id DESC LIMIT ?3";
            let mut scans = inventory.read_scans(connection, sql, &[&statuses, &before, &(i64::from(limit) + 1)])?;
            let more = scans.len() > limit as usize;
            scans.truncate(limit as usize);
            let next_cursor = scans.last().filter(|_| more).map(|scan| scan.id.to_string());
            Ok(ScanList { scans, next_cursor })
        })
        .await
    }

    /// Returns what a scan saw, by address.
    ///
    /// # Errors
    /// When there is no such scan, or storage refuses.
    pub async fn scan_hosts(&self, id: TaskId) -> Result<ScanHostPage, InventoryError> {
        self.scan(id).await?;
        self.read(move |inventory, connection| {
            let transaction = connection.unchecked_transaction()?;
            let sequence = inventory.journal.head_in(&transaction)?.0.to_string();
            Ok(ScanHostPage { hosts: inventory.read_observed(&transaction, id)?, sequence })
        })
        .await
    }

    /// Deletes the record of an ended scan. What it changed stays, and so does the history of that.
    ///
    /// # Errors
    /// When there is no such scan, it has not ended, or storage refuses.
    pub async fn delete_scan(&self, id: TaskId) -> Result<(), InventoryError> {
        self.write(move |_, tx| {
            let status = tasks::require(tx.connection(), id)?;
            if !tasks::is_ended(&status) {
                let refusal = format!("scan {id} is {status}: cancel it first");
                return crate::error::refuse(InventoryError::Conflict(refusal));
            }
            tx.connection().execute("DELETE FROM tasks WHERE id = ?1", [id.uuid().into_bytes()])?;
            Ok(())
        })
        .await
    }

    pub(crate) fn read_scans(
        &self,
        connection: &Connection,
        tail: &str,
        params: &[&dyn ToSql],
    ) -> rusqlite::Result<Vec<Scan>> {
        // One transaction, so that the position fits the rows.
        let transaction = connection.unchecked_transaction()?;
        let sequence = self.journal.head_in(&transaction)?.0.to_string();
        let mut statement = transaction.prepare_cached(&format!("SELECT {COLUMNS} FROM tasks {tail}"))?;
        let mut scans: Vec<Scan> =
            statement.query_map(params, |row| self.read_scan(row, &sequence))?.collect::<Result<_, _>>()?;
        for scan in &mut scans {
            self.complete(&transaction, scan)?;
        }
        Ok(scans)
    }

    fn read_scan(&self, row: &Row<'_>, sequence: &str) -> rusqlite::Result<Scan> {
        let id: [u8; 16] = row.get(0)?;
        let status = ScanStatus::from_word(row.get_ref(1)?.as_str()?).unwrap_or(ScanStatus::Failed);
        let discarded = row.get::<_, Option<[u8; 16]>>(11)?.is_some();
        let time = |column: usize| {
            Ok::<_, rusqlite::Error>(row.get::<_, Option<i64>>(column)?.map(Timestamp::from_micros))
        };
        let (started_at, ended_at) = (time(5)?, time(6)?);
        let tally = tasks::tally(row.get_ref(7)?.as_str()?);
        let until = ended_at.unwrap_or_else(|| self.clock.now());
        let (total_ports, ports_scanned) = (tally.get("ports_total"), tally.get("ports_scanned"));
        let percent_complete = match (status, total_ports) {
            (ScanStatus::Completed, _) => 100.0,
            (_, 0) => 0.0,
            (_, total) => (ports_scanned as f64 / total as f64 * 100.0).min(100.0),
        };
        let summary: Option<String> = row.get(9)?;
        Ok(Scan {
            id: TaskId::from_uuid(Uuid::from_bytes(id)),
            state: match status {
                ScanStatus::Queued => TaskState::Pending,
                ScanStatus::Running => TaskState::Started,
                ScanStatus::Completed => TaskState::Success,
                ScanStatus::Cancelled if !discarded => TaskState::Success,
                ScanStatus::Cancelled | ScanStatus::Failed => TaskState::Failure,
            },
            status,
            request: self.open_request(&id, row.get_ref(2)?.as_blob()?)?,
            principal_id: PrincipalId::from_uuid(Uuid::from_bytes(row.get(3)?)),
            created_at: Timestamp::from_micros(row.get(4)?),
            started_at,
            ended_at,
            progress: Progress {
                hosts_scanned: tally.get("hosts_scanned"),
                total_hosts: tally.get("hosts_total"),
                ports_scanned,
                total_ports,
                percent_complete,
                elapsed_ms: started_at.map_or(0, |started| (until.seconds_since(started) * 1000.0) as u64),
                estimated_remaining_ms: row
                    .get::<_, Option<i64>>(8)?
                    .map(|remaining| remaining.max(0) as u64),
                ..Progress::default()
            },
            units: groma_api::UnitCount::default(),
            summary: summary.and_then(|summary| serde_json::from_str(&summary).ok()),
            partial: row.get(10)?,
            discarded,
            error: self.open_error(&id, row.get(12)?)?,
            warnings: Vec::new(),
            resumes: things::task(row, 13)?,
            discards: things::task(row, 14)?,
            pending_reason: None,
            sequence: sequence.to_owned(),
        })
    }

    fn complete(&self, connection: &Connection, scan: &mut Scan) -> rusqlite::Result<()> {
        let id = scan.id.uuid().into_bytes();
        scan.units = units::count(connection, scan.id)?;
        match &scan.summary {
            Some(summary) => {
                (scan.progress.hosts_up, scan.progress.ports_open) = (summary.hosts_up, summary.ports_open);
            }
            None => {
                let seen = tasks::summarise(connection, scan.id, self.clock.now())?.seen;
                scan.progress.hosts_up = seen.get(HOST).copied().unwrap_or(0);
                scan.progress.ports_open = seen.get(SERVICE).copied().unwrap_or(0);
            }
        }
        let sql = "SELECT message_sealed FROM (SELECT * FROM warnings WHERE task = ?1 ORDER BY ordinal DESC LIMIT ?2) ORDER BY ordinal";
        let mut statement = connection.prepare_cached(sql)?;
        let warnings = statement.query_map((id, WARNINGS), |row| {
            sealed::open(&self.keyring, "warnings.message", &id, row.get_ref(0)?.as_blob()?)
        })?;
        scan.warnings = warnings.collect::<Result<_, _>>()?;
        Ok(())
    }

    fn read_observed(&self, connection: &Connection, task: TaskId) -> rusqlite::Result<Vec<ScanHost>> {
        let id = task.uuid().into_bytes();
        let mut hosts: BTreeMap<ThingId, ScanHost> = BTreeMap::new();
        let sql = "SELECT thing, attributes_sealed FROM observations WHERE task = ?1 AND kind = ?2";
        let mut statement = connection.prepare_cached(sql)?;
        let mut rows = statement.query((id, HOST))?;
        while let Some(row) = rows.next()? {
            let thing: [u8; 16] = row.get(0)?;
            let place = sealed::row(&[&id, &thing]);
            let attributes: Seen =
                sealed::open(&self.keyring, "observations.attributes", &place, row.get_ref(1)?.as_blob()?)?;
            let host = ThingId::from_uuid(Uuid::from_bytes(thing));
            if let Some(address) = attributes.address {
                let seen = ScanHost {
                    id: host,
                    address,
                    hostname: attributes.hostname,
                    response_time_ms: attributes.response_time_ms,
                    ports: Vec::new(),
                };
                hosts.insert(host, seen);
            }
        }
        let sql = "SELECT parent, port, protocol, state FROM observations WHERE task = ?1 AND parent IS NOT NULL ORDER BY parent, port";
        let mut statement = connection.prepare_cached(sql)?;
        let mut rows = statement.query([id])?;
        while let Some(row) = rows.next()? {
            let parent = ThingId::from_uuid(Uuid::from_bytes(row.get(0)?));
            let udp = row.get_ref(2)?.as_str_or_null()? == Some("udp");
            let state = PortState::from_word(row.get_ref(3)?.as_str()?).unwrap_or(PortState::Filtered);
            let protocol = if udp { Protocol::Udp } else { Protocol::Tcp };
            if let Some(host) = hosts.get_mut(&parent) {
                host.ports.push(ScanPort { port: row.get(1)?, protocol, state, service: None });
            }
        }
        let mut hosts: Vec<ScanHost> = hosts.into_values().collect();
        hosts.sort_by_key(|host| host.address);
        Ok(hosts)
    }

    /// Returns why a task failed, as a code.
    ///
    /// # Errors
    /// When there is no such task, or storage refuses.
    pub async fn task_code(&self, id: TaskId) -> Result<Option<ErrorCode>, InventoryError> {
        self.read(move |_, connection| {
            let sql = "SELECT error_code FROM tasks WHERE id = ?1";
            let code: Option<Option<String>> = connection
                .prepare_cached(sql)?
                .query_row([id.uuid().into_bytes()], |row| row.get(0))
                .optional()?;
            Ok(code
                .flatten()
                .and_then(|code| ErrorCode::ALL.iter().copied().find(|known| known.as_str() == code)))
        })
        .await
    }
}

/// The tail of the query for the scan that ended last.
pub(crate) const LAST: &str = "WHERE ended IS NOT NULL ORDER BY ended DESC, id DESC LIMIT 1";
