//! A try, as the log keeps it.

use groma_api::{DeliveryKind, DeliveryOutcome, WebhookDelivery};
use groma_model::Timestamp;

use crate::answer::Answer;
use crate::message::Message;

/// Writes the log's entry of a try.
pub(crate) fn entry(
    message: &Message,
    kind: DeliveryKind,
    attempt: u32,
    at: Timestamp,
    duration_ms: u64,
    answer: &Answer,
) -> WebhookDelivery {
    WebhookDelivery {
        message_id: message.id,
        sequence: message.sequence,
        event_type: message.event_type.clone(),
        subject: message.subject.map(|subject| subject.to_string()),
        kind,
        attempt,
        at,
        duration_ms,
        outcome: if answer.error.is_none() { DeliveryOutcome::Delivered } else { DeliveryOutcome::Failed },
        status: answer.status,
        error: answer.error.clone(),
        response: answer.response.clone(),
        retry_at: None,
    }
}

macro_rules! words {
    ($words:ident, $word:ident, $read:ident, $of:ty: $($value:ident = $text:literal),*) => {
        const $words: &[($of, &str)] = &[$((<$of>::$value, $text)),*];

        /// Returns the word under which the log keeps it.
        pub(crate) fn $word(value: $of) -> &'static str {
            $words.iter().find(|(known, _)| *known == value).map_or("", |(_, word)| word)
        }

        /// Reads the word.
        pub(crate) fn $read(word: &str) -> Option<$of> {
            $words.iter().find(|(_, known)| *known == word).map(|(value, _)| *value)
        }
    };
}

words!(KINDS, kind_word, read_kind, DeliveryKind: Live = "live", Replay = "replay", Test = "test");
words!(OUTCOMES, outcome_word, read_outcome, DeliveryOutcome: Delivered = "delivered", Failed = "failed", GivenUp = "given_up");
