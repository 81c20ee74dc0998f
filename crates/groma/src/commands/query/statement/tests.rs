use std::io::Write as _;

use super::read;

#[test]
fn a_statement_stands_on_the_line_or_in_a_file() {
    assert_eq!(read("select 1".to_owned()).unwrap(), "select 1");
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(b"select 2\n").unwrap();
    assert_eq!(read(format!("@{}", file.path().display())).unwrap(), "select 2\n");
}

#[test]
fn what_is_no_statement_is_refused() {
    let empty = tempfile::NamedTempFile::new().unwrap();
    for argument in ["", "  ", "@/nowhere/statement.sql", &format!("@{}", empty.path().display())] {
        read(argument.to_owned()).unwrap_err();
    }
}
