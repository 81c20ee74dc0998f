//! Sizes as people write them: `5GiB`, `100MB`, `1000`.

/// Reads a number of bytes: 1000, 5GiB, 100MB.
///
/// # Errors
/// When it is none, or too large.
pub(crate) fn parse(text: &str) -> Result<u64, String> {
    const UNITS: &[(&str, u64)] = &[
        ("KiB", 1 << 10),
        ("MiB", 1 << 20),
        ("GiB", 1 << 30),
        ("TiB", 1 << 40),
        ("kB", 1_000),
        ("MB", 1_000_000),
        ("GB", 1_000_000_000),
        ("TB", 1_000_000_000_000),
        ("B", 1),
    ];
    let unit = UNITS.iter().find_map(|(unit, bytes)| Some((text.strip_suffix(unit)?, *bytes)));
    let (digits, bytes) = unit.unwrap_or((text, 1));
    let number: Option<u64> = digits.trim().parse().ok();
    number.and_then(|number| number.checked_mul(bytes)).ok_or_else(|| {
        format!("`{text}` is no size: expected a whole number of bytes or of kB, MB, GB, KiB, MiB, GiB, such as 5GiB")
    })
}

/// Writes bytes with the unit that leaves few digits: `900 bytes`, `1.4 MiB`, `5 GiB`.
pub(crate) fn display(bytes: u64) -> String {
    let (unit, size) = match bytes {
        0..10_240 => return format!("{bytes} bytes"),
        10_240..0x10_0000 => ("KiB", 1_u64 << 10),
        0x10_0000..0x4000_0000 => ("MiB", 1 << 20),
        0x4000_0000..0x100_0000_0000 => ("GiB", 1 << 30),
        _ => ("TiB", 1 << 40),
    };
    let text = format!("{:.1}", bytes as f64 / size as f64);
    format!("{} {unit}", text.strip_suffix(".0").unwrap_or(&text))
}

#[cfg(test)]
mod tests {
    use super::{display, parse};

    #[test]
    fn sizes_are_read_and_written() {
        for (text, bytes) in [("0", 0), ("12", 12), ("5GiB", 5 << 30), ("3 kB", 3000), ("7B", 7)] {
            assert_eq!(parse(text), Ok(bytes));
        }
        for text in ["", "x", "-1", "1.5GiB", "99999999999TiB", "GiB"] {
            parse(text).unwrap_err();
        }
        for (bytes, text) in [
            (1000, "1000 bytes"),
            (192_512, "188 KiB"),
            (1_500_000, "1.4 MiB"),
            (5 << 30, "5 GiB"),
            (1 << 41, "2 TiB"),
        ] {
            assert_eq!(display(bytes), text);
        }
    }
}
