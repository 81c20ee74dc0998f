//! `groma retention set`.

use std::time::Duration;

use clap::Args;
use groma_api::{RetentionRequest, RetentionRule};

use crate::context::Context;
use crate::duration;
use crate::failure::Failure;
use crate::size;

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
    #[arg(long, value_name = "SIZE", value_parser = size::parse)]
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
            rule.max_bytes = Some(size::parse(limit).map_err(|_| refuse())?);
        }
    }
    Ok(rule)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_read() {
        let read = rule("groma.custom.*=30d,1MiB").unwrap();
        assert_eq!((read.max_age_seconds, read.max_bytes), (Some(30 * 86_400), Some(1 << 20)));
        let ever = rule("kept=ever").unwrap();
        assert_eq!((ever.max_age_seconds, ever.max_bytes), (None, None));
        for text in ["kept", "kept=", "kept=soon"] {
            rule(text).unwrap_err();
        }
    }
}
