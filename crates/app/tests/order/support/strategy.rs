//! Random scripts and random strikes.

use groma_model::network::PortState;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::meddler::{Blow, Strike};
use super::script::{Address, Block, Fault, Host, PORTS, Script, Wrong};

/// Addresses that all scripts share, so that scans see each other's hosts.
const ADDRESSES: u8 = 10;

/// Which faults a script may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Faulty {
    Never,
    /// Only such that pass when tried again.
    Passing,
    Anyhow,
}

fn port_state() -> impl Strategy<Value = PortState> {
    use PortState::{Closed, Filtered, Open, OpenFiltered};
    prop_oneof![5 => Just(Open), 3 => Just(Closed), 1 => Just(Filtered), 1 => Just(OpenFiltered)]
}

fn fault(faulty: Faulty) -> BoxedStrategy<Option<Fault>> {
    let wrong = match faulty {
        Faulty::Never => return Just(None).boxed(),
        Faulty::Passing => select(vec![Wrong::Transient]).boxed(),
        Faulty::Anyhow => prop_oneof![
            4 => Just(Wrong::Transient), 4 => Just(Wrong::Permanent), 1 => Just(Wrong::Fatal), 1 => Just(Wrong::Panic)
        ]
        .boxed(),
    };
    let times = if faulty == Faulty::Passing { 1_u32..3 } else { 1..9 };
    let fault = (0..=PORTS, wrong, times).prop_map(|(step, wrong, times)| Fault { step, wrong, times });
    option::weighted(0.15, fault).boxed()
}

fn host(faulty: Faulty) -> impl Strategy<Value = Host> {
    let states = proptest::array::uniform6(port_state());
    let pause = prop_oneof![4 => 0_u64..3000, 1 => 6000_u64..20_000];
    (option::of(0_u8..3), states, 1..=PORTS, 1_usize..4, pause, fault(faulty)).prop_map(
        |(name, ports, chunk, checkpoint_every, pause_ms, fault)| Host {
            name,
            ports,
            chunk,
            checkpoint_every,
            pause_ms,
            fault,
        },
    )
}

/// Makes scripts over the shared addresses.
pub(crate) fn script(faulty: Faulty) -> impl Strategy<Value = Script> {
    let chosen = proptest::sample::subsequence((1..=ADDRESSES).collect::<Vec<_>>(), 1..=6);
    let hosts = vec(option::weighted(0.8, host(faulty)), 6);
    let faults = vec(fault(faulty), 6);
    let plan_fails = if faulty == Faulty::Anyhow { 0.03 } else { 0.0 };
    (chosen, hosts, faults, 1_usize..4, 1_usize..5, prop::bool::weighted(plan_fails)).prop_map(
        |(chosen, hosts, faults, size, concurrency, plan_fails)| {
            let addresses: Vec<Address> =
                chosen.into_iter().zip(hosts).map(|(number, host)| Address { number, host }).collect();
            let blocks = addresses.chunks(size).zip(faults);
            let blocks = blocks.map(|(block, fault)| Block {
                addresses: block.to_vec(),
                // A block has two steps.
                fault: fault.map(|fault| Fault { step: fault.step % 2, ..fault }),
            });
            Script { blocks: blocks.collect(), concurrency, plan_fails }
        },
    )
}

/// Makes strikes of the given kinds, one per life.
pub(crate) fn strikes(blows: &'static [Blow]) -> impl Strategy<Value = Vec<Strike>> {
    let strike = (0_u64..40, select(blows)).prop_map(|(operation, blow)| Strike { operation, blow });
    vec(strike, 0..4)
}
