//! Who may do what: principals, scopes, tokens, browser sessions, and the audit.

use std::fmt;
use std::str::FromStr;

use groma_model::{PrincipalId, Timestamp, TokenId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::ApiError;

/// What a principal may do. Each stands for itself; `admin` holds all others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// See everything but secrets.
    Read,
    /// Start, stop, resume and discard scans.
    Scan,
    /// Act on machines.
    Operate,
    /// Run programs.
    Execute,
    /// Approve playbooks.
    Approve,
    /// Everything, and tokens.
    Admin,
}

impl Scope {
    /// Every scope there is.
    pub const ALL: [Self; 6] =
        [Self::Read, Self::Scan, Self::Operate, Self::Execute, Self::Approve, Self::Admin];

    /// Returns the word of the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Scan => "scan",
            Self::Operate => "operate",
            Self::Execute => "execute",
            Self::Approve => "approve",
            Self::Admin => "admin",
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Scope {
    type Err = ApiError;

    fn from_str(text: &str) -> Result<Self, ApiError> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == text).ok_or_else(|| {
            ApiError::invalid(
                "scope",
                format!("`{text}` is not a scope: use read, scan, operate, execute, approve or admin"),
            )
        })
    }
}

/// How a principal proves who it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum PrincipalKind {
    /// The owner of the data folder, on this machine.
    Local,
    /// A bearer token.
    Token,
    /// A signed-in browser.
    Session,
    /// Groma itself.
    System,
}

/// Who acts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Principal {
    /// The same for ever.
    pub id: PrincipalId,
    /// How it proved who it is.
    pub kind: PrincipalKind,
    /// For people.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<Scope>,
}

impl Principal {
    /// Returns whether the principal may do what needs `scope`.
    #[must_use]
    pub fn may(&self, scope: Scope) -> bool {
        self.scopes.contains(&scope) || self.scopes.contains(&Scope::Admin)
    }
}

/// Body of `POST /v1/tokens`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TokenRequest {
    /// For people; 1 to 100 characters.
    #[schema(min_length = 1, max_length = 100)]
    pub name: String,
    /// What it may do.
    #[schema(min_items = 1)]
    pub scopes: Vec<Scope>,
    /// Seconds until it expires; absent: never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 316_224_000)]
    pub expires_in_seconds: Option<u64>,
}

/// A bearer token's record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Token {
    /// The record's id.
    pub id: TokenId,
    /// For people.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// When it was last used; to the minute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used_at: Option<Timestamp>,
}

/// Data of `POST /v1/tokens`: the only time the secret is shown.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CreatedToken {
    /// The record.
    pub token: Token,
    /// Pass it as `Authorization: Bearer …`.
    pub secret: String,
}

impl fmt::Debug for CreatedToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CreatedToken").field("token", &self.token).finish_non_exhaustive()
    }
}

/// Data of `GET /v1/tokens`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TokenList {
    /// The tokens, newest first.
    pub tokens: Vec<Token>,
}

/// Data of `POST /v1/sign-in-links`: works once, for ten minutes.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SignInLink {
    /// Goes into the link behind `#`, so that no server log holds it.
    pub code: String,
    /// When it stops working.
    pub expires_at: Timestamp,
}

impl fmt::Debug for SignInLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignInLink").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

/// Body of `POST /v1/session`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SessionStart {
    /// The code of a one-time link.
    pub code: String,
}

impl fmt::Debug for SessionStart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionStart").finish_non_exhaustive()
    }
}

/// A session just begun; `secret` becomes the cookie and is never in a body.
#[derive(Clone, PartialEq, Eq)]
pub struct StartedSession {
    /// The cookie's value.
    pub secret: String,
    /// What the page is told.
    pub session: Session,
}

impl fmt::Debug for StartedSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StartedSession").field("session", &self.session).finish_non_exhaustive()
    }
}

/// Data of `GET /v1/session`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Session {
    /// Who is signed in.
    pub principal: Principal,
    /// To be sent as `X-Groma-CSRF` with every change.
    pub csrf: String,
    /// When the session ends.
    pub expires_at: Timestamp,
}

/// One change, and who made it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuditEntry {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub principal: PrincipalId,
    /// How they proved who they are.
    pub principal_kind: PrincipalKind,
    /// Their name at that time.
    pub principal_name: String,
    /// The operation, such as `scan_start`.
    pub operation: String,
    /// To what, by id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// `done`, or the error code.
    pub outcome: String,
    /// Particulars, without secrets.
    pub detail: String,
}

/// Data of `GET /v1/audit`: the latest entries, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuditPage {
    /// The entries.
    pub entries: Vec<AuditEntry>,
}
