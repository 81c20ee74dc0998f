//! `groma events statistics`.

use clap::Args;
use groma_api::EventStatistics;

use crate::context::Context;
use crate::failure::Failure;
use crate::output::{Format, Sheet, moment, optional, say};

/// Show figures of events: by type, rate, what was left out and dropped, how far readers are behind
#[derive(Debug, Args)]
pub(crate) struct Statistics {}

impl Statistics {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        let figures = cx.read(async |backend| backend.event_statistics().await).await?;
        let out = cx.out();
        out.print_one(&figures, || sheet(&figures))?;
        if out.format == Format::Table {
            let EventStatistics { since, readers, lag_max, gaps, failed, .. } = &figures;
            say(format!(
                "{readers} readers, the slowest {lag_max} events behind; {gaps} gaps told, {failed} events failed since {}",
                moment(*since)
            ));
        }
        Ok(())
    }
}

fn sheet(figures: &EventStatistics) -> Sheet {
    let mut sheet =
        Sheet::new(&["type", "stored", "bytes", "appended", "per second", "merged", "dropped", "last"]);
    for (name, figures) in &figures.types {
        sheet.row(vec![
            name.clone(),
            figures.stored.to_string(),
            figures.bytes.to_string(),
            figures.appended.to_string(),
            format!("{:.1}", figures.per_second),
            figures.merged.to_string(),
            figures.dropped.to_string(),
            optional(figures.last_at.map(moment)),
        ]);
    }
    sheet
}
