//! The operations on tokens, sessions and the audit.

use super::ADMIN;
use crate::operation::Method::{Delete, Get, Post};
use crate::operation::{Operation, Operation as Op};
use crate::{AuditPage, CreatedToken, Session, SessionStart, SignInLink, TokenList, TokenRequest};

/// The rows, in the order of the documents.
pub(super) const TABLE: &[Operation] = &[
    Op::new("token_create", Post, "/v1/tokens", ADMIN, "Make a bearer token")
        .command("token create")
        .status(201)
        .request::<TokenRequest>()
        .reply::<CreatedToken>(),
    Op::new("token_list", Get, "/v1/tokens", ADMIN, "List bearer tokens")
        .command("token list")
        .reply::<TokenList>(),
    Op::new("token_revoke", Delete, "/v1/tokens/{id}", ADMIN, "Revoke a bearer token, at once")
        .command("token revoke")
        .status(204),
    Op::new("sign_in_link", Post, "/v1/sign-in-links", ADMIN, "Make a one-time link for a browser")
        .command("open")
        .status(201)
        .reply::<SignInLink>(),
    Op::new("session_start", Post, "/v1/session", None, "Trade a one-time code for a browser session")
        .status(201)
        .request::<SessionStart>()
        .reply::<Session>(),
    Op::new("session_get", Get, "/v1/session", None, "Who is signed in in this browser").reply::<Session>(),
    Op::new("session_end", Delete, "/v1/session", None, "Sign out").status(204),
    Op::new("audit_list", Get, "/v1/audit", ADMIN, "The latest changes and who made them")
        .command("audit")
        .reply::<AuditPage>(),
];
