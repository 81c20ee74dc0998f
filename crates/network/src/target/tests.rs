use proptest::prelude::*;

use super::Target;

fn read(text: &str) -> Target {
    text.parse().unwrap()
}

fn count(text: &str) -> u128 {
    read(text).hosts().unwrap().count()
}

#[test]
fn the_documented_forms_are_read() {
    for (text, shown, hosts) in [
        ("10.1.0.7", "10.1.0.7", 1),
        (" fd00::1 ", "fd00::1", 1),
        ("::ffff:10.1.0.7", "10.1.0.7", 1),
        ("10.1.0.0/24", "10.1.0.0/24", 254),
        ("10.1.0.9/24", "10.1.0.0/24", 254),
        ("10.1.0.0/30", "10.1.0.0/30", 2),
        ("10.1.0.0/31", "10.1.0.0/31", 2),
        ("10.1.0.0/32", "10.1.0.0/32", 1),
        ("fd00::/120", "fd00::/120", 256),
        ("10.1.0.1-20", "10.1.0.1-10.1.0.20", 20),
        ("10.1.0.250-10.1.1.5", "10.1.0.250-10.1.1.5", 12),
        ("fd00::1-fd00::20", "fd00::1-fd00::20", 32),
    ] {
        assert_eq!(read(text).to_string(), shown);
        assert_eq!(count(text), hosts, "{text}");
    }
    assert_eq!(read("Printer-2.LAN."), Target::Name("printer-2.lan".into()));
    assert_eq!(read("localhost").hosts(), None);
    assert_eq!(read("10.1.0.0/24").everything().unwrap().count(), 256);
}

#[test]
fn what_is_wrong_is_named() {
    for (text, reason) in [
        ("", "empty"),
        ("10.1.0.300", "neither an address"),
        ("10.1.0", "neither an address"),
        ("10.1.0.0/33", "ADDRESS/PREFIX"),
        ("10.1.0.20-10", "ends before"),
        ("10.1.0.1-300", "end of the range"),
        ("10.1.0.1-fd00::1", "mixes"),
        ("fd00::1-20", "end of the range"),
        ("fe80::1%eth0", "zones"),
        ("-host", "host name"),
        ("bad host", "host name"),
        ("münchen.lan", "host name"),
    ] {
        let error = text.parse::<Target>().unwrap_err().to_string();
        assert!(error.contains(reason), "{text}: {error}");
    }
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in ".{0,80}") {
        let _read = text.parse::<Target>();
    }

    #[test]
    fn what_is_shown_is_read_again(text in "[0-9a-f:./-]{0,30}") {
        if let Ok(target) = text.parse::<Target>() {
            prop_assert_eq!(target.to_string().parse::<Target>(), Ok(target));
        }
    }

    #[test]
    fn addresses_ranges_and_networks_are_read_again(a: u32, b: u32, prefix in 0_u8..=32) {
        let (first, last) = (std::net::Ipv4Addr::from(a.min(b)), std::net::Ipv4Addr::from(a.max(b)));
        for text in [first.to_string(), format!("{first}-{last}"), format!("{first}/{prefix}")] {
            let target = read(&text);
            prop_assert_eq!(target.to_string().parse::<Target>(), Ok(target.clone()));
            prop_assert!(target.hosts().is_some());
        }
    }
}
