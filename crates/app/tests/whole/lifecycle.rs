//! Scans from their asking to their end: once, in turn, cancelled, taken back, gone on with.

use std::time::Duration;

use groma_api::{DiscardRequest, ErrorCode, NetworkScanRequest, ScanRequest, ScanStatus, TaskState};
use groma_model::Payload;
use groma_model::network::EndStatus;

use crate::support::*;

#[tokio::test]
async fn two_identical_starts_give_one_scan() {
    let world = World::new();
    let app = world.open().await;
    let backend = owner(&app);
    let there = NetworkScanRequest { targets: vec![here(2), here(3)], ..slow(2) };
    let back = NetworkScanRequest { targets: vec![here(3), here(2), here(3)], ..slow(2) };
    let (one, two) = tokio::join!(
        backend.scan_start(ScanRequest::Network(there.clone())),
        backend.scan_start(ScanRequest::Network(back))
    );
    let (one, two) = (one.unwrap(), two.unwrap());
    assert_eq!(one.task_id, two.task_id);
    assert!(one.existing != two.existing);
    let forced = NetworkScanRequest { force: true, ..there.clone() };
    let forced = backend.scan_start(ScanRequest::Network(forced)).await.unwrap();
    assert!(!forced.existing && forced.task_id != one.task_id);
    for id in [one.task_id, forced.task_id] {
        backend.task_cancel(id, cancel(true)).await.unwrap();
    }
    let again = backend.scan_start(ScanRequest::Network(there)).await.unwrap();
    assert!(!again.existing, "an ended scan is not offered");
    backend.task_cancel(again.task_id, cancel(true)).await.unwrap();
}

#[tokio::test]
async fn beyond_the_limit_scans_wait_for_their_turn() {
    let world = World { running_max: 1, ..World::new() };
    let app = world.open().await;
    let backend = owner(&app);
    let first = start(&backend, slow(4)).await;
    begun(&backend, first).await;
    let (second, third) = (start(&backend, slow(5)).await, start(&backend, slow(6)).await);
    for (id, ahead) in [(second, "0 are ahead"), (third, "1 are ahead")] {
        let status = backend.task_get(id, None).await.unwrap();
        assert_eq!(status.state, TaskState::Pending);
        assert!(status.pending_reason.unwrap().contains(ahead));
        assert!(told(&backend, id).await.is_empty());
    }
    // A queued scan that is cancelled tells its start before its end, and takes nobody's turn.
    let status = backend.task_cancel(second, cancel(true)).await.unwrap();
    assert_eq!((status.state, status.partial), (TaskState::Success, Some(true)));
    let events = told(&backend, second).await;
    assert!(matches!(
        events.as_slice(),
        [Payload::NetworkScanStarted(_), Payload::NetworkScanCompleted(end)]
            if end.status == EndStatus::Cancelled && end.error.as_deref() == Some("cancelled: enough")
    ));
    assert_eq!(backend.scan_get(third).await.unwrap().status, ScanStatus::Queued);
    assert_eq!(backend.scan_get(first).await.unwrap().status, ScanStatus::Running);
    backend.task_cancel(first, cancel(true)).await.unwrap();
    begun(&backend, third).await;
    backend.task_cancel(third, cancel(false)).await.unwrap();
}

#[tokio::test]
async fn a_cancelled_scan_ends_once() {
    let world = World::new();
    let app = world.open().await;
    let backend = owner(&app);
    let scan = start(&backend, slow(7)).await;
    begun(&backend, scan).await;
    refused(backend.scan_delete(scan).await, ErrorCode::Conflict);
    refused(backend.task_discard(scan, DiscardRequest::default()).await, ErrorCode::Conflict);
    refused(backend.task_resume(scan).await, ErrorCode::Conflict);
    let (one, two) =
        tokio::join!(backend.task_cancel(scan, cancel(true)), backend.task_cancel(scan, cancel(true)));
    for result in [one, two] {
        match result {
            Ok(status) => assert_eq!(status.state, TaskState::Success),
            Err(error) => assert_eq!(error.code, ErrorCode::Conflict),
        }
    }
    refused(backend.task_cancel(scan, cancel(true)).await, ErrorCode::Conflict);
    let events = told(&backend, scan).await;
    let ends = events.iter().filter(|event| matches!(event, Payload::NetworkScanCompleted(_)));
    assert_eq!(ends.count(), 1);
    assert!(matches!(events.last(), Some(Payload::NetworkScanCompleted(_))));
    // What it left is another scan that names it; asked twice, it is done once.
    let rest = backend.task_resume(scan).await.unwrap().task_id;
    begun(&backend, rest).await;
    let again = backend.task_resume(scan).await.unwrap();
    assert!(again.existing && again.task_id == rest, "{again:?}");
    assert_eq!(backend.scan_get(rest).await.unwrap().resumes, Some(scan));
    let status = backend.task_cancel(rest, cancel(false)).await.unwrap();
    assert_eq!((status.state, status.code), (TaskState::Failure, Some(ErrorCode::Cancelled)));
    backend.scan_delete(scan).await.unwrap();
    refused(backend.scan_get(scan).await, ErrorCode::NotFound);
    refused(backend.scan_delete(scan).await, ErrorCode::NotFound);
}

#[tokio::test]
async fn what_is_done_is_taken_back_once_and_not_gone_on_with() {
    let world = World::new();
    let app = world.open().await;
    let backend = owner(&app);
    let (_listener, port) = listener(8);
    let request = NetworkScanRequest { ports: port.to_string(), ..quick(8) };
    let scan = start(&backend, request).await;
    let status = ended(&backend, scan).await;
    assert_eq!(status.state, TaskState::Success);
    assert_eq!(status.resources_by_service.unwrap().values().sum::<u64>(), 2);
    refused(backend.task_resume(scan).await, ErrorCode::Conflict);
    refused(backend.task_retry(scan).await, ErrorCode::Conflict);
    let hosts = backend.host_list(Default::default()).await.unwrap().hosts;
    assert_eq!(hosts.len(), 1);
    assert_eq!(hosts[0].services[0].port, port);
    let record = backend.task_discard(scan, DiscardRequest::default()).await.unwrap().task_id;
    assert!(backend.host_list(Default::default()).await.unwrap().hosts.is_empty());
    assert!(backend.scan_get(scan).await.unwrap().discarded);
    assert_eq!(backend.scan_get(record).await.unwrap().discards, Some(scan));
    refused(backend.task_discard(scan, DiscardRequest::default()).await, ErrorCode::Conflict);
    refused(backend.task_discard(record, DiscardRequest::default()).await, ErrorCode::Conflict);
    refused(backend.task_resume(record).await, ErrorCode::Conflict);
}

#[tokio::test]
async fn a_scan_goes_on_in_the_next_process_under_its_id() {
    let world = World::new();
    let app = world.open().await;
    let (_listener, port) = listener(9);
    let ports = format!("{port},10000-10040");
    let backend = owner(&app);
    let scan = start(&backend, NetworkScanRequest { ports, max_rate: Some(40), ..quick(9) }).await;
    begun(&backend, scan).await;
    let waiting = tokio::spawn({
        let backend = owner(&app);
        async move { backend.task_get(scan, Some(Duration::from_secs(60))).await }
    });
    drop(backend);
    tokio::task::yield_now().await;
    app.shutdown().await;
    // Whoever waited is told, and does not keep the folder.
    match waiting.await.unwrap() {
        Ok(status) => assert!(status.state.ended()),
        Err(error) => assert_eq!(error.code, ErrorCode::Unavailable),
    }
    world.close(app).await;
    let app = world.open().await;
    let backend = owner(&app);
    assert_eq!(backend.scan_get(scan).await.unwrap().status, ScanStatus::Running);
    app.start_tasks().await.unwrap();
    app.start_tasks().await.unwrap();
    assert_eq!(ended(&backend, scan).await.state, TaskState::Success);
    let events = told(&backend, scan).await;
    let starts = events.iter().filter(|event| matches!(event, Payload::NetworkScanStarted(_)));
    assert_eq!(starts.count(), 1);
    let Some(Payload::NetworkScanCompleted(end)) = events.last() else { panic!("{events:?}") };
    assert_eq!((end.results.hosts_up, end.results.ports_open, end.results.ports_scanned), (1, 1, 42));
}

#[tokio::test]
async fn a_left_scan_is_cancelled_without_being_taken_up() {
    let world = World::new();
    let app = world.open().await;
    let backend = owner(&app);
    let scan = start(&backend, slow(10)).await;
    begun(&backend, scan).await;
    drop(backend);
    world.close(app).await;
    let app = world.open().await;
    let backend = owner(&app);
    let status = backend.task_cancel(scan, cancel(true)).await.unwrap();
    assert_eq!((status.state, status.partial), (TaskState::Success, Some(true)));
    assert!(matches!(told(&backend, scan).await.last(), Some(Payload::NetworkScanCompleted(_))));
}
