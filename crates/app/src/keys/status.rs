//! What is shown of the keys.

use groma_api::{ApiError, DataKeyInfo, KeySlot, KeyStatus, Reencryption, SlotKind};
use groma_inventory::ReencryptionRecord;
use groma_model::{SlotId, Timestamp};
use groma_seal::SlotInfo;

use crate::{App, error};

impl App {
    pub(crate) async fn key_status(&self) -> Result<KeyStatus, ApiError> {
        let record = self.inventory.reencryption().await.map_err(error::inventory)?;
        let slots = self.keyring.slots();
        let keys = self.keyring.data_keys();
        let keys: Vec<DataKeyInfo> = keys
            .into_iter()
            .map(|key| DataKeyInfo { id: key.id, messages: key.messages, current: key.current })
            .collect();
        let advice = advice(&slots, &keys, record.as_ref());
        let slots = slots.into_iter().map(slot).collect();
        Ok(KeyStatus { slots, keys, reencryption: record.map(reencryption), advice })
    }
}

/// Turns a slot into what is shown of it.
pub(super) fn slot(info: SlotInfo) -> KeySlot {
    KeySlot {
        id: SlotId::from_uuid(info.id),
        kind: kind(info.kind),
        place: info.place,
        created_at: info
            .created_at
            .and_then(|millis| i64::try_from(millis.saturating_mul(1000)).ok())
            .map(Timestamp::from_micros),
        used: info.used,
    }
}

fn kind(word: &str) -> SlotKind {
    match word {
        "passphrase" => SlotKind::Passphrase,
        "keychain" => SlotKind::Keychain,
        "systemd_credential" => SlotKind::SystemdCredential,
        "recovery" => SlotKind::Recovery,
        _ => SlotKind::KeyFile,
    }
}

fn reencryption(record: ReencryptionRecord) -> Reencryption {
    let state = match (record.done, record.running) {
        (true, _) => "done",
        (false, true) => "running",
        (false, false) => "interrupted",
    };
    Reencryption {
        key: record.key,
        state: state.to_owned(),
        rows_done: record.rows_done,
        rows_total: record.rows_total,
        rows_damaged: record.rows_damaged,
        started_at: record.started_at,
    }
}

fn advice(slots: &[SlotInfo], keys: &[DataKeyInfo], record: Option<&ReencryptionRecord>) -> Vec<String> {
    let mut advice = Vec::new();
    if !slots.iter().any(|slot| slot.kind == "recovery") {
        advice.push("no recovery key: make one with `groma keys recovery`, and keep it on paper".to_owned());
    }
    if !slots.iter().any(|slot| slot.durable) {
        advice.push(
            "nothing opens the folder after the machine's next start but the recovery key: add a slot with `groma keys add`"
                .to_owned(),
        );
    }
    for slot in slots.iter().filter(|slot| slot.kind == "key_file") {
        if let Some(path) = slot.place.as_deref()
            && !std::path::Path::new(path).exists()
        {
            advice.push(format!(
                "the key file {path} is not there: bring it back, or remove its slot with `groma keys remove {}`",
                slot.id
            ));
        }
    }
    let Some(record) = record else { return advice };
    match (record.done, record.running) {
        (false, false) => advice.push(
            "sealing everything again was interrupted: it goes on in `groma serve`, or with `groma keys status --wait`"
                .to_owned(),
        ),
        (true, _) if record.rows_damaged > 0 => advice.push(format!(
            "{} values did not open when everything was sealed again; the older keys are kept for them",
            record.rows_damaged
        )),
        (true, _) if keys.iter().any(|key| key.id < record.key) => advice.push(
            "the older keys are forgotten when Groma is started again, unless archived events or a database that was set aside still need them"
                .to_owned(),
        ),
        _ => {}
    }
    advice
}
