use std::net::IpAddr;
use std::sync::Arc;

use proptest::prelude::*;
use tokio::sync::Semaphore;

use super::{Neighbours, routes_v4, routes_v6};

#[cfg(target_endian = "little")]
const V4: &str = "\
Iface	Destination	Gateway 	Flags	RefCnt	Use	Metric	Mask		MTU	Window	IRTT
eth0	00000000	0100A8C0	0003	0	0	100	00000000	0	0	0
eth0	0000A8C0	00000000	0001	0	0	100	00FFFFFF	0	0	0
eth0	0000FE0A	FE00A8C0	0003	0	0	100	0000FFFF	0	0	0
";
const V6: &str = "\
fd900000000000000000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000001 00000000 00000001     eth0
00000000000000000000000000000000 00 00000000000000000000000000000000 00 fe800000000000000000000000000001 00000400 00000001 00000000 00000003     eth0
00000000000000000000000000000001 80 00000000000000000000000000000000 00 00000000000000000000000000000000 00000000 00000002 00000000 80200001       lo
";

fn neighbours() -> Neighbours {
    let routes = routes_v4(V4).chain(routes_v6(V6)).collect();
    Neighbours { routes: Some(routes), places: Arc::new(Semaphore::new(64)) }
}

fn at(text: &str) -> IpAddr {
    text.parse().unwrap()
}

#[test]
#[cfg(target_endian = "little")]
fn only_addresses_on_a_wire_are_neighbours() {
    let known = neighbours();
    for text in ["192.168.0.7", "fd90::7"] {
        assert!(known.has(at(text)), "{text} is on the wire");
    }
    for text in ["192.168.1.7", "10.254.1.1", "127.0.0.1", "::1", "fd91::7", "8.8.8.8"] {
        assert!(!known.has(at(text)), "{text} is behind a gateway, or here");
    }
}

#[tokio::test(start_paused = true)]
async fn places_come_back_when_the_system_can_use_them_again() {
    let known = neighbours();
    let block: Vec<IpAddr> = (1..=40).map(|last| at(&format!("fd90::{last}"))).collect();
    assert!(known.places_for(&[at("8.8.8.8")]).await.is_none(), "no neighbour, no place");
    known.places_for(&block).await.unwrap().give_back_later(10);
    assert_eq!(known.places.available_permits(), 24);
    let begun = tokio::time::Instant::now();
    let again = known.places_for(&block).await.unwrap();
    assert_eq!(begun.elapsed().as_millis() / 100, 32, "30 absent ones come back first");
    drop(again);
    let all = known.places_for(&(1..=64).map(|last| at(&format!("fd90::{last}"))).collect::<Vec<_>>()).await;
    assert!(all.is_some());
    assert_eq!(begun.elapsed().as_millis() / 100, 55);
}

proptest! {
    #[test]
    fn any_text_is_read(text in "[0-9A-Fa-z \t\n]{0,400}") {
        let _count = routes_v4(&text).chain(routes_v6(&text)).count();
    }
}
