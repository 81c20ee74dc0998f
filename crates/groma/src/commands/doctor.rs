//! `groma doctor`.

mod checks;

use clap::Args;
use serde::Serialize;

use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Sheet;

/// Look for what may be wrong, and say what to do about it
#[derive(Debug, Args)]
pub(crate) struct Doctor {}

/// How a check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Verdict {
    Ok,
    Warning,
    Error,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Finding {
    check: &'static str,
    verdict: Verdict,
    found: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    advice: Option<String>,
}

impl Finding {
    fn ok(check: &'static str, found: impl Into<String>) -> Self {
        Self { check, verdict: Verdict::Ok, found: found.into(), advice: None }
    }

    fn warning(check: &'static str, found: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { check, verdict: Verdict::Warning, found: found.into(), advice: Some(advice.into()) }
    }

    fn error(check: &'static str, found: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { check, verdict: Verdict::Error, found: found.into(), advice: Some(advice.into()) }
    }
}

impl Doctor {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        let settings = &cx.settings;
        let mut findings = vec![
            checks::configuration(settings),
            checks::folder(&settings.data_dir),
            checks::disk(&settings.data_dir),
            checks::descriptors(),
        ];
        findings.extend(checks::holder(cx).await);
        cx.out().print(&findings, &findings, || {
            let mut sheet = Sheet::new(&["check", "verdict", "found", "what to do"]);
            for finding in &findings {
                let verdict = match finding.verdict {
                    Verdict::Ok => "ok",
                    Verdict::Warning => "warning",
                    Verdict::Error => "error",
                };
                sheet.row(vec![
                    finding.check.to_owned(),
                    verdict.to_owned(),
                    finding.found.clone(),
                    finding.advice.clone().unwrap_or_default(),
                ]);
            }
            sheet
        })?;
        if findings.iter().any(|finding| finding.verdict == Verdict::Error) {
            return Err(Failure::Ended(Exit::UNHEALTHY));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
