//! `groma-bench events`: everything about events, the start of the binary and the size of what is shipped.

use std::path::PathBuf;

use clap::Args;

use crate::report::Report;
use crate::{
    Done, delivery, descriptors, emit, fan_out, idle, page, peer, replay, start, tab, webhooks, workspace,
};

/// Measure emit, fan-out, replay and start, and keep the figures in docs/benchmarks.md
#[derive(Debug, Args)]
pub(crate) struct Events {
    /// Rounds of each measurement; the sides take turns within a round
    #[arg(long, default_value_t = 7)]
    rounds: usize,
    /// Events in the file that is replayed
    #[arg(long, default_value_t = 500_000)]
    replay: usize,
    /// Only these measurements; figures are then printed, but not kept
    #[arg(long, value_enum, value_delimiter = ',')]
    only: Vec<Part>,
    /// The folder to write in: its disk is what is measured
    #[arg(long, value_name = "FOLDER")]
    folder: Option<PathBuf>,
    /// The binary whose start and size are measured; the one built beside this program unless told otherwise
    #[arg(long, value_name = "FILE")]
    binary: Option<PathBuf>,
    /// The nats-server to be measured beside
    #[arg(long, value_name = "FILE")]
    nats: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    Emit,
    FanOut,
    Replay,
    Start,
    Page,
    /// From an event to 1,000 readers outside
    Delivery,
    /// Memory with 10,000 idle readers
    Idle,
    /// 5,000 events a second into a browser
    Tab,
    /// Deliveries to a receiver
    Webhooks,
    /// Durable publishing and fan-out beside nats-server
    Peer,
}

impl Events {
    pub(crate) fn run(self) -> Done {
        let root = match &self.folder {
            Some(folder) => tempfile::tempdir_in(folder)?,
            None => tempfile::tempdir()?,
        };
        descriptors::raise()?;
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        let mut report = Report::new("events");
        let wanted = |part| self.only.is_empty() || self.only.contains(&part);
        if wanted(Part::Emit) {
            runtime.block_on(emit::measure(root.path(), self.rounds, &mut report))?;
        }
        if wanted(Part::FanOut) {
            runtime.block_on(fan_out::measure(root.path(), self.rounds, &mut report))?;
        }
        if wanted(Part::Replay) {
            runtime.block_on(replay::measure(root.path(), self.rounds, self.replay, &mut report))?;
        }
        if wanted(Part::Start) {
            start::measure(root.path(), &self.binary()?, self.rounds, &mut report)?;
        }
        if wanted(Part::Page) {
            page::measure(&workspace().join("web/dist"), &mut report)?;
        }
        if wanted(Part::Delivery) {
            delivery::measure(root.path(), &self.binary()?, self.rounds.min(3), &mut report)?;
        }
        if wanted(Part::Idle) {
            idle::measure(root.path(), &self.binary()?, &mut report)?;
        }
        if wanted(Part::Tab) {
            tab::measure(root.path(), &self.binary()?, &workspace(), &mut report)?;
        }
        if wanted(Part::Webhooks) {
            webhooks::measure(root.path(), &self.binary()?, self.rounds.min(3), &mut report)?;
        }
        if wanted(Part::Peer) {
            let nats = self.nats.clone().map_or_else(peer::find, Ok)?;
            let rounds = self.rounds.min(5);
            let binary = self.binary()?;
            runtime.block_on(peer::measure(root.path(), &binary, &nats, rounds, &mut report))?;
        }
        report.print()?;
        if self.only.is_empty() {
            report.keep(&workspace().join("docs/benchmarks.md"))?;
        }
        Ok(())
    }

    fn binary(&self) -> Done<PathBuf> {
        match &self.binary {
            Some(binary) => Ok(binary.clone()),
            None => Ok(std::env::current_exe()?.with_file_name("groma")),
        }
    }
}
