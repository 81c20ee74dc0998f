use groma_api::ErrorCode;

use super::{Exit, OF_COMMANDS, table};

#[test]
fn every_error_code_has_a_row() {
    for code in ErrorCode::ALL {
        assert_eq!(Exit::from(*code).code, code.exit(), "{code} exits with a code that the table lacks");
    }
}

#[test]
fn the_documentation_repeats_the_table() {
    let page = include_str!("../../../../docs/exit-codes.md");
    assert!(
        page.contains(&table()) && page.contains(OF_COMMANDS),
        "docs/exit-codes.md is stale: paste what `groma help exit-codes` prints"
    );
}
