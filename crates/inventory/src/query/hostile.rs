//! Statements by somebody who wants more than a query may have.

use std::time::{Duration, Instant};

use groma_database::rusqlite::Connection;
use serde_json::Value;

use super::*;
use crate::testing::{World, thing};

/// What the statements here may take.
const TIGHT: Bounds = Bounds { patience: Duration::from_secs(2), growth: 256 << 20 };
/// By how much the process may have grown at most when a statement was stopped: it is looked at from time to time.
const OVERSHOOT: u64 = 512 << 20;

async fn world() -> World {
    let world = World::open().await;
    let things = (0..20).map(|number| thing("aws.ec2.instance", &format!("web-{number}"), number));
    world.record(things.collect()).await;
    world
}

fn ask(world: &World, sql: &str) -> Result<SqlAnswer, InventoryError> {
    world.inventory.query_in(sql, 1_000, TIGHT)
}

fn refused(world: &World, sql: &str) -> String {
    match ask(world, sql) {
        Err(InventoryError::Query(why)) => why,
        other => panic!("{sql}: {other:?}"),
    }
}

/// Every table there is, of Groma, of SQLite, and those that SQLite makes up.
fn tables(world: &World) -> Vec<String> {
    let connection = world.inventory.database.reader().unwrap();
    let names = |sql: &str| -> Vec<String> {
        let mut statement = connection.prepare(sql).unwrap();
        statement.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
    };
    let mut tables = names("SELECT name FROM sqlite_schema WHERE type = 'table'");
    tables.extend(names("SELECT name FROM pragma_module_list"));
    let pragmas = names("SELECT name FROM pragma_pragma_list");
    tables.extend(pragmas.into_iter().map(|name| format!("pragma_{name}")));
    tables.extend(
        ["sqlite_schema", "sqlite_master", "sqlite_temp_schema", "sqlite_temp_master", "sqlite_stat1"]
            .map(str::to_owned),
    );
    tables
}

#[tokio::test]
async fn no_table_but_those_below_the_views_can_be_read_by_any_name() {
    let world = world().await;
    let open = ["things", "changes", "relations", "slices"];
    for table in tables(&world).into_iter().filter(|table| !["json_each", "json_tree"].contains(&&**table)) {
        let below = open.contains(&table.as_str());
        // By itself, for its number of rows, by a part of the statement that is named like a view, in every place
        // where there can be one.
        for sql in [
            format!("SELECT * FROM main.\"{table}\""),
            format!("SELECT count(*) FROM main.\"{table}\""),
            format!("SELECT 1 WHERE EXISTS (SELECT 1 FROM \"{table}\")"),
            format!("SELECT * FROM (SELECT * FROM main.\"{table}\") AS resources"),
            format!("WITH resources AS (SELECT * FROM main.\"{table}\") SELECT * FROM resources"),
            format!(
                "WITH resources AS MATERIALIZED (SELECT count(*) FROM main.\"{table}\") SELECT * FROM resources"
            ),
            format!("WITH things AS (SELECT * FROM main.\"{table}\") SELECT * FROM things"),
            format!("WITH json_each AS (SELECT * FROM main.\"{table}\") SELECT * FROM json_each"),
            format!(
                "WITH RECURSIVE tags(x) AS (SELECT rowid FROM \"{table}\" UNION SELECT x FROM tags) SELECT * FROM tags"
            ),
            format!("SELECT kind FROM resources WHERE id IN (SELECT rowid FROM \"{table}\")"),
            format!("SELECT (SELECT count(*) FROM \"{table}\") FROM resources AS history"),
            format!("SELECT * FROM resources JOIN \"{table}\" AS relations ON true"),
        ] {
            // Those below the views can be counted, and be named as a view; what they hold, views show.
            let named = sql.contains("WITH resources") || sql.contains("WITH RECURSIVE tags");
            let counted = sql.contains("count(*)") || sql.contains("EXISTS");
            let shown = below && (named || counted);
            let shown = shown || (table == "relations" && ask(&world, &sql).is_ok());
            if !shown {
                refused(&world, &sql);
            }
        }
    }
}

#[tokio::test]
async fn what_is_sealed_opens_to_nobody_but_the_views() {
    let world = world().await;
    for sql in [
        "SELECT unseal('things.document', id, document_sealed) FROM main.things",
        "SELECT unseal('tokens.secret', x'00', x'00')",
        "SELECT uuid_text(x'00')",
        "SELECT UNSEAL('things.document', x'00', x'00')",
        "WITH resources AS (SELECT unseal('tasks.request', id, document_sealed) FROM main.things) SELECT * FROM resources",
        "WITH resources AS (SELECT unseal('audit.detail', id, document_sealed) FROM main.things) SELECT * FROM resources",
        "SELECT load_extension('libc.so.6')",
        "SELECT writefile('/tmp/groma-written', 'x')",
        "SELECT readfile('/etc/passwd')",
        "SELECT edit('x')",
    ] {
        refused(&world, sql);
    }
    let (_, sealed) = first(&world);
    let raw = ask(
        &world,
        "WITH resources AS (SELECT document_sealed FROM main.things ORDER BY id) SELECT * FROM resources",
    );
    // An envelope without its key says nothing.
    assert_eq!(raw.unwrap().rows[0][0], Value::from(BASE64_STANDARD.encode(sealed)));
}

fn first(world: &World) -> (Vec<u8>, Vec<u8>) {
    let connection: Connection = world.inventory.database.reader().unwrap();
    let sql = "SELECT id, document_sealed FROM things ORDER BY id LIMIT 1";
    connection.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap()
}

#[tokio::test]
async fn nothing_is_written_by_any_statement() {
    let world = world().await;
    let folder = world.folder();
    let look = || {
        let mut names: Vec<_> =
            std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        (
            names,
            std::fs::read(folder.join("groma.db")).unwrap(),
            std::fs::read(folder.join("groma.db-wal")).unwrap(),
        )
    };
    let before = look();
    for sql in [
        "INSERT INTO things SELECT * FROM things",
        "REPLACE INTO relations VALUES (x'00', 'x', x'00')",
        "WITH resources AS (SELECT 1) DELETE FROM main.things",
        "WITH resources AS (SELECT 1) UPDATE main.things SET state = 'gone' RETURNING *",
        "CREATE TABLE t (x)",
        "CREATE TEMP TABLE t AS SELECT * FROM resources",
        "CREATE VIRTUAL TABLE temp.t USING fts5(x)",
        "CREATE TEMP TRIGGER t INSTEAD OF DELETE ON resources BEGIN SELECT 1; END",
        "ALTER TABLE things ADD COLUMN x",
        "ANALYZE",
        "REINDEX",
        "VACUUM",
        "VACUUM INTO '/tmp/groma-copy.db'",
        "ATTACH ':memory:' AS x",
        "DETACH main",
        "PRAGMA user_version = 9",
        "PRAGMA wal_checkpoint(TRUNCATE)",
        "PRAGMA journal_mode = DELETE",
        "PRAGMA writable_schema = ON",
        "PRAGMA temp_store_directory = '/tmp'",
        "PRAGMA hard_heap_limit = 1",
        "SELECT * FROM pragma_hard_heap_limit(1)",
        "SAVEPOINT x",
        "BEGIN EXCLUSIVE",
        "COMMIT",
        "EXPLAIN INSERT INTO things SELECT * FROM things",
        "SELECT 1 UNION SELECT 2; DROP TABLE things",
        "SELECT 1;;DELETE FROM things",
    ] {
        refused(&world, sql);
    }
    assert!(look() == before, "something was written");
}

#[tokio::test]
async fn what_never_ends_is_stopped() {
    let world = world().await;
    for sql in [
        "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c",
        "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x FROM c) SELECT * FROM c WHERE x > 1",
        "WITH RECURSIVE resources(x) AS (VALUES (1) UNION ALL SELECT x + 1 FROM resources) SELECT max(x) FROM resources",
        "SELECT count(*) FROM resources a, resources b, resources c, resources d, resources e, resources f",
        "SELECT count(*) FROM history a JOIN history b JOIN history c JOIN history d JOIN history e JOIN history f",
    ] {
        let begun = Instant::now();
        let why = refused(&world, sql);
        // SQLite itself sees that the second returns nothing for ever.
        assert!(why.contains("longer than 2 s"), "{sql}: {why}");
        assert!(begun.elapsed() < Duration::from_secs(10), "{sql} took {:?}", begun.elapsed());
    }
}

#[tokio::test]
async fn memory_stays_bounded() {
    let world = world().await;
    let endless = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c)";
    for sql in [
        // What is sorted, gathered, told apart and kept on the way is in memory.
        format!("{endless} SELECT x, randomblob(1000) FROM c ORDER BY 2"),
        format!("{endless} SELECT x, randomblob(7000000) FROM c ORDER BY 2"),
        format!("{endless} SELECT count(DISTINCT randomblob(1000)) FROM c"),
        format!("{endless} SELECT randomblob(1000) AS r, count(*) FROM c GROUP BY r"),
        format!("{endless}, m AS MATERIALIZED (SELECT x, hex(randomblob(100000)) FROM c) SELECT count(*) FROM m"),
        "WITH RECURSIVE c(x) AS (SELECT randomblob(1000000) UNION SELECT randomblob(1000000) FROM c) SELECT count(*) FROM c".to_owned(),
        format!("{endless} SELECT first_value(h) OVER (ORDER BY x) FROM (SELECT x, randomblob(100000) AS h FROM c)"),
        format!("{endless} SELECT group_concat(hex(randomblob(100000))) FROM c"),
        format!("{endless} SELECT json_group_array(x) FROM c"),
        format!("{endless} SELECT group_concat(x) FILTER (WHERE x > 0) FROM c GROUP BY x % 100000"),
    ] {
        peak();
        let before = bounds::resident().unwrap();
        refused(&world, &sql);
        let peak = peak();
        assert!(peak < before + TIGHT.growth + OVERSHOOT, "{sql}: {} MiB", (peak - before) >> 20);
    }
    for sql in [
        "SELECT zeroblob(1000000000)",
        "SELECT randomblob(1000000000)",
        "SELECT printf('%.*c', 1000000000, 'x')",
        "SELECT printf('%1000000000d', 1)",
        "SELECT replace(hex(zeroblob(1000000)), '0', hex(zeroblob(1000000)))",
        "SELECT hex(hex(hex(hex(hex(zeroblob(1000000))))))",
    ] {
        peak();
        let before = bounds::resident().unwrap();
        refused(&world, sql);
        assert!(peak() < before + OVERSHOOT, "{sql}");
    }
}

#[tokio::test]
async fn wide_rows_of_large_values_are_not_copied_beyond_the_bound() {
    let world = world().await;
    let columns = |count: usize| vec!["zeroblob(8000000)"; count].join(", ");
    refused(&world, &format!("SELECT {}", columns(200)));
    // Larger than what a statement may take, and larger than an answer may be.
    refused(&world, &format!("SELECT {}", columns(100)));
    let answer = ask(&world, &format!("SELECT {}", columns(20))).unwrap();
    assert_eq!((answer.rows.len(), answer.truncated), (0, true));
    let rows =
        "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT hex(zeroblob(500000)) FROM c";
    let answer = ask(&world, rows).unwrap();
    let bytes: usize = answer.rows.iter().map(|row| row[0].as_str().unwrap().len()).sum();
    assert!(answer.truncated && bytes <= ANSWER_MAX && bytes > ANSWER_MAX / 2, "{bytes}");
}

#[tokio::test]
async fn deep_and_long_statements_are_refused_not_run() {
    let world = world().await;
    let nested = |open: &str, close: &str, depth: usize| {
        format!("SELECT {}1{}", open.repeat(depth), close.repeat(depth))
    };
    refused(&world, &nested("(1+", ")", 1_000));
    refused(&world, &nested("abs(", ")", 5_000));
    refused(&world, &nested("(SELECT ", ")", 2_000));
    refused(&world, &format!("SELECT {}", vec!["1"; 40_000].join("+")));
    refused(&world, &vec!["SELECT 1"; 5_000].join(" UNION ALL "));
    refused(&world, &format!("SELECT max({})", vec!["1"; 1_000].join(",")));
    refused(&world, &format!("SELECT '{}'", "x".repeat(SQL_MAX)));
    refused(&world, &format!("SELECT 1 {}", "/*".repeat(60_000)));
    // A pattern that is tried in every way.
    let begun = Instant::now();
    let pattern = format!("SELECT '{}' LIKE '{}'", "a".repeat(40_000), "%a".repeat(20_000) + "b");
    let _ = ask(&world, &pattern);
    assert!(begun.elapsed() < Duration::from_secs(10), "a pattern took {:?}", begun.elapsed());
}

/// Returns the most memory that this process had since the last call, in bytes.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    let peak = line.trim().strip_suffix(" kB").unwrap().parse::<u64>().unwrap() << 10;
    std::fs::write("/proc/self/clear_refs", "5").unwrap();
    peak
}
