//! The line on stderr that tells how far a job is; shown only on a terminal.

use std::io::IsTerminal as _;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::Progress;
use crate::duration::display_ms;
use crate::output::plain;
use crate::size;

/// Steps of the bar.
const STEPS: u64 = 1000;
/// Before that, a rate says little.
const RATE_AFTER: Duration = Duration::from_secs(1);

/// A bar, or nothing where nobody watches; taken away when it is dropped.
#[derive(Debug)]
pub(crate) struct Bar {
    bar: Option<ProgressBar>,
    /// Where the present phase began, and with how many bytes.
    phase: Option<(String, Instant, u64)>,
}

impl Bar {
    /// Makes the bar.
    pub(crate) fn new() -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::with_draw_target(Some(STEPS), ProgressDrawTarget::stderr_with_hz(8));
            // The template is a constant; a bar without style still tells how far the job is.
            if let Ok(style) = ProgressStyle::with_template("[{bar:24}] {msg}") {
                bar.set_style(style.progress_chars("=> "));
            }
            bar
        });
        Self { bar, phase: None }
    }

    /// Shows how far the job is.
    pub(crate) fn show(&mut self, now: &Progress) {
        let Some(bar) = &self.bar else { return };
        let (began, before) = match &self.phase {
            Some((phase, began, before)) if *phase == now.phase => (*began, *before),
            _ => {
                let began = Instant::now();
                self.phase = Some((now.phase.clone(), began, now.bytes));
                (began, now.bytes)
            }
        };
        let rate = now.bytes_per_second.or_else(|| {
            let passed = began.elapsed();
            (passed >= RATE_AFTER).then(|| now.bytes.saturating_sub(before) as f64 / passed.as_secs_f64())
        });
        bar.set_position(share(now));
        bar.set_message(describe(now, rate));
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn share(now: &Progress) -> u64 {
    match now.bytes_total {
        Some(total) if total > 0 => (now.bytes.min(total) as f64 / total as f64 * STEPS as f64) as u64,
        _ => 0,
    }
}

/// Returns phase, bytes, rate and the time left, as far as they are known.
fn describe(now: &Progress, rate: Option<f64>) -> String {
    let mut text = plain(&now.phase);
    match now.bytes_total {
        Some(total) => text.push_str(&format!("  {} of {}", size::display(now.bytes), size::display(total))),
        None if now.bytes > 0 => text.push_str(&format!("  {}", size::display(now.bytes))),
        None => {}
    }
    let Some(rate) = rate.filter(|rate| *rate >= 1.0) else { return text };
    text.push_str(&format!("  {}/s", size::display(rate as u64)));
    if let Some(left) = now.bytes_total.map(|total| total.saturating_sub(now.bytes)).filter(|left| *left > 0)
    {
        text.push_str(&format!("  {} left", display_ms((left as f64 / rate * 1000.0) as u64)));
    }
    text
}

#[cfg(test)]
mod tests;
