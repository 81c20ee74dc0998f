//! Reading the journal for a webhook: in a task of its own, which waits while enough is read.

use std::sync::Arc;
use std::time::Duration;

use groma_journal::{Cursor, Delivery, Journal, Start};
use groma_model::system::{StreamGap, StreamMerged, WebhookTest};
use groma_model::{EventData as _, EventFilter, Frame, Sequence};
use tokio::sync::mpsc;

use crate::message::Message;

/// What was read.
#[derive(Debug)]
pub(crate) enum Read {
    /// Events with their numbers, in order.
    Events(Vec<Event>),
    /// Events are gone.
    Gap(Message),
    /// Something that is not journaled.
    Aside(Message),
    /// Everything wanted up to this number was handed out.
    Head(u64),
}

/// A journaled event.
#[derive(Debug)]
pub(crate) struct Event {
    pub(crate) number: u64,
    pub(crate) message: Message,
}

/// What to read.
#[derive(Debug, Clone)]
pub(crate) struct Wanted {
    pub(crate) after: Sequence,
    pub(crate) filter: EventFilter,
    /// How often the position is told while nothing that is wanted happens.
    pub(crate) idle: Duration,
}

/// Reads until nobody listens.
pub(crate) async fn read(journal: Arc<Journal>, wanted: Wanted, to: mpsc::Sender<Read>) {
    let idle = wanted.idle;
    let mut cursor = loop {
        match journal.cursor(Start::After(wanted.after), wanted.filter.clone()).await {
            Ok(cursor) => break cursor,
            Err(error) => pause(&error, idle).await,
        }
        if to.is_closed() {
            return;
        }
    };
    let mut told = None;
    loop {
        let delivery = match cursor.poll().await {
            Ok(Some(delivery)) => delivery,
            Ok(None) => {
                let head = cursor.position().number;
                if told.replace(head) != Some(head) && to.send(Read::Head(head)).await.is_err() {
                    return;
                }
                // At the head nothing is being read, so that giving up waiting for a while loses nothing.
                match tokio::time::timeout(idle, cursor.next()).await {
                    Ok(Ok(delivery)) => delivery,
                    Ok(Err(error)) => {
                        pause(&error, idle).await;
                        continue;
                    }
                    Err(_) if to.is_closed() => return,
                    Err(_) => continue,
                }
            }
            Err(error) => {
                pause(&error, idle).await;
                continue;
            }
        };
        if let Some(read) = convert(delivery, &wanted.filter)
            && to.send(read).await.is_err()
        {
            return;
        }
    }
}

async fn pause(error: &groma_journal::JournalError, idle: Duration) {
    tracing::error!(%error, "failed to read the journal for a webhook; trying again");
    tokio::time::sleep(idle).await;
}

fn convert(delivery: Delivery, filter: &EventFilter) -> Option<Read> {
    match delivery {
        Delivery::Events(slice) => {
            let events = slice.iter().zip(slice.frames()).map(|(event, frame)| Event {
                number: event.number,
                message: Message::of_event(event.id, frame),
            });
            Some(Read::Events(events.collect()))
        }
        Delivery::Control(frame) => aside(frame, filter),
    }
}

/// A gap is always told; that events of the Latest class were merged is not, for the newest of them follows.
fn aside(frame: Frame, filter: &EventFilter) -> Option<Read> {
    let (name, subject) = (frame.event_type, frame.subject);
    if name == StreamMerged::TYPE.name || name == WebhookTest::TYPE.name {
        return None;
    }
    let message = Message::of_frame(frame).ok()?;
    if name == StreamGap::TYPE.name {
        return Some(Read::Gap(message));
    }
    let event_type = groma_model::EventType::from_name(name).ok()?;
    filter.matches(event_type, subject).then_some(Read::Aside(message))
}

/// Counts what a replay will deliver; returns it with whether its range begins before the oldest event kept.
///
/// # Errors
/// When the journal cannot be read.
pub(crate) async fn count(
    mut cursor: Cursor,
    through: u64,
) -> Result<(u64, bool), groma_journal::JournalError> {
    let (mut events, mut gap) = (0, false);
    while let Some(delivery) = cursor.poll().await? {
        match delivery {
            Delivery::Events(slice) => {
                let within = slice.iter().take_while(|event| event.number <= through).count();
                events += u64::try_from(within).unwrap_or(u64::MAX);
                if within < slice.len() {
                    break;
                }
            }
            Delivery::Control(frame) => gap |= frame.event_type == StreamGap::TYPE.name,
        }
    }
    Ok((events, gap))
}
