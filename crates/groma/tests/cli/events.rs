use crate::harness::{Groma, OpenPort};

#[test]
fn the_journal_is_read_from_a_point_and_by_type() {
    let (groma, port) = (Groma::new(), OpenPort::new());
    let id = groma.scan(&port.number().to_string());
    let all = groma.run("events tail --after oldest -o ndjson").code(0).lines();
    assert_eq!(all.first().unwrap()["type"], "groma.network.scan_started");
    assert!(all.iter().any(|event| event["type"] == "groma.network.port_discovered"));

    let from = all[0]["sequence"].as_str().unwrap();
    let rest = groma.run(&format!("events tail --after {from} -o ndjson")).code(0).lines();
    assert_eq!(rest, all[1..]);

    let ends = groma
        .run(&format!("events tail --since 1h --types *.scan_completed --subject scan/{id} -o json"))
        .code(0)
        .json();
    assert_eq!(ends.as_array().unwrap().len(), 1);

    let newest = groma.run("events tail -n 2 -o ndjson").code(0).lines();
    assert_eq!(newest, all[all.len() - 2..]);
}

#[test]
fn tables_and_csv_have_a_line_per_event() {
    let (groma, port) = (Groma::new(), OpenPort::new());
    groma.scan(&port.number().to_string());
    let table = groma.run("events tail --after oldest").code(0);
    assert!(table.stdout.lines().next().unwrap().contains("network.scan_started"), "{}", table.stdout);
    let csv = groma.run("events tail --after oldest -o csv").code(0);
    let lines: Vec<&str> = csv.stdout.lines().collect();
    assert_eq!(lines[0], "sequence,time,type,subject,data");
    assert_eq!(lines.len(), table.stdout.lines().count() + 1);
}

#[test]
fn nonsense_is_refused() {
    let groma = Groma::new();
    groma.run("events tail --after nowhere").code(2);
    groma.run("events tail --types a/b").code(2);
    groma.run("events tail --subject scan").code(2);
    groma.run("events tail --follow -o json").code(2);
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let (groma, port) = (Groma::new(), OpenPort::new());
    groma.scan(&port.number().to_string());
    let mut tail = groma.start("events tail --after oldest -o ndjson");
    tail.line();
    // The end closes the pipe while there is more to print, or after: both are fine.
    drop(tail);
}
