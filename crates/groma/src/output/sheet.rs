//! Rows under headings: a table for people, CSV for programs.

use std::borrow::Cow;
use std::io::Write;

use comfy_table::{ContentArrangement, Table, presets};

use crate::failure::Failure;

/// Blanks between columns.
const GAP: usize = 2;
/// The longest word that is kept whole: a position in the journal has 34 characters, an id 36. Paths may be longer.
const WORD_MAX: usize = 36;

/// A text of several words gets as much, or what it needs.
const TEXT_MIN: usize = 16;

/// Rows under headings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Sheet {
    headings: Vec<Cow<'static, str>>,
    rows: Vec<Vec<String>>,
    groups: usize,
    short: Option<Short>,
    spare: Vec<usize>,
}

/// How much of a column's texts a table shows; CSV has them whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Short {
    column: usize,
    chars_max: usize,
    one_line: bool,
}

impl Sheet {
    /// Makes an empty sheet.
    pub(crate) fn new(headings: &[&'static str]) -> Self {
        Self::under(headings.iter().map(|heading| Cow::Borrowed(*heading)).collect())
    }

    /// Makes an empty sheet whose headings are known only now.
    pub(crate) const fn under(headings: Vec<Cow<'static, str>>) -> Self {
        Self { headings, rows: Vec::new(), groups: 0, short: None, spare: Vec::new() }
    }

    /// Makes a sheet of names and values.
    pub(crate) fn of_fields(fields: Vec<(&str, String)>) -> Self {
        let mut sheet = Self::new(&["field", "value"]);
        for (name, value) in fields.into_iter().filter(|(_, value)| !value.is_empty()) {
            sheet.row(vec![name.to_owned(), value]);
        }
        sheet
    }

    /// Leaves the first `columns` cells of a table's row empty where they repeat the row above.
    pub(crate) const fn grouped(mut self, columns: usize) -> Self {
        self.groups = columns;
        self
    }

    /// Shows the texts of a column on one line each in tables, cut to so many characters.
    pub(crate) const fn brief(mut self, column: usize, chars_max: usize) -> Self {
        self.short = Some(Short { column, chars_max, one_line: true });
        self
    }

    /// Shows the first so many characters of a column's texts in tables, and says how much there is.
    pub(crate) const fn cut(mut self, column: usize, chars_max: usize) -> Self {
        self.short = Some(Short { column, chars_max, one_line: false });
        self
    }

    /// Leaves these columns out of tables that a terminal has no room for, the first of them first, until there is room.
    pub(crate) fn spare(mut self, columns: &[usize]) -> Self {
        self.spare = columns.to_vec();
        self
    }

    /// Returns whether there are no rows.
    pub(crate) const fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Adds a row.
    pub(crate) fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }

    /// Writes a table, fitted to a terminal's `width` if there is one. Where ids or other words would have to be broken,
    /// so that nobody could copy them, each row becomes a block of names and values.
    ///
    /// # Errors
    /// When the writer takes no more.
    pub(crate) fn write_table(&self, to: &mut impl Write, width: Option<u16>) -> Result<(), Failure> {
        if let Some(short) = self.short {
            return self.shortened(short).write_table(to, width);
        }
        let width = width.map(usize::from);
        let words = self.words();
        if let Some(width) = width
            && width < words.iter().map(|word| word + GAP).sum::<usize>()
        {
            return match self.spare.first() {
                Some(column) => self.without(*column).write_table(to, u16::try_from(width).ok()),
                None => self.write_blocks(to, width),
            };
        }
        let widths = width.map(|width| self.widths(&words, width));
        let mut table = plain_table();
        table.set_header(self.headings.iter().map(|heading| heading.to_uppercase()));
        let mut above: &[String] = &[];
        for row in &self.rows {
            let repeats =
                row.iter().zip(above).take(self.groups).take_while(|(cell, old)| cell == old).count();
            let cells = row.iter().enumerate().map(|(at, cell)| {
                let cell = if at < repeats { String::new() } else { plain(cell) };
                match widths.as_ref().and_then(|widths| widths.get(at)) {
                    Some(width) => wrapped(&cell, *width, at + 1 < row.len()),
                    None => cell,
                }
            });
            table.add_row(cells);
            above = row;
        }
        write_lines(table, to)
    }

    fn shortened(&self, short: Short) -> Self {
        let mut sheet = Self { short: None, ..self.clone() };
        for cell in sheet.rows.iter_mut().filter_map(|row| row.get_mut(short.column)) {
            *cell = short.of(cell);
        }
        sheet
    }

    fn without(&self, column: usize) -> Self {
        let mut sheet = self.clone();
        let rest = self.spare.iter().skip(1).filter(|other| **other != column);
        sheet.spare = rest.map(|other| other - usize::from(*other > column)).collect();
        if column < sheet.headings.len() {
            sheet.headings.remove(column);
        }
        for row in sheet.rows.iter_mut().filter(|row| column < row.len()) {
            row.remove(column);
        }
        sheet
    }

    /// Returns how wide each column must be at least: its longest word, as far as that is worth keeping whole.
    fn words(&self) -> Vec<usize> {
        let longest =
            |text: &str| text.split_whitespace().map(|word| word.chars().count()).max().unwrap_or(0);
        let least = |cell: &String| longest(cell).max(widest_line(cell).min(TEXT_MIN));
        let column = |(at, heading): (usize, &Cow<'_, str>)| {
            let cells = self.rows.iter().filter_map(|row| row.get(at));
            cells.map(least).chain([longest(heading)]).max().unwrap_or(0).min(WORD_MAX)
        };
        self.headings.iter().enumerate().map(column).collect()
    }

    /// Shares out the terminal's width: each column gets its longest word, and what is left goes to those that need
    /// little more first, so that only long texts are wrapped.
    fn widths(&self, words: &[usize], width: usize) -> Vec<usize> {
        let mut widths = words.to_vec();
        let wanted = (0..words.len()).map(|at| {
            let cells = self.rows.iter().filter_map(|row| row.get(at));
            let heading = self.headings.get(at).map_or(0, |heading| widest_line(heading));
            let widest = cells.map(|cell| widest_line(cell)).chain([heading]).max().unwrap_or(0);
            (widest.saturating_sub(words.get(at).copied().unwrap_or(0)), at)
        });
        let mut wanted: Vec<(usize, usize)> = wanted.collect();
        wanted.sort_unstable();
        let mut left = width.saturating_sub(words.iter().map(|word| word + GAP).sum());
        for (nth, (more, at)) in wanted.iter().enumerate() {
            let given = (*more).min(left / (wanted.len() - nth));
            left -= given;
            if let Some(width) = widths.get_mut(*at) {
                *width += given;
            }
        }
        widths
    }

    fn write_blocks(&self, to: &mut impl Write, width: usize) -> Result<(), Failure> {
        let names = self.headings.iter().map(|heading| heading.chars().count()).max().unwrap_or(0);
        for (at, row) in self.rows.iter().enumerate() {
            if at > 0 {
                writeln!(to)?;
            }
            let mut table = plain_table();
            let cells = self.headings.iter().zip(row).filter(|(_, cell)| !cell.is_empty());
            for (heading, cell) in cells {
                let left = width.saturating_sub(names + GAP);
                table.add_row([heading.to_uppercase(), wrapped(&plain(cell), left, false)]);
            }
            write_lines(table, to)?;
        }
        Ok(())
    }

    /// Writes CSV with a heading (RFC 4180).
    ///
    /// # Errors
    /// When the writer takes no more.
    pub(crate) fn write_csv(&self, to: &mut impl Write) -> Result<(), Failure> {
        let mut csv = csv::Writer::from_writer(to);
        let written = csv
            .write_record(self.headings.iter().map(|heading| heading.as_bytes()))
            .and_then(|()| self.rows.iter().try_for_each(|row| csv.write_record(row)))
            .map_err(|error| match error.into_kind() {
                csv::ErrorKind::Io(error) => error,
                other => std::io::Error::other(format!("{other:?}")),
            });
        written.and_then(|()| csv.flush())?;
        Ok(())
    }
}

impl Short {
    fn of(self, text: &str) -> String {
        let text = if self.one_line {
            text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
        } else {
            text.to_owned()
        };
        let Some((end, _)) = text.char_indices().nth(self.chars_max) else { return text };
        let start = text.get(..end).unwrap_or_default();
        if self.one_line {
            return format!("{start}…");
        }
        format!("{start}… (cut: {} characters; --output json has all)", text.chars().count())
    }
}

fn widest_line(text: &str) -> usize {
    text.lines().map(|line| line.chars().count()).max().unwrap_or(0)
}

/// Puts a text into lines of that width, between words. Longer words are broken only if told to: at the end of a line
/// the terminal goes on with them below by itself, and a path, a link or a command can still be copied.
fn wrapped(text: &str, width: usize, breaks: bool) -> String {
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines() {
        let mut now = String::new();
        for word in line.split(' ') {
            let mut word = word;
            if !now.is_empty() && now.chars().count() + 1 + word.chars().count() > width {
                lines.push(std::mem::take(&mut now));
            } else if !now.is_empty() {
                now.push(' ');
            }
            while breaks && word.chars().count() > width.max(1) {
                let (head, rest) =
                    word.split_at(word.char_indices().nth(width.max(1)).map_or(word.len(), |(at, _)| at));
                lines.push(head.to_owned());
                word = rest;
            }
            now.push_str(word);
        }
        lines.push(now);
    }
    lines.join("\n")
}

fn plain_table() -> Table {
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    table
}

fn write_lines(mut table: Table, to: &mut impl Write) -> Result<(), Failure> {
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    for line in table.lines() {
        writeln!(to, "{}", line.trim_end())?;
    }
    Ok(())
}

/// Returns how wide the terminal is, if stdout is one.
pub(crate) fn terminal_width() -> Option<u16> {
    Table::new().width()
}

/// Takes out control characters: what a scanned host calls itself must not steer the terminal.
pub(crate) fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\n' { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests;
