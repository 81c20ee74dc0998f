use super::Sheet;

fn sheet() -> Sheet {
    let mut sheet = Sheet::new(&["host", "port"]).grouped(1);
    sheet.row(vec!["10.1.0.7".into(), "22".into()]);
    sheet.row(vec!["10.1.0.7".into(), "80".into()]);
    sheet.row(vec!["a,b\u{1b}[2J".into(), "443".into()]);
    sheet
}

fn text(write: impl FnOnce(&mut Vec<u8>)) -> String {
    let mut bytes = Vec::new();
    write(&mut bytes);
    String::from_utf8(bytes).unwrap()
}

#[test]
fn a_table_groups_repeats_and_disarms_escapes() {
    let table = text(|to| sheet().write_table(to, false).unwrap());
    let lines: Vec<&str> = table.lines().map(str::trim).collect();
    assert_eq!(lines.len(), 4, "{table}");
    assert_eq!(lines[2], "80");
    assert!(!table.contains('\u{1b}'), "{table:?}");
}

#[test]
fn csv_keeps_every_cell() {
    let csv = text(|to| sheet().write_csv(to).unwrap());
    assert_eq!(csv, "host,port\n10.1.0.7,22\n10.1.0.7,80\n\"a,b\u{1b}[2J\",443\n");
}
