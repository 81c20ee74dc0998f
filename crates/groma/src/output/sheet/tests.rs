use super::{Sheet, wrapped};

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
    let table = text(|to| sheet().write_table(to, None).unwrap());
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

#[test]
fn ids_stay_whole_however_narrow_the_terminal() {
    const ID: &str = "01936b2e-7a10-7c43-9a5e-2f0c8d1e4b77";
    let mut sheet = Sheet::new(&["id", "name", "for"]);
    for name in ["one", "two"] {
        let text = "a text of many words that goes on and on and on".to_owned();
        sheet.row(vec![ID.to_owned(), name.to_owned(), text]);
    }
    for width in [54, 62, 80, 200] {
        let table = text(|to| sheet.write_table(to, Some(width)).unwrap());
        assert_eq!(table.matches(ID).count(), 2, "{width}:\n{table}");
        assert!(table.lines().all(|line| line.chars().count() <= usize::from(width)), "{width}:\n{table}");
        // Names beside, or a heading above.
        assert_eq!(table.matches("NAME").count(), if width < 60 { 2 } else { 1 }, "{width}:\n{table}");
    }
}

#[test]
fn what_can_be_spared_makes_room() {
    const ID: &str = "01936b2e-7a10-7c43-9a5e-2f0c8d1e4b77";
    let mut sheet = Sheet::new(&["name", "id", "state", "seen"]).spare(&[1, 3]);
    sheet.row(vec![
        "a-name-of-some-length".to_owned(),
        ID.to_owned(),
        "up".to_owned(),
        "2026-11-21".to_owned(),
    ]);
    let headings = |width| {
        let table = text(|to| sheet.write_table(to, width).unwrap());
        table.lines().next().unwrap().split_whitespace().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(headings(None), ["NAME", "ID", "STATE", "SEEN"]);
    assert_eq!(headings(Some(80)), ["NAME", "ID", "STATE", "SEEN"]);
    assert_eq!(headings(Some(60)), ["NAME", "STATE", "SEEN"]);
    assert_eq!(headings(Some(32)), ["NAME", "STATE"]);
    assert_eq!(headings(Some(20)), ["NAME", "a-name-of-some-length"]);
    assert!(text(|to| sheet.write_csv(to).unwrap()).contains(ID));
}

#[test]
fn only_long_texts_are_wrapped() {
    let mut sheet = Sheet::new(&["check", "verdict", "found"]);
    let found = "a text of many words that goes on and on and on until it fits no line".to_owned();
    sheet.row(vec!["descriptor limit".to_owned(), "warning".to_owned(), found]);
    let table = text(|to| sheet.write_table(to, Some(80)).unwrap());
    assert!(
        table.contains("descriptor limit  warning  a text of many words that goes on and on and on\n"),
        "{table}"
    );
    assert_eq!(table.lines().count(), 3, "{table}");
}

#[test]
fn what_is_to_be_copied_stays_on_its_line() {
    let link = "http://127.0.0.1:7463/sign-in#code=5IpSLr4Mru5cj7cO1AvEndYxRHMnW36v_-5MxSpz8zw";
    let sheet =
        Sheet::of_fields(vec![("sign in", link.to_owned()), ("works once, until", "noon".to_owned())]);
    for width in [40, 80] {
        let table = text(|to| sheet.write_table(to, Some(width)).unwrap());
        assert!(table.contains(link), "{width}:\n{table}");
    }
}

#[test]
fn words_are_broken_where_a_column_follows() {
    assert_eq!(wrapped("one two three", 7, true), "one two\nthree");
    assert_eq!(wrapped("a seventeen b", 5, true), "a\nseven\nteen\nb");
    assert_eq!(wrapped("a seventeen b", 5, false), "a\nseventeen\nb");
    assert_eq!(wrapped("two\nlines  kept", 20, true), "two\nlines  kept");
    assert_eq!(wrapped("", 5, true), "");
    assert_eq!(wrapped("ääää", 0, true), "ä\nä\nä\nä");
}

#[test]
fn long_texts_are_cut_in_tables_and_whole_in_csv() {
    let long = format!("echo one\n\n  echo {}", "x".repeat(200));
    let mut sheet = Sheet::new(&["id", "command"]);
    sheet.row(vec!["1".to_owned(), long.clone()]);
    let brief = sheet.clone().brief(1, 20);
    assert!(text(|to| brief.write_table(to, None).unwrap()).ends_with("1   echo one echo xxxxxx…\n"));
    assert!(text(|to| brief.write_csv(to).unwrap()).contains(&long));
    let cut = text(|to| sheet.cut(1, 30).write_table(to, None).unwrap());
    assert!(cut.contains(&format!("x… (cut: {} characters", long.chars().count())), "{cut}");
}
