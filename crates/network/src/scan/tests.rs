use groma_api::NetworkScanRequest;
use groma_model::network::{EndStatus, ErrorType};
use groma_model::task::{PendingUnit, TaskEnd, TaskSummary};
use groma_model::{Payload, TaskId, Timestamp};
use groma_task::Job;

use super::detail::{Block, Detail, HostDetail};
use super::{NetworkScan, host, tally};
use crate::Limits;

fn scan() -> NetworkScan {
    NetworkScan::new(NetworkScanRequest::new(vec!["10.1.0.0/24".into()], "1-10"), Limits::default()).unwrap()
}

fn pending(detail: &Detail) -> PendingUnit {
    let spec = detail.spec("unit".into());
    assert_eq!(&Detail::read(&spec).unwrap(), detail);
    PendingUnit { spec, checkpoint: None, tally: Default::default(), attempts: 0 }
}

#[test]
fn what_remains_is_what_its_units_stand_for() {
    let block = Detail::Discover(Block {
        slices: std::collections::BTreeMap::new(),
        ranges: vec![("10.1.0.1".parse().unwrap(), 60), ("fd00::1".parse().unwrap(), 4)],
        names: [("10.1.0.1".parse().unwrap(), "a.lan".to_owned())].into(),
        seed: u64::MAX,
    });
    let host = Detail::Host(HostDetail {
        slice: None,
        address: "10.1.0.9".parse().unwrap(),
        hostname: None,
        response_time_ms: Some(0.25),
        seed: 1,
    });
    let left = scan().remaining(&[pending(&block), pending(&host)]);
    assert_eq!(left.get(tally::HOSTS_TOTAL), 65);
    assert_eq!(left.get(tally::PORTS_TOTAL), 650);
}

#[test]
fn the_end_tells_how_it_came() {
    let (id, at) = (TaskId::now(), Timestamp::UNIX_EPOCH);
    let summary = TaskSummary {
        seen: [("network.host".to_owned(), 3), ("network.service".to_owned(), 7)].into(),
        ..TaskSummary::default()
    };
    let last = |end: &TaskEnd, summary: &TaskSummary| match scan().ended(id, end, summary, at).pop() {
        Some(Payload::NetworkScanCompleted(data)) => data,
        other => panic!("{other:?}"),
    };
    let whole = last(&TaskEnd::Completed, &summary);
    assert!(whole.success && !whole.partial && whole.error.is_none());
    assert_eq!((whole.results.hosts_up, whole.results.ports_open), (3, 7));
    assert_eq!(whole.results.href, format!("/v1/scans/{id}"));
    let cancelled = last(&TaskEnd::Cancelled { reason: "enough".into() }, &summary);
    assert_eq!(cancelled.status, EndStatus::Cancelled);
    assert!(cancelled.partial && !cancelled.success);
    assert_eq!(cancelled.error.as_deref(), Some("cancelled: enough"));
    let holes = TaskSummary { units_failed: 1, ..summary.clone() };
    assert!(last(&TaskEnd::Completed, &holes).partial);
    let failed = scan().ended(id, &TaskEnd::Failed { error: "no way".into() }, &summary, at);
    assert!(matches!(&failed[..], [Payload::NetworkScanCompleted(end)] if !end.success && end.partial));
}

#[test]
fn a_starved_unit_is_told_as_a_lack_of_resources() {
    let message = host::starved("10.1.0.1".parse().unwrap()).to_string();
    let told = scan().error(TaskId::now(), &message, false, Timestamp::UNIX_EPOCH);
    assert!(matches!(told, Payload::NetworkError(error) if error.error_type == ErrorType::Resource));
}
