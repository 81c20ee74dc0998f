//! Somebody who publishes, and remembers what was said to him.

use std::ops::Range;
use std::time::Duration;

use rand::Rng as _;
use rand::rngs::StdRng;
use serde_json::{Value, json};

use super::Stage;
use super::item::{GAUGE, MARK, number};
use crate::Done;
use crate::rest::Answer;

/// What came of one publisher's requests in a round.
#[derive(Debug, Default)]
pub(super) struct Published {
    pub(super) publisher: u64,
    /// His numbers, and the events that they were said to have become.
    pub(super) acknowledged: Vec<(u64, u64)>,
    /// His numbers in requests that nobody answered, or that the server could not do.
    pub(super) unanswered: Vec<Range<u64>>,
}

/// Publishes until the load is over.
pub(super) fn publish(stage: &Stage<'_>, index: u64, mut random: StdRng) -> Done<Published> {
    let mut published = Published { publisher: index, ..Published::default() };
    let (mut rest, mut next) = (stage.arena.rest(), 0);
    while !stage.is_over() {
        // Mostly a few; sometimes as many as one request takes.
        let count = if random.random_ratio(1, 60) { 1000 } else { random.random_range(1..60) };
        let numbers = next..next + count;
        next = numbers.end;
        let events: Vec<Value> = numbers.clone().map(|number| event(index, number, &mut random)).collect();
        let body = json!({"events": events}).to_string();
        match rest.call("POST", "/v1/events", Some(&body)) {
            Ok(Answer { status: 200..300, body }) => {
                let sequences = body.pointer("/data/sequences").and_then(Value::as_array);
                let sequences = sequences.ok_or("an answer to publishing without positions")?;
                if sequences.len() as u64 != count {
                    return Err(
                        format!("{count} events were answered with {} positions", sequences.len()).into()
                    );
                }
                for (mark, sequence) in numbers.zip(sequences) {
                    let sequence = sequence.as_str().ok_or("a position that is no text")?;
                    published.acknowledged.push((mark, number(sequence)?));
                }
                stage.summary.acknowledged.add(count);
            }
            Ok(Answer { status: 429, .. }) => stage.pause(Duration::from_millis(100)),
            Ok(Answer { status: status @ 400..500, body }) => {
                return Err(format!("publisher {index} was refused with {status}: {body}").into());
            }
            Ok(_) => {
                published.unanswered.push(numbers);
                stage.summary.unanswered.add(1);
                stage.pause(Duration::from_millis(100));
            }
            Err(_) => {
                published.unanswered.push(numbers);
                stage.summary.unanswered.add(1);
                rest = stage.arena.rest();
                stage.pause(Duration::from_millis(20));
            }
        }
        stage.pause(Duration::from_millis(random.random_range(0..40)));
    }
    Ok(published)
}

/// Half of what is published is spared readers who are slow.
fn event(publisher: u64, number: u64, random: &mut StdRng) -> Value {
    let kind = if random.random() { MARK } else { GAUGE };
    let filler = ".".repeat(random.random_range(0..200));
    json!({"type": kind, "data": {"publisher": publisher, "number": number, "filler": filler}})
}
