//! Every change is noted with who made it, done or refused.

use groma_api::{ApiError, AuditEntry, Backend, DiscardRequest, ErrorCode, OPERATIONS, Scope};
use std::sync::Arc;

use crate::support::*;

async fn newest(backend: &Arc<dyn Backend>) -> AuditEntry {
    backend.audit_list().await.unwrap().entries.swap_remove(0)
}

#[tokio::test]
async fn every_mutation_is_noted_when_it_is_refused() {
    let world = World::new();
    let app = world.open().await;
    let (reader, backend) = (somebody(&app, &[Scope::Read]), owner(&app));
    let mutations = OPERATIONS.iter().filter(|operation| operation.mutates());
    // Sessions have no principal yet, and a dry run changes nothing.
    for operation in mutations.filter(|operation| !matches!(operation.scope, None | Some(Scope::Read))) {
        refused(call(&app.backend(reader.clone()), operation.id).await, ErrorCode::Forbidden);
        let entry = newest(&backend).await;
        assert_eq!((entry.operation.as_str(), entry.outcome.as_str()), (operation.id, "FORBIDDEN"));
        assert_eq!((entry.principal, entry.principal_name.as_str()), (reader.id, "somebody"));
        let result = call(&backend, operation.id).await;
        // What programs do many times a second.
        if ["event_publish", "consumer_put", "run_report"].contains(&operation.id) {
            continue;
        }
        let entry = newest(&backend).await;
        let outcome = result.map_or_else(|error| error.code.to_string(), |()| "done".to_owned());
        assert_eq!((entry.operation.as_str(), entry.outcome), (operation.id, outcome));
        assert_eq!(entry.principal_name, app.owner().name);
    }
}

#[tokio::test]
async fn what_was_done_to_a_scan_is_noted_with_its_subject() {
    let world = World::new();
    let app = world.open().await;
    let backend = owner(&app);
    let scan = start(&backend, slow(20)).await;
    begun(&backend, scan).await;
    backend.task_cancel(scan, cancel(true)).await.unwrap();
    let entry = newest(&backend).await;
    assert_eq!((entry.operation.as_str(), entry.outcome.as_str()), ("task_cancel", "done"));
    assert_eq!(entry.subject, Some(format!("scan/{scan}")));
    assert!(entry.detail.contains("enough"), "{entry:?}");
    backend.task_discard(scan, DiscardRequest { reason: "of no use".to_owned() }).await.unwrap();
    assert_eq!(newest(&backend).await.detail, "of no use");
    backend.scan_delete(scan).await.unwrap();
    let entries = backend.audit_list().await.unwrap().entries;
    let operations: Vec<&str> = entries.iter().map(|entry| entry.operation.as_str()).collect();
    assert_eq!(operations, ["scan_delete", "task_discard", "task_cancel", "scan_start"]);
    assert!(entries.iter().is_sorted_by(|newer, older| newer.at >= older.at));
}

#[tokio::test]
async fn what_an_edge_refuses_is_noted_with_who_asked() {
    let world = World::new();
    let app = world.open().await;
    let (backend, gate) = (owner(&app), app.gate());
    let made = backend.token_create(token("of the edge", None)).await.unwrap();
    let principal = gate.by_token(&made.secret).await.unwrap();
    let refusal = ApiError::new(ErrorCode::Forbidden, "another site asks");
    gate.refused(Some(principal.id), "scan_start", &refusal).await;
    let entry = newest(&backend).await;
    assert_eq!((entry.operation.as_str(), entry.outcome.as_str()), ("scan_start", "FORBIDDEN"));
    assert_eq!((entry.principal, entry.principal_name.as_str()), (principal.id, "of the edge"));
    assert_eq!(entry.detail, "another site asks");
    gate.refused(None, "made up", &refusal).await;
    let entry = newest(&backend).await;
    assert_eq!((entry.operation.as_str(), entry.principal_name.as_str()), ("unknown", ""));
}

#[tokio::test]
async fn signing_in_and_out_is_noted() {
    let world = World::new();
    let app = world.open().await;
    let (backend, gate) = (owner(&app), app.gate());
    refused(gate.session_start("made up").await, ErrorCode::Unauthenticated);
    let entry = newest(&backend).await;
    assert_eq!((entry.operation.as_str(), entry.outcome.as_str()), ("session_start", "UNAUTHENTICATED"));
    let link = backend.sign_in_link().await.unwrap();
    let started = gate.session_start(&link.code).await.unwrap();
    let entry = newest(&backend).await;
    assert_eq!((entry.operation.as_str(), entry.outcome.as_str()), ("session_start", "done"));
    gate.session_end(&started.secret).await.unwrap();
    let entry = newest(&backend).await;
    assert_eq!((entry.operation.as_str(), entry.outcome.as_str()), ("session_end", "done"));
    assert_eq!(entry.principal, started.session.principal.id);
    assert!(!format!("{entry:?}").contains(&started.secret));
}
