use crate::harness::{Groma, OpenPort};

#[test]
fn an_empty_inventory_says_how_to_fill_it() {
    assert!(Groma::new().run("search anything").code(0).stderr.contains("groma scan network"));
}

#[test]
fn what_is_named_exactly_comes_first_and_says_why() {
    let (groma, port) = (Groma::new(), OpenPort::new());
    groma.scan(&port.number().to_string());
    let answer = groma.run("search 127.0.0.1 -o json").code(0).json();
    let first = &answer["hits"][0];
    assert_eq!(first["resource"]["kind"], "network.host", "{answer}");
    assert_eq!(first["why"][0]["by"], "exact", "{answer}");
    let found = groma.run("search 127.0.0.1").code(0);
    assert!(found.stdout.contains("is 127.0.0.1"), "{}", found.stdout);
    assert!(found.stderr.contains("2 things"), "{}", found.stderr);
}

#[test]
fn filters_and_limits_apply() {
    let (groma, port) = (Groma::new(), OpenPort::new());
    groma.scan(&port.number().to_string());
    let hits = groma.run("search 127.0.0.1 --type network.service --limit 5 -o ndjson").code(0).lines();
    assert!(hits.iter().all(|hit| hit["resource"]["kind"] == "network.service"), "{hits:?}");
    assert_eq!(groma.run("search 127.0.0.1 --limit 1 -o ndjson").code(0).lines().len(), 1);
    groma.run("search x --limit 101").code(2);
}
