//! Who calls, and whether they may.

use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use groma_api::{ApiError, ErrorCode, Operation, Principal, Session};
use groma_model::PrincipalId;
use subtle::ConstantTimeEq;

use crate::edge::Edge;
use crate::origin;
use crate::peer::Peer;

/// The cookie that holds a session's secret.
pub(crate) const SESSION_COOKIE: &str = "groma_session";
/// The header that repeats the session's CSRF value.
const CSRF_HEADER: &str = "x-groma-csrf";

/// Who calls, and by what they proved it.
pub(crate) struct Caller {
    pub(crate) principal: Principal,
    pub(crate) credential: Credential,
}

/// What a caller proved itself by.
pub(crate) enum Credential {
    User(u32),
    Token(String),
    Session { secret: String, session: Box<Session> },
}

/// A request that was not let in.
pub(crate) struct Refusal {
    pub(crate) principal: Option<PrincipalId>,
    pub(crate) error: ApiError,
}

impl From<ApiError> for Refusal {
    fn from(error: ApiError) -> Self {
        Self { principal: None, error }
    }
}

/// What an operation asks of its caller, besides a scope.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Door {
    /// Anybody may.
    Open,
    /// The code in the body proves who it is.
    SignIn,
    /// A browser's session.
    Session,
    /// Any credential with the operation's scope.
    Scope(groma_api::Scope),
}

impl Door {
    fn of(operation: &Operation) -> Self {
        match (operation.scope, operation.id) {
            (Some(scope), _) => Self::Scope(scope),
            (None, "session_start") => Self::SignIn,
            (None, "session_get" | "session_end") => Self::Session,
            (None, _) => Self::Open,
        }
    }
}

/// Returns whether an operation trades a code for a session, so that codes can be tried by it.
pub(crate) fn signs_in(operation: &Operation) -> bool {
    Door::of(operation) == Door::SignIn
}

impl Caller {
    /// Asks the gate again, so that a stream ends soon after its token was revoked or its session ended.
    /// Only a plain no counts: a gate that can't tell just now ends nothing.
    pub(crate) async fn recheck(&self, edge: &Edge) -> Result<(), ApiError> {
        let told = match &self.credential {
            Credential::User(uid) => edge.gate.by_user(*uid).await.map(drop),
            Credential::Token(secret) => edge.gate.by_token(secret).await.map(drop),
            Credential::Session { secret, .. } => edge.gate.by_session(secret).await.map(drop),
        };
        told.or_else(|error| match error.code {
            ErrorCode::Unauthenticated | ErrorCode::Forbidden => Err(error),
            _ => Ok(()),
        })
    }
}

/// Lets a request in, or says why not.
pub(crate) async fn admit(
    edge: &Edge,
    operation: &Operation,
    parts: &Parts,
    peer: Option<Peer>,
) -> Result<Option<Caller>, Refusal> {
    let caller = match Door::of(operation) {
        Door::Open => return Ok(None),
        Door::SignIn => {
            origin::not_foreign(&parts.headers, edge.options.secure)?;
            return Ok(None);
        }
        Door::Session => by_session(edge, &parts.headers).await?,
        Door::Scope(scope) => {
            let caller = identify(edge, &parts.headers, peer).await?;
            if !caller.principal.may(scope) {
                let detail = format!(
                    "{} needs the scope `{scope}`, which this {} does not have",
                    operation.id,
                    match caller.credential {
                        Credential::User(_) => "user",
                        Credential::Token(_) => "token",
                        Credential::Session { .. } => "session",
                    }
                );
                return Err(refuse(&caller, ApiError::new(ErrorCode::Forbidden, detail)));
            }
            caller
        }
    };
    // A browser attaches the cookie to whatever page asks: what changes something must come from our own page.
    if let Credential::Session { session, .. } = &caller.credential {
        if operation.mutates() || operation.id == "events_ws" {
            origin::same(&parts.headers, edge.options.secure).map_err(|error| refuse(&caller, error))?;
        }
        if operation.mutates() {
            csrf(&parts.headers, session).map_err(|error| refuse(&caller, error))?;
        }
    }
    Ok(Some(caller))
}

fn refuse(caller: &Caller, error: ApiError) -> Refusal {
    Refusal { principal: Some(caller.principal.id), error }
}

async fn identify(edge: &Edge, headers: &HeaderMap, peer: Option<Peer>) -> Result<Caller, ApiError> {
    if let Some(Peer::User { uid }) = peer {
        let principal = edge.gate.by_user(uid).await?;
        return Ok(Caller { principal, credential: Credential::User(uid) });
    }
    if let Some(value) = headers.get(header::AUTHORIZATION) {
        let secret = value.to_str().ok().and_then(bearer).ok_or_else(|| {
            ApiError::new(
                ErrorCode::Unauthenticated,
                "the Authorization header is not understood: send `Authorization: Bearer TOKEN`",
            )
        })?;
        let principal = edge.gate.by_token(secret).await?;
        return Ok(Caller { principal, credential: Credential::Token(secret.to_owned()) });
    }
    by_session(edge, headers).await
}

async fn by_session(edge: &Edge, headers: &HeaderMap) -> Result<Caller, ApiError> {
    let secret = cookie(headers, SESSION_COOKIE).ok_or_else(|| {
        ApiError::new(
            ErrorCode::Unauthenticated,
            "nobody is signed in: send `Authorization: Bearer TOKEN`, or open the link that `groma open` prints",
        )
    })?;
    let session = edge.gate.by_session(secret).await?;
    let principal = session.principal.clone();
    Ok(Caller {
        principal,
        credential: Credential::Session { secret: secret.to_owned(), session: Box::new(session) },
    })
}

fn bearer(value: &str) -> Option<&str> {
    let (scheme, secret) = value.split_once(' ')?;
    let secret = secret.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !secret.is_empty()).then_some(secret)
}

fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let values = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(';')).find_map(|pair| {
        let (known, value) = pair.trim().split_once('=')?;
        (known == name && !value.is_empty()).then_some(value)
    })
}

fn csrf(headers: &HeaderMap, session: &Session) -> Result<(), ApiError> {
    let given = headers.get(CSRF_HEADER).map(|value| value.as_bytes()).unwrap_or_default();
    if !session.csrf.is_empty() && bool::from(given.ct_eq(session.csrf.as_bytes())) {
        return Ok(());
    }
    let detail = "the header X-Groma-CSRF does not repeat the `csrf` of GET /v1/session: reload the page";
    Err(ApiError::new(ErrorCode::Forbidden, detail))
}

#[cfg(test)]
mod tests;
