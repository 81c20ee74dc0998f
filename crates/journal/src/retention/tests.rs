use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::time::Duration;

use groma_api::{ConsumerRequest, ErrorCode, RetentionRequest, RetentionRule};
use groma_database::rusqlite::Connection;
use groma_database::{OpError, WriteTx};
use groma_model::system::{GapReason, StreamGap};
use groma_model::{DeliveryClass, Envelope, EventFilter, TaskId};
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::counts;
use crate::world::{World, kept, latest, world};
use crate::{Cursor, HistoryRequest, Start};

fn rule(types: &str, age: Option<u64>, bytes: Option<u64>) -> RetentionRule {
    RetentionRule { types: types.to_owned(), max_age_seconds: age, max_bytes: bytes }
}

fn only(types: &str) -> EventFilter {
    EventFilter { types: vec![types.parse().unwrap()], subject: None }
}

impl World {
    async fn rules(&self, rules: Vec<RetentionRule>, archive: bool) {
        let request =
            RetentionRequest { rules: Some(rules), archive: Some(archive), ..RetentionRequest::default() };
        self.journal.set_retention(request).await.unwrap();
    }

    fn pass(&self, seconds: i64) {
        self.clock.0.fetch_add(seconds * 1_000_000, Ordering::Relaxed);
    }

    async fn left(&self) -> Vec<u64> {
        let read = |connection: &Connection| {
            let mut statement = connection.prepare("SELECT sequence FROM journal ORDER BY sequence")?;
            statement.query_map([], |row| Ok(row.get::<_, i64>(0)? as u64))?.collect()
        };
        self.database.read(read).await.unwrap()
    }

    async fn consumer(&self, name: &str, number: u64) {
        let position = Some(self.at(number));
        let request = ConsumerRequest { name: name.to_owned(), position };
        self.journal.put_consumer(request).await.unwrap();
    }

    fn at(&self, number: u64) -> Sequence {
        Sequence::new(self.journal.head().epoch, number)
    }

    async fn cursor_after(&self, number: u64, filter: EventFilter) -> Cursor {
        self.journal.cursor(Start::After(self.at(number)), filter).await.unwrap()
    }

    /// Reads to the head: the numbers, and the gaps that were told. Whoever goes on behind the last of either misses
    /// nothing.
    async fn read(&self, cursor: &mut Cursor) -> (Vec<u64>, Vec<(u64, u64)>) {
        let (mut numbers, mut gaps, mut position) = (Vec::new(), Vec::new(), cursor.position().number);
        while let Some(delivery) = cursor.poll().await.unwrap() {
            for frame in delivery.frames() {
                if let Some(sequence) = frame.sequence {
                    assert!(sequence.number > position, "{} comes behind {position}", sequence.number);
                    position = sequence.number;
                    numbers.push(position);
                    continue;
                }
                let told: StreamGap = serde_json::from_str(frame.envelope().unwrap().data.get()).unwrap();
                assert_eq!(told.reason, GapReason::Retention);
                let (from, to) = (told.from.number, told.to.number);
                assert!(position <= from && from < to, "{from} to {to} comes behind {position}");
                position = to;
                gaps.push((from, to));
            }
        }
        (numbers, gaps)
    }

    fn archive(&self) -> PathBuf {
        self.root.path().join("archive")
    }

    fn archived(&self) -> Vec<u64> {
        let mut numbers = Vec::new();
        for file in list_archive(&self.archive()).unwrap() {
            let mut lines = Vec::new();
            read_archive(&self.journal.keyring, &file.path, &mut lines).unwrap();
            for line in String::from_utf8(lines).unwrap().lines() {
                let envelope: Envelope = serde_json::from_str(line).unwrap();
                let number = envelope.sequence.unwrap().number;
                assert!(file.first.number <= number && number <= file.last.number);
                numbers.push(number);
            }
        }
        numbers
    }
}

#[tokio::test]
async fn what_is_old_goes_by_the_first_rule_that_fits_and_readers_hear_of_what_they_miss() {
    let world = world(0).await;
    world.rules(vec![rule("latest", Some(60), None), rule("kept", Some(600), None)], false).await;
    let scan = TaskId::now();
    // Odd ones are kept.
    for index in 0..10 {
        world.append(vec![kept("a"), latest(scan, index)]).await;
    }
    world.pass(100);
    world.append(vec![kept("young"), latest(scan, 10), kept("newest")]).await;
    let run = world.journal.retain(Vec::new()).await.unwrap();
    assert_eq!((run.events, run.forced, run.archived_files), (10, 0, 0));
    let left = world.left().await;
    assert_eq!(left, (1..=20).filter(|number| number % 2 == 1).chain(21..=23).collect::<Vec<_>>());
    let all = || EventFilter::default();
    for (after, filter, gaps) in [
        (0, all(), (1..=10).map(|pair| (2 * pair - 1, 2 * pair)).collect()),
        (7, all(), (4..=10).map(|pair| (2 * pair - 1, 2 * pair)).collect()),
        (19, all(), vec![(19, 20)]),
        (20, all(), vec![]),
        (0, only("groma.system.*"), vec![]),
        (5, only("groma.network.*"), vec![(5, 20)]),
    ] {
        let (numbers, told) = world.read(&mut world.cursor_after(after, filter.clone()).await).await;
        assert_eq!(told, gaps, "after {after} {filter:?}");
        assert!(numbers.iter().all(|number| left.contains(number) && *number > after));
    }
    let page = |after| {
        let request = HistoryRequest { after: Some(world.at(after)), limit: 5, ..HistoryRequest::default() };
        world.journal.history(request)
    };
    assert!(page(3).await.unwrap().gap && !page(20).await.unwrap().gap);
    // Who asks for the oldest gets what there is, and misses nothing that was promised.
    let mut oldest = world.journal.cursor(Start::Oldest, all()).await.unwrap();
    assert_eq!(world.read(&mut oldest).await, (left, vec![]));
    let told = world.journal.retention(Vec::new()).await.unwrap();
    assert_eq!((told.events, told.last_run.unwrap().events), (13, 10));
    assert_eq!(world.journal.statistics().dropped, 10);
    // Everything goes but the newest, from which the next number follows.
    world.pass(10_000);
    world.journal.retain(Vec::new()).await.unwrap();
    assert_eq!(world.left().await, [23]);
    assert_eq!(world.append(vec![kept("next")]).await.unwrap().number, 24);
}

#[tokio::test]
async fn a_type_that_takes_too_much_gives_up_its_oldest() {
    let world = world(0).await;
    for index in 0..100 {
        world.append(vec![kept(&"x".repeat(1000)), latest(TaskId::now(), index)]).await;
    }
    world.rules(vec![rule("groma.system.*", None, Some(20_000))], false).await;
    world.journal.retain(Vec::new()).await.unwrap();
    let figures = world.journal.statistics();
    let (errors, progress) =
        (&figures.types["groma.system.error"], &figures.types["groma.network.scan_progress"]);
    assert!(errors.bytes <= 20_000 && errors.bytes > 18_000, "{errors:?}");
    assert_eq!((errors.stored + errors.dropped, progress.stored), (100, 100));
    assert_eq!(world.left().await.len() as u64, errors.stored + 100);
    assert_eq!(world.journal.retain(Vec::new()).await.unwrap().events, 0);
}

#[tokio::test]
async fn who_is_registered_keeps_events_until_it_is_silent_for_too_long() {
    let world = world(0).await;
    world.rules(vec![rule("kept", Some(60), None)], false).await;
    for _ in 0..20 {
        world.append(vec![kept("a")]).await;
    }
    world.consumer("slow", 5).await;
    world.consumer("slow", 7).await;
    let back = ConsumerRequest { name: "slow".to_owned(), position: Some(world.at(6)) };
    assert_eq!(world.journal.put_consumer(back).await.unwrap_err().code, ErrorCode::Conflict);
    let ahead = ConsumerRequest { name: "ahead".to_owned(), position: Some(world.at(21)) };
    assert_eq!(world.journal.put_consumer(ahead).await.unwrap_err().code, ErrorCode::InvalidRequest);
    world.pass(100);
    let hold = Hold { who: "scan x".to_owned(), through: world.at(3) };
    assert_eq!(world.journal.retain(vec![hold.clone()]).await.unwrap().events, 3);
    let told = world.journal.retention(vec![hold]).await.unwrap();
    assert_eq!(told.held_by, ["scan x", "consumer slow"]);
    assert_eq!(world.journal.retain(Vec::new()).await.unwrap().events, 4);
    let consumers = world.journal.consumers().await.unwrap();
    assert_eq!((consumers.len(), consumers[0].behind, consumers[0].position), (1, 13, world.at(7)));
    world.pass(8 * 86_400);
    assert_eq!(world.journal.retain(Vec::new()).await.unwrap().events, 12);
    world.journal.delete_consumer("slow").await.unwrap();
    assert_eq!(world.journal.delete_consumer("slow").await.unwrap_err().code, ErrorCode::NotFound);
}

#[tokio::test]
async fn the_ceiling_wins_over_all_and_counts_whom_it_hurt() {
    let world = world(0).await;
    for _ in 0..30 {
        world.append((0..100).map(|_| kept(&"x".repeat(500))).collect()).await;
    }
    world.consumer("slow", 1000).await;
    let ceiling = 1_200_000;
    world
        .database
        .write(move |tx| {
            let settings = json!({"rules": [], "disk_max_bytes": ceiling, "archive": true, "consumer_expiry_seconds": 600});
            tx.connection().execute("INSERT INTO retention (only, settings) VALUES (1, ?1)", [settings.to_string()])?;
            Ok::<_, OpError<()>>(())
        })
        .await
        .unwrap();
    assert!(world.journal.tend().await.unwrap());
    // A disk that takes no archive costs no event.
    let refused = world.journal.retain(Vec::new()).await.unwrap_err();
    assert_eq!(world.left().await.len(), 3000, "{refused}");
    world.journal.archive_in(world.archive());
    let run = world.journal.retain(Vec::new()).await.unwrap();
    assert!(!world.journal.tend().await.unwrap());
    let left = world.left().await;
    assert_eq!(run.events, 3000 - left.len() as u64);
    assert_eq!(run.forced, run.events - 1000);
    assert!(left.len() > 500 && run.archived_files > 0, "{run:?}");
    let all: BTreeSet<u64> = world.archived().into_iter().chain(left).collect();
    assert_eq!(all.len(), 3000);
    let mut slow = world.cursor_after(1000, EventFilter::default()).await;
    assert_eq!(world.read(&mut slow).await.1, [(1000, run.events)]);
}

#[tokio::test]
async fn an_archive_is_sealed_and_tells_when_it_was_changed() {
    let world = world(0).await;
    world.journal.archive_in(world.archive());
    world.rules(vec![rule("kept", Some(60), None)], true).await;
    world.append((0..50).map(|_| kept("needle-in-the-haystack")).collect()).await;
    world.pass(100);
    world.append(vec![kept("young")]).await;
    world.journal.retain(Vec::new()).await.unwrap();
    let files = list_archive(&world.archive()).unwrap();
    assert_eq!((files.len(), files[0].first.number, files[0].last.number), (1, 1, 50));
    assert_eq!(world.archived(), (1..=50).collect::<Vec<u64>>());
    let good = std::fs::read(&files[0].path).unwrap();
    assert!(!good.windows(6).any(|window| window == b"needle"));
    let read = |bytes: &[u8]| {
        std::fs::write(&files[0].path, bytes).unwrap();
        let mut lines = Vec::new();
        read_archive(&world.journal.keyring, &files[0].path, &mut lines).map(|()| lines.len())
    };
    for at in 0..good.len() {
        let mut bad = good.clone();
        bad[at] ^= 1;
        read(&bad).unwrap_err();
        read(&good[..at]).unwrap_err();
    }
    read(&good).unwrap();
}

#[tokio::test]
async fn settings_that_make_no_sense_are_refused() {
    let world = world(0).await;
    let rules = |rules| RetentionRequest { rules: Some(rules), ..RetentionRequest::default() };
    for (request, field) in [
        (rules(vec![rule("a b", None, None)]), "rules/0/types"),
        (rules(vec![rule("kept", None, None), rule("latest", Some(59), None)]), "rules/1/max_age_seconds"),
        (rules((0..101).map(|_| rule("kept", None, None)).collect()), "rules"),
        (RetentionRequest { disk_max_bytes: Some(1), ..RetentionRequest::default() }, "disk_max_bytes"),
        (
            RetentionRequest { consumer_expiry_seconds: Some(0), ..RetentionRequest::default() },
            "consumer_expiry_seconds",
        ),
    ] {
        let error = world.journal.set_retention(request).await.unwrap_err();
        assert_eq!(error.field.as_deref(), Some(field));
    }
    let none = RetentionRequest { disk_max_bytes: Some(0), ..RetentionRequest::default() };
    world.journal.set_retention(none).await.unwrap();
    let told = world.journal.retention(Vec::new()).await.unwrap();
    assert_eq!((told.disk_max_bytes, told.rules.len(), told.archive), (0, 2, false));
}

/// What may happen to a journal that retention runs on.
#[derive(Debug, Clone)]
enum Step {
    Append(Vec<u8>),
    Pass(i64),
    Rules(Vec<(bool, Option<u64>, Option<u64>)>, bool),
    Retain,
    /// The process that runs it dies on the way.
    Cut(u64),
    Fold,
    Reopen,
    Consume(u64),
    Read(usize),
    Resume(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let age = proptest::option::of(60_u64..300);
    let bytes = proptest::option::of(0_u64..20_000);
    prop_oneof![
        6 => proptest::collection::vec(0_u8..3, 1..60).prop_map(Step::Append),
        4 => (0_i64..200).prop_map(Step::Pass),
        1 => (proptest::collection::vec((any::<bool>(), age, bytes), 0..3), any::<bool>())
            .prop_map(|(rules, archive)| Step::Rules(rules, archive)),
        3 => Just(Step::Retain),
        2 => (0_u64..3000).prop_map(Step::Cut),
        1 => Just(Step::Fold),
        1 => Just(Step::Reopen),
        1 => (0_u64..50).prop_map(Step::Consume),
        4 => (0_usize..4).prop_map(Step::Read),
        2 => (0_usize..4).prop_map(Step::Resume),
    ]
}

/// A reader, with all that it was told.
struct Reader {
    cursor: Cursor,
    filter: EventFilter,
    wants: fn(DeliveryClass) -> bool,
    got: Vec<u64>,
    gaps: Vec<(u64, u64)>,
}

impl Reader {
    async fn read(&mut self, world: &World) {
        let (got, gaps) = world.read(&mut self.cursor).await;
        self.got.extend(got);
        self.gaps.extend(gaps);
    }
}

async fn play(tail_bytes: usize, steps: Vec<Step>) {
    let mut world = world(tail_bytes).await;
    world.journal.archive_in(world.archive());
    let (first, second) = (TaskId::now(), TaskId::now());
    let mut appended = Vec::new();
    let mut archives = false;
    let (mut consumed, mut before) = (None, Vec::new());
    let mut readers = Vec::new();
    for (filter, wants) in [
        (EventFilter::default(), (|_| true) as fn(DeliveryClass) -> bool),
        (only("groma.system.*"), |class| class == DeliveryClass::Kept),
        (only("groma.network.*"), |class| class == DeliveryClass::Latest),
        (only("*"), |_| true),
    ] {
        let cursor = world.cursor_after(0, filter.clone()).await;
        readers.push(Reader { cursor, filter, wants, got: Vec::new(), gaps: Vec::new() });
    }
    for step in steps {
        match step {
            Step::Append(kinds) => {
                let event = |kind: &u8| match kind {
                    0 => kept("kept"),
                    1 => latest(first, 1),
                    _ => latest(second, 2),
                };
                let events: Vec<_> = kinds.iter().map(event).collect();
                appended.extend(events.iter().map(|event| event.payload.event_type().class));
                world.append(events).await;
            }
            Step::Pass(seconds) => world.pass(seconds),
            Step::Rules(rules, archive) => {
                let rules = rules
                    .into_iter()
                    .map(|(kept, age, bytes)| rule(if kept { "kept" } else { "latest" }, age, bytes));
                archives = archive;
                world.rules(rules.collect(), archive).await;
            }
            Step::Retain => drop(world.journal.retain(Vec::new()).await.unwrap()),
            Step::Cut(micros) => {
                let run = world.journal.run_retention(Vec::new());
                // Whether it ends in time or not is all the same.
                let _ = tokio::time::timeout(Duration::from_micros(micros), run).await;
                // What it asked of the writer is done.
                world.append(Vec::new()).await;
            }
            Step::Fold => {
                let fold = |tx: &mut WriteTx<'_>| Ok::<_, OpError<()>>(counts::fold(tx.connection(), 17)?);
                world.database.write(fold).await.unwrap();
            }
            Step::Reopen => {
                for reader in &mut readers {
                    reader.read(&world).await;
                }
                world.reopen(tail_bytes).await;
                world.journal.archive_in(world.archive());
                for reader in &mut readers {
                    let after = reader.cursor.position().number;
                    reader.cursor = world.cursor_after(after, reader.filter.clone()).await;
                }
            }
            Step::Consume(number) => {
                let number = consumed.unwrap_or(0).max(number.min(appended.len() as u64));
                consumed = Some(number);
                world.consumer("reader", number).await;
            }
            Step::Read(index) => readers[index].read(&world).await,
            Step::Resume(index) => {
                let reader = &mut readers[index];
                reader.read(&world).await;
                let after = reader.cursor.position().number;
                reader.cursor = world.cursor_after(after, reader.filter.clone()).await;
            }
        }
        let left = world.left().await;
        let head = appended.len() as u64;
        assert!(head == 0 || left.last() == Some(&head), "the newest stays");
        let gone: Vec<u64> =
            before.into_iter().filter(|number| left.binary_search(number).is_err()).collect();
        if let Some(consumed) = consumed {
            assert!(
                gone.iter().all(|number| *number <= consumed),
                "a consumer keeps what it has not dealt with"
            );
        }
        if archives && !gone.is_empty() {
            let archived: BTreeSet<u64> = world.archived().into_iter().collect();
            assert!(gone.iter().all(|number| archived.contains(number)), "archived, then dropped");
        }
        before = left;
    }
    for reader in &mut readers {
        reader.read(&world).await;
        assert!(reader.got.is_sorted_by(|one, other| one < other), "in order, and once");
        for (index, class) in appended.iter().enumerate() {
            let number = index as u64 + 1;
            let told = reader.gaps.iter().any(|(from, to)| *from < number && number <= *to);
            let got = reader.got.binary_search(&number).is_ok();
            assert!(got || told || !(reader.wants)(*class), "{number} of {:?} is nowhere", reader.filter);
            assert!(!got || (reader.wants)(*class));
        }
    }
    let counted = world.database.read(counts::read).await.unwrap();
    let truth = |connection: &Connection| {
        let mut statement = connection
            .prepare("SELECT type, count(*), sum(length(data_sealed)) FROM journal GROUP BY type")?;
        let rows = statement.query_map([], |row| {
            Ok((row.get::<_, u16>(0)?, (row.get::<_, i64>(1)? as u64, row.get::<_, i64>(2)? as u64)))
        })?;
        rows.collect::<Result<std::collections::BTreeMap<_, _>, _>>()
    };
    let truth = world.database.read(truth).await.unwrap();
    let stored = |(code, count): (&u16, &counts::Count)| (*code, (count.stored, count.bytes));
    let counted: std::collections::BTreeMap<_, _> =
        counted.iter().filter(|(_, count)| count.stored > 0).map(stored).collect();
    assert_eq!(counted, truth);
    let figures = world.journal.statistics();
    let (events, bytes) = figures
        .types
        .values()
        .fold((0, 0), |(events, bytes), figures| (events + figures.stored, bytes + figures.bytes));
    let sums = truth.values().fold((0, 0), |(events, bytes), (count, size)| (events + count, bytes + size));
    assert_eq!((events, bytes), sums);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn whatever_a_reader_did_not_get_it_was_told_of(
        tail_bytes in prop_oneof![Just(0_usize), Just(3000), Just(1 << 20)],
        steps in proptest::collection::vec(step(), 1..40),
    ) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_time().build().unwrap();
        runtime.block_on(play(tail_bytes, steps));
    }
}
