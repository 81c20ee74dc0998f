//! `groma executions logs`.

mod print;

use clap::{Args, ValueEnum};
use groma_api::{ErrorCode, LogQuery};
use groma_execution_types::Stream;
use groma_model::ExecutionId;

use self::print::Printer;
pub(crate) use self::print::tame;
use super::ExecutionName;
use crate::connection::{Connection, Purpose};
use crate::context::Context;
use crate::failure::Failure;
use crate::interrupt::Stop;
use crate::output::Format;

/// Lines asked for at once.
const PAGE: u32 = 5000;
/// How long a question may wait for more, in seconds.
const WAIT: u32 = 30;

/// Print what a command wrote, in the order in which it was read
///
/// Lines of both streams go to stdout; on a terminal those of stderr are red. Where lines are missing, stderr says so.
#[derive(Debug, Args)]
pub(crate) struct Logs {
    /// The execution's id, or `last`
    #[arg(value_name = "ID")]
    execution: ExecutionName,
    /// Go on with what comes, until the command ends; Ctrl-C only stops looking
    #[arg(long, short = 'f')]
    follow: bool,
    /// Only one stream
    #[arg(long, value_enum)]
    stream: Option<Of>,
    /// From this line on, counted from 1
    #[arg(long, value_name = "N", conflicts_with = "tail", value_parser = clap::value_parser!(u64).range(1..))]
    from_line: Option<u64>,
    /// The last so many lines
    #[arg(long, short = 'n', value_name = "N")]
    tail: Option<u64>,
    /// Only lines with this text, in any case
    #[arg(long, value_name = "TEXT")]
    contains: Option<String>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Of {
    Stdout,
    Stderr,
}

impl From<Of> for Stream {
    fn from(of: Of) -> Self {
        match of {
            Of::Stdout => Self::Stdout,
            Of::Stderr => Self::Stderr,
        }
    }
}

impl Logs {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        if self.follow && cx.settings.output == Format::Json {
            return Err(Failure::usage(
                "--output json is one document, which --follow only ends with the command",
            )
            .hint("use --output ndjson"));
        }
        let connection = cx.connect(Purpose::Brief).await?;
        let printed = self.print(cx, &connection).await;
        connection.close().await;
        printed
    }

    async fn print(&self, cx: &Context, connection: &Connection) -> Result<(), Failure> {
        let id = self.execution.id(&*connection.backend()).await?;
        let mut printer = Printer::new(cx.settings.output);
        if !self.follow {
            self.pages(connection, id, &mut printer).await?;
            return printer.end();
        }
        cx.interrupts.handle();
        tokio::select! {
            read = self.pages(connection, id, &mut printer) => read?,
            how = cx.interrupts.first() => if how == Stop::Terminate {
                printer.end()?;
                return Err(Failure::Ended(crate::exit::Exit::INTERRUPTED));
            }
        }
        printer.end()
    }

    /// Prints page after page: to the present end, or to the end of the command.
    async fn pages(
        &self,
        connection: &Connection,
        id: ExecutionId,
        printer: &mut Printer,
    ) -> Result<(), Failure> {
        let mut query = LogQuery {
            from_line: self.from_line,
            tail: self.tail,
            stream: self.stream.map(Stream::from),
            contains: self.contains.clone(),
            limit: Some(PAGE),
            wait: self.follow.then_some(WAIT),
        };
        loop {
            let page = match connection.backend().execution_logs(id, query.clone()).await {
                Ok(page) => page,
                Err(error) if error.code == ErrorCode::Unavailable => {
                    connection.reopen().await?;
                    continue;
                }
                Err(error) => return Err(error.into()),
            };
            printer.page(&page)?;
            (query.tail, query.from_line) = (None, Some(page.next_line));
            // While this process holds the folder, nobody else finds out that the command's own process was killed.
            if self.follow
                && page.lines.is_empty()
                && !page.ended
                && let Some(holder) = connection.holder()
            {
                holder.end_leftovers().await?;
            }
            if page.next_line > page.last_line && (page.ended || !self.follow) {
                return Ok(());
            }
        }
    }
}
