//! Lengths of time as people write them: `500ms`, `1s`, `90d`.

use std::time::Duration;

use groma_model::{Clock as _, SystemClock, Timestamp};

/// Reads a number with a unit of ms, s, m, h, d or w.
///
/// # Errors
/// When there is no unit, or the number is none or too large.
pub(crate) fn parse(text: &str) -> Result<Duration, String> {
    let refuse = || {
        format!(
            "`{text}` is not a length of time: give a number and a unit, such as 500ms, 1s, 10m, 2h or 90d"
        )
    };
    let unit_at = text.find(|c: char| !c.is_ascii_digit() && c != '.').ok_or_else(refuse)?;
    let (number, unit) = text.split_at(unit_at);
    let unit_seconds = match unit {
        "ms" => 0.001,
        "s" => 1.0,
        "m" => 60.0,
        "h" => 3600.0,
        "d" => 86_400.0,
        "w" => 604_800.0,
        _ => return Err(refuse()),
    };
    let number: f64 = number.parse().map_err(|_| refuse())?;
    Duration::try_from_secs_f64(number * unit_seconds).map_err(|_| refuse())
}

/// Reads a moment, or how long ago it was.
///
/// # Errors
/// When it is neither.
pub(crate) fn since(text: &str) -> Result<Timestamp, String> {
    if let Ok(ago) = parse(text) {
        let seconds = i64::try_from(ago.as_secs()).unwrap_or(i64::MAX);
        return Ok(SystemClock.now().plus_seconds(-seconds));
    }
    text.parse().map_err(|_| {
        format!("`{text}` is neither a length of time such as 1h nor a time such as 2026-11-21T15:04:05Z")
    })
}

/// Writes a length of time in the largest unit that fits it.
pub(crate) fn display_seconds(seconds: u64) -> String {
    match seconds {
        _ if seconds > 0 && seconds.is_multiple_of(86_400) => format!("{}d", seconds / 86_400),
        _ if seconds > 0 && seconds.is_multiple_of(3_600) => format!("{}h", seconds / 3_600),
        _ if seconds > 0 && seconds.is_multiple_of(60) => format!("{}m", seconds / 60),
        _ => format!("{seconds}s"),
    }
}

/// Writes milliseconds with the two largest units that matter: `850 ms`, `12 s`, `3 m 20 s`.
pub(crate) fn display_ms(millis: u64) -> String {
    let seconds = millis.div_ceil(1000);
    match (millis, seconds) {
        (..=999, _) => format!("{millis} ms"),
        (_, ..=9) => format!("{:.1} s", millis as f64 / 1000.0),
        (_, ..=119) => format!("{seconds} s"),
        (_, ..=7199) => format!("{} m {} s", seconds / 60, seconds % 60),
        _ => format!("{} h {} m", seconds / 3600, seconds % 3600 / 60),
    }
}

#[cfg(test)]
mod tests;
