//! Somebody who reads all of a round, with habits of his own, and goes on where he was whenever he is cut off.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use rand::Rng as _;
use rand::rngs::StdRng;

use super::segment::{Reading, Segment};
use super::transport::{Heard, Kind, Transport};
use super::{CATCHING_UP, Stage};
use crate::{Done, pause};

const KINDS: [Kind; 3] = [Kind::Sse, Kind::Lines, Kind::WebSocket];

/// Reads the events behind `start`, to the round's last one.
pub(super) fn read(stage: &Stage<'_>, index: u64, start: u64, mut random: StdRng) -> Done<Reading> {
    let kind = KINDS[index as usize % KINDS.len()];
    let (slow, cuts) = (index / 3 % 2 == 1, index / 6 % 2 == 1);
    let name = format!(
        "reader {index} ({kind:?}{}{})",
        if slow { ", slow" } else { "" },
        if cuts { ", cuts himself off" } else { "" }
    );
    let told = |error| format!("{name}: {error}");
    let epoch = epoch(stage).map_err(told)?;
    let (mut segments, mut position, mut late) = (Vec::new(), start, None);
    loop {
        let after = format!("{epoch}-{position:020}");
        let opened = Transport::connect(kind, stage.arena.address, &stage.arena.token, &after, slow);
        let mut segment = Segment { after: position, ..Segment::default() };
        let mut transport = match opened {
            Ok(transport) => Some(transport),
            Err(_) => {
                // The server is away: killed, or on its way back.
                pause(Duration::from_millis(50));
                None
            }
        };
        while let Some(open) = &mut transport {
            let heard = open.read(&mut segment.items).map_err(told)?;
            // Also at the end of a connection: its last bytes may have brought events.
            if heard != Heard::Nothing {
                position = segment.position();
            }
            let last = stage.last.load(Ordering::Relaxed);
            if last != 0 && position >= last {
                segment.whole = true;
                break;
            }
            if last != 0 && is_late(&mut late) {
                break;
            }
            if heard == Heard::End || cuts && !stage.is_over() && random.random_ratio(1, 200) {
                transport = None;
            } else if slow && random.random_ratio(1, 400) {
                // Long enough to fall behind, seldom enough to have caught up before: only who was at the head once is
                // spared what is out of date.
                stage.pause(Duration::from_millis(random.random_range(1_000..5_000)));
            }
        }
        let whole = segment.whole;
        if transport.is_some() || !segment.items.is_empty() {
            segments.push(segment);
        }
        let last = stage.last.load(Ordering::Relaxed);
        if whole || last == u64::MAX {
            return Ok(Reading { name, segments });
        }
        if last != 0 && is_late(&mut late) {
            return Err(format!(
                "{name}: it is at event {position}, {CATCHING_UP:?} after event {last} was the last"
            )
            .into());
        }
    }
}

/// Returns whether too much time has passed since the first question.
fn is_late(since: &mut Option<Instant>) -> bool {
    since.get_or_insert_with(Instant::now).elapsed() > CATCHING_UP
}

/// Returns the part of positions that a folder's events share.
fn epoch(stage: &Stage<'_>) -> Done<String> {
    loop {
        // Trouble begins with the round: the server may be away already.
        match stage.arena.rest().must("GET", "/v1/events/history?limit=1", None) {
            Ok(page) => {
                let head = page.pointer("/data/head").and_then(serde_json::Value::as_str).unwrap_or_default();
                let (epoch, _) = head.split_once('-').ok_or("a page without its head")?;
                return Ok(epoch.to_owned());
            }
            Err(error) if stage.is_over() => return Err(error),
            Err(_) => pause(Duration::from_millis(50)),
        }
    }
}
