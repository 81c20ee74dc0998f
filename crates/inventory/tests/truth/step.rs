//! What happens to an inventory, made up at random.

use proptest::collection::{btree_set, vec};
use proptest::prelude::*;
use std::collections::BTreeSet;

/// Things that are made up, by number; those of one slice are beside each other.
pub(crate) const THINGS: usize = 5;
/// Hosts, and ports of each.
pub(crate) const HOSTS: usize = 2;
pub(crate) const PORTS: usize = 2;

/// One step; `which` chooses among the scans that are open, or that ended.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    /// Begins a scan beside those that are open.
    Begin,
    /// Records in an open scan, in one transaction; begins one if there is none.
    Record { which: usize, seen: Vec<Seen> },
    /// Ends an open scan.
    End { which: usize, how: How },
    /// Takes back what an ended scan changed.
    Discard { which: usize },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum How {
    Completed,
    Failed,
    Cancelled,
}

/// What a scan reads.
#[derive(Debug, Clone)]
pub(crate) enum Seen {
    Thing { number: usize, look: Look },
    Host { number: usize, name: Option<usize> },
    Port { host: usize, number: usize, state: usize },
    Slice { number: usize, complete: bool, proven: bool },
}

/// How a thing looks. Numbers choose words; 0 where there may be nothing is nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Look {
    pub(crate) state: usize,
    pub(crate) name: usize,
    pub(crate) tag: usize,
    pub(crate) size: usize,
    pub(crate) allowed: usize,
    pub(crate) stoppable: Option<bool>,
    pub(crate) relations: BTreeSet<usize>,
    /// Counted from the thing's own number downwards.
    pub(crate) parent: usize,
    pub(crate) reading: usize,
}

fn look() -> impl Strategy<Value = Look> {
    let fields = (0_usize..2, 0_usize..2, 0_usize..3, 0_usize..3, 0_usize..3);
    let rest = (any::<Option<bool>>(), btree_set(0..THINGS, 0..3), 0_usize..3, 0_usize..3);
    (fields, rest).prop_map(|((state, name, tag, size, allowed), (stoppable, relations, parent, reading))| {
        Look { state, name, tag, size, allowed, stoppable, relations, parent, reading }
    })
}

/// A look that is often the same.
fn plain() -> impl Strategy<Value = Look> {
    (0_usize..2, 0_usize..2).prop_map(|(state, parent)| Look {
        state,
        name: 0,
        tag: 0,
        size: 0,
        allowed: 0,
        stoppable: None,
        relations: BTreeSet::new(),
        parent,
        reading: 0,
    })
}

fn seen() -> impl Strategy<Value = Seen> {
    let thing = (0..THINGS, prop_oneof![3 => plain(), 2 => look()]);
    prop_oneof![
        8 => thing.prop_map(|(number, look)| Seen::Thing { number, look }),
        2 => (0..HOSTS, prop::option::of(0_usize..2)).prop_map(|(number, name)| Seen::Host { number, name }),
        3 => (0..HOSTS, 0..PORTS, 0_usize..4)
            .prop_map(|(host, number, state)| Seen::Port { host, number, state }),
        4 => (0_usize..2, prop::bool::weighted(0.8), prop::bool::weighted(0.8))
            .prop_map(|(number, complete, proven)| Seen::Slice { number, complete, proven }),
    ]
}

pub(crate) fn step() -> impl Strategy<Value = Step> {
    let how = prop_oneof![3 => Just(How::Completed), 1 => Just(How::Failed), 1 => Just(How::Cancelled)];
    prop_oneof![
        1 => Just(Step::Begin),
        6 => (0_usize..2, vec(seen(), 1..6)).prop_map(|(which, seen)| Step::Record { which, seen }),
        4 => (0_usize..2, how).prop_map(|(which, how)| Step::End { which, how }),
        3 => (0_usize..6).prop_map(|which| Step::Discard { which }),
    ]
}
