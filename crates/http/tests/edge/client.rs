//! The client against the edge: every operation there and back, over both transports.

use std::time::Duration;

use futures::StreamExt;
use groma_api::{
    AccessOperations as _, CancelRequest, DiscardRequest, ErrorCode, EventOperations as _, EventQuery,
    HistoryQuery, HostOperations as _, HostQuery, NetworkScanRequest, ScanOperations as _, ScanQuery,
    ScanRequest, ScanStatus, Scope, StatusOperations as _, TaskOperations as _, TaskState, TokenRequest,
};
use groma_client::Client;
use groma_model::{TaskId, ThingId, TokenId};

use crate::world::{ADMIN, READER, Served, soon};

async fn clients(served: &Served) -> [Client; 2] {
    [Client::unix(&served.socket), Client::http(&served.url("/"), ADMIN)]
}

#[tokio::test]
async fn every_operation_goes_there_and_back() {
    let served = Served::new().await;
    served.world.journal.append_many(2);
    let id: TaskId = "01936b2e-7a10-7c43-9a5e-2f0c8d1e4b77".parse().unwrap();
    let other = TaskId::now();
    let thing = ThingId::now();
    let token = TokenId::now();
    for client in clients(&served).await {
        let said = |call: &str| assert_eq!(served.world.last_call(), call);
        assert_eq!(client.handshake().await.unwrap().version, "0.1.0");
        assert_eq!(client.version().await.unwrap().protocol, 1);
        assert_eq!(client.summary().await.unwrap().stale, 3);
        assert_eq!(client.metrics().await.unwrap(), "groma_up 1\n");

        let request = ScanRequest::Network(NetworkScanRequest::new(vec!["10.1.0.0/24".to_owned()], "22,80"));
        assert_eq!(client.scan_start(request.clone()).await.unwrap().task_id, id);
        said(&format!("scan_start {request:?}"));
        assert!(client.scan_validate(request.clone()).await.unwrap().valid);
        said(&format!("scan_validate {request:?}"));
        let query = ScanQuery {
            active: Some(true),
            status: Some(ScanStatus::Running),
            limit: Some(7),
            cursor: Some("a+b/ä&c".to_owned()),
        };
        assert_eq!(client.scan_list(query.clone()).await.unwrap().next_cursor.as_deref(), Some("next"));
        said(&format!("scan_list {query:?}"));
        assert_eq!(client.scan_get(id).await.unwrap().id, id);
        assert_eq!(client.scan_last().await.unwrap().id, id);
        client.scan_hosts(id).await.unwrap();
        said(&format!("scan_hosts {id:?}"));
        assert_eq!(client.scan_diff(id, other).await.unwrap().other, other);
        said(&format!("scan_diff ({id:?}, {other:?})"));
        client.scan_delete(id).await.unwrap();
        said(&format!("scan_delete {id:?}"));

        assert_eq!(client.task_get(id, None).await.unwrap().state, TaskState::Started);
        said(&format!("task_get ({id:?}, None)"));
        client.task_get(id, Some(Duration::from_millis(500))).await.unwrap();
        said(&format!("task_get ({id:?}, Some(1s))"));
        let cancel = CancelRequest { reason: "enough".to_owned(), keep_partial_results: false };
        assert_eq!(client.task_cancel(id, cancel.clone()).await.unwrap().partial, Some(true));
        said(&format!("task_cancel ({id:?}, {cancel:?})"));
        let discard = DiscardRequest { reason: "wrong".to_owned() };
        client.task_discard(id, discard.clone()).await.unwrap();
        said(&format!("task_discard ({id:?}, {discard:?})"));
        client.task_resume(id).await.unwrap();
        said(&format!("task_resume {id:?}"));
        client.task_retry(id).await.unwrap();
        said(&format!("task_retry {id:?}"));

        let query = HostQuery { limit: Some(3), cursor: None };
        client.host_list(query.clone()).await.unwrap();
        said(&format!("host_list {query:?}"));
        assert_eq!(client.host_get(thing).await.unwrap().id, thing);

        let query =
            HistoryQuery { limit: Some(1), types: Some("groma.*".to_owned()), ..HistoryQuery::default() };
        let page = client.event_history(query.clone()).await.unwrap();
        said(&format!("event_history {query:?}"));
        assert_eq!((page.events.len(), page.head), (1, served.world.journal.head()));

        let request =
            TokenRequest { name: "ci".to_owned(), scopes: vec![Scope::Read], expires_in_seconds: Some(60) };
        assert_eq!(client.token_create(request.clone()).await.unwrap().secret, "new-secret");
        said(&format!("token_create {request:?}"));
        client.token_list().await.unwrap();
        client.token_revoke(token).await.unwrap();
        said(&format!("token_revoke {token:?}"));
        assert_eq!(client.sign_in_link().await.unwrap().code, "once");
        client.audit_list().await.unwrap();
        said("audit_list ()");
    }
}

#[tokio::test]
async fn events_come_as_frames_from_any_position() {
    let served = Served::new().await;
    served.world.journal.append_many(2);
    served.world.journal.control();
    served.world.journal.append_system(300_000);
    for client in clients(&served).await {
        let query =
            EventQuery { after: Some("oldest".to_owned()), follow: Some(false), ..EventQuery::default() };
        let frames: Vec<_> = soon(client.events(query).await.unwrap().collect::<Vec<_>>()).await;
        let frames: Vec<_> = frames.into_iter().map(|frame| frame.unwrap()).collect();
        let all = served.world.journal.all();
        assert_eq!(frames.len(), all.len());
        for (frame, original) in frames.iter().zip(&all) {
            assert_eq!(frame.sequence, original.sequence);
            assert_eq!(frame.event_type, original.event_type);
            assert_eq!(frame.json, original.json);
        }
        let after = all[0].sequence.map(|sequence| sequence.to_string());
        let mut live = client.events(EventQuery { after, ..EventQuery::default() }).await.unwrap();
        for expected in &all[1..] {
            assert_eq!(soon(live.next()).await.unwrap().unwrap().sequence, expected.sequence);
        }
    }
}

#[tokio::test]
async fn a_cut_stream_says_so() {
    let served = Served::new().await;
    let mut streams = Vec::new();
    for client in clients(&served).await {
        streams.push(client.events(EventQuery::default()).await.unwrap());
    }
    served.stop().await;
    for mut stream in streams {
        let error = soon(stream.next()).await.unwrap().unwrap_err();
        assert_eq!(error.code, ErrorCode::Unavailable);
        assert!(soon(stream.next()).await.is_none());
    }
}

#[tokio::test]
async fn a_failing_stream_keeps_its_reason() {
    let served = Served::new().await;
    let mut stream = Client::unix(&served.socket).events(EventQuery::default()).await.unwrap();
    served.world.journal.break_with(ErrorCode::StorageFailed);
    assert_eq!(soon(stream.next()).await.unwrap().unwrap_err().code, ErrorCode::StorageFailed);
}

#[tokio::test]
async fn problems_become_errors_again() {
    let served = Served::new().await;
    let client = Client::http(&served.url(""), READER);
    assert_eq!(client.token_list().await.unwrap_err().code, ErrorCode::Forbidden);
    let unknown = TaskId::now();
    let error = client.scan_get(unknown).await.unwrap_err();
    assert_eq!((error.code, error.detail), (ErrorCode::NotFound, format!("no scan with id {unknown}")));
    let error =
        client.event_history(HistoryQuery { limit: Some(0), ..HistoryQuery::default() }).await.unwrap_err();
    assert_eq!((error.code, error.field.as_deref()), (ErrorCode::InvalidRequest, Some("limit")));
    let nobody = Client::http(&served.url(""), "nonsense");
    assert_eq!(nobody.version().await.unwrap_err().code, ErrorCode::Unauthenticated);
}

#[tokio::test]
async fn another_version_is_refused_by_the_handshake() {
    let served = Served::new().await;
    served.world.protocol_ahead.store(1, std::sync::atomic::Ordering::SeqCst);
    for client in clients(&served).await {
        let error = client.handshake().await.unwrap_err();
        assert_eq!((error.code, error.code.exit()), (ErrorCode::VersionMismatch, 9));
        assert!(error.detail.contains("speaks protocol 2"), "{}", error.detail);
    }
}

#[tokio::test]
async fn nobody_there_is_unavailable() {
    let served = Served::new().await;
    let (socket, url) = (served.socket.clone(), served.url(""));
    served.stop().await;
    for client in [Client::unix(&socket), Client::unix("/nowhere/groma.sock"), Client::http(&url, ADMIN)] {
        let error = client.version().await.unwrap_err();
        assert_eq!(error.code, ErrorCode::Unavailable);
        assert!(error.detail.contains("version"), "{}", error.detail);
        assert!(error.detail.contains("groma serve"), "{}", error.detail);
    }
    let error = Client::http("not a url", ADMIN).version().await.unwrap_err();
    assert_eq!(error.code, ErrorCode::InvalidRequest, "{}", error.detail);
    let error = Client::http(&url, "line\nbreak").version().await.unwrap_err();
    assert_eq!(error.code, ErrorCode::InvalidRequest);
}
