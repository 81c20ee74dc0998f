use std::time::Duration;

use futures::StreamExt as _;
use groma_api::{ErrorCode, EventQuery, NetworkScanRequest, ScanRequest};
use groma_database::{OpError, WriteTx};

use super::*;

/// Lets the database grow no more, as on a full disk.
async fn fill(app: &App) {
    let limit = |tx: &mut WriteTx<'_>| {
        let pages: i64 = tx.connection().pragma_query_value(None, "page_count", |row| row.get(0))?;
        tx.connection().pragma_update_and_check(None, "max_page_count", pages, |row| row.get::<_, i64>(0))?;
        Ok::<_, OpError<()>>(())
    };
    app.database.write(limit).await.unwrap();
}

#[tokio::test]
async fn a_full_disk_is_told_without_a_sequence_and_reads_go_on() {
    let root = tempfile::tempdir().unwrap();
    let options = AppOptions::new(root.path().join("data"), root.path().join("keys"));
    let app = App::open(options).await.unwrap();
    let (backend, gate) = (app.backend(app.owner()), app.gate());
    let request =
        NetworkScanRequest { discovery: false, ..NetworkScanRequest::new(vec!["127.0.0.40".into()], "1-3") };
    let scan = backend.scan_start(ScanRequest::Network(request.clone())).await.unwrap().task_id;
    assert!(backend.task_get(scan, Some(Duration::from_secs(60))).await.unwrap().state.ended());
    let (head, mut live) = (app.journal.head(), backend.events(EventQuery::default()).await.unwrap());
    assert_eq!(gate.health().status, "ok");

    fill(&app).await;
    let refusal = loop {
        let request = NetworkScanRequest { force: true, ..request.clone() };
        match backend.scan_start(ScanRequest::Network(request)).await {
            Ok(_) => {}
            Err(error) => break error,
        }
    };
    assert_eq!(refusal.code, ErrorCode::StorageFailed, "{refusal:?}");
    let health = gate.health();
    assert_eq!(health.status, "failing");
    assert!(health.checks.storage.contains("full"), "{health:?}");
    let alarm = loop {
        let frame =
            tokio::time::timeout(Duration::from_secs(30), live.next()).await.unwrap().unwrap().unwrap();
        if frame.sequence.is_none() {
            break frame;
        }
    };
    let Some(Ok(Payload::SystemError(error))) = alarm.envelope().unwrap().payload() else {
        panic!("{alarm:?}")
    };
    assert_eq!(error.severity, Severity::Critical);
    assert!(error.message.contains("full"), "{}", error.message);

    assert!(backend.scan_get(scan).await.unwrap().state.ended());
    assert!(
        backend.summary().await.is_ok() && backend.metrics().await.unwrap().contains("groma_storage_ok 0")
    );
    let oldest = EventQuery { after: Some("oldest".into()), follow: Some(false), ..EventQuery::default() };
    let frames: Vec<_> = backend.events(oldest).await.unwrap().collect().await;
    assert!(frames.len() as u64 >= head.number && frames.iter().all(Result::is_ok));
    // What was not written is not told: a change that cannot be kept is refused.
    assert!(backend.sign_in_link().await.is_err());
    tokio::time::timeout(Duration::from_secs(30), app.shutdown()).await.unwrap();
}
