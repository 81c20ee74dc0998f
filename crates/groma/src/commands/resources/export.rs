//! `groma resources export`.

use std::io::Write as _;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use futures::StreamExt as _;
use groma_api::{ErrorCode, ExportFormat, ExportQuery, TextStream};

use super::Filters;
use crate::connection::{Connection, Purpose};
use crate::context::Context;
use crate::failure::Failure;
use crate::output::{Format, WholeFile, say};
use crate::size;

/// How often it is asked for, if whoever was asked ends meanwhile.
const ATTEMPTS: u32 = 3;

/// Write all things that fit, as they are now, as one text: NDJSON unless told otherwise
///
/// With --to, the file stands under its name only once it is whole. Whoever reads stdout learns from the exit code
/// whether it was.
#[derive(Debug, Args)]
pub(crate) struct Export {
    #[command(flatten)]
    filters: Filters,
    /// Whose name, id or address contains this
    #[arg(long, value_name = "TEXT", help_heading = "Which things")]
    contains: Option<String>,
    /// The form; without, what --output says
    #[arg(long, value_enum, value_name = "FORM")]
    format: Option<Form>,
    /// The file to write, in place of stdout; what it had is replaced once the export is whole
    #[arg(long, value_name = "FILE")]
    to: Option<PathBuf>,
}

/// The forms of exports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// Comma-separated values with a heading; tags and attributes as JSON
    Csv,
    /// One array
    Json,
    /// One object a line
    Ndjson,
}

impl Export {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        let form = self.format.unwrap_or(match cx.settings.output {
            Format::Csv => Form::Csv,
            Format::Json => Form::Json,
            Format::Table | Format::Ndjson => Form::Ndjson,
        });
        let query = ExportQuery {
            q: self.contains,
            format: Some(match form {
                Form::Csv => ExportFormat::Csv,
                Form::Json => ExportFormat::Json,
                Form::Ndjson => ExportFormat::Ndjson,
            }),
            ..ExportQuery::from(&self.filters)
        };
        // Nothing is asked for that could not be kept.
        let file = self.to.as_deref().map(WholeFile::begin).transpose()?;
        let connection = cx.connect(Purpose::Brief).await?;
        let written = write(&connection, query, file).await;
        connection.close().await;
        if let (Some(bytes), Some(path)) = (written?, self.to) {
            say(format!("{} written to {}", size::display(bytes), path.display()));
        }
        Ok(())
    }
}

/// Writes the export; returns the size of the file, if it went into one.
async fn write(
    connection: &Connection,
    query: ExportQuery,
    mut file: Option<WholeFile>,
) -> Result<Option<u64>, Failure> {
    let mut text = begin(connection, query).await?;
    while let Some(piece) = text.next().await {
        let piece = piece.map_err(|error| {
            let whole = if file.is_some() { "nothing was written" } else { "what was written is not whole" };
            Failure::from(error).hint(format!("{whole}: export again"))
        })?;
        match &mut file {
            Some(file) => file.write(&piece)?,
            None => std::io::stdout().lock().write_all(&piece)?,
        }
    }
    if let Some(file) = file {
        return file.finish().map(Some);
    }
    std::io::stdout().lock().flush()?;
    Ok(None)
}

/// Asks for the export; asks again if the process that was asked ended meanwhile.
async fn begin(connection: &Connection, query: ExportQuery) -> Result<TextStream, Failure> {
    let mut attempt = 1;
    loop {
        match connection.backend().resource_export(query.clone()).await {
            Err(error) if error.code == ErrorCode::Unavailable && attempt < ATTEMPTS => {
                attempt += 1;
                connection.reopen().await?;
            }
            answer => return Ok(answer?),
        }
    }
}
