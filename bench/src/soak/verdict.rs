//! Counting: emitted = delivered + told gaps + counted merges.

use std::collections::{HashMap, HashSet};

use super::item::{Event, Item, Key};
use super::publisher::Published;
use super::segment::{Reading, Segment};

/// Returns what does not add up: a sentence each.
///
/// `truth` is what the journal holds behind `start`; `head` is its last event.
pub(super) fn judge(
    truth: &[Event],
    start: u64,
    head: u64,
    published: &[Published],
    readings: &[Reading],
) -> Vec<String> {
    let mut faults = Vec::new();
    whole(truth, start, head, &mut faults);
    for published in published {
        acknowledged(truth, published, &mut faults);
    }
    for reading in readings {
        let mut position = start;
        for (index, segment) in reading.segments.iter().enumerate() {
            let place = format!("{}, connection {}", reading.name, index + 1);
            if segment.after != position {
                faults.push(format!("{place}: it went on behind {} instead of {position}", segment.after));
            }
            if let Err(fault) = given(truth, segment) {
                faults.push(format!("{place}: {fault}"));
            }
            position = segment.position();
        }
        if position != head {
            faults.push(format!("{}: it ends at event {position}, the journal at {head}", reading.name));
        }
    }
    faults
}

/// The journal itself: every number once, in order, to the head.
fn whole(truth: &[Event], start: u64, head: u64, faults: &mut Vec<String>) {
    let mut expected = start + 1;
    for event in truth {
        if event.number != expected {
            faults.push(format!("the journal goes on with event {} instead of {expected}", event.number));
        }
        expected = event.number + 1;
    }
    if expected != head + 1 {
        faults.push(format!("the journal ends with event {} instead of {head}", expected - 1));
    }
}

/// Everything acknowledged is there under its number; of each unanswered request everything is there, or nothing.
fn acknowledged(truth: &[Event], published: &Published, faults: &mut Vec<String>) {
    let mut there: HashMap<u64, u64> = HashMap::new();
    for event in truth {
        let Some(mark) = event.mark.filter(|mark| mark.publisher == published.publisher) else { continue };
        if let Some(first) = there.insert(mark.number, event.number) {
            faults.push(format!(
                "publisher {}: its {} is event {first} and event {}",
                mark.publisher, mark.number, event.number
            ));
        }
    }
    for (mark, number) in &published.acknowledged {
        match there.remove(mark) {
            Some(found) if found == *number => {}
            Some(found) => faults.push(format!(
                "publisher {}: its {mark} was acknowledged as event {number} and is event {found}",
                published.publisher
            )),
            None => faults.push(format!(
                "publisher {}: its {mark} was acknowledged as event {number} and is not in the journal",
                published.publisher
            )),
        }
    }
    for request in &published.unanswered {
        let found = request.clone().filter(|mark| there.remove(mark).is_some()).count();
        let all = request.clone().count();
        if found != 0 && found != all {
            faults.push(format!(
                "publisher {}: {found} of the {all} events of one request are in the journal",
                published.publisher
            ));
        }
    }
    for (mark, number) in there {
        faults.push(format!(
            "publisher {}: event {number} is its {mark}, which was refused",
            published.publisher
        ));
    }
}

/// What one connection was given, against the journal.
fn given(truth: &[Event], segment: &Segment) -> Result<(), String> {
    let at = |number: u64| truth.partition_point(|event| event.number < number);
    let mut next = at(segment.after + 1);
    let mut told: HashMap<Key, u64> = HashMap::new();
    let mut left_out: HashMap<Key, u64> = HashMap::new();
    for item in &segment.items {
        match item {
            Item::Alarm => {}
            Item::Merged { key, count } => *told.entry(*key).or_default() += count,
            Item::Gap { from, to } => {
                let passed = truth.get(next).map_or(u64::MAX, |event| event.number);
                if from > to || passed <= *from && truth.get(next..at(from + 1)).is_some_and(kept) {
                    return Err(format!("the gap from {from} to {to} is not where it is told"));
                }
                next = next.max(at(to + 1));
            }
            Item::Event(event) => {
                let found = at(event.number);
                if truth.get(found) != Some(event) {
                    return Err(format!("event {} is not the one in the journal", event.number));
                }
                if found < next {
                    return Err(format!("event {} came twice, or too late", event.number));
                }
                for passed in truth.get(next..found).unwrap_or_default() {
                    match passed.key {
                        Some(key) => *left_out.entry(key).or_default() += 1,
                        None => return Err(format!("event {} is missing", passed.number)),
                    }
                }
                next = found + 1;
            }
        }
    }
    if !segment.whole {
        // Those that it was told of before it was cut may lie behind its last event.
        let behind = truth.get(next..).unwrap_or_default().iter().filter_map(|event| event.key);
        behind.for_each(|key| *left_out.entry(key).or_default() += 1);
        let more = told.iter().find(|(key, told)| **told > left_out.get(key).copied().unwrap_or(0));
        return more
            .map_or(Ok(()), |(_, count)| Err(format!("{count} events are told as merged that were given")));
    }
    let keys: HashSet<Key> = told.keys().chain(left_out.keys()).copied().collect();
    for key in keys {
        let (told, left_out) =
            (told.get(&key).copied().unwrap_or(0), left_out.get(&key).copied().unwrap_or(0));
        if told != left_out {
            return Err(format!(
                "{left_out} events of one type and subject were left out, {told} are told as merged"
            ));
        }
    }
    Ok(())
}

/// Returns whether one of these must never be left out.
fn kept(events: &[Event]) -> bool {
    events.iter().any(|event| event.key.is_none())
}

#[cfg(test)]
mod tests;
