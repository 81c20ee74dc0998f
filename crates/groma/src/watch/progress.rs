//! The line on stderr that tells how far a scan is; shown only on a terminal.

use std::io::IsTerminal;

use groma_model::network::ScanProgress;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::duration::display_ms;
use crate::output::say;

/// Steps of the bar: a hundredth of a per cent each.
const STEPS: u64 = 10_000;

/// A progress bar, or nothing where nobody watches.
#[derive(Debug)]
pub(super) struct Bar {
    bar: Option<ProgressBar>,
    hosts: u64,
    ports: u64,
    last: Option<ScanProgress>,
    rate: Option<f64>,
}

impl Bar {
    /// Makes the bar.
    pub(super) fn new() -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::with_draw_target(Some(STEPS), ProgressDrawTarget::stderr_with_hz(8));
            // The template is a constant; a bar without style still tells how far the scan is.
            if let Ok(style) = ProgressStyle::with_template("[{bar:24}] {msg}") {
                bar.set_style(style.progress_chars("=> "));
            }
            bar.set_message("waiting to start");
            bar
        });
        Self { bar, hosts: 0, ports: 0, last: None, rate: None }
    }

    /// Counts a host that answered.
    pub(super) fn host(&mut self) {
        self.hosts += 1;
    }

    /// Counts an open port.
    pub(super) fn port(&mut self) {
        self.ports += 1;
    }

    /// Shows how far the scan is.
    pub(super) fn progress(&mut self, now: &ScanProgress) {
        if let Some(last) = &self.last {
            let probes = now.ports_scanned.saturating_sub(last.ports_scanned);
            let millis = now.elapsed_ms.saturating_sub(last.elapsed_ms);
            if millis > 0 {
                self.rate = Some(probes as f64 * 1000.0 / millis as f64);
            }
        }
        let Some(bar) = &self.bar else { return };
        bar.set_position(share(now));
        bar.set_message(describe(now, self.hosts, self.ports, self.rate));
        self.last = Some(now.clone());
    }

    /// Says something without breaking the bar.
    pub(super) fn say(&self, text: &str) {
        match &self.bar {
            Some(bar) => bar.suspend(|| say(text)),
            None => say(text),
        }
    }

    /// Takes the bar away.
    pub(super) fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// Returns how much is done, in [`STEPS`]: by ports, which are the work; by hosts as long as none are counted.
fn share(progress: &ScanProgress) -> u64 {
    let (done, total) = match progress.total_ports {
        0 => (progress.hosts_scanned, progress.total_hosts),
        total => (progress.ports_scanned, total),
    };
    if total == 0 { 0 } else { (done as f64 / total as f64 * STEPS as f64).min(STEPS as f64) as u64 }
}

fn describe(progress: &ScanProgress, hosts: u64, ports: u64, rate: Option<f64>) -> String {
    let percent = share(progress) as f64 * 100.0 / STEPS as f64;
    let mut text = format!(
        "{percent:5.1} %  hosts {}/{} ({hosts} up)  ports {}/{} ({ports} open)",
        progress.hosts_scanned, progress.total_hosts, progress.ports_scanned, progress.total_ports
    );
    if let Some(rate) = rate {
        text.push_str(&format!("  {rate:.0} ports/s"));
    }
    if let Some(left) = progress.estimated_remaining_ms {
        text.push_str(&format!("  {} left", display_ms(left)));
    }
    text
}

#[cfg(test)]
mod tests;
