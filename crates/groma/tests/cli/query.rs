use std::io::Write as _;
use std::process::Stdio;

use crate::harness::{Groma, OpenPort};

/// A command with one argument that has blanks.
fn asked(groma: &Groma, statement: &str, options: &str) -> crate::harness::Ended {
    let mut command = groma.command("query");
    command.arg(statement).args(options.split_whitespace());
    groma.begin(command).end()
}

#[test]
fn the_inventory_answers_in_sql() {
    let (groma, port) = (Groma::new(), OpenPort::new());
    groma.scan(&port.number().to_string());
    let statement = "select kind, count(*) as things from resources group by kind order by kind";
    let rows = asked(&groma, statement, "-o ndjson").code(0).stdout;
    assert_eq!(
        rows,
        "{\"kind\":\"network.host\",\"things\":1}\n{\"kind\":\"network.service\",\"things\":1}\n"
    );
    assert_eq!(
        asked(&groma, statement, "-o csv").code(0).stdout,
        "kind,things\nnetwork.host,1\nnetwork.service,1\n"
    );
    let json = asked(&groma, statement, "-o json").code(0).json();
    assert_eq!(json["columns"], serde_json::json!(["kind", "things"]));
    let cut = asked(&groma, statement, "--limit 1").code(0);
    assert!(cut.stderr.contains("--limit"), "{}", cut.stderr);

    let path = groma.home.path().join("kinds.sql");
    std::fs::write(&path, statement).unwrap();
    assert_eq!(groma.run(&format!("query @{} -o ndjson", path.display())).code(0).stdout, rows);
    let mut command = groma.command("query - -o ndjson");
    command.stdin(Stdio::piped());
    let mut running = groma.begin(command);
    running.child.stdin.take().unwrap().write_all(statement.as_bytes()).unwrap();
    assert_eq!(running.end().code(0).stdout, rows);
}

#[test]
fn only_one_select_is_taken() {
    let groma = Groma::new();
    for statement in
        ["delete from resources", "select 1; select 2", "select * from nowhere", "attach 'x' as y", " "]
    {
        let refused = asked(&groma, statement, "").code(2);
        assert!(refused.stderr.starts_with("error: "), "{}", refused.stderr);
    }
    groma.run("query @/nowhere/kinds.sql").code(2);
}
