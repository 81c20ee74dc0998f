//! Key slots, as in LUKS: each holds the master key, wrapped by what one keeper knows.

use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use rand::RngCore;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::cipher::{Cipher, KeyBytes, keyed_digest};
use crate::keychain::Store;

/// A wrapped master key.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Slot {
    pub(crate) id: Uuid,
    pub(crate) keeper: Keeper,
    /// Unix milliseconds; the first form of the file did not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) created_at: Option<u64>,
    salt: String,
    wrapped: String,
}

/// Who holds what opens a slot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Keeper {
    /// A file outside the data folder.
    KeyFile {
        /// Where it was made; the first form of the file did not say.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        path: Option<PathBuf>,
    },
    /// Somebody's memory; Argon2id (RFC 9106).
    Passphrase { memory_kib: u32, passes: u32, lanes: u32 },
    /// The system's store.
    Keychain { store: Store, account: String },
    /// A credential that systemd hands to the service.
    SystemdCredential { name: String },
    /// Paper.
    Recovery {},
}

/// What is shown of a slot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlotInfo {
    /// The slot.
    pub id: Uuid,
    /// `key_file`, `passphrase`, `keychain`, `systemd_credential` or `recovery`.
    pub kind: &'static str,
    /// Where what opens it is kept, if that is known and a place.
    pub place: Option<String>,
    /// When it was made, in Unix milliseconds.
    pub created_at: Option<u64>,
    /// Whether the folder was opened by it.
    pub used: bool,
    /// Whether it still opens after the machine was started again, and without paper.
    pub durable: bool,
}

impl Keeper {
    /// Argon2id with RFC 9106's second recommendation: 64 MiB, three passes, four lanes.
    #[cfg(not(test))]
    pub(crate) const PASSPHRASE: Self = Self::Passphrase { memory_kib: 65_536, passes: 3, lanes: 4 };
    /// Weak: tests make many.
    #[cfg(test)]
    pub(crate) const PASSPHRASE: Self = Self::Passphrase { memory_kib: 64, passes: 1, lanes: 1 };
    /// A damaged or hostile file must make us neither allocate nor compute without bound.
    const MEMORY_KIB_MAX: u32 = 256 << 10;
    const PASSES_MAX: u32 = 16;
    const LANES_MAX: u32 = 16;

    /// Returns the word for the kind.
    pub(crate) const fn kind(&self) -> &'static str {
        match self {
            Self::KeyFile { .. } => "key_file",
            Self::Passphrase { .. } => "passphrase",
            Self::Keychain { .. } => "keychain",
            Self::SystemdCredential { .. } => "systemd_credential",
            Self::Recovery {} => "recovery",
        }
    }

    /// Returns what it costs to try, in KiB written; `None` if that is more than may be.
    pub(crate) fn cost(&self) -> Option<u64> {
        match self {
            Self::Passphrase { memory_kib, passes, lanes }
                if *memory_kib <= Self::MEMORY_KIB_MAX
                    && (1..=Self::PASSES_MAX).contains(passes)
                    && (1..=Self::LANES_MAX).contains(lanes) =>
            {
                Some(u64::from(*memory_kib) * u64::from(*passes))
            }
            Self::Passphrase { .. } => None,
            _ => Some(0),
        }
    }

    fn place(&self) -> Option<String> {
        match self {
            Self::KeyFile { path } => path.as_ref().map(|path| path.display().to_string()),
            Self::Keychain { store, account } => Some(format!("{}, {account}", store.shown())),
            Self::SystemdCredential { name } => Some(name.clone()),
            Self::Passphrase { .. } | Self::Recovery {} => None,
        }
    }

    /// Returns whether it outlives the machine's next start and is at hand without looking for paper.
    pub(crate) const fn durable(&self) -> bool {
        match self {
            Self::KeyFile { .. } | Self::Passphrase { .. } | Self::SystemdCredential { .. } => true,
            Self::Keychain { store, .. } => store.durable(),
            Self::Recovery {} => false,
        }
    }
}

const WRAP: &[u8] = b"groma slot";

impl Slot {
    /// Wraps the master key for a keeper.
    pub(crate) fn wrap(id: Uuid, keeper: Keeper, secret: &[u8], master: &KeyBytes) -> Self {
        let mut salt = [0; 16];
        rand::rng().fill_bytes(&mut salt);
        let Some(key) = derive(&keeper, secret, &salt) else {
            unreachable!("our own derivation parameters are valid")
        };
        let mut wrapped = Vec::with_capacity(32 + Cipher::OVERHEAD);
        Cipher::new(&key).seal_into(id.as_bytes(), master.as_slice(), &mut wrapped);
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self {
            id,
            keeper,
            created_at: u64::try_from(now.as_millis()).ok(),
            salt: BASE64.encode(salt),
            wrapped: BASE64.encode(wrapped),
        }
    }

    /// Returns the master key if `secret` is the right one.
    pub(crate) fn unwrap_master(&self, secret: &[u8]) -> Option<KeyBytes> {
        let salt = BASE64.decode(&self.salt).ok()?;
        let key = derive(&self.keeper, secret, &salt)?;
        let opened = Zeroizing::new(
            Cipher::new(&key).open(self.id.as_bytes(), &BASE64.decode(&self.wrapped).ok()?).ok()?,
        );
        let mut master = Zeroizing::new([0; 32]);
        if opened.len() != master.len() {
            return None;
        }
        master.copy_from_slice(&opened);
        Some(master)
    }

    /// Returns what is shown of it.
    pub(crate) fn info(&self, used: Option<Uuid>) -> SlotInfo {
        SlotInfo {
            id: self.id,
            kind: self.keeper.kind(),
            place: self.keeper.place(),
            created_at: self.created_at,
            used: used == Some(self.id),
            durable: self.keeper.durable(),
        }
    }
}

/// What a passphrase is made of must be slow to guess; everything else is random already.
fn derive(keeper: &Keeper, secret: &[u8], salt: &[u8]) -> Option<KeyBytes> {
    match keeper {
        Keeper::Passphrase { memory_kib, passes, lanes } => {
            keeper.cost()?;
            let params = Params::new(*memory_kib, *passes, *lanes, Some(32)).ok()?;
            let mut key = Zeroizing::new([0; 32]);
            Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
                .hash_password_into(secret, salt, key.as_mut_slice())
                .ok()?;
            Some(key)
        }
        _ => Some(Zeroizing::new(keyed_digest(secret, &[WRAP, salt]))),
    }
}
