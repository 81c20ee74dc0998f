//! Events of one subject arrive in order, each at least once, whatever fails and whoever dies.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use proptest::prelude::*;

use super::bench::{Bench, impatient};
use super::receiver::{Act, Came, Receiver, status};
use crate::Policy;

/// Checks what was accepted against what was appended.
fn check(came: &[Came], appended: &[Option<u8>]) {
    let mut first = HashMap::new();
    let mut seen = HashSet::new();
    let mut id_of = HashMap::new();
    for came in came {
        let number = came.number();
        assert_eq!(id_of.entry(number).or_insert_with(|| came.id()), &came.id(), "one id for ever");
        if !came.accepted || !seen.insert(number) {
            continue;
        }
        let subject = came.json()["subject"].as_str().map(str::to_owned);
        let last = first.insert(subject.clone(), number);
        assert!(last.is_none_or(|last| last < number), "{subject:?}: {number} after {last:?}");
    }
    assert_eq!(seen.len(), appended.len(), "each at least once");
}

fn unsteady(seed: u64) -> impl Fn(&Came, usize) -> Act + Send + Sync + 'static {
    let state = Arc::new(AtomicU64::new(seed | 1));
    move |_, _| {
        // xorshift64
        let mut x = state.load(Ordering::Relaxed);
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        state.store(x, Ordering::Relaxed);
        match x % 10 {
            0 | 1 => status(500),
            2 => Act::Reset,
            3 => Act::Raw("HTTP/1.1 200 OK\r\ncontent-length: 9\r\nconnection: close\r\n\r\n".into()),
            _ => status(200),
        }
    }
}

/// Never gives up, and rests now and then.
fn policy(failures_max: u32) -> Policy {
    Policy {
        delays: vec![Duration::from_millis(1); 1000],
        failures_max,
        rest: Duration::from_millis(2),
        rest_max: Duration::from_millis(4),
        waiting_max: 20,
        ..impatient()
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn per_subject_order_and_at_least_once(
        runs in prop::collection::vec(prop::collection::vec(prop::option::of(0_u8..6), 0..40), 1..4),
        seed: u64,
        failures_max in 2_u32..10,
    ) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(async {
            let receiver = Receiver::deciding(unsteady(seed)).await;
            let mut bench = Bench::new(policy(failures_max)).await;
            let id = bench.webhook(receiver.url()).await;
            let mut appended = Vec::new();
            for run in runs {
                bench.append(&run).await;
                appended.extend(run);
                // Stopped in the middle of it.
                bench = bench.again(policy(failures_max)).await;
            }
            bench.until_done(id).await;
            check(&receiver.so_far(), &appended);
            assert_eq!(bench.webhooks.get(id).unwrap().position, bench.journal.head());
        });
    }
}

#[tokio::test]
async fn one_subject_that_fails_holds_up_no_other() {
    let refuse = |came: &Came, _: usize| {
        let stuck = came.json()["subject"].as_str().is_some_and(|subject| subject.starts_with("thing/01"));
        if stuck { status(500) } else { status(200) }
    };
    let patient = Policy { delays: vec![Duration::from_secs(3600)], ..impatient() };
    let (bench, receiver) = (Bench::new(patient.clone()).await, Receiver::deciding(refuse).await);
    let id = bench.webhook(receiver.url()).await;
    let subjects: Vec<_> = (0..300).map(|index| Some(1 + (index % 3) as u8)).collect();
    bench.append(&subjects).await;
    let webhook = bench.until(id, |webhook| webhook.delivered == 200).await;
    assert_eq!((webhook.position.number, webhook.waiting), (0, 100));
    // A restart delivers none of the others again.
    let bench = bench.again(patient).await;
    bench.append(&[Some(2)]).await;
    bench.until(id, |webhook| webhook.delivered == 201).await;
    assert_eq!(receiver.so_far().iter().filter(|came| came.accepted).count(), 201);
}

#[tokio::test]
async fn beyond_its_bound_the_journal_is_the_queue() {
    let small = Policy { waiting_max: 10, ..impatient() };
    let (bench, receiver) = (Bench::new(small).await, Receiver::deciding(|_, _| Act::Hang).await);
    let id = bench.webhook(receiver.url()).await;
    for _ in 0..20 {
        bench.append(&[Some(1); 5]).await;
    }
    receiver.wait(1).await;
    let webhook = bench.until(id, |webhook| webhook.waiting >= 10).await;
    assert!(webhook.waiting <= 20, "{webhook:?}");
    assert!(webhook.behind >= 80);
}

#[tokio::test]
async fn large_events_wait_in_the_journal_sooner() {
    let (bench, receiver) = (Bench::new(impatient()).await, Receiver::deciding(|_, _| Act::Hang).await);
    let id = bench.webhook(receiver.url()).await;
    let large = "x".repeat(200_000);
    for _ in 0..60 {
        bench.append_saying(&large, &[Some(1)]).await;
    }
    let webhook = bench.until(id, |webhook| webhook.waiting >= 20).await;
    assert!(webhook.waiting < 30, "{webhook:?}");
}
