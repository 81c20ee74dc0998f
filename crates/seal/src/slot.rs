//! Key slots, as in LUKS: each holds the master key, wrapped by what one keeper knows.

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use rand::RngCore;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::cipher::{Cipher, KeyBytes, keyed_digest};

/// A wrapped master key.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Slot {
    pub(crate) id: Uuid,
    pub(crate) keeper: Keeper,
    salt: String,
    wrapped: String,
}

/// Who holds what opens a slot.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Keeper {
    /// A file outside the data folder.
    KeyFile {},
    /// Somebody's memory; Argon2id (RFC 9106).
    Passphrase { memory_kib: u32, passes: u32, lanes: u32 },
}

impl Keeper {
    /// Argon2id with RFC 9106's second recommendation: 64 MiB, three passes, four lanes.
    pub(crate) const PASSPHRASE: Self = Self::Passphrase { memory_kib: 65_536, passes: 3, lanes: 4 };
    /// A damaged or hostile file must not make us allocate without bound.
    const MEMORY_KIB_MAX: u32 = 1 << 20;
}

const WRAP: &[u8] = b"groma slot";

impl Slot {
    /// Wraps the master key for a keeper.
    pub(crate) fn wrap(keeper: Keeper, secret: &[u8], master: &KeyBytes) -> Option<Self> {
        let mut salt = [0; 16];
        rand::rng().fill_bytes(&mut salt);
        let id = Uuid::new_v4();
        let key = derive(&keeper, secret, &salt)?;
        let mut wrapped = Vec::with_capacity(32 + Cipher::OVERHEAD);
        Cipher::new(&key).seal_into(id.as_bytes(), master.as_slice(), &mut wrapped);
        Some(Self { id, keeper, salt: BASE64.encode(salt), wrapped: BASE64.encode(wrapped) })
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
}

fn derive(keeper: &Keeper, secret: &[u8], salt: &[u8]) -> Option<KeyBytes> {
    match keeper {
        Keeper::KeyFile {} => Some(Zeroizing::new(keyed_digest(secret, &[WRAP, salt]))),
        Keeper::Passphrase { memory_kib, passes, lanes } => {
            let memory_kib = Some(*memory_kib).filter(|memory| *memory <= Keeper::MEMORY_KIB_MAX)?;
            let params = Params::new(memory_kib, (*passes).min(100), (*lanes).min(64), Some(32)).ok()?;
            let mut key = Zeroizing::new([0; 32]);
            Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
                .hash_password_into(secret, salt, key.as_mut_slice())
                .ok()?;
            Some(key)
        }
    }
}
