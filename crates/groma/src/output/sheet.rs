//! Rows under headings: a table for people, CSV for programs.

use std::io::Write;

use comfy_table::{ContentArrangement, Table, presets};

use crate::failure::Failure;

/// Rows under headings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Sheet {
    headings: Vec<&'static str>,
    rows: Vec<Vec<String>>,
    groups: usize,
}

impl Sheet {
    /// Makes an empty sheet.
    pub(crate) fn new(headings: &[&'static str]) -> Self {
        Self { headings: headings.to_vec(), rows: Vec::new(), groups: 0 }
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

    /// Returns whether there are no rows.
    pub(crate) const fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Adds a row.
    pub(crate) fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }

    /// Writes a table; on a terminal it is fitted to the width.
    ///
    /// # Errors
    /// When the writer takes no more.
    pub(crate) fn write_table(&self, to: &mut impl Write, terminal: bool) -> Result<(), Failure> {
        let mut table = Table::new();
        table.load_preset(presets::NOTHING);
        table.set_content_arrangement(if terminal {
            ContentArrangement::Dynamic
        } else {
            ContentArrangement::Disabled
        });
        table.set_header(self.headings.iter().map(|heading| heading.to_uppercase()));
        let mut above: &[String] = &[];
        for row in &self.rows {
            let repeats =
                row.iter().zip(above).take(self.groups).take_while(|(cell, old)| cell == old).count();
            let cells = row.iter().enumerate();
            table.add_row(cells.map(|(at, cell)| if at < repeats { String::new() } else { plain(cell) }));
            above = row;
        }
        for column in table.column_iter_mut() {
            column.set_padding((0, 2));
        }
        for line in table.lines() {
            writeln!(to, "{}", line.trim_end())?;
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
            .write_record(&self.headings)
            .and_then(|()| self.rows.iter().try_for_each(|row| csv.write_record(row)))
            .map_err(|error| match error.into_kind() {
                csv::ErrorKind::Io(error) => error,
                other => std::io::Error::other(format!("{other:?}")),
            });
        written.and_then(|()| csv.flush())?;
        Ok(())
    }
}

/// Takes out control characters: what a scanned host calls itself must not steer the terminal.
pub(crate) fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\n' { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests;
