use std::sync::atomic::Ordering;

use groma_database::OpError;
use groma_model::TaskId;
use groma_model::system;
use proptest::prelude::*;

use super::*;
use crate::world::{kept, latest, world};
use crate::{Delivery, HistoryRequest};

#[tokio::test]
async fn an_event_is_a_cloud_event_and_the_same_from_memory_file_and_history() {
    let world = world(1 << 20).await;
    let mut live = world.journal.cursor(Start::Live, EventFilter::default()).await.unwrap();
    let scan = TaskId::now();
    let sequence = world.append(vec![latest(scan, 3)]).await.unwrap();
    let Delivery::Events(slice) = live.next().await.unwrap() else { panic!("an event") };
    let memory = slice.frames().next().unwrap();
    let envelope = memory.envelope().unwrap();
    assert_eq!(envelope.sequence, Some(sequence));
    assert_eq!(envelope.subject, Some(Subject::scan(scan)));
    assert_eq!(envelope.event_type, "groma.network.scan_progress");
    assert_eq!(envelope.payload().unwrap().unwrap(), latest(scan, 3).payload);
    let history =
        world.journal.history(HistoryRequest { limit: 10, ..HistoryRequest::default() }).await.unwrap();
    assert_eq!(history.frames[0].json, memory.json);
}

#[tokio::test]
async fn a_refused_operation_leaves_no_hole_and_no_event() {
    let world = world(1 << 20).await;
    let mut cursor = world.journal.cursor(Start::Oldest, EventFilter::default()).await.unwrap();
    world.append(vec![kept("a")]).await;
    let journal = Arc::clone(&world.journal);
    let refused = world.database.write(move |tx| {
        journal.append(tx, vec![kept("never")])?;
        Err::<(), _>(OpError::Refused("no"))
    });
    assert!(refused.await.is_err());
    world.append(vec![kept("b")]).await;
    assert_eq!(world.drain(&mut cursor).await.0, [1, 2]);
}

#[tokio::test]
async fn time_never_goes_back_and_finds_its_place() {
    let world = world(0).await;
    for (at, text) in [(10, "a"), (20, "b"), (5, "c"), (30, "d")] {
        world.clock.0.store(at, Ordering::Relaxed);
        world.append(vec![kept(text)]).await;
    }
    for (since, expected) in [(0, 1), (10, 1), (11, 2), (20, 2), (21, 4), (30, 4), (31, 5)] {
        let start = Start::Since(Timestamp::from_micros(since));
        let mut cursor = world.journal.cursor(start, EventFilter::default()).await.unwrap();
        let expected: Vec<u64> = (expected..=4).collect();
        assert_eq!(world.drain(&mut cursor).await.0, expected, "since {since}");
    }
}

#[tokio::test]
async fn positions_that_cannot_be_resumed_are_told_as_gaps() {
    let world = world(1 << 20).await;
    world.append(vec![kept("a"), kept("b")]).await;
    let at = |epoch, number| Start::After(Sequence::new(Epoch::from_millis(epoch), number));
    for (start, numbers, reason) in [
        (at(5, 0), vec![1, 2], None),
        (at(5, 1), vec![2], None),
        (at(5, 2), vec![], None),
        (at(5, 9), vec![], Some("unknown_position")),
        (at(4, 9), vec![1, 2], Some("history_reset")),
        (at(6, 1), vec![], Some("unknown_position")),
    ] {
        let mut cursor = world.journal.cursor(start, EventFilter::default()).await.unwrap();
        let (found, control) = world.drain(&mut cursor).await;
        assert_eq!(found, numbers, "{start:?}");
        let told: Vec<String> =
            control.iter().map(|frame| String::from_utf8_lossy(&frame.json).into_owned()).collect();
        match reason {
            Some(reason) => assert!(told.len() == 1 && told[0].contains(reason), "{told:?}"),
            None => assert!(told.is_empty()),
        }
    }
}

#[tokio::test]
async fn a_slow_live_reader_loses_no_kept_event_and_hears_how_many_were_merged() {
    let world = world(0).await;
    let mut cursor = world.journal.cursor(Start::Live, EventFilter::default()).await.unwrap();
    assert!(cursor.poll().await.unwrap().is_none());
    let scan = TaskId::now();
    for index in 0..3000 {
        let event = if index % 100 == 0 { kept("kept") } else { latest(scan, index) };
        world.append(vec![event]).await;
    }
    let (numbers, control) = world.drain(&mut cursor).await;
    let merged: u64 = control
        .iter()
        .map(|frame| {
            let envelope = frame.envelope().unwrap();
            serde_json::from_str::<system::StreamMerged>(envelope.data.get()).unwrap().count
        })
        .sum();
    assert!(merged > 0 && numbers.len() as u64 + merged == 3000, "{} + {merged}", numbers.len());
    let kept = (0..3000).filter(|index| index % 100 == 0).map(|index| index + 1);
    assert!(kept.into_iter().all(|number| numbers.contains(&number)));
    assert!(numbers.is_sorted());
}

#[tokio::test]
async fn a_slow_reader_is_spared_what_is_out_of_date_however_far_apart_it_lies() {
    for tail_bytes in [0, 16 << 20] {
        let world = world(tail_bytes).await;
        let mut cursor = world.journal.cursor(Start::Live, EventFilter::default()).await.unwrap();
        assert!(cursor.poll().await.unwrap().is_none());
        let (first, second) = (TaskId::now(), TaskId::now());
        for index in 0..4000 {
            let event = match index {
                10 => latest(second, index),
                _ if index % 500 == 0 => latest(first, index),
                _ => kept("kept"),
            };
            world.append(vec![event]).await;
        }
        let (numbers, control) = world.drain(&mut cursor).await;
        let merged: Vec<(Option<Subject>, u64)> = control
            .iter()
            .map(|frame| serde_json::from_str(frame.envelope().unwrap().data.get()).unwrap())
            .map(|told: system::StreamMerged| (told.subject, told.count))
            .collect();
        // The newest of the second scan is old, and yet the newest.
        assert!(numbers.contains(&11));
        let left_out: u64 = merged.iter().map(|(_, count)| count).sum();
        assert!(merged.iter().all(|(subject, _)| *subject == Some(Subject::scan(first))), "{merged:?}");
        assert!(left_out >= 4 && numbers.len() as u64 + left_out == 4000, "{} + {left_out}", numbers.len());
        assert!(numbers.is_sorted());
    }
}

#[tokio::test]
async fn a_damaged_record_is_told_and_passed_over() {
    let world = world(0).await;
    world.append(vec![kept("a"), kept("b"), kept("c")]).await;
    world.append(vec![kept("d")]).await;
    let damage = |tx: &mut WriteTx<'_>| {
        tx.connection().execute("UPDATE journal SET data_sealed = x'00' WHERE sequence = 2", [])?;
        Ok::<_, OpError<()>>(())
    };
    world.database.write(damage).await.unwrap();
    let mut cursor = world.journal.cursor(Start::Oldest, EventFilter::default()).await.unwrap();
    // What memory still holds is sound; a reader of the file hears of the damage.
    let journal = &world.journal;
    let options = JournalOptions { node: NodeId::now(), epoch: journal.origin.epoch, tail_bytes: 0 };
    let clock: Arc<dyn Clock> = world.clock.clone();
    let again =
        Journal::open(world.database.clone(), Arc::clone(&journal.keyring), clock, options).await.unwrap();
    let mut from_file = again.cursor(Start::Oldest, EventFilter::default()).await.unwrap();
    let (numbers, control) = world.drain(&mut from_file).await;
    assert_eq!(numbers, [1, 3, 4]);
    assert!(String::from_utf8_lossy(&control[0].json).contains("damaged"));
    drop(world.drain(&mut cursor).await);
}

#[tokio::test]
async fn an_alarm_reaches_live_readers_without_a_sequence() {
    let world = world(1 << 20).await;
    let mut cursor = world.journal.cursor(Start::Live, EventFilter::default()).await.unwrap();
    world.journal.alarm(&kept("the disk is full").payload);
    let Delivery::Control(frame) = cursor.next().await.unwrap() else { panic!("a control frame") };
    assert!(frame.sequence.is_none() && frame.event_type == "groma.system.error");
    let mut late = world.journal.cursor(Start::Live, EventFilter::default()).await.unwrap();
    let Delivery::Control(frame) = late.next().await.unwrap() else { panic!("a control frame") };
    assert_eq!(frame.event_type, "groma.system.error", "who comes later hears it too");
}

#[tokio::test]
async fn payloads_are_not_readable_in_the_folder() {
    let world = world(1 << 20).await;
    world.append(vec![kept("needle-in-the-haystack")]).await;
    for entry in std::fs::read_dir(world.folder.path()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        assert!(!bytes.windows(6).any(|window| window == b"needle"));
    }
    drop(world.root);
}

fn read_in_steps(tail_bytes: usize, commits: Vec<usize>, resume_every: usize) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let world = world(tail_bytes).await;
        let mut cursor = world.journal.cursor(Start::Oldest, EventFilter::default()).await.unwrap();
        let mut seen = Vec::new();
        for (index, size) in commits.iter().enumerate() {
            world.append((0..*size).map(|number| kept(&number.to_string())).collect()).await;
            if resume_every > 0 && index % resume_every == 0 {
                cursor = world
                    .journal
                    .cursor(Start::After(cursor.position()), EventFilter::default())
                    .await
                    .unwrap();
                seen.extend(world.drain(&mut cursor).await.0);
            }
        }
        seen.extend(world.drain(&mut cursor).await.0);
        let total = commits.iter().sum::<usize>() as u64;
        assert_eq!(seen, (1..=total).collect::<Vec<u64>>());
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn every_reader_sees_every_event_once_in_order(
        tail_bytes in prop_oneof![Just(0_usize), Just(2000), Just(1 << 20)],
        commits in proptest::collection::vec(0_usize..40, 1..30),
        resume_every in 0_usize..4,
    ) {
        read_in_steps(tail_bytes, commits, resume_every);
    }
}
