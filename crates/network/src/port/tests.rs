use std::collections::BTreeSet;

use proptest::prelude::*;

use super::PortSet;

fn ports(text: &str) -> Vec<u16> {
    text.parse::<PortSet>().unwrap().iter().collect()
}

#[test]
fn the_documented_forms_are_read() {
    assert_eq!(ports("22,80,8000-8002"), [22, 80, 8000, 8001, 8002]);
    assert_eq!(ports(" ssh , HTTPS,http-alt"), [22, 443, 8080]);
    assert_eq!(ports("80,79-81,80"), [79, 80, 81]);
    assert_eq!(ports("-3"), [1, 2, 3]);
    assert_eq!(ports("65534-"), [65534, 65535]);
    assert_eq!("-".parse::<PortSet>().unwrap().count(), 65_535);
    assert_eq!("top100".parse::<PortSet>().unwrap().count(), 100);
    assert_eq!("80,1-79,443".parse::<PortSet>().unwrap().to_string(), "1-80,443");
}

#[test]
fn what_is_wrong_is_named() {
    for (text, reason) in [
        ("", "nothing"),
        ("80,,81", "nothing"),
        ("0", "port 0"),
        ("65536", "above 65535"),
        ("99999999999999", "above 65535"),
        ("90-80", "ends before"),
        ("nonesuch", "known service"),
        ("1-2-3", "neither a number"),
    ] {
        let error = text.parse::<PortSet>().map(|set| set.to_string());
        assert!(error.clone().unwrap_err().to_string().contains(reason), "{text}: {error:?}");
    }
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in ".{0,60}") {
        let _read = text.parse::<PortSet>();
    }

    #[test]
    fn text_of_the_right_alphabet_is_read_or_refused(text in "[0-9,a-z -]{0,40}") {
        if let Ok(set) = text.parse::<PortSet>() {
            prop_assert_eq!(&set.to_string().parse::<PortSet>().unwrap(), &set);
            prop_assert!(set.count() > 0);
        }
    }

    #[test]
    fn merged_ranges_are_the_naive_set(ranges in prop::collection::vec((1_u16..400, 0_u16..40), 1..10)) {
        let set: PortSet = ranges.iter().map(|(first, more)| (*first, first + more)).collect();
        let naive: BTreeSet<u16> = ranges.iter().flat_map(|(first, more)| *first..=first + more).collect();
        prop_assert_eq!(set.iter().collect::<Vec<_>>(), naive.iter().copied().collect::<Vec<_>>());
        prop_assert_eq!(set.count() as usize, naive.len());
        prop_assert_eq!(set.to_string().parse::<PortSet>().unwrap(), set);
    }
}
