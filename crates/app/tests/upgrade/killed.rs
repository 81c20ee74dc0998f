//! A process that is killed while it brings a folder up to date, until it has done so.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use groma_app::{App, AppOptions};
use groma_database::rusqlite::{Connection, OptionalExtension as _};
use rand::{Rng as _, SeedableRng as _, rngs::StdRng};

use crate::made::{Made, check};

const FOLDER: &str = "GROMA_UPGRADE_FOLDER";
const HOSTS: u16 = 1_500;
/// Kills that must have come in the middle, between the first and the last row that was moved.
const KILLS: usize = 12;

#[tokio::test]
async fn victim() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let root = Path::new(&folder);
    let app = App::open(AppOptions::new(root.join("data"), root.join("keys"))).await.unwrap();
    println!("\n@open");
    app.close().await;
}

/// Returns how many hosts wait for the new form, and how many things have it; `None`: nothing waits.
fn standing(root: &Path) -> Option<(i64, i64)> {
    let connection = Connection::open(root.join("data/groma.db")).unwrap();
    let old = "SELECT 1 FROM sqlite_schema WHERE name = 'things_0006'";
    let begun = connection.query_row(old, [], |_| Ok(())).optional().unwrap().is_some();
    let count = |sql: &str| connection.query_row(sql, [], |row| row.get(0)).unwrap();
    if begun {
        return Some((count("SELECT count(*) FROM things_0006"), count("SELECT count(*) FROM things")));
    }
    let version: i64 = count("PRAGMA user_version");
    (version < 7).then(|| (count("SELECT count(*) FROM things"), 0))
}

#[tokio::test]
async fn a_killed_upgrade_goes_on_where_it_was_and_moves_nothing_twice() {
    let mut random = StdRng::seed_from_u64(11);
    let mut middle = 0;
    // Each round a new folder; as many as it takes, since nobody knows how fast this machine is.
    for round in 0.. {
        assert!(round < 100, "only {middle} kills came in the middle: the upgrade is too fast for this test");
        let root = tempfile::tempdir().unwrap();
        let mut made = Made::new(root.path(), 6);
        made.hosts(HOSTS);
        drop(made);
        let mut wait = 300;
        while let Some(before) = standing(root.path()) {
            let mut victim = Command::new(std::env::current_exe().unwrap());
            victim.args(["--exact", "killed::victim", "--nocapture"]).env(FOLDER, root.path());
            let mut victim = victim.stdout(Stdio::null()).spawn().unwrap();
            std::thread::park_timeout(Duration::from_millis(random.random_range(20..wait)));
            victim.kill().unwrap();
            victim.wait().unwrap();
            // Whoever dies before it moves anything gets more time.
            wait += 50;
            if let Some(after) = standing(root.path()) {
                assert!(after.0 <= before.0 && after.1 >= before.1, "{before:?} became {after:?}");
                middle += usize::from(after.0 > 0 && after.1 > 0);
            }
        }
        check(root.path(), HOSTS).await;
        if middle >= KILLS {
            return;
        }
    }
}
