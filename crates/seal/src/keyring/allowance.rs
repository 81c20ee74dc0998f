//! How much each data key has sealed, the next key, and the end of old ones.

use std::sync::PoisonError;
use std::sync::atomic::Ordering;

use super::Keyring;
use crate::cipher::{Cipher, random_key};
use crate::error::KeyringError;
use crate::file::{DATA_KEYS_MAX, DataKey, KeysFile};

/// Messages reserved at once: one small file is written per so many. A process that seals little reserves little, and
/// one that seals much is soon left in peace.
pub(super) const BLOCK_MIN: u64 = 1 << 12;
const BLOCK_MAX: u64 = 1 << 20;
/// NIST SP 800-38D, section 8.3, halved.
pub(super) const MESSAGES_MAX: u64 = 1 << 31;

/// A data key, without the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DataKeyState {
    /// Its number; the highest seals what is new.
    pub id: u32,
    /// Messages it sealed or may have sealed.
    pub messages: u64,
    /// Whether it seals what is new.
    pub current: bool,
}

impl Keyring {
    /// Returns the data keys there are.
    #[must_use]
    pub fn data_keys(&self) -> Vec<DataKeyState> {
        let file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let (current, left) = (file.current(), self.allowance.load(Ordering::Relaxed));
        let state = |key: &DataKey| {
            let current = key.id == current;
            let left = if current { left } else { 0 };
            DataKeyState { id: key.id, messages: key.reserved.saturating_sub(left), current }
        };
        file.keys.iter().map(state).collect()
    }

    /// Makes a new data key, which seals everything from now on; returns its number.
    ///
    /// # Errors
    /// When there are too many already, or the file of keys cannot be written.
    pub fn renew(&self) -> Result<u32, KeyringError> {
        let block = self.block();
        let (id, cipher) = self.change(|file| self.push_key(file, block))?;
        self.switch(id, cipher, block);
        Ok(id)
    }

    /// Forgets data keys for good: what they sealed never opens again. The current one stays.
    ///
    /// # Errors
    /// When the file of keys cannot be written.
    pub fn retire(&self, ids: &[u32]) -> Result<(), KeyringError> {
        self.change(|file| {
            let current = file.current();
            file.keys.retain(|key| key.id == current || !ids.contains(&key.id));
            Ok(())
        })?;
        let mut ciphers = self.ciphers.write().unwrap_or_else(PoisonError::into_inner);
        let current = ciphers.current;
        ciphers.by_id.retain(|id, _| *id == current || !ids.contains(id));
        Ok(())
    }

    /// Returns which data key sealed a value; `None` if it is no envelope.
    #[must_use]
    pub fn key_of(sealed: &[u8]) -> Option<u32> {
        match sealed {
            [super::ENVELOPE_VERSION, a, b, c, d, ..] => Some(u32::from_be_bytes([*a, *b, *c, *d])),
            _ => None,
        }
    }

    /// Reserves more messages; when that cannot be written, goes on within the large margin that the limit has.
    pub(super) fn reserve(&self) {
        if self.try_reserve().is_err() {
            self.allowance.store(BLOCK_MAX, Ordering::Relaxed);
        }
    }

    /// Returns how many messages are reserved this time.
    fn block(&self) -> u64 {
        let next = |block: u64| Some((block * 2).min(BLOCK_MAX));
        match self.block.fetch_update(Ordering::Relaxed, Ordering::Relaxed, next) {
            Ok(block) | Err(block) => block,
        }
    }

    fn try_reserve(&self) -> Result<(), KeyringError> {
        let block = self.block();
        let fresh = self.change(|file| {
            // Somebody else may have reserved while this one waited for the file.
            if self.allowance.load(Ordering::Relaxed) > 0 {
                return Ok(None);
            }
            let current = file.current();
            let newest = file.keys.iter_mut().find(|key| key.id == current);
            match newest.filter(|key| key.reserved + block <= MESSAGES_MAX) {
                Some(key) => {
                    key.reserved += block;
                    Ok(None)
                }
                None => self.push_key(file, block).map(Some),
            }
        })?;
        match fresh {
            Some((id, cipher)) => self.switch(id, cipher, block),
            None => self.allowance.store(block, Ordering::Relaxed),
        }
        Ok(())
    }

    fn push_key(&self, file: &mut KeysFile, block: u64) -> Result<(u32, Cipher), KeyringError> {
        if file.keys.len() >= DATA_KEYS_MAX {
            return Err(KeyringError::TooManyKeys { max: DATA_KEYS_MAX });
        }
        let (id, key) = (file.current() + 1, random_key());
        let mut wrapped = DataKey::wrap(&self.master, self.folder, id, &key);
        wrapped.reserved = block;
        file.keys.push(wrapped);
        Ok((id, Cipher::new(&key)))
    }

    fn switch(&self, id: u32, cipher: Cipher, block: u64) {
        let mut ciphers = self.ciphers.write().unwrap_or_else(PoisonError::into_inner);
        ciphers.by_id.insert(id, cipher);
        ciphers.current = ciphers.current.max(id);
        self.allowance.store(block, Ordering::Relaxed);
    }
}
