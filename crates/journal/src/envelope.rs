//! Writing CloudEvents JSON around data that is JSON already. No part of the head needs escaping.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use groma_model::{Epoch, EventType, Frame, NodeId, Sequence, Timestamp};
use parking_lot::RwLock;
use uuid::Uuid;

use crate::event::Head;
use crate::types::FIRST_CODE;

/// What all events of a journal have in common, with the words of each type written out beforehand: replays send
/// hundreds of thousands of envelopes a second.
#[derive(Debug)]
pub(crate) struct Origin {
    pub(crate) epoch: Epoch,
    node: NodeId,
    /// Of Groma's own types, sorted by their codes.
    types: Vec<Words>,
    /// Of types that plugins declared.
    declared: RwLock<BTreeMap<u16, Words>>,
    /// `"sequence":"…",` of event 0.
    sequence: String,
}

#[derive(Debug)]
struct Words {
    code: u16,
    source_and_type: String,
    schema: String,
}

impl Words {
    fn of(node: NodeId, event_type: &EventType) -> Self {
        let EventType { name, domain, code, .. } = event_type;
        Self {
            code: *code,
            source_and_type: format!(r#"","source":"/groma/{node}/{domain}","type":"{name}","#),
            schema: format!(
                r#"","datacontenttype":"application/json","dataschema":"{}","#,
                event_type.schema_path()
            ),
        }
    }
}

impl Origin {
    pub(crate) fn new(node: NodeId, epoch: Epoch) -> Self {
        let mut types: Vec<_> = EventType::ALL.iter().map(|event_type| Words::of(node, event_type)).collect();
        types.sort_by_key(|words| words.code);
        let sequence = format!(r#""sequence":"{}","#, Sequence::new(epoch, 0));
        Self { epoch, node, types, declared: RwLock::default(), sequence }
    }

    /// Writes out the words of a declared type: before its first event.
    pub(crate) fn learn(&self, event_type: &EventType) {
        self.declared.write().insert(event_type.code, Words::of(self.node, event_type));
    }

    /// Returns a control frame: it has no sequence.
    pub(crate) fn control(&self, head: &Head, data: &impl serde::Serialize) -> Frame {
        let data = serde_json::to_vec(data).unwrap_or_else(|_| b"null".to_vec());
        let mut json = Vec::with_capacity(data.len() + 480);
        self.begin(head, None, &mut Moment::default(), &mut json);
        json.extend_from_slice(&data);
        json.push(b'}');
        Frame { sequence: None, event_type: head.event_type.name, subject: head.subject, json: json.into() }
    }

    /// Writes everything before the data; the data and a closing brace must follow.
    pub(crate) fn begin(&self, head: &Head, number: Option<u64>, moment: &mut Moment, out: &mut Vec<u8>) {
        let code = head.event_type.code;
        let declared = (code >= FIRST_CODE).then(|| self.declared.read());
        let words = match &declared {
            Some(declared) => declared.get(&code),
            None => {
                let own = self.types.binary_search_by_key(&code, |words| words.code);
                own.ok().and_then(|index| self.types.get(index))
            }
        };
        out.extend_from_slice(br#"{"specversion":"1.0","id":""#);
        push_uuid(head.id.uuid(), out);
        out.extend_from_slice(words.map_or("", |words| &words.source_and_type).as_bytes());
        if let Some(subject) = head.subject {
            out.extend_from_slice(br#""subject":""#);
            out.extend_from_slice(subject.kind.as_str().as_bytes());
            out.push(b'/');
            push_uuid(subject.id, out);
            out.extend_from_slice(br#"","#);
        }
        out.extend_from_slice(br#""time":""#);
        out.extend_from_slice(moment.text(head.at).as_bytes());
        out.extend_from_slice(words.map_or("", |words| &words.schema).as_bytes());
        if let Some(number) = number {
            out.extend_from_slice(self.sequence.as_bytes());
            // The number's digits end before the quote and the comma.
            let digits = out.len().saturating_sub(2);
            push_back_digits(number, out.get_mut(..digits).unwrap_or_default());
        }
        out.extend_from_slice(br#""data":"#);
    }
}

/// The time that was written last: events of one operation share theirs.
#[derive(Debug, Default)]
pub(crate) struct Moment {
    at: Option<Timestamp>,
    text: String,
}

impl Moment {
    fn text(&mut self, at: Timestamp) -> &str {
        if self.at != Some(at) {
            self.at = Some(at);
            self.text.clear();
            // Writing to a string cannot fail.
            let _ = write!(self.text, "{at}");
        }
        &self.text
    }
}

fn push_uuid(id: Uuid, out: &mut Vec<u8>) {
    let mut text = [0; uuid::fmt::Hyphenated::LENGTH];
    out.extend_from_slice(id.as_hyphenated().encode_lower(&mut text).as_bytes());
}

/// Overwrites the zeros at the end of `digits` by a number.
fn push_back_digits(mut number: u64, digits: &mut [u8]) {
    for digit in digits.iter_mut().rev() {
        if number == 0 {
            return;
        }
        *digit = b'0' + (number % 10) as u8;
        number /= 10;
    }
}

#[cfg(test)]
mod tests;
