//! `groma events tail`.

use clap::Args;
use groma_api::{EventQuery, HistoryQuery};
use groma_model::{Envelope, Frame, Timestamp};

use crate::connection::{Connection, Purpose};
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::follow::Follow;
use crate::interrupt::Stop;
use crate::output::{Format, Sheet, moment, text_line};
use crate::{duration, watch};

/// Print events of the journal: the newest, or from a point on
///
/// Every event carries a `sequence`: pass it to --after to go on right behind it, here or over any other transport.
#[derive(Debug, Args)]
pub(crate) struct Tail {
    /// Go on with what happens next
    #[arg(long, short = 'f')]
    follow: bool,
    /// From this moment on: a length of time such as 1h, or 2026-11-21T15:04:05Z
    #[arg(long, value_name = "TIME", value_parser = duration::since, conflicts_with = "after")]
    since: Option<Timestamp>,
    /// From behind this sequence on; `oldest` for everything there is
    #[arg(long, value_name = "SEQUENCE")]
    after: Option<String>,
    /// Only these types, separated by commas; `*` stands for any text: groma.network.*
    #[arg(long, value_name = "PATTERN", value_delimiter = ',')]
    types: Vec<String>,
    /// Only events about this: scan/ID, host/ID
    #[arg(long)]
    subject: Option<String>,
    /// How many of the newest events, where neither --since nor --after is given
    #[arg(long, short = 'n', value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(0..=1000))]
    lines: u32,
}

impl Tail {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        let format = cx.settings.output;
        if self.follow && format == Format::Json {
            return Err(Failure::usage("--output json is one document, which --follow never ends")
                .hint("use --output ndjson"));
        }
        let purpose = if self.follow { Purpose::Lasting } else { Purpose::Brief };
        let connection = cx.connect(purpose).await?;
        let ended = self.print(cx, &connection).await;
        connection.close().await;
        ended
    }

    async fn print(&self, cx: &Context, connection: &Connection) -> Result<(), Failure> {
        let mut printer = Printer::new(cx);
        let mut query = EventQuery {
            types: (!self.types.is_empty()).then(|| self.types.join(",")),
            subject: self.subject.clone(),
            after: self.after.clone(),
            since: self.since,
            follow: Some(self.follow),
        };
        if self.after.is_none() && self.since.is_none() {
            let head = if self.lines > 0 {
                let history = HistoryQuery {
                    types: query.types.clone(),
                    subject: query.subject.clone(),
                    limit: Some(self.lines),
                    ..HistoryQuery::default()
                };
                let page = connection.backend().event_history(history).await?;
                for event in page.events {
                    printer.event(event)?;
                }
                page.head
            } else {
                watch::head(connection).await?
            };
            query.after = Some(head.to_string());
            if !self.follow {
                return printer.end();
            }
        }
        cx.interrupts.handle();
        let mut stop = std::pin::pin!(cx.interrupts.first());
        let mut events = Follow::new(connection, query);
        loop {
            tokio::select! {
                how = &mut stop => {
                    printer.end()?;
                    return match how {
                        Stop::Interrupt if self.follow => Ok(()),
                        _ => Err(Failure::Ended(Exit::INTERRUPTED)),
                    };
                }
                frame = events.next() => match frame? {
                    Some(frame) => printer.frame(&frame)?,
                    None => return printer.end(),
                }
            }
        }
    }
}

/// Prints events as they come, or collects them where they are one document.
struct Printer<'a> {
    cx: &'a Context,
    collected: Vec<Envelope>,
    headed: bool,
}

impl<'a> Printer<'a> {
    const fn new(cx: &'a Context) -> Self {
        Self { cx, collected: Vec::new(), headed: false }
    }

    fn frame(&mut self, frame: &Frame) -> Result<(), Failure> {
        if self.cx.settings.output == Format::Ndjson {
            return text_line(&frame.json);
        }
        self.event(frame.envelope()?)
    }

    fn event(&mut self, event: Envelope) -> Result<(), Failure> {
        match self.cx.settings.output {
            Format::Json => {
                self.collected.push(event);
                Ok(())
            }
            Format::Ndjson => crate::output::json_line(&event),
            Format::Table => text_line(self.line(&event)),
            Format::Csv => {
                let mut bytes = Vec::new();
                sheet(&event).write_csv(&mut bytes)?;
                let text = String::from_utf8_lossy(&bytes).into_owned();
                let body = text.split_once('\n').map_or("", |(_, body)| body);
                let shown = if std::mem::replace(&mut self.headed, true) { body } else { &text };
                text_line(shown.trim_end_matches('\n'))
            }
        }
    }

    fn line(&self, event: &Envelope) -> String {
        let name = event.event_type.strip_prefix("groma.").unwrap_or(&event.event_type);
        let subject = event.subject.map_or_else(String::new, |subject| subject.to_string());
        let line = format!("{}  {name:<24}  {subject:<41}  {}", moment(event.time), event.data.get());
        crate::output::plain(&line)
    }

    fn end(self) -> Result<(), Failure> {
        match self.cx.settings.output {
            Format::Json => self.cx.out().print(&self.collected, &self.collected, Sheet::default),
            _ => Ok(()),
        }
    }
}

fn sheet(event: &Envelope) -> Sheet {
    let mut sheet = Sheet::new(&["sequence", "time", "type", "subject", "data"]);
    sheet.row(vec![
        event.sequence.map_or_else(String::new, |sequence| sequence.to_string()),
        event.time.to_string(),
        event.event_type.clone(),
        event.subject.map_or_else(String::new, |subject| subject.to_string()),
        event.data.get().to_owned(),
    ]);
    sheet
}
