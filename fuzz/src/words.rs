//! The small texts of queries, command lines and ids.

use std::fmt::{Debug, Display};
use std::str::FromStr;

use groma_model::{EventId, Sequence, Subject, TaskId, Timestamp, TypePattern};
use groma_network::{PortSet, Target};

/// Reads a text as each of them.
pub(crate) fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    same::<Sequence>(text);
    same::<Subject>(text);
    same::<TaskId>(text);
    same::<EventId>(text);
    if let Some(ports) = same::<PortSet>(text) {
        let count = ports.iter().inspect(|port| assert!(ports.contains(*port) && *port != 0)).count();
        assert_eq!(count, ports.count() as usize);
    }
    if let Some(target) = same::<Target>(text)
        && let (Some(hosts), Some(everything)) = (target.hosts(), target.everything())
    {
        assert!(everything.covers(&hosts));
    }
    if let Ok(moment) = text.parse::<Timestamp>() {
        assert_eq!(moment.to_string().parse(), Ok(moment));
    }
    let (pattern, name) = text.split_once('\n').unwrap_or((text, "groma.network.error"));
    if let Some(pattern) = same::<TypePattern>(pattern) {
        assert_eq!(
            pattern.matches(name),
            fits(pattern.to_string().as_bytes(), name.as_bytes()),
            "{pattern} {name}"
        );
    }
}

/// What was read is written so that it is read as the same again; what is refused says why without repeating it all.
fn same<T>(text: &str) -> Option<T>
where
    T: FromStr + Display + PartialEq + Debug,
    T::Err: Display,
{
    match text.parse::<T>() {
        Ok(value) => {
            let written = value.to_string();
            match written.parse::<T>() {
                Ok(again) => assert_eq!(again, value),
                Err(error) => panic!("{value:?} is written as {written:?}, which is refused: {error}"),
            }
            Some(value)
        }
        Err(error) => {
            assert!(error.to_string().len() < 1000);
            None
        }
    }
}

/// Matching by trying everything.
fn fits(pattern: &[u8], name: &[u8]) -> bool {
    let mut reach = vec![false; name.len() + 1];
    reach[0] = true;
    for byte in pattern {
        if *byte == b'*' {
            let mut any = false;
            for at in &mut reach {
                any |= *at;
                *at = any;
            }
        } else {
            for at in (0..name.len()).rev() {
                reach[at + 1] = reach[at] && name[at] == *byte;
            }
            reach[0] = false;
        }
    }
    reach[name.len()]
}

pub(crate) fn seeds() -> Vec<Vec<u8>> {
    crate::texts([
        "1763740800000-00000000000000000042",
        "scan/01936b2e-7a10-7c43-9a5e-2f0c8d1e4b77",
        "01936b2e-7a10-7c43-9a5e-2f0c8d1e4b77",
        "2026-11-21T15:04:05.123456Z",
        "2026-11-21T15:04:05+01:00[Europe/Berlin]",
        "22,80,8000-8100,https,top100,-1024",
        "10.1.0.0/24",
        "10.1.0.1-20",
        "fd00::1-fd00::20",
        "printer.lan.",
        "groma.*.scan_*\ngroma.network.scan_started",
        "*a*a\naa",
    ])
}
