//! Tokens, one-time codes, sessions, and what each scope may do.

use groma_api::{ErrorCode, OPERATIONS, Scope};

use crate::support::*;

#[tokio::test]
async fn a_token_works_until_it_expires_or_is_revoked() {
    let world = World::new();
    let app = world.open().await;
    let (backend, gate) = (owner(&app), app.gate());
    let brief = backend.token_create(token("brief", Some(60))).await.unwrap();
    let lasting = backend.token_create(token("lasting", None)).await.unwrap();
    assert_eq!(gate.by_token(&brief.secret).await.unwrap().name, "brief");
    assert_eq!(gate.by_token(&lasting.secret).await.unwrap().scopes, [Scope::Read]);
    assert!(backend.token_list().await.unwrap().tokens.iter().all(|token| token.last_used_at.is_some()));
    let mut mistyped = lasting.secret.clone();
    mistyped.replace_range(10..11, if &mistyped[10..11] == "A" { "B" } else { "A" });
    for wrong in ["", "groma_", "groma_ü", "Bearer", mistyped.as_str(), &lasting.secret[..20]] {
        refused(gate.by_token(wrong).await, ErrorCode::Unauthenticated);
    }
    world.clock.go_on(61);
    refused(gate.by_token(&brief.secret).await, ErrorCode::Unauthenticated);
    gate.by_token(&lasting.secret).await.unwrap();
    backend.token_revoke(lasting.token.id).await.unwrap();
    refused(gate.by_token(&lasting.secret).await, ErrorCode::Unauthenticated);
    refused(backend.token_revoke(lasting.token.id).await, ErrorCode::NotFound);
    drop((backend, gate));
    world.close(app).await;
    let app = world.open().await;
    refused(app.gate().by_token(&lasting.secret).await, ErrorCode::Unauthenticated);
}

#[tokio::test]
async fn a_token_that_makes_no_sense_is_not_made() {
    let world = World::new();
    let app = world.open().await;
    let backend = owner(&app);
    let long = "x".repeat(101);
    for request in [
        token(" ", None),
        token(&long, None),
        token("a", Some(0)),
        token("a", Some(u64::MAX)),
        groma_api::TokenRequest { scopes: Vec::new(), ..token("a", None) },
    ] {
        refused(backend.token_create(request).await, ErrorCode::InvalidRequest);
    }
    assert!(backend.token_list().await.unwrap().tokens.is_empty());
}

#[tokio::test]
async fn a_code_signs_in_once_and_not_for_long() {
    let world = World::new();
    let app = world.open().await;
    let (backend, gate) = (owner(&app), app.gate());
    let link = backend.sign_in_link().await.unwrap();
    let (one, two) = tokio::join!(gate.session_start(&link.code), gate.session_start(&link.code));
    assert!(one.is_ok() != two.is_ok(), "a code was used twice");
    let started = one.or(two).unwrap();
    assert_eq!(gate.by_session(&started.secret).await.unwrap(), started.session);
    refused(gate.session_start(&link.code).await, ErrorCode::Unauthenticated);
    refused(gate.session_start("made up").await, ErrorCode::Unauthenticated);
    let old = backend.sign_in_link().await.unwrap();
    world.clock.go_on(601);
    refused(gate.session_start(&old.code).await, ErrorCode::Unauthenticated);
}

#[tokio::test]
async fn a_session_ends_by_time_and_by_signing_out() {
    let world = World::new();
    let app = world.open().await;
    let (backend, gate) = (owner(&app), app.gate());
    let mut sessions = Vec::new();
    for _ in 0..2 {
        let link = backend.sign_in_link().await.unwrap();
        sessions.push(gate.session_start(&link.code).await.unwrap());
    }
    assert_ne!(sessions[0].session.csrf, sessions[1].session.csrf);
    gate.session_end(&sessions[0].secret).await.unwrap();
    refused(gate.by_session(&sessions[0].secret).await, ErrorCode::Unauthenticated);
    world.clock.go_on(29 * 86_400);
    gate.by_session(&sessions[1].secret).await.unwrap();
    world.clock.go_on(2 * 86_400);
    refused(gate.by_session(&sessions[1].secret).await, ErrorCode::Unauthenticated);
}

#[tokio::test]
async fn only_the_owner_and_the_superuser_come_by_the_socket() {
    let world = World::new();
    let app = world.open().await;
    let gate = app.gate();
    let owner = gate.by_user(0).await.unwrap();
    assert_eq!(owner, app.owner());
    refused(gate.by_user(4_000_000_000).await, ErrorCode::Unauthenticated);
}

#[tokio::test]
async fn every_operation_asks_for_its_scope() {
    let world = World { rest: true, ..World::new() };
    let app = world.open().await;
    for operation in OPERATIONS {
        let Some(needed) = operation.scope else { continue };
        for scope in Scope::ALL {
            let result = call(&app.backend(somebody(&app, &[scope])), operation.id).await;
            let forbidden = matches!(&result, Err(error) if error.code == ErrorCode::Forbidden);
            let may = scope == needed || scope == Scope::Admin;
            assert_eq!(forbidden, !may, "{} with {scope}: {result:?}", operation.id);
        }
        let nobody = call(&app.backend(somebody(&app, &[])), operation.id).await;
        refused(nobody, ErrorCode::Forbidden);
    }
}
