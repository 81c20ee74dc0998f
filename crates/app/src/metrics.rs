//! Figures for Prometheus.

use std::fmt::Write as _;

use groma_api::{ApiError, EventTypeFigures};
use groma_database::Health as Storage;

use crate::{App, error};

impl App {
    /// Writes the figures in Prometheus' text format, version 0.0.4.
    pub(crate) async fn metrics_text(&self) -> Result<String, ApiError> {
        let summary = self.inventory.summary().await.map_err(error::inventory)?;
        let executions = self.inventory.execution_counts().await.map_err(error::inventory)?;
        let (running, waiting) = self.tasks.counts();
        let mut text = String::new();
        let mut figure = |name: &str, kind: &str, help: &str, values: &[(String, f64)]| {
            let _ = writeln!(text, "# HELP groma_{name} {help}\n# TYPE groma_{name} {kind}");
            for (labels, value) in values {
                let _ = writeln!(text, "groma_{name}{labels} {value}");
            }
        };
        let one = |value: f64| vec![(String::new(), value)];
        let ok = *self.database.health().borrow() == Storage::Ok;
        figure("storage_ok", "gauge", "Whether storage takes writes.", &one(f64::from(u8::from(ok))));
        figure(
            "journal_events_total",
            "counter",
            "Events appended in this epoch.",
            &one(self.journal.head().number as f64),
        );
        figure(
            "journal_readers",
            "gauge",
            "Open readers of the journal.",
            &one(self.journal.readers() as f64),
        );
        let events = self.journal.statistics();
        figure(
            "journal_reader_lag_max",
            "gauge",
            "How far the slowest live reader is behind, in events.",
            &one(events.lag_max as f64),
        );
        figure("journal_gaps_total", "counter", "Gaps told to readers.", &one(events.gaps as f64));
        figure(
            "journal_failed_total",
            "counter",
            "Events that could not be appended.",
            &one(events.failed as f64),
        );
        figure(
            "storage_queue",
            "gauge",
            "Writes that wait for the writer.",
            &one(self.database.waiting() as f64),
        );
        let by_type = |value: fn(&EventTypeFigures) -> u64| {
            let values = events.types.iter().filter(|(_, figures)| value(figures) > 0);
            values
                .map(|(name, figures)| (format!("{{type=\"{name}\"}}"), value(figures) as f64))
                .collect::<Vec<_>>()
        };
        figure(
            "events_appended_total",
            "counter",
            "Events appended since the process started.",
            &by_type(|figures| figures.appended),
        );
        figure(
            "events_merged_total",
            "counter",
            "Events left out for slow readers.",
            &by_type(|figures| figures.merged),
        );
        figure(
            "events_dropped_total",
            "counter",
            "Events dropped by retention.",
            &by_type(|figures| figures.dropped),
        );
        figure("events_stored", "gauge", "Events in the journal.", &by_type(|figures| figures.stored));
        figure(
            "events_stored_bytes",
            "gauge",
            "What their data takes, sealed.",
            &by_type(|figures| figures.bytes),
        );
        figure(
            "journal_merged_total",
            "counter",
            "Events merged for slow readers.",
            &one(self.journal.merged() as f64),
        );
        figure("scans_running", "gauge", "Scans that run.", &one(running as f64));
        figure("scans_waiting", "gauge", "Scans that wait for room.", &one(waiting as f64));
        let scans =
            summary.scans.iter().map(|(status, count)| (format!("{{status=\"{status}\"}}"), *count as f64));
        figure("scans", "gauge", "Scans by status.", &scans.collect::<Vec<_>>());
        let things = summary.things.iter().flat_map(|(kind, states)| {
            states
                .iter()
                .map(move |(state, count)| (format!("{{kind=\"{kind}\",state=\"{state}\"}}"), *count as f64))
        });
        figure("things", "gauge", "Things by kind and state.", &things.collect::<Vec<_>>());
        let by_status = executions.iter();
        let by_status = by_status.map(|(status, count)| (format!("{{status=\"{status}\"}}"), *count as f64));
        figure("executions", "gauge", "Executions by status.", &by_status.collect::<Vec<_>>());
        let here = self.executions.runner().map_or(0, |runner| runner.reporter.count());
        figure(
            "executions_here",
            "gauge",
            "Commands and plans that run or wait in this process.",
            &one(here as f64),
        );
        let webhooks = self.webhooks.figures();
        let by = |label: &str, values: &[(&str, u64)]| -> Vec<(String, f64)> {
            values.iter().map(|(word, value)| (format!("{{{label}=\"{word}\"}}"), *value as f64)).collect()
        };
        figure(
            "webhook_tries_total",
            "counter",
            "Tries of webhooks since this process began.",
            &by("outcome", &[("delivered", webhooks.delivered), ("failed", webhooks.failed)]),
        );
        figure(
            "webhook_try_seconds_total",
            "counter",
            "How long tries of webhooks took together.",
            &one(webhooks.seconds),
        );
        figure(
            "webhook_events_waiting",
            "gauge",
            "Events that wait for delivery.",
            &one(webhooks.waiting as f64),
        );
        let states =
            [("active", webhooks.active), ("resting", webhooks.resting), ("disabled", webhooks.disabled)];
        figure("webhooks", "gauge", "Webhooks by state.", &by("state", &states));
        Ok(text)
    }
}
