//! Lines of a log, in every form.

use std::io::{self, BufWriter, IsTerminal, StdoutLock, Write};

use groma_api::{LogGap, LogPage};
use groma_execution_types::{Line, Stream};

use crate::failure::Failure;
use crate::output::{Format, Sheet, say};

const RED: &str = "\u{1b}[31m";
const PLAIN: &str = "\u{1b}[0m";

/// Prints pages one after the other: nothing of them is kept, so that a log may be of any size.
#[derive(Debug)]
pub(super) struct Printer {
    format: Format,
    /// Whether a person looks: what a program wrote must not steer the terminal.
    terminal: bool,
    colour: bool,
    begun: bool,
    /// The stream of a line that was only printed in part.
    open: Option<Stream>,
    gaps: Vec<LogGap>,
    ended: bool,
}

impl Printer {
    pub(super) fn new(format: Format) -> Self {
        let terminal = io::stdout().is_terminal();
        let colour = terminal && std::env::var_os("NO_COLOR").is_none_or(|set| set.is_empty());
        Self { format, terminal, colour, begun: false, open: None, gaps: Vec::new(), ended: false }
    }

    /// Prints a page, with what is missing where it is missing.
    ///
    /// # Errors
    /// When stdout takes no more.
    pub(super) fn page(&mut self, page: &LogPage) -> Result<(), Failure> {
        let mut out = BufWriter::new(io::stdout().lock());
        let mut gaps = page.gaps.iter().peekable();
        for line in &page.lines {
            while let Some(gap) = gaps.next_if(|gap| gap.first_line <= line.line_number) {
                self.gap(&mut out, gap)?;
            }
            self.line(&mut out, line)?;
        }
        for gap in gaps {
            self.gap(&mut out, gap)?;
        }
        self.ended = page.ended;
        out.flush()?;
        Ok(())
    }

    /// Ends the document.
    ///
    /// # Errors
    /// When stdout takes no more.
    pub(super) fn end(mut self) -> Result<(), Failure> {
        let mut out = BufWriter::new(io::stdout().lock());
        match self.format {
            Format::Json => {
                if !std::mem::replace(&mut self.begun, true) {
                    write!(out, "{{\"lines\":[")?;
                }
                write!(out, "],\"gaps\":")?;
                serde_json::to_writer(&mut out, &self.gaps)?;
                writeln!(out, ",\"ended\":{}}}", self.ended)?;
            }
            Format::Table if self.open.take().is_some() => writeln!(out)?,
            Format::Csv if !self.begun => sheet().write_csv(&mut out)?,
            _ => {}
        }
        out.flush()?;
        Ok(())
    }

    fn gap(&mut self, out: &mut BufWriter<StdoutLock<'_>>, gap: &LogGap) -> Result<(), Failure> {
        match self.format {
            Format::Ndjson => {
                serde_json::to_writer(&mut *out, gap)?;
                writeln!(out)?;
            }
            Format::Json => self.gaps.push(gap.clone()),
            Format::Table | Format::Csv => {
                out.flush()?;
                say(format!("lines {} to {} are missing: {}", gap.first_line, gap.last_line, gap.reason));
            }
        }
        Ok(())
    }

    fn line(&mut self, out: &mut BufWriter<StdoutLock<'_>>, line: &Line) -> Result<(), Failure> {
        let first = !std::mem::replace(&mut self.begun, true);
        match self.format {
            Format::Json => {
                out.write_all(if first { b"{\"lines\":[\n" } else { b",\n" })?;
                serde_json::to_writer(&mut *out, line)?;
            }
            Format::Ndjson => {
                serde_json::to_writer(&mut *out, line)?;
                writeln!(out)?;
            }
            Format::Csv => {
                let mut bytes = Vec::new();
                let mut sheet = sheet();
                sheet.row(vec![
                    line.line_number.to_string(),
                    crate::output::word(&line.stream),
                    line.timestamp.to_string(),
                    line.line.clone(),
                ]);
                sheet.write_csv(&mut bytes)?;
                let heading = bytes.iter().position(|byte| *byte == b'\n').map_or(0, |at| at + 1);
                out.write_all(bytes.get(if first { 0 } else { heading }..).unwrap_or_default())?;
            }
            Format::Table => self.text(out, line)?,
        }
        Ok(())
    }

    fn text(&mut self, out: &mut BufWriter<StdoutLock<'_>>, line: &Line) -> Result<(), Failure> {
        // A line that was cut goes on in the next one of its stream.
        if self.open.take().is_some_and(|open| open != line.stream) {
            writeln!(out)?;
        }
        let red = self.colour && line.stream == Stream::Stderr;
        if red {
            out.write_all(RED.as_bytes())?;
        }
        if self.terminal {
            out.write_all(tame(&line.line).as_bytes())?;
        } else {
            out.write_all(line.line.as_bytes())?;
        }
        if self.colour {
            out.write_all(PLAIN.as_bytes())?;
        }
        if line.partial {
            self.open = Some(line.stream);
        } else {
            writeln!(out)?;
        }
        Ok(())
    }
}

fn sheet() -> Sheet {
    Sheet::new(&["line", "stream", "time", "text"])
}

/// Takes out what steers a terminal, but for tabs and colours (`ESC [ … m`).
pub(crate) fn tame(text: &str) -> String {
    let mut tamed = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(|c: char| c.is_control() && c != '\t') {
        let (before, from) = rest.split_at(at);
        tamed.push_str(before);
        let colour = from.strip_prefix("\u{1b}[").and_then(|inside| {
            let end = inside.find(|c: char| !c.is_ascii_digit() && c != ';' && c != ':')?;
            inside.get(end..)?.starts_with('m').then_some(end + 3)
        });
        let (shown, after) = match colour {
            Some(length) => from.split_at(length),
            None => ("\u{fffd}", from.get(from.chars().next().map_or(0, char::len_utf8)..).unwrap_or("")),
        };
        tamed.push_str(shown);
        rest = after;
    }
    tamed.push_str(rest);
    tamed
}

#[cfg(test)]
mod tests;
