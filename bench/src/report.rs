//! The figures: printed as Markdown, and kept between two marks in a document.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use crate::spread::number;
use crate::{Done, machine, say};

/// Everything that was measured of one field in one run.
#[derive(Debug)]
pub(crate) struct Report {
    field: &'static str,
    tables: Vec<Table>,
    verdicts: Vec<Verdict>,
}

/// Figures side by side.
#[derive(Debug)]
pub(crate) struct Table {
    title: String,
    head: Vec<String>,
    rows: Vec<Vec<String>>,
}

/// A figure beside what was promised.
#[derive(Debug)]
pub(crate) struct Verdict {
    what: String,
    value: String,
    target: String,
    met: bool,
}

impl Table {
    pub(crate) fn new(title: &str, head: &[&str]) -> Self {
        let head = head.iter().map(|&column| column.to_owned()).collect();
        Self { title: title.to_owned(), head, rows: Vec::new() }
    }

    pub(crate) fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }

    fn markdown(&self) -> String {
        let mut text = format!("### {}\n\n", self.title);
        text.push_str(&line(&self.head));
        text.push_str(&format!("|{}\n", "---|".repeat(self.head.len())));
        self.rows.iter().for_each(|row| text.push_str(&line(row)));
        text
    }
}

impl Verdict {
    pub(crate) fn at_least(what: &str, value: f64, target: f64, decimals: usize) -> Self {
        let met = value >= target;
        let (value, target) = (number(value, decimals), format!("≥ {}", number(target, decimals)));
        Self { what: what.to_owned(), value, target, met }
    }

    pub(crate) fn at_most(what: &str, value: f64, target: f64, decimals: usize) -> Self {
        let met = value <= target;
        let (value, target) = (number(value, decimals), format!("≤ {}", number(target, decimals)));
        Self { what: what.to_owned(), value, target, met }
    }

    pub(crate) fn below(what: &str, value: f64, target: f64, unit: &str) -> Self {
        let met = value < target;
        let (value, target) = (format!("{value:.1} {unit}"), format!("< {target:.0} {unit}"));
        Self { what: what.to_owned(), value, target, met }
    }
}

impl Report {
    /// Returns a report without figures; `field` is what `cargo xtask bench` calls it.
    pub(crate) const fn new(field: &'static str) -> Self {
        Self { field, tables: Vec::new(), verdicts: Vec::new() }
    }

    pub(crate) fn table(&mut self, table: Table) {
        self.tables.push(table);
    }

    pub(crate) fn verdict(&mut self, verdict: Verdict) {
        self.verdicts.push(verdict);
    }

    fn markdown(&self) -> String {
        let mut text = format!(
            "Measured on: {}. Cells hold the median of the rounds and, in brackets, the smallest and the largest.\n\n",
            machine::describe()
        );
        text.push_str("| promised | measured | target | |\n|---|---|---|---|\n");
        for Verdict { what, value, target, met } in &self.verdicts {
            let met = if *met { "met" } else { "**missed**" };
            text.push_str(&line(&[what.clone(), value.clone(), target.clone(), met.to_owned()]));
        }
        for table in &self.tables {
            text.push('\n');
            text.push_str(&table.markdown());
        }
        text
    }

    /// Prints the figures.
    pub(crate) fn print(&self) -> Done {
        Ok(writeln!(std::io::stdout().lock(), "{}", self.markdown())?)
    }

    /// Puts the figures in the place of the last ones; what stands around the marks stays.
    pub(crate) fn keep(&self, path: &Path) -> Done {
        let told = |error| format!("could not keep the figures in {}: {error}", path.display());
        let before = fs::read_to_string(path).map_err(told)?;
        let after = splice(self.field, &before, &self.markdown())
            .ok_or_else(|| format!("{} lacks the marks of {}", path.display(), self.field))?;
        fs::write(path, after).map_err(told)?;
        say(&format!("kept in {}", path.display()));
        Ok(())
    }
}

fn line(cells: &[String]) -> String {
    format!("| {} |\n", cells.join(" | "))
}

/// Puts figures between the marks of their field; `None` if there are none.
fn splice(field: &str, document: &str, figures: &str) -> Option<String> {
    let mark = |which: &str| format!("<!-- written by `cargo xtask bench {field}`: {which} -->");
    let (begin, end) = (mark("begin"), mark("end"));
    let (head, rest) = document.split_once(&begin)?;
    let (_, tail) = rest.split_once(&end)?;
    Some(format!("{head}{begin}\n\n{figures}\n{end}{tail}"))
}

#[cfg(test)]
mod tests;
