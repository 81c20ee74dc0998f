use std::collections::{BTreeMap, BTreeSet};

use groma_model::ThingId;
use serde_json::json;

use super::*;
use crate::testing::{World, thing};

async fn world() -> World {
    let world = World::open().await;
    let mut first = thing("aws.ec2.instance", "web-1", 1);
    first.tags = BTreeMap::from([("env".to_owned(), "prod".to_owned())]);
    first.relations =
        BTreeMap::from([("attached_to".to_owned(), vec![ThingId::resource(["", "", "", "", "", "2"])])]);
    let second = thing("aws.s3.bucket", "logs", 2);
    world.record(vec![first.clone(), second]).await;
    first.state = "stopped".to_owned();
    world.record(vec![first]).await;
    world
}

async fn ask(world: &World, sql: &str) -> SqlAnswer {
    world.inventory.query(sql.to_owned(), 100).await.unwrap()
}

#[tokio::test]
async fn every_view_can_be_read_in_every_column() {
    let world = world().await;
    for view in VIEWS {
        let names: Vec<&str> = view.columns.iter().map(|(name, _)| *name).collect();
        let answer = ask(&world, &format!("SELECT * FROM {}", view.name)).await;
        assert_eq!(answer.columns, names, "{}", view.name);
        assert!(view.name == "coverage" || !answer.rows.is_empty(), "{} has no rows", view.name);
    }
}

#[tokio::test]
async fn every_view_can_be_counted_wherever_a_number_can_be() {
    let world = world().await;
    for View { name, .. } in VIEWS {
        let rows = ask(&world, &format!("SELECT * FROM {name}")).await.rows.len();
        for sql in [
            format!("SELECT count(*) FROM {name}"),
            format!("SELECT (SELECT count(*) FROM {name})"),
            format!("SELECT sum(1) FROM (SELECT 1 FROM {name} UNION ALL SELECT 0 WHERE false)"),
            format!("WITH counted AS (SELECT 1 FROM {name}) SELECT count(*) FROM counted"),
            format!("WITH counted AS MATERIALIZED (SELECT 1 FROM {name}) SELECT count(*) FROM Counted"),
        ] {
            let told = &ask(&world, &sql).await.rows[0][0];
            assert!(*told == json!(rows) || (rows == 0 && told.is_null()), "{sql}: {told}, not {rows}");
        }
        let sql =
            format!("SELECT EXISTS (SELECT 1 FROM {name}), (SELECT count(*) FROM {name}, {name} AS other)");
        assert_eq!(ask(&world, &sql).await.rows, [[json!(i32::from(rows > 0)), json!(rows * rows)]]);
    }
}

#[tokio::test]
async fn what_is_sealed_is_there_in_the_clear() {
    let world = world().await;
    let answer = ask(&world, "select kind, count(*) as n from resources group by kind order by kind").await;
    assert_eq!(
        answer.rows,
        [vec![json!("aws.ec2.instance"), json!(1)], vec![json!("aws.s3.bucket"), json!(1)]]
    );
    let sql = "SELECT r.name, t.value FROM resources r JOIN tags t USING (id) WHERE t.key = 'env'";
    assert_eq!(ask(&world, sql).await.rows, [vec![json!("web-1"), json!("prod")]]);
    let sql = "SELECT path, before, after FROM history WHERE change = 'updated'";
    assert_eq!(
        ask(&world, sql).await.rows,
        [vec![json!("/state"), json!("\"running\""), json!("\"stopped\"")]]
    );
}

#[tokio::test]
async fn rows_beyond_the_limit_are_told() {
    let world = world().await;
    let answer = world.inventory.query("SELECT id FROM resources".to_owned(), 1).await.unwrap();
    assert_eq!((answer.rows.len(), answer.truncated), (1, true));
    let answer = world.inventory.query("SELECT id FROM resources".to_owned(), 2).await.unwrap();
    assert_eq!((answer.rows.len(), answer.truncated), (2, false));
}

#[tokio::test]
async fn nothing_but_the_views_can_be_read_and_nothing_changed() {
    let world = world().await;
    for sql in [
        "",
        "-- nothing",
        "SELECT * FROM tokens",
        "SELECT * FROM main.things",
        "SELECT document_sealed FROM things",
        "SELECT unseal('things.document', x'00', x'00')",
        "SELECT * FROM sqlite_schema",
        "SELECT * FROM sqlite_temp_schema",
        "SELECT * FROM pragma_table_info('things')",
        "DELETE FROM things",
        "UPDATE resources SET state = 'x'",
        "INSERT INTO relations VALUES (1, 2, 3)",
        "CREATE TEMP TABLE t (x)",
        "CREATE TEMP VIEW history2 AS SELECT * FROM main.tokens",
        "DROP VIEW resources",
        "ATTACH 'x.db' AS x",
        "PRAGMA query_only = OFF",
        "SELECT 1; SELECT 2",
        "SELECT load_extension('x')",
        "VACUUM INTO 'copy.db'",
        "BEGIN",
        "EXPLAIN DELETE FROM things",
    ] {
        let refused = world.inventory.query(sql.to_owned(), 10).await;
        assert!(matches!(refused, Err(InventoryError::Query(_))), "{sql}: {refused:?}");
    }
}

#[tokio::test]
async fn a_view_of_ones_own_name_does_not_open_doors() {
    let world = world().await;
    let sql = "WITH resources AS (SELECT * FROM main.tokens) SELECT * FROM resources";
    let refused = world.inventory.query(sql.to_owned(), 10).await;
    assert!(matches!(refused, Err(InventoryError::Query(_))), "{refused:?}");
}

#[test]
fn names_are_told_once() {
    for view in VIEWS {
        let names: BTreeSet<&str> = view.columns.iter().map(|(name, _)| *name).collect();
        assert_eq!(names.len(), view.columns.len(), "{}", view.name);
    }
}

#[test]
fn the_documentation_has_every_view_and_column() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/query.md");
    let text = std::fs::read_to_string(path).unwrap();
    for view in VIEWS {
        let section = text.split("\n## ").find(|section| section.starts_with(&format!("{}\n", view.name)));
        let section = section.unwrap_or_else(|| panic!("docs/query.md has no section on {}", view.name));
        assert!(section.contains(view.about), "{}: docs/query.md does not say: {}", view.name, view.about);
        let rows: Vec<String> =
            view.columns.iter().map(|(name, about)| format!("| `{name}` | {about} |")).collect();
        let told: Vec<&str> = section.lines().filter(|line| line.starts_with("| `")).collect();
        assert_eq!(told, rows, "{}", view.name);
    }
}
