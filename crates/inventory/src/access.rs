//! Principals, bearer tokens, browser sessions and one-time codes. Secrets are kept as SHA-256 alone: they are
//! random with 256 bits, so that a slow hash would add nothing.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use groma_api::{Principal, PrincipalKind, Scope, Token};
use groma_database::WriteTx;
use groma_database::rusqlite::{self, Connection, OptionalExtension as _, Row};
use groma_model::{PrincipalId, Timestamp, TokenId};
use groma_seal::Keyring;
use rand::RngCore as _;
use ring::digest::{SHA256, digest};
use subtle::ConstantTimeEq as _;
use uuid::Uuid;

use crate::error::{OpResult, refuse};
use crate::inventory::Inventory;
use crate::{InventoryError, sealed};

/// A token that may be used now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRecord {
    /// The token.
    pub id: TokenId,
    /// Who holds it.
    pub principal: Principal,
}

/// A browser session that may be used now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRecord {
    /// Who is signed in.
    pub principal: Principal,
    /// What changes must be sent with.
    pub csrf: String,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// A session just made, with its secret.
#[derive(Clone, PartialEq, Eq)]
pub struct IssuedSession {
    /// The cookie's value.
    pub secret: String,
    /// The session.
    pub record: SessionRecord,
}

impl std::fmt::Debug for IssuedSession {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("IssuedSession").field("record", &self.record).finish_non_exhaustive()
    }
}

const TOKEN_PREFIX: &str = "groma_";
const SESSION_SECONDS: i64 = 30 * 86_400;
const CODE_SECONDS: i64 = 600;
/// `last_used` is written at most so often.
const USED_SECONDS: i64 = 60;

impl Inventory {
    /// Writes a principal if it is not known yet, or is known under another name or with other scopes.
    ///
    /// # Errors
    /// When storage refuses.
    pub async fn keep_principal(&self, principal: Principal) -> Result<(), InventoryError> {
        self.write(move |inventory, tx| {
            save_principal(tx, &inventory.keyring, &principal, inventory.steady.now())
        })
        .await
    }

    /// Returns a principal that was kept.
    ///
    /// # Errors
    /// When storage refuses.
    pub async fn principal(&self, id: PrincipalId) -> Result<Option<Principal>, InventoryError> {
        self.read(move |inventory, connection| {
            let sql = "SELECT id, kind, scopes, name_sealed FROM principals WHERE id = ?1";
            let mut statement = connection.prepare_cached(sql)?;
            statement
                .query_row([id.uuid().into_bytes()], |row| read_principal(row, 0, &inventory.keyring))
                .optional()
        })
        .await
    }

    /// Makes a bearer token; returns its secret, which is kept nowhere.
    ///
    /// # Errors
    /// When storage refuses.
    pub async fn create_token(
        &self,
        name: String,
        scopes: Vec<Scope>,
        expires_in_seconds: Option<i64>,
    ) -> Result<(Token, String), InventoryError> {
        let secret = with_checksum(&format!("{TOKEN_PREFIX}{}", random()));
        let hash = hash(&secret);
        let token = self
            .write(move |inventory, tx| {
                let now = inventory.steady.now();
                let id = TokenId::now();
                let principal =
                    Principal { id: PrincipalId::from_uuid(id.uuid()), kind: PrincipalKind::Token, name: name.clone(), scopes: scopes.clone() };
                save_principal(tx, &inventory.keyring, &principal, now)?;
                let expires_at = expires_in_seconds.map(|seconds| now.plus_seconds(seconds));
                let sql = "INSERT INTO tokens (id, secret_hash, principal, created, expires) VALUES (?1, ?2, ?3, ?4, ?5)";
                tx.connection().execute(
                    sql,
                    (
                        id.uuid().into_bytes(),
                        hash,
                        principal.id.uuid().into_bytes(),
                        now.micros(),
                        expires_at.map(Timestamp::micros),
                    ),
                )?;
                Ok(Token { id, name, scopes, created_at: now, expires_at, last_used_at: None })
            })
            .await?;
        Ok((token, secret))
    }

    /// Lists the tokens that are not revoked, newest first.
    ///
    /// # Errors
    /// When storage refuses.
    pub async fn tokens(&self) -> Result<Vec<Token>, InventoryError> {
        self.read(|inventory, connection| {
            let sql = "SELECT t.id, t.created, t.expires, t.last_used, p.id, p.kind, p.scopes, p.name_sealed FROM tokens AS t \
                       JOIN principals AS p ON p.id = t.principal WHERE t.revoked IS NULL ORDER BY t.created DESC, t.id DESC";
            let mut statement = connection.prepare_cached(sql)?;
            let rows = statement.query_map([], |row| {
                let principal = read_principal(row, 4, &inventory.keyring)?;
                let time = |column: usize| Ok::<_, rusqlite::Error>(row.get::<_, Option<i64>>(column)?.map(Timestamp::from_micros));
                Ok(Token {
                    id: TokenId::from_uuid(Uuid::from_bytes(row.get(0)?)),
                    name: principal.name,
                    scopes: principal.scopes,
                    created_at: Timestamp::from_micros(row.get(1)?),
                    expires_at: time(2)?,
                    last_used_at: time(3)?,
                })
            })?;
            rows.collect()
        })
        .await
    }

    /// Revokes a token.
    ///
    /// # Errors
    /// When there is none, or storage refuses.
    pub async fn revoke_token(&self, id: TokenId) -> Result<(), InventoryError> {
        self.write(move |inventory, tx| {
            let now = inventory.steady.now().micros();
            let sql = "UPDATE tokens SET revoked = ?2 WHERE id = ?1 AND revoked IS NULL";
            match tx.connection().execute(sql, (id.uuid().into_bytes(), now))? {
                0 => refuse(InventoryError::NotFound { what: "token", id: id.to_string() }),
                _ => Ok(()),
            }
        })
        .await
    }

    /// Returns who holds a bearer token; `None` if it is wrong, expired or revoked.
    ///
    /// # Errors
    /// When storage refuses.
    pub async fn token_by_secret(&self, secret: &str) -> Result<Option<TokenRecord>, InventoryError> {
        if !secret.starts_with(TOKEN_PREFIX) || !checksum_fits(secret) {
            return Ok(None);
        }
        let hash = hash(secret);
        let found = self
            .read(move |inventory, connection| {
                let sql = "SELECT t.secret_hash, t.id, t.expires, t.last_used, p.id, p.kind, p.scopes, p.name_sealed FROM tokens AS t \
                           JOIN principals AS p ON p.id = t.principal WHERE t.secret_hash = ?1 AND t.revoked IS NULL";
                let now = inventory.steady.now();
                connection
                    .prepare_cached(sql)?
                    .query_row([hash], |row| {
                        let same = bool::from(hash.as_slice().ct_eq(row.get_ref(0)?.as_blob()?));
                        let live = row.get::<_, Option<i64>>(2)?.is_none_or(|expires| now.micros() < expires);
                        let used: Option<i64> = row.get(3)?;
                        let stale = used.is_none_or(|used| Timestamp::from_micros(used).plus_seconds(USED_SECONDS) < now);
                        let id = TokenId::from_uuid(Uuid::from_bytes(row.get(1)?));
                        let principal = read_principal(row, 4, &inventory.keyring)?;
                        Ok((same && live).then_some((TokenRecord { id, principal }, stale)))
                    })
                    .optional()
            })
            .await?
            .flatten();
        let Some((record, stale)) = found else { return Ok(None) };
        if stale {
            let id = record.id.uuid().into_bytes();
            let noted = self.write(move |inventory, tx| {
                let now = inventory.steady.now().micros();
                tx.connection().execute("UPDATE tokens SET last_used = ?2 WHERE id = ?1", (id, now))?;
                Ok(())
            });
            // When storage has failed, reading must still work.
            if let Err(error) = noted.await {
                tracing::debug!(%error, "failed to note a token's use");
            }
        }
        Ok(Some(record))
    }

    /// Makes a one-time code for signing in; returns it with the time it stops working.
    ///
    /// # Errors
    /// When storage refuses.
    pub async fn create_code(&self) -> Result<(String, Timestamp), InventoryError> {
        let code = random();
        let hash = hash(&code);
        let expires = self
            .write(move |inventory, tx| {
                let now = inventory.steady.now();
                let expires = now.plus_seconds(CODE_SECONDS);
                tx.connection().execute("DELETE FROM sign_in_codes WHERE expires < ?1", [now.micros()])?;
                tx.connection().execute(
                    "INSERT INTO sign_in_codes (secret_hash, expires) VALUES (?1, ?2)",
                    (hash, expires.micros()),
                )?;
                Ok(expires)
            })
            .await?;
        Ok((code, expires))
    }

    /// Trades a one-time code for a session; `None` if it is wrong, used or too old.
    ///
    /// # Errors
    /// When storage refuses.
    pub async fn start_session(
        &self,
        code: &str,
        principal: Principal,
    ) -> Result<Option<IssuedSession>, InventoryError> {
        let (code, secret) = (hash(code), random());
        let (secret_hash, csrf) = (hash(&secret), csrf(&secret));
        let expires_at = self
            .write({
                let principal = principal.clone();
                move |inventory, tx| {
                    let now = inventory.steady.now();
                    let sql = "DELETE FROM sign_in_codes WHERE secret_hash = ?1 AND expires >= ?2";
                    if tx.connection().execute(sql, (code, now.micros()))? == 0 {
                        return Ok(None);
                    }
                    save_principal(tx, &inventory.keyring, &principal, now)?;
                    let expires = now.plus_seconds(SESSION_SECONDS);
                    tx.connection().execute("DELETE FROM sessions WHERE expires < ?1", [now.micros()])?;
                    let sql = "INSERT INTO sessions (secret_hash, principal, created, expires) VALUES (?1, ?2, ?3, ?4)";
                    let id = principal.id.uuid().into_bytes();
                    tx.connection().execute(sql, (secret_hash, id, now.micros(), expires.micros()))?;
                    Ok(Some(expires))
                }
            })
            .await?;
        Ok(expires_at.map(|expires_at| IssuedSession {
            secret,
            record: SessionRecord { principal, csrf, expires_at },
        }))
    }

    /// Returns the session behind a cookie; `None` if it is wrong or has ended.
    ///
    /// # Errors
    /// When storage refuses.
    pub async fn session_by_secret(&self, secret: &str) -> Result<Option<SessionRecord>, InventoryError> {
        let (hash, csrf) = (hash(secret), csrf(secret));
        let query = move |inventory: &Self, connection: &Connection| {
            let sql = "SELECT s.secret_hash, s.expires, p.id, p.kind, p.scopes, p.name_sealed FROM sessions AS s \
                       JOIN principals AS p ON p.id = s.principal WHERE s.secret_hash = ?1";
            let now = inventory.steady.now();
            connection
                .prepare_cached(sql)?
                .query_row([hash], |row| {
                    let same = bool::from(hash.as_slice().ct_eq(row.get_ref(0)?.as_blob()?));
                    let expires_at = Timestamp::from_micros(row.get(1)?);
                    let principal = read_principal(row, 2, &inventory.keyring)?;
                    Ok((same && now < expires_at).then_some(SessionRecord { principal, csrf, expires_at }))
                })
                .optional()
        };
        Ok(self.read(query).await?.flatten())
    }

    /// Ends a session.
    ///
    /// # Errors
    /// When storage refuses.
    pub async fn end_session(&self, secret: &str) -> Result<(), InventoryError> {
        let hash = hash(secret);
        self.write(move |_, tx| {
            tx.connection().execute("DELETE FROM sessions WHERE secret_hash = ?1", [hash])?;
            Ok(())
        })
        .await
    }
}

fn save_principal(
    tx: &WriteTx<'_>,
    keyring: &Keyring,
    principal: &Principal,
    now: Timestamp,
) -> OpResult<()> {
    let id = principal.id.uuid().into_bytes();
    let name = sealed::seal(keyring, "principals.name", &id, &principal.name)?;
    let scopes = serde_json::to_string(&principal.scopes).unwrap_or_default();
    let sql = "INSERT INTO principals (id, kind, scopes, created, name_sealed) VALUES (?1, ?2, ?3, ?4, ?5) \
               ON CONFLICT (id) DO UPDATE SET scopes = ?3, name_sealed = ?5";
    tx.connection().prepare_cached(sql)?.execute((
        id,
        kind_word(principal.kind),
        scopes,
        now.micros(),
        name,
    ))?;
    Ok(())
}

const KINDS: [(PrincipalKind, &str); 4] = [
    (PrincipalKind::Local, "local"),
    (PrincipalKind::Token, "token"),
    (PrincipalKind::Session, "session"),
    (PrincipalKind::System, "system"),
];

fn kind_word(kind: PrincipalKind) -> &'static str {
    KINDS.iter().find(|(known, _)| *known == kind).map_or("system", |(_, word)| word)
}

/// Reads a principal from `id, kind, scopes, name_sealed` starting at column `at`.
pub(crate) fn read_principal(row: &Row<'_>, at: usize, keyring: &Keyring) -> rusqlite::Result<Principal> {
    let id: [u8; 16] = row.get(at)?;
    let word = row.get_ref(at + 1)?.as_str()?;
    Ok(Principal {
        id: PrincipalId::from_uuid(Uuid::from_bytes(id)),
        kind: KINDS.iter().find(|(_, known)| *known == word).map_or(PrincipalKind::System, |(kind, _)| *kind),
        scopes: serde_json::from_str(row.get_ref(at + 2)?.as_str()?).unwrap_or_default(),
        name: sealed::open(keyring, "principals.name", &id, row.get_ref(at + 3)?.as_blob()?)?,
    })
}

/// Returns 256 random bits as text.
fn random() -> String {
    let mut bytes = [0; 32];
    rand::rng().fill_bytes(&mut bytes);
    BASE64.encode(bytes)
}

fn hash(secret: &str) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest(&SHA256, secret.as_bytes()).as_ref());
    hash
}

/// Returns what a page must send with changes: known to who can read the session, not to who can only use the cookie.
fn csrf(secret: &str) -> String {
    BASE64.encode(hash(&format!("groma csrf {secret}")))
}

const CHECKSUM: usize = 6;

/// Appends six characters by which a mistyped token is told from a revoked one without a look-up, and leaked ones
/// are found by scanners.
fn with_checksum(text: &str) -> String {
    let sum = BASE64.encode(hash(text));
    format!("{text}{}", sum.get(..CHECKSUM).unwrap_or_default())
}

fn checksum_fits(secret: &str) -> bool {
    secret
        .len()
        .checked_sub(CHECKSUM)
        .and_then(|at| secret.get(..at))
        .is_some_and(|text| with_checksum(text) == secret)
}
