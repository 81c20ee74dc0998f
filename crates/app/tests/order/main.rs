//! Order and arithmetic of what scans tell (CONTRACT, Ordering), over random graphs of units, failures, cancels,
//! suspensions and kills.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test's helpers fail like the test itself"
)]

mod support;

use std::collections::BTreeSet;

use groma_inventory::{InventoryError, Rest};
use groma_model::network::EndStatus;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::Config;

use support::document::{self, Document};
use support::meddler::{Blow, Strike};
use support::record::Record;
use support::script::{self, Script};
use support::strategy::{Faulty, script, strikes};
use support::world::{Asked, World};

const ALL_BLOWS: &[Blow] =
    &[Blow::KillBefore, Blow::KillAfter, Blow::Suspend, Blow::Cancel, Blow::Discard, Blow::Discard];
const DEATHS: &[Blow] = &[Blow::KillBefore, Blow::KillAfter, Blow::Suspend];

/// More with `PROPTEST_CASES`.
fn cases(usual: u32) -> Config {
    let asked = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    let cases = asked.unwrap_or(usual);
    Config { cases, failure_persistence: None, max_shrink_iters: 300, ..Config::default() }
}

/// One step of a folder's history; numbers choose among the scans so far.
#[derive(Debug, Clone)]
enum Act {
    Scan { scripts: Vec<Script>, strikes: Vec<Strike>, beside: usize },
    GoOn { which: usize, failed: bool, strikes: Vec<Strike> },
    Discard { which: usize },
    Delete { which: usize },
}

fn act() -> impl Strategy<Value = Act> {
    let scan = (vec(script(Faulty::Anyhow), 1..=2), strikes(ALL_BLOWS), 0_usize..8)
        .prop_map(|(scripts, strikes, beside)| Act::Scan { scripts, strikes, beside });
    let go_on = (0_usize..8, any::<bool>(), strikes(ALL_BLOWS))
        .prop_map(|(which, failed, strikes)| Act::GoOn { which, failed, strikes });
    prop_oneof![
        5 => scan,
        3 => go_on,
        3 => (0_usize..8).prop_map(|which| Act::Discard { which }),
        1 => (0_usize..8).prop_map(|which| Act::Delete { which }),
    ]
}

/// What a folder's history has brought so far.
#[derive(Debug, Default)]
struct History {
    scans: Vec<Asked>,
    deleted: Vec<bool>,
}

impl History {
    fn ran(&mut self, scan: Asked) {
        self.scans.push(scan);
        self.deleted.push(false);
    }

    fn take(&mut self, world: &World, act: Act) {
        let count = self.scans.len();
        match act {
            Act::Scan { scripts, strikes, beside } => {
                let scans: Vec<Asked> = scripts.into_iter().map(Asked::new).collect();
                world.life(async |open| {
                    for scan in &scans {
                        open.ask(scan, None).await.unwrap();
                    }
                });
                let earlier = (count > 0).then(|| &self.scans[beside % count]);
                world.run(&scans, &strikes, earlier);
                scans.into_iter().for_each(|scan| self.ran(scan));
            }
            _ if count == 0 => {}
            Act::GoOn { which, failed, strikes } => self.go_on(world, which % count, failed, &strikes),
            Act::Discard { which } => self.discard(world, which % count),
            Act::Delete { which } => self.delete(world, which % count),
        }
    }

    fn go_on(&mut self, world: &World, which: usize, failed: bool, strikes: &[Strike]) {
        let (old, new) = (&self.scans[which], self.scans[which].rest());
        let rest = if failed { Rest::Failed } else { Rest::Undone };
        let asked = world.life(async |open| {
            let units = open.inventory.scan(old.id).await.map(|scan| scan.units);
            let asked = open.ask(&new, Some((old.id, rest))).await;
            match (units, &asked) {
                (Err(_), Err(InventoryError::NotFound { .. })) => {}
                (Ok(units), Err(InventoryError::Conflict(_))) => {
                    assert_eq!(if failed { units.failed } else { units.pending }, 0);
                }
                (Ok(units), Ok(())) if failed => assert!(units.failed > 0),
                (Ok(units), Ok(())) => assert!(units.pending > 0 || units.done + units.failed == 0),
                other => panic!("{other:?}"),
            }
            asked
        });
        if asked.is_ok() {
            world.run(std::slice::from_ref(&new), strikes, Some(&self.scans[0]));
            self.ran(new);
        }
    }

    fn discard(&self, world: &World, which: usize) {
        let scan = &self.scans[which];
        world.life(async |open| {
            let before = open.inventory.scan(scan.id).await.ok().map(|scan| scan.discarded);
            match open.discard(scan).await {
                Ok(_) => assert_eq!(before, Some(false)),
                Err(InventoryError::Conflict(_)) => assert_eq!(before, Some(true)),
                Err(InventoryError::NotFound { .. }) => assert_eq!(before, None),
                Err(error) => panic!("{error}"),
            }
        });
    }

    fn delete(&mut self, world: &World, which: usize) {
        let done = world.life(async |open| open.inventory.delete_scan(self.scans[which].id).await);
        assert_eq!(done.is_err(), self.deleted[which]);
        self.deleted[which] = true;
    }
}

/// Checks the whole journal against CONTRACT and the tables.
fn check(world: &World) -> Record {
    world.life(async |open| {
        let record = Record::of(&open.events().await);
        record.compare(open).await;
        assert!(open.inventory.interrupted().await.unwrap().is_empty(), "a scan never ended");
        for told in record.scans.values() {
            assert!(told.ended.is_some(), "a scan's end was never told");
        }
        record
    })
}

fn run_whole(world: &World, script: &Script, strikes: &[Strike]) -> Asked {
    let scan = Asked::new(script.clone());
    world.life(async |open| open.ask(&scan, None).await.unwrap());
    world.run(std::slice::from_ref(&scan), strikes, None);
    scan
}

fn now(world: &World) -> Document {
    world.life(async |open| document::tables(open).await)
}

proptest! {
    #![proptest_config(cases(40))]

    #[test]
    fn every_history_is_told_in_order_and_adds_up(acts in vec(act(), 1..7)) {
        let world = World::new();
        let mut history = History::default();
        for act in acts {
            history.take(&world, act);
            check(&world);
        }
    }

    #[test]
    fn a_scan_that_died_often_finds_what_a_whole_one_finds(
        script in script(Faulty::Passing),
        strikes in strikes(DEATHS),
    ) {
        let (whole, often) = (World::new(), World::new());
        let (one, two) = (run_whole(&whole, &script, &[]), run_whole(&often, &script, &strikes));
        let (a, b) = (check(&whole), check(&often));
        let (a, b) = (&a.scans[&one.id], &b.scans[&two.id]);
        let (end, again) = (a.ended.as_ref().unwrap(), b.ended.as_ref().unwrap());
        prop_assert_eq!(end.status, EndStatus::Completed);
        prop_assert!(!end.partial);
        prop_assert_eq!((&a.hosts, &a.ports), (&b.hosts, &b.ports));
        prop_assert_eq!((end.status, end.partial), (again.status, again.partial));
        let counts = |end: &groma_model::network::ScanCompleted| {
            (end.results.hosts_up, end.results.hosts_scanned, end.results.ports_open, end.results.ports_scanned)
        };
        prop_assert_eq!(counts(end), counts(again));
        let values = |document: &Document| document.values().map(|host| host.to_string()).collect::<BTreeSet<_>>();
        prop_assert_eq!(values(&now(&whole)), values(&now(&often)));
    }

    #[test]
    fn a_cancelled_scan_and_its_rest_find_what_a_whole_one_finds(
        script in script(Faulty::Passing),
        operation in 0_u64..60,
    ) {
        let (whole, parts) = (World::new(), World::new());
        let one = run_whole(&whole, &script, &[]);
        let cancel = Strike { operation, blow: Blow::Cancel };
        let first = run_whole(&parts, &script, &[cancel]);
        let mut told = check(&parts).scans.remove(&first.id).unwrap();
        if told.ended.as_ref().unwrap().status == EndStatus::Cancelled {
            let rest = first.rest();
            parts.life(async |open| open.ask(&rest, Some((first.id, Rest::Undone))).await.unwrap());
            parts.run(std::slice::from_ref(&rest), &[], None);
            let more = check(&parts).scans.remove(&rest.id).unwrap();
            prop_assert_eq!(more.resumes, Some(first.id));
            told.hosts.extend(more.hosts);
            told.ports.extend(more.ports);
        }
        let whole = check(&whole).scans.remove(&one.id).unwrap();
        prop_assert_eq!((told.hosts, told.ports), (whole.hosts, whole.ports));
    }

    #[test]
    fn discards_in_reverse_restore_every_step(scripts in vec(script(Faulty::Anyhow), 1..5)) {
        let world = World::new();
        let mut steps = Vec::new();
        for script in &scripts {
            let before = now(&world);
            steps.push((run_whole(&world, script, &[]), before));
        }
        while let Some((scan, before)) = steps.pop() {
            world.life(async |open| open.discard(&scan).await.unwrap());
            prop_assert_eq!(now(&world), before);
        }
        check(&world);
    }

    #[test]
    fn a_discard_leaves_alone_what_a_later_scan_saw(
        earlier in script(Faulty::Never),
        discarded in script(Faulty::Never),
        later in script(Faulty::Never),
    ) {
        let world = World::new();
        run_whole(&world, &earlier, &[]);
        let before = now(&world);
        let scan = run_whole(&world, &discarded, &[]);
        run_whole(&world, &later, &[]);
        let kept = now(&world);
        world.life(async |open| open.discard(&scan).await.unwrap());
        let after = now(&world);
        for number in 1..=20 {
            let address = script::address(number);
            let seen = later.addresses().any(|at| at.number == number && at.host.is_some());
            // A later scan looks at every port of a host that it sees.
            let expected = document::at(if seen { &kept } else { &before }, address);
            prop_assert_eq!(document::at(&after, address), expected, "{}", address);
        }
        check(&world);
    }
}
