//! `groma retention set`.

use std::time::Duration;

use clap::Args;
use groma_api::{RetentionRequest, RetentionRule};

use crate::context::Context;
use crate::duration;
use crate::failure::Failure;

/// Change how long events are kept; what is not given stays
///
/// Of several rules that fit a type the first counts, and a type that none fits is kept for ever. What somebody needs
/// (a consumer, a webhook, a running scan) is held beyond its rule; the ceiling wins over all.
#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
pub(crate) struct Set {
    /// A rule, in order: TYPES=AGE, TYPES=SIZE or TYPES=AGE,SIZE, such as latest=1d or groma.custom.*=30d,1GiB; TYPES is
    /// a pattern, or `kept` or `latest`; `ever` keeps them for ever; all rules are replaced
    #[arg(long = "rule", value_name = "RULE", value_parser = rule)]
    rules: Vec<RetentionRule>,
    /// What the database may take on disk, such as 5GiB; 0: no ceiling
    #[arg(long, value_name = "SIZE", value_parser = size)]
    disk_max: Option<u64>,
    /// Whether events are archived, sealed and compressed, before they are dropped
    #[arg(long, value_name = "BOOL")]
    archive: Option<bool>,
    /// How long a consumer may be silent, such as 7d, before it no longer holds events
    #[arg(long, value_name = "TIME", value_parser = duration::parse)]
    consumer_expiry: Option<Duration>,
}

impl Set {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        let request = RetentionRequest {
            rules: (!self.rules.is_empty()).then_some(self.rules),
            disk_max_bytes: self.disk_max,
            archive: self.archive,
            consumer_expiry_seconds: self.consumer_expiry.map(|expiry| expiry.as_secs()),
        };
        let policy = cx.change(async |backend| backend.retention_set(request).await).await?;
        cx.out().print_one(&policy, || super::sheet(&policy))
    }
}

fn rule(text: &str) -> Result<RetentionRule, String> {
    let refuse = || {
        format!("`{text}` is no rule: expected TYPES=AGE,SIZE such as latest=1d or groma.custom.*=30d,1GiB")
    };
    let (types, limits) = text.split_once('=').ok_or_else(refuse)?;
    let mut rule = RetentionRule { types: types.to_owned(), max_age_seconds: None, max_bytes: None };
    for limit in limits.split(',') {
        if limit == "ever" {
            continue;
        }
        if let Ok(age) = duration::parse(limit) {
            rule.max_age_seconds = Some(age.as_secs());
        } else {
            rule.max_bytes = Some(size(limit).map_err(|_| refuse())?);
        }
    }
    Ok(rule)
}

/// Reads a number of bytes: 1000, 5GiB, 100MB.
fn size(text: &str) -> Result<u64, String> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_rules_are_read() {
        for (text, bytes) in [("0", 0), ("12", 12), ("5GiB", 5 << 30), ("3 kB", 3000), ("7B", 7)] {
            assert_eq!(size(text), Ok(bytes));
        }
        for text in ["", "x", "-1", "1.5GiB", "99999999999TiB", "GiB"] {
            size(text).unwrap_err();
        }
        let read = rule("groma.custom.*=30d,1MiB").unwrap();
        assert_eq!((read.max_age_seconds, read.max_bytes), (Some(30 * 86_400), Some(1 << 20)));
        let ever = rule("kept=ever").unwrap();
        assert_eq!((ever.max_age_seconds, ever.max_bytes), (None, None));
        for text in ["kept", "kept=", "kept=soon"] {
            rule(text).unwrap_err();
        }
    }
}
