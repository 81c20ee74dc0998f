//! `groma events publish`.

use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;

use clap::Args;
use groma_api::{EventDraft, PublishRequest};
use groma_model::Sequence;
use serde_json::value::RawValue;

use crate::context::Context;
use crate::failure::Failure;
use crate::output::{Sheet, json_line};

/// Publish events of a declared type
///
/// The data is given as JSON, in a file, or on standard input, where each line is the data of one event. Events are on
/// disk when this returns; their positions are printed. What does not fit the type's schema is refused.
#[derive(Debug, Args)]
pub(crate) struct Publish {
    /// A declared type: groma.custom.PLUGIN.NAME
    #[arg(value_name = "TYPE")]
    event_type: String,
    /// What the events are about: host/ID, thing/ID
    #[arg(long)]
    subject: Option<String>,
    /// The data of one event
    #[arg(long, value_name = "JSON", conflicts_with = "file")]
    data: Option<String>,
    /// A file with the data of one event, or `-` for the data of one event per line of standard input
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
}

/// Events of one request, well below what one may have.
const EVENTS_MAX: usize = 500;
/// The data of one request, in bytes.
const BYTES_MAX: usize = 512 << 10;
/// Nobody types a line of a megabyte; a file without line breaks must not fill memory.
const LINE_MAX: u64 = 1 << 20;

impl Publish {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        let text = match (&self.data, &self.file) {
            (Some(data), _) => data.clone(),
            (None, Some(file)) if file.as_os_str() != "-" => std::fs::read_to_string(file)
                .map_err(|error| Failure::usage(format!("`{}` cannot be read: {error}", file.display())))?,
            _ => return self.lines(cx).await,
        };
        let events = vec![self.draft(&text, "the data")?];
        let sequences = self.send(cx, events).await?;
        print(cx, &sequences)
    }

    /// Publishes what comes in on standard input, many at once.
    async fn lines(&self, cx: &Context) -> Result<(), Failure> {
        let mut input = BufReader::new(std::io::stdin().lock());
        let mut number = 0_u64;
        let mut all = Vec::new();
        loop {
            let (mut events, mut bytes) = (Vec::new(), 0);
            let ended = loop {
                let mut line = String::new();
                let read = input.by_ref().take(LINE_MAX).read_line(&mut line);
                let read = read.map_err(|error| {
                    Failure::usage(format!("line {} of the input cannot be read: {error}", number + 1))
                })?;
                if read == 0 {
                    break true;
                }
                number += 1;
                if line.trim().is_empty() {
                    continue;
                }
                events.push(self.draft(&line, &format!("line {number} of the input"))?);
                bytes += line.len();
                if events.len() == EVENTS_MAX || bytes > BYTES_MAX {
                    break false;
                }
            };
            if !events.is_empty() {
                all.extend(self.send(cx, events).await?);
            }
            if ended {
                return print(cx, &all);
            }
        }
    }

    fn draft(&self, text: &str, what: &str) -> Result<EventDraft, Failure> {
        let data = RawValue::from_string(text.trim().to_owned())
            .map_err(|error| Failure::usage(format!("{what} is no JSON: {error}")))?;
        Ok(EventDraft { event_type: self.event_type.clone(), subject: self.subject.clone(), data })
    }

    async fn send(&self, cx: &Context, events: Vec<EventDraft>) -> Result<Vec<Sequence>, Failure> {
        let request = PublishRequest { events };
        let published = cx.change(async |backend| backend.event_publish(request).await).await?;
        Ok(published.sequences)
    }
}

fn print(cx: &Context, sequences: &[Sequence]) -> Result<(), Failure> {
    let document = groma_api::Published { sequences: sequences.to_vec() };
    if cx.out().format == crate::output::Format::Ndjson {
        return sequences
            .iter()
            .try_for_each(|sequence| json_line(&serde_json::json!({"sequence": sequence})));
    }
    cx.out().print_one(&document, || {
        let mut sheet = Sheet::new(&["sequence"]);
        sequences.iter().for_each(|sequence| sheet.row(vec![sequence.to_string()]));
        sheet
    })
}
