use std::time::Duration;

use proptest::prelude::{any, proptest};

use super::{display_ms, display_seconds, parse, since};

#[test]
fn units_are_read() {
    for (text, millis) in [("500ms", 500), ("1s", 1000), ("1.5s", 1500), ("2m", 120_000), ("1d", 86_400_000)]
    {
        assert_eq!(parse(text), Ok(Duration::from_millis(millis)), "{text}");
    }
}

#[test]
fn what_has_no_unit_or_number_is_refused() {
    for text in ["", "5", "s", "1y", "1 s", "-1s", "1..s", "99999999999999999999999w"] {
        assert!(parse(text).is_err(), "{text}");
    }
}

#[test]
fn lengths_are_written_short() {
    for (millis, text) in
        [(0, "0 ms"), (1500, "1.5 s"), (61_000, "61 s"), (200_000, "3 m 20 s"), (7_260_000, "2 h 1 m")]
    {
        assert_eq!(display_ms(millis), text);
    }
}

#[test]
fn whole_units_are_written_as_they_are_read() {
    for text in ["0s", "90s", "45m", "6h", "14d"] {
        assert_eq!(display_seconds(parse(text).unwrap().as_secs()), text);
    }
}

#[test]
fn a_moment_is_named_or_counted_back_to() {
    assert_eq!(since("1970-01-01T00:00:01Z").unwrap().micros(), 1_000_000);
    let (day, hour) = (since("1d").unwrap(), since("1h").unwrap());
    assert!(day < hour, "{day} {hour}");
    since("yesterday").unwrap_err();
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in any::<String>()) {
        let _ = parse(&text);
    }
}
