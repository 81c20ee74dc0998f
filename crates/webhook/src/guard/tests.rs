use proptest::prelude::*;

use super::*;

fn is(text: &str) -> Reach {
    reach(text.parse().unwrap())
}

#[test]
fn public_addresses_pass() {
    for address in [
        "1.1.1.1",
        "8.8.8.8",
        "172.15.0.1",
        "172.32.0.1",
        "100.63.0.1",
        "2606:4700::1111",
        "::ffff:8.8.8.8",
        "64:ff9b::808:808",
    ] {
        assert_eq!(is(address), Reach::Public, "{address}");
        assert_eq!(check(address.parse().unwrap(), false), Ok(()));
    }
}

#[test]
fn private_ones_pass_only_when_allowed() {
    for address in [
        "127.0.0.1",
        "127.255.255.254",
        "10.0.0.1",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "169.254.1.1",
        "100.64.0.1",
        "198.18.0.1",
        "::1",
        "fe80::1",
        "fc00::1",
        "fd12:3456::1",
        "fec0::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::a00:1",
        "64:ff9b:1::a00:1",
        "64:ff9b:1::808:808",
    ] {
        assert!(matches!(is(address), Reach::Private(_)), "{address}");
        assert!(check(address.parse().unwrap(), false).is_err());
        assert_eq!(check(address.parse().unwrap(), true), Ok(()));
    }
}

#[test]
fn some_never_pass() {
    for address in [
        "169.254.169.254",
        "169.254.170.2",
        "169.254.170.23",
        "100.100.100.200",
        "168.63.129.16",
        "192.0.0.192",
        "fd00:ec2::254",
        "fd00:ec2::23",
        "fd20:ce::254",
        "::ffff:169.254.169.254",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::a9fe:a9fe",
        "0.0.0.0",
        "0.1.2.3",
        "::",
        "224.0.0.1",
        "239.1.2.3",
        "255.255.255.255",
        "240.0.0.1",
        "192.0.2.1",
        "198.51.100.1",
        "203.0.113.1",
        "2001:db8::1",
        "3fff::1",
        "2002:7f00:1::",
        "2002:a9fe:a9fe::",
        "2001::1",
        "ff02::1",
        "::127.0.0.1",
        "4000::1",
        "5f00::1",
        "100::1",
    ] {
        assert!(matches!(is(address), Reach::Never(_)), "{address}");
        assert!(check(address.parse().unwrap(), true).is_err());
    }
}

proptest! {
    /// Clothes change nothing.
    #[test]
    fn a_mapped_address_is_what_it_maps(number: u32) {
        let address = Ipv4Addr::from_bits(number);
        prop_assert_eq!(reach(address.into()), reach(address.to_ipv6_mapped().into()));
    }

    /// What the standard library knows to be special is never public.
    #[test]
    fn nothing_special_is_public(number: u32, high in prop::sample::select(vec![0_u32, 10, 100, 127, 169, 172, 192, 198, 224, 255])) {
        let address = Ipv4Addr::from_bits(number & 0x00ff_ffff | high << 24);
        let special = address.is_private() || address.is_loopback() || address.is_link_local()
            || address.is_multicast() || address.is_broadcast() || address.is_documentation() || address.is_unspecified();
        prop_assert!(!special || reach(address.into()) != Reach::Public);
    }
}
