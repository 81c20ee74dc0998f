use clap::CommandFactory;

use super::{GROUPS, overview};
use crate::cli::Cli;

#[test]
fn every_command_stands_in_one_group() {
    let command = Cli::command();
    let mut known: Vec<&str> =
        command.get_subcommands().filter(|sub| !sub.is_hide_set()).map(clap::Command::get_name).collect();
    let mut listed: Vec<&str> = GROUPS.iter().flat_map(|(_, names)| names.iter().copied()).collect();
    known.sort_unstable();
    listed.sort_unstable();
    assert_eq!(listed, known);
}

#[test]
fn the_overview_fits_a_terminal_and_says_what_each_is_for() {
    let text = overview(&Cli::command());
    for line in text.lines() {
        assert!(line.chars().count() <= 120, "too wide: {line}");
        let words = line.split_whitespace().count();
        assert!(!line.starts_with("  ") || words > 1, "nothing is said of it: {line}");
    }
}
