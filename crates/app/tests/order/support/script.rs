//! A scan that finds what its script says, at the pace and with the faults that it says.

use std::collections::{BTreeMap, HashMap};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use groma_api::{NetworkScanRequest, ScanRequest};
use groma_model::Finding;
use groma_model::network::{
    EndStatus, Error, ErrorType, HostFinding, PortFinding, PortState, Protocol, ScanCompleted, ScanOptions,
    ScanProgress, ScanResults, ScanStarted,
};
use groma_model::task::{PendingUnit, Plan, Tally, TaskEnd, TaskSummary, UnitDone, UnitSpec};
use groma_model::{Payload, TaskId, Timestamp};
use groma_task::{Job, PlanError, Snapshot, TaskContext, UnitContext, UnitError, Work};
use parking_lot::Mutex;
use serde_json::json;

/// Ports that every scripted scan asks for.
pub(crate) const PORTS: usize = 6;

/// What goes wrong in a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wrong {
    Transient,
    Permanent,
    Fatal,
    Panic,
}

/// A fault of a unit: at which step, and how often in all.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fault {
    pub(crate) step: usize,
    pub(crate) wrong: Wrong,
    pub(crate) times: u32,
}

/// An address as a scan finds it.
#[derive(Debug, Clone)]
pub(crate) struct Address {
    pub(crate) number: u8,
    /// Absent: nothing answers.
    pub(crate) host: Option<Host>,
}

/// A host as a scan finds it.
#[derive(Debug, Clone)]
pub(crate) struct Host {
    pub(crate) name: Option<u8>,
    pub(crate) ports: [PortState; PORTS],
    /// Ports recorded at once.
    pub(crate) chunk: usize,
    /// Every so many chunks are checkpointed, the others only reported.
    pub(crate) checkpoint_every: usize,
    /// Milliseconds before each chunk; beyond 5 s a cancel does not wait for it.
    pub(crate) pause_ms: u64,
    pub(crate) fault: Option<Fault>,
}

/// A block of addresses that is looked through at once.
#[derive(Debug, Clone)]
pub(crate) struct Block {
    pub(crate) addresses: Vec<Address>,
    pub(crate) fault: Option<Fault>,
}

/// What a whole scan does.
#[derive(Debug, Clone)]
pub(crate) struct Script {
    pub(crate) blocks: Vec<Block>,
    pub(crate) concurrency: usize,
    pub(crate) plan_fails: bool,
}

pub(crate) fn address(number: u8) -> IpAddr {
    Ipv4Addr::new(10, 77, 0, number).into()
}

pub(crate) fn name(number: u8) -> String {
    format!("name-{number}.example")
}

pub(crate) const fn port(index: usize) -> u16 {
    4000 + index as u16
}

impl Script {
    pub(crate) fn addresses(&self) -> impl Iterator<Item = &Address> {
        self.blocks.iter().flat_map(|block| &block.addresses)
    }

    pub(crate) fn request(&self) -> ScanRequest {
        let targets = self.addresses().map(|at| address(at.number).to_string()).collect();
        ScanRequest::Network(NetworkScanRequest::new(targets, "4000-4005"))
    }

    fn totals(hosts: usize) -> Tally {
        Tally::default().with("hosts_total", hosts as i64).with("ports_total", (hosts * PORTS) as i64)
    }
}

/// The script as a job. Faults that have happened stay so over many jobs that share them.
#[derive(Debug)]
pub(crate) struct Scripted {
    script: Script,
    happened: Faults,
}

/// How often each unit's fault has happened.
pub(crate) type Faults = Arc<Mutex<HashMap<String, u32>>>;

impl Scripted {
    pub(crate) fn new(script: Script, happened: Faults) -> Self {
        Self { script, happened }
    }

    fn fail(&self, key: &str, step: usize, fault: Option<Fault>) -> Result<(), UnitError> {
        let Some(fault) = fault.filter(|fault| fault.step == step) else { return Ok(()) };
        {
            let mut happened = self.happened.lock();
            let count = happened.entry(key.to_owned()).or_default();
            if *count >= fault.times {
                return Ok(());
            }
            *count += 1;
        }
        let message = format!("doing {key}: the script says so");
        Err(match fault.wrong {
            Wrong::Transient => UnitError::Failed { message, transient: true },
            Wrong::Permanent => UnitError::Failed { message, transient: false },
            Wrong::Fatal => UnitError::Fatal { message },
            Wrong::Panic => panic!("{message}"),
        })
    }

    async fn discover(&self, cx: &UnitContext, key: &str, number: usize) -> Result<UnitDone, UnitError> {
        let block = &self.script.blocks[number];
        self.fail(key, 0, block.fault)?;
        let mut findings = Vec::new();
        let mut next = Vec::new();
        let mut down = 0;
        for at in &block.addresses {
            match &at.host {
                Some(host) => {
                    findings.push(found(cx, at.number, host));
                    next.push(UnitSpec {
                        key: format!("host/{}", at.number),
                        detail: json!({ "host": at.number }),
                        slices: Vec::new(),
                    });
                }
                None => down += 1,
            }
        }
        cx.record(findings).await?;
        self.fail(key, 1, block.fault)?;
        let tally = Tally::default().with("hosts_scanned", down).with("ports_total", -down * PORTS as i64);
        Ok(UnitDone { tally, next })
    }

    async fn host(&self, cx: &UnitContext, unit: &PendingUnit, number: u8) -> Result<UnitDone, UnitError> {
        let Some(host) =
            self.script.addresses().find(|at| at.number == number).and_then(|at| at.host.as_ref())
        else {
            return Err(UnitError::Failed { message: "not in the script".to_owned(), transient: false });
        };
        let mut done = unit.checkpoint.as_ref().and_then(|kept| kept["next"].as_u64()).unwrap_or(0) as usize;
        let (mut first, mut chunks) = (true, 0);
        while done < PORTS || first {
            self.fail(&unit.spec.key, done, host.fault)?;
            if host.pause_ms <= 5000 {
                let pause = tokio::time::sleep(Duration::from_millis(host.pause_ms));
                if cx.task.cancel.run_until_cancelled(pause).await.is_none() {
                    cx.checkpoint(json!({ "next": done }), counted(done)).await?;
                    return Err(UnitError::Stopped);
                }
            } else {
                // Deaf to cancels: it is dropped once the grace is over.
                tokio::time::sleep(Duration::from_millis(host.pause_ms)).await;
            }
            let below = (done + host.chunk).min(PORTS);
            let mut findings = Vec::new();
            if first {
                findings.push(found(cx, number, host));
                first = false;
            }
            findings.extend((done..below).map(|index| {
                Finding::Port(PortFinding {
                    address: address(number),
                    port: port(index),
                    protocol: Protocol::Tcp,
                    state: host.ports[index],
                    at: cx.task.clock.now(),
                    slice: None,
                })
            }));
            cx.record(findings).await?;
            done = below;
            chunks += 1;
            if chunks % host.checkpoint_every == 0 {
                cx.checkpoint(json!({ "next": done }), counted(done)).await?;
            } else {
                cx.report(counted(done));
            }
        }
        self.fail(&unit.spec.key, PORTS, host.fault)?;
        Ok(UnitDone { tally: counted(PORTS).with("hosts_scanned", 1), next: Vec::new() })
    }
}

fn counted(ports: usize) -> Tally {
    Tally::default().with("ports_scanned", ports as i64)
}

fn found(cx: &UnitContext, number: u8, host: &Host) -> Finding {
    Finding::Host(HostFinding {
        address: address(number),
        hostname: host.name.map(name),
        response_time_ms: f64::from(number),
        at: cx.task.clock.now(),
        slice: None,
    })
}

#[async_trait]
impl Job for Scripted {
    fn unit_concurrency(&self) -> usize {
        self.script.concurrency
    }

    fn started(&self, task: TaskId, resumes: Option<TaskId>, at: Timestamp) -> Payload {
        let ScanRequest::Network(request) = self.script.request();
        let options = ScanOptions {
            profile: "default".to_owned(),
            engine: "script".to_owned(),
            discovery: true,
            concurrency: 1,
            timeout_ms: 1,
            retries: 0,
            max_rate: None,
            services: false,
            os: false,
            exclude: Vec::new(),
        };
        ScanStarted {
            scan_id: task,
            targets: request.targets,
            ports: request.ports,
            options,
            timestamp: at,
            resumes,
        }
        .into()
    }

    async fn plan(&self, cx: &TaskContext) -> Result<Plan, PlanError> {
        if self.script.plan_fails {
            let message = "planning: the script says so".to_owned();
            let events = vec![self.error(cx.id, &message, true, cx.clock.now())];
            return Err(PlanError { message, events });
        }
        let units = (0..self.script.blocks.len()).map(|number| UnitSpec {
            key: format!("discover/{number}"),
            detail: json!({ "discover": number }),
            slices: Vec::new(),
        });
        Ok(Plan {
            units: units.collect(),
            tally: Script::totals(self.script.addresses().count()),
            warnings: Vec::new(),
        })
    }

    fn remaining(&self, units: &[PendingUnit]) -> Tally {
        let hosts = units.iter().map(|unit| match unit.spec.detail["discover"].as_u64() {
            Some(number) => self.script.blocks[number as usize].addresses.len(),
            None => 1,
        });
        Script::totals(hosts.sum())
    }

    async fn run(&self, cx: &UnitContext, unit: &PendingUnit) -> Result<UnitDone, UnitError> {
        match (unit.spec.detail["discover"].as_u64(), unit.spec.detail["host"].as_u64()) {
            (Some(number), _) => self.discover(cx, &unit.spec.key, number as usize).await,
            (_, Some(number)) => self.host(cx, unit, number as u8).await,
            _ => Err(UnitError::Failed { message: "not in the script".to_owned(), transient: false }),
        }
    }

    fn work(&self, tally: &Tally) -> Work {
        Work { done: tally.get("ports_scanned"), total: tally.get("ports_total") }
    }

    fn progress(&self, snapshot: &Snapshot) -> Payload {
        ScanProgress {
            scan_id: snapshot.task,
            hosts_scanned: snapshot.tally.get("hosts_scanned"),
            total_hosts: snapshot.tally.get("hosts_total"),
            ports_scanned: snapshot.tally.get("ports_scanned"),
            total_ports: snapshot.tally.get("ports_total"),
            elapsed_ms: snapshot.elapsed_ms,
            estimated_remaining_ms: snapshot.estimated_remaining_ms,
            timestamp: snapshot.at,
        }
        .into()
    }

    fn error(&self, task: TaskId, message: &str, fatal: bool, at: Timestamp) -> Payload {
        let context = BTreeMap::from([("fatal".to_owned(), fatal.to_string())]);
        let message = message.to_owned();
        Error { scan_id: Some(task), error_type: ErrorType::Internal, message, context, timestamp: at }.into()
    }

    fn ended(&self, task: TaskId, end: &TaskEnd, summary: &TaskSummary, at: Timestamp) -> Vec<Payload> {
        let seen = |kind: &str| summary.seen.get(kind).copied().unwrap_or_default();
        let (status, error) = match end {
            TaskEnd::Completed => (EndStatus::Completed, None),
            TaskEnd::Failed { error } => (EndStatus::Failed, Some(error.clone())),
            TaskEnd::Cancelled { reason } => (EndStatus::Cancelled, Some(format!("cancelled: {reason}"))),
        };
        let results = ScanResults {
            hosts_up: seen("network.host"),
            hosts_scanned: summary.tally.get("hosts_scanned"),
            ports_open: seen("network.service"),
            ports_scanned: summary.tally.get("ports_scanned"),
            href: format!("/v1/scans/{task}"),
        };
        let completed = ScanCompleted {
            scan_id: task,
            status,
            partial: summary.units_pending > 0 || summary.units_failed > 0 || status != EndStatus::Completed,
            success: status == EndStatus::Completed,
            results,
            duration_ms: summary.duration_ms,
            error,
            timestamp: at,
        };
        vec![completed.into()]
    }
}
