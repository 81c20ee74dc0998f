use std::fs;

use crate::harness::{Groma, OpenPort};

/// A Groma that knows this machine and one service of it.
fn scanned() -> (Groma, OpenPort) {
    let (groma, port) = (Groma::new(), OpenPort::new());
    groma.scan(&port.number().to_string());
    (groma, port)
}

#[test]
fn an_empty_inventory_says_how_to_fill_it() {
    let groma = Groma::new();
    assert!(groma.run("resources list").code(0).stderr.contains("groma scan network"));
    assert_eq!(groma.run("resources list -o ndjson").code(0).stdout, "");
    assert!(groma.run("resources list --type network.*").code(0).stderr.contains("nothing fits"));
}

#[test]
fn what_was_found_is_listed_filtered_sorted_and_counted() {
    let (groma, _port) = scanned();
    let list = groma.run("resources list -o json --facets --sort kind").code(0).json();
    assert_eq!(list["total"], 2, "{list}");
    let kinds: Vec<&str> =
        list["resources"].as_array().unwrap().iter().map(|thing| thing["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["network.host", "network.service"]);
    assert_eq!(list["facets"]["kind"].as_array().unwrap().len(), 2, "{list}");

    let hosts = groma.run("resources list --type *.host -o ndjson").code(0).lines();
    assert_eq!((hosts.len(), &hosts[0]["name"]), (1, &"127.0.0.1".into()), "{hosts:?}");
    for line in ["--contains nowhere", "--stale 1h", "--deleted only", "--tag env", "--account 1"] {
        assert_eq!(groma.run(&format!("resources list {line} -o ndjson")).code(0).stdout, "", "{line}");
    }
    assert_eq!(groma.run("resources list --changed-since 1h -o ndjson").code(0).lines().len(), 2);
    let counts = groma.run("resources list --facets -o csv").code(0).stdout;
    assert!(
        counts.starts_with("field,value,things\n") && counts.contains("kind,network.host,1\n"),
        "{counts}"
    );
}

#[test]
fn pages_lead_through_the_whole_list() {
    let groma = Groma::new();
    let ports: Vec<OpenPort> = (0..4).map(|_| OpenPort::new()).collect();
    let numbers: Vec<String> = ports.iter().map(|port| port.number().to_string()).collect();
    groma.scan(&numbers.join(","));
    let page = groma.run("resources list --limit 3 --sort name -o json").code(0).json();
    let cursor = page["next_cursor"].as_str().unwrap();
    let rest =
        groma.run(&format!("resources list --limit 3 --sort name --cursor {cursor} -o json")).code(0).json();
    let all = groma.run("resources list --all --sort name -o json").code(0).json();
    let ids = |list: &serde_json::Value| -> Vec<String> {
        let things = list["resources"].as_array().unwrap().iter();
        things.map(|thing| thing["id"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!([ids(&page), ids(&rest)].concat(), ids(&all));
    assert_eq!(all["total"], 5);
    let told = groma.run("resources list --limit 3").code(0).stderr;
    assert!(told.contains("3 of 5") && told.contains("--cursor "), "{told}");
}

#[test]
fn a_thing_is_shown_by_id_by_name_and_by_address() {
    let (groma, port) = scanned();
    let hosts = groma.run("resources list --type network.host -o json").code(0).json();
    let host = &hosts["resources"][0];
    let id = host["id"].as_str().unwrap();
    for name in [id, "127.0.0.1"] {
        let shown = groma.run(&format!("resources show {name} -o json")).code(0).json();
        assert_eq!(shown["resource"]["id"], id, "{name}");
        assert_eq!(shown["relations"].as_array().unwrap().len(), 1, "{shown}");
    }
    let table = groma.run(&format!("resources show {id}")).code(0).stdout;
    assert!(table.contains("network.service") && table.contains(&port.number().to_string()), "{table}");
    for name in ["nowhere", "01936b2e-7a10-7c43-9a5e-2f0c8d1e4b77", "arn:aws:s3:::no/such?thing", ".."] {
        let refused = groma.run(&format!("resources show {name}")).code(4);
        assert!(refused.stderr.contains("groma search"), "{}", refused.stderr);
    }
}

#[test]
fn history_tells_what_came_and_went() {
    let (groma, port) = scanned();
    let number = port.number();
    drop(port);
    groma.scan(&number.to_string());
    let services =
        groma.run("resources list --type network.service --deleted include -o json").code(0).json();
    let id = services["resources"][0]["id"].as_str().unwrap();
    let changes = groma.run(&format!("resources history {id} -o ndjson")).code(0).lines();
    assert_eq!(changes.last().unwrap()["change"], "added", "{changes:?}");
    assert!(changes.len() > 1, "{changes:?}");
    let table = groma.run(&format!("resources history {id}")).code(0).stdout;
    assert!(table.contains("added"), "{table}");
    let csv = groma.run(&format!("resources history {id} -o csv")).code(0).stdout;
    assert!(csv.starts_with("time,change,path,before,after,scan\n"), "{csv}");
    groma.run(&format!("resources history {id} --since yesterday")).code(2);
    groma.run("resources history nowhere").code(4);
}

#[test]
fn an_export_is_whole_and_for_its_owner() {
    let (groma, _port) = scanned();
    let lines = groma.run("resources export").code(0).lines();
    assert_eq!(lines.len(), 2);
    assert_eq!(groma.run("resources export -o json").code(0).json().as_array().unwrap().len(), 2);
    assert_eq!(groma.run("resources export --format csv --type *.host").code(0).stdout.lines().count(), 2);

    let folder = groma.home.path().join("exports");
    fs::create_dir(&folder).unwrap();
    let path = folder.join("all.ndjson");
    let line = format!("resources export --to {}", path.display());
    assert!(groma.run(&line).code(0).stderr.contains("written to"));
    assert_eq!(fs::read_to_string(&path).unwrap().lines().count(), 2);
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
    // What is refused leaves what was there.
    groma.run(&format!("{line} --tag =")).code(2);
    assert_eq!(fs::read_to_string(&path).unwrap().lines().count(), 2);
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
    groma.run("resources export --to /dev/null").code(2);
    groma.run("resources export --to /nowhere/all.ndjson").code(74);
}

#[test]
fn a_server_gives_the_same_answers() {
    let (groma, _port) = scanned();
    let lines = ["resources list -o ndjson", "resources export", "resources show 127.0.0.1 -o json"];
    let alone = lines.map(|line| groma.run(line).code(0).stdout);
    let _server = groma.serve();
    assert_eq!(lines.map(|line| groma.run(line).code(0).stdout), alone);
}
