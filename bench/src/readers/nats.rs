//! A subscriber of a NATS subject.

use super::{Feed, Shared};
use crate::Done;
use crate::nats;

/// Splits messages as they arrive; their payload begins with the moment of sending and a number.
pub(super) struct Subscriber {
    subject: String,
    joined: bool,
}

impl Subscriber {
    pub(super) fn new(subject: &str) -> Self {
        Self { subject: subject.to_owned(), joined: false }
    }
}

impl Feed for Subscriber {
    fn greeting(&self) -> Vec<u8> {
        format!("{}SUB {} 1\r\nPING\r\n", nats::CONNECT, self.subject).into_bytes()
    }

    fn take(&mut self, bytes: &[u8], now: i64, shared: &mut Shared) -> Done<(usize, u64)> {
        let (mut taken, mut events) = (0, 0);
        while let Some((line, length)) = nats::message(bytes.get(taken..).unwrap_or_default())? {
            match line {
                nats::Line::Message(payload) => {
                    let (at, number) = nats::stamp(payload)?;
                    shared.count(number, now, || Ok(at))?;
                    events += 1;
                }
                nats::Line::Pong => self.joined = true,
                nats::Line::Other => {}
                nats::Line::Refusal(why) => return Err(format!("a subscriber was told {why}").into()),
            }
            taken += length;
        }
        Ok((taken, events))
    }

    fn joined(&self) -> bool {
        self.joined
    }
}
