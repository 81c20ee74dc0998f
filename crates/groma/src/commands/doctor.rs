//! `groma doctor`.

mod certificate;
mod finding;
mod folder;
mod holder;
mod inside;
mod keys;
mod server;
mod settings;
mod system;

use clap::Args;

use self::finding::{Finding, Verdict};
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Format, Sheet, say};

/// Look for what may be wrong, and say what to do about it
///
/// Works with and without a running Groma, and changes nothing: no folder is made, no file written. Ends with 1 if
/// something has to be repaired; warnings alone end with 0.
#[derive(Debug, Args)]
pub(crate) struct Doctor {}

impl Doctor {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        let settings = &cx.settings;
        let mut findings =
            vec![settings::configuration(settings), settings::environment(std::env::vars_os())];
        findings.extend(folder::findings(&settings.data_dir));
        findings.push(system::descriptors());
        findings.extend(server::findings(settings));
        findings.extend(inside::findings(settings).await);
        cx.out().print(&findings, &findings, || sheet(&findings, cx.settings.output))?;
        if cx.settings.output == Format::Table {
            say(summary(&findings));
        }
        if findings.iter().any(|finding| finding.verdict == Verdict::Error) {
            return Err(Failure::Ended(Exit::UNHEALTHY));
        }
        Ok(())
    }
}

/// Lays the findings out: for people the advice stands below what it is about, so that lines stay short.
fn sheet(findings: &[Finding], format: Format) -> Sheet {
    if format == Format::Table {
        let mut sheet = Sheet::new(&["check", "verdict", "found"]);
        for finding in findings {
            let mut found = finding.found.clone();
            if let Some(advice) = &finding.advice {
                found.push_str("\n→ ");
                found.push_str(advice);
            }
            sheet.row(vec![finding.check.to_owned(), finding.verdict.as_str().to_owned(), found]);
        }
        return sheet;
    }
    let mut sheet = Sheet::new(&["check", "verdict", "found", "what to do"]);
    for finding in findings {
        sheet.row(vec![
            finding.check.to_owned(),
            finding.verdict.as_str().to_owned(),
            finding.found.clone(),
            finding.advice.clone().unwrap_or_default(),
        ]);
    }
    sheet
}

fn summary(findings: &[Finding]) -> String {
    let count = |verdict| findings.iter().filter(|finding| finding.verdict == verdict).count();
    let plural = |count: usize, word: &str| format!("{count} {word}{}", if count == 1 { "" } else { "s" });
    match (count(Verdict::Error), count(Verdict::Warning)) {
        (0, 0) => "all is well".to_owned(),
        (0, warnings) => format!("nothing has to be repaired; {}", plural(warnings, "warning")),
        (errors, 0) => plural(errors, "error"),
        (errors, warnings) => format!("{}, {}", plural(errors, "error"), plural(warnings, "warning")),
    }
}

#[cfg(test)]
mod tests;
