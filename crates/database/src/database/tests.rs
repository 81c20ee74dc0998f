use super::*;

struct World {
    root: tempfile::TempDir,
    folder: Folder,
}

fn world() -> World {
    let root = tempfile::tempdir().unwrap();
    let folder = Folder::take(root.path()).unwrap();
    World { root, folder }
}

fn put(tx: &WriteTx<'_>, key: &str, value: &[u8]) -> rusqlite::Result<usize> {
    tx.connection().execute("INSERT INTO meta (key, value) VALUES (?1, ?2)", (key, value))
}

async fn keys(database: &Database) -> Vec<String> {
    let read = |connection: &Connection| {
        let mut statement = connection.prepare("SELECT key FROM meta ORDER BY key")?;
        statement.query_map([], |row| row.get(0))?.collect()
    };
    database.read(read).await.unwrap()
}

#[tokio::test]
async fn a_refused_operation_spoils_no_other() {
    let world = world();
    let (database, opened, _thread) = Database::open(&world.folder, 1).unwrap();
    assert!(opened.fresh && opened.set_aside.is_none());
    let good = database.write(|tx| Ok::<_, OpError<()>>(put(tx, "a", b"1")?));
    let bad = database.write(|tx| {
        put(tx, "b", b"1")?;
        Err::<(), _>(OpError::Refused("no"))
    });
    let twice = database.write(|tx| Ok::<_, OpError<()>>(put(tx, "a", b"2")?));
    let (good, bad, twice) = tokio::join!(good, bad, twice);
    assert_eq!(good, Ok(1));
    assert_eq!(bad, Err(WriteError::Refused("no")));
    assert!(matches!(twice, Err(WriteError::Sqlite(_))));
    assert_eq!(keys(&database).await, ["a"]);
}

#[tokio::test]
async fn a_damaged_file_is_set_aside_and_a_new_one_begun() {
    let world = world();
    std::fs::write(
        world.root.path().join(Database::FILE),
        b"this is no database, it only looks like a file\n",
    )
    .unwrap();
    let (database, opened, _thread) = Database::open(&world.folder, 77).unwrap();
    let (aside, _) = opened.set_aside.unwrap();
    assert!(aside.ends_with("groma.db.damaged-77") && aside.exists());
    database.write(|tx| Ok::<_, OpError<()>>(put(tx, "a", b"1")?)).await.unwrap();
}

#[tokio::test]
async fn a_page_damaged_in_the_middle_is_found() {
    let world = world();
    let (database, _, thread) = Database::open(&world.folder, 1).unwrap();
    for index in 0..50 {
        let key = format!("{index:03}");
        database.write(move |tx| Ok::<_, OpError<()>>(put(tx, &key, &[7; 3000])?)).await.unwrap();
    }
    drop(database);
    thread.join().unwrap();
    let path = world.root.path().join(Database::FILE);
    let mut bytes = std::fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 8192].fill(0xA5);
    std::fs::write(&path, bytes).unwrap();
    let (_, opened, _thread) = Database::open(&world.folder, 2).unwrap();
    assert!(opened.set_aside.is_some());
}

#[tokio::test]
async fn a_later_version_is_refused_and_left_alone() {
    let world = world();
    let path = world.root.path().join(Database::FILE);
    Connection::open(&path).unwrap().pragma_update(None, "user_version", 999).unwrap();
    assert!(matches!(Database::open(&world.folder, 1), Err(DatabaseError::TooNew { found: 999, .. })));
    assert!(path.exists());
}

#[tokio::test]
async fn a_full_file_poisons_the_writer_for_good() {
    let world = world();
    let (database, _, _thread) = Database::open(&world.folder, 1).unwrap();
    database.write(|tx| Ok::<_, OpError<()>>(put(tx, "before", b"1")?)).await.unwrap();
    let limit = |tx: &mut WriteTx<'_>| {
        let pages: i64 = tx.connection().pragma_query_value(None, "page_count", |row| row.get(0))?;
        tx.connection().pragma_update_and_check(None, "max_page_count", pages, |row| row.get::<_, i64>(0))?;
        Ok::<_, OpError<()>>(())
    };
    database.write(limit).await.unwrap();
    let refused = database.write(|tx| Ok::<_, OpError<()>>(put(tx, "large", &[0; 1 << 20])?)).await;
    assert!(matches!(&refused, Err(WriteError::Sqlite(_) | WriteError::Poisoned(_))), "{refused:?}");
    assert!(matches!(&*database.health().borrow(), Health::Poisoned(reason) if reason.contains("full")));
    let later = database.write(|tx| Ok::<_, OpError<()>>(put(tx, "later", b"1")?)).await;
    assert!(matches!(later, Err(WriteError::Poisoned(_))));
    assert_eq!(keys(&database).await, ["before"]);
}

#[tokio::test]
async fn closing_leaves_one_private_file_and_refuses_what_comes_later() {
    use std::os::unix::fs::PermissionsExt as _;
    let world = world();
    let (database, _, thread) = Database::open(&world.folder, 1).unwrap();
    database.write(|tx| Ok::<_, OpError<()>>(put(tx, "a", b"1")?)).await.unwrap();
    database.close().await;
    thread.join().unwrap();
    let later = database.write(|tx| Ok::<_, OpError<()>>(put(tx, "b", b"1")?)).await;
    assert!(matches!(later, Err(WriteError::Poisoned(_))));
    let path = world.root.path().join(Database::FILE);
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let log = world.root.path().join("groma.db-wal");
    assert_eq!(std::fs::metadata(log).map_or(0, |log| log.len()), 0);
    assert_eq!(keys(&database).await, ["a"]);
}

#[tokio::test]
async fn a_panic_in_an_operation_is_not_hidden() {
    let world = world();
    let (database, _, thread) = Database::open(&world.folder, 1).unwrap();
    let refused = database.write(|_| -> Result<(), OpError<()>> { panic!("a fault") }).await;
    assert!(matches!(refused, Err(WriteError::Poisoned(_))));
    assert!(thread.join().is_err());
    assert!(matches!(&*database.health().borrow(), Health::Poisoned(_)));
}
