use std::collections::BTreeSet;

use super::*;

const AT: Timestamp = Timestamp::UNIX_EPOCH;

#[test]
fn a_look_finds_the_same_again_and_another_look_something_else() {
    for number in 0..200 {
        assert_eq!(finding(number, 0, AT), finding(number, 0, AT), "{number}");
        assert_ne!(finding(number, 0, AT), finding(number, 1, AT), "{number}");
    }
}

#[test]
fn all_things_are_different_and_a_host_comes_before_its_services() {
    let (mut ids, mut hosts, mut services) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for number in 0..2_000 {
        match finding(number, 0, AT) {
            Finding::Thing(thing) => assert!(ids.insert(thing.id), "{number}"),
            Finding::Host(host) => assert!(hosts.insert(host.address), "{number}"),
            Finding::Port(port) => {
                assert!(hosts.contains(&port.address), "{number}");
                assert!(services.insert((port.address, port.port)), "{number}");
            }
            Finding::Slice(_) => panic!("{number} is a slice"),
        }
    }
    assert_eq!((ids.len(), hosts.len(), services.len()), (1_000, 200, 800));
}

#[test]
fn attributes_take_about_four_hundred_bytes() {
    let bytes = |number| serde_json::to_vec(&resource(number).attributes(0)).unwrap().len();
    let mean = (0..500).map(bytes).sum::<usize>() / 500;
    assert!((360..440).contains(&mean), "{mean}");
}
