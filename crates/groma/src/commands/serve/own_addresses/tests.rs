use super::{is_private, private};

#[test]
fn there_is_at_least_one_and_none_is_public() {
    let addresses = private();
    assert!(!addresses.is_empty());
    assert!(addresses.iter().all(|address| is_private(address.parse().unwrap())), "{addresses:?}");
}

#[test]
fn public_and_link_local_addresses_are_left_out() {
    for address in ["8.8.8.8", "169.254.1.1", "fe80::1", "2001:db8::1", "100.64.0.1"] {
        assert!(!is_private(address.parse().unwrap()), "{address}");
    }
}
