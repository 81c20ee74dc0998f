//! Tokens, sign-in links, sessions, the audit.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::IntoResponse;
use groma_api::{ApiError, ErrorCode, SessionStart, TokenRequest};
use groma_model::{Clock, SystemClock, TokenId};

use super::{Answer, reply};
use crate::admission::{Credential, SESSION_COOKIE};
use crate::call::Call;

pub(super) async fn token_create(mut call: Call) -> Answer {
    call.no_query()?;
    let request: TokenRequest = call.json().await?;
    let created = call.backend()?.token_create(request).await?;
    Ok(reply(&call, "Token made: its secret is shown this once.", created))
}

pub(super) async fn token_list(call: Call) -> Answer {
    call.no_query()?;
    let list = call.backend()?.token_list().await?;
    Ok(reply(&call, format!("{} tokens", list.tokens.len()), list))
}

pub(super) async fn token_revoke(call: Call) -> Answer {
    call.no_query()?;
    let id: TokenId = call.id("id")?;
    call.backend()?.token_revoke(id).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

pub(super) async fn sign_in_link(call: Call) -> Answer {
    call.no_query()?;
    let link = call.backend()?.sign_in_link().await?;
    Ok(reply(&call, "The link works once, for ten minutes.", link))
}

pub(super) async fn session_start(mut call: Call) -> Answer {
    call.no_query()?;
    let request: SessionStart = call.json().await?;
    let started = call.edge.gate.session_start(&request.code).await?;
    let seconds = started.session.expires_at.seconds_since(SystemClock.now()) as u64;
    let cookie = cookie(&call, &started.secret, seconds)?;
    let mut response = reply(&call, "Signed in.", started.session);
    response.headers_mut().insert(header::SET_COOKIE, cookie);
    Ok(response)
}

pub(super) async fn session_get(call: Call) -> Answer {
    call.no_query()?;
    let Credential::Session { session, .. } = &call.caller()?.credential else { return Err(no_session()) };
    Ok(reply(&call, "Signed in.", session))
}

pub(super) async fn session_end(call: Call) -> Answer {
    call.no_query()?;
    let Credential::Session { secret, .. } = &call.caller()?.credential else { return Err(no_session()) };
    call.edge.gate.session_end(secret).await?;
    let mut response = StatusCode::NO_CONTENT.into_response();
    response.headers_mut().insert(header::SET_COOKIE, cookie(&call, "", 0)?);
    Ok(response)
}

pub(super) async fn audit_list(call: Call) -> Answer {
    call.no_query()?;
    let page = call.backend()?.audit_list().await?;
    Ok(reply(&call, format!("{} entries", page.entries.len()), page))
}

/// Returns the cookie that holds, or with an empty value deletes, the session's secret.
fn cookie(call: &Call, secret: &str, seconds: u64) -> Result<HeaderValue, ApiError> {
    let secure = if call.edge.options.secure { "; Secure" } else { "" };
    let text =
        format!("{SESSION_COOKIE}={secret}; HttpOnly; SameSite=Strict; Path=/; Max-Age={seconds}{secure}");
    HeaderValue::from_str(&text)
        .map_err(|_| ApiError::new(ErrorCode::Internal, "the session's secret does not fit into a cookie"))
}

fn no_session() -> ApiError {
    ApiError::new(ErrorCode::Unauthenticated, "nobody is signed in in this browser")
}
