//! Times backups: `backup_throughput make FOLDER MEGABYTES` makes a data folder, `backup_throughput change FOLDER ROWS` changes rows all
//! over its database, `backup_throughput create|verify|restore FOLDER TARGET [CHUNK_BYTES]` does what it says and prints a line of
//! JSON. TARGET is a folder, or `http://ADDRESS/BUCKET` of an S3 server on loopback. Used by `bench/backup_restic`.

use std::error::Error;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use groma_backup::{
    Access, BackupKeys, Depth, Facts, Layout, Quiet, Repository, Request, RestoreOptions, S3, Source, Target,
    Which,
};
use groma_database::rusqlite::Connection;
use groma_seal::{Keyring, Unlock, Zeroizing};
use rand::RngCore as _;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

type Done<T = ()> = Result<T, Box<dyn Error>>;

const ROW_BYTES: usize = 1000;

fn main() -> Done {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let said = match words.as_slice() {
        ["make", folder, megabytes] => make(Path::new(folder), megabytes.parse()?)?,
        ["change", folder, rows] => change(Path::new(folder), rows.parse()?)?,
        [does @ ("create" | "verify" | "restore"), folder, target, rest @ ..] => {
            let chunk_bytes = rest.first().map_or(Ok(256 << 10), |bytes| bytes.parse())?;
            let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
            runtime.block_on(run(does, Path::new(folder), target, chunk_bytes))?
        }
        _ => return Err("see the head of this file".into()),
    };
    writeln!(std::io::stdout(), "{said}")?;
    Ok(())
}

fn key(folder: &Path) -> Unlock {
    Unlock::KeyFile(folder.with_extension("key"))
}

fn make(folder: &Path, megabytes: usize) -> Done<Value> {
    std::fs::create_dir_all(folder.join("executions"))?;
    Keyring::open(folder, &key(folder), true)?;
    let mut database = Connection::open(folder.join("groma.db"))?;
    database.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA user_version = 1; CREATE TABLE t (id INTEGER PRIMARY KEY, v BLOB)",
    )?;
    let transaction = database.transaction()?;
    for _ in 0..megabytes * 1000 {
        transaction.execute("INSERT INTO t (v) VALUES (?1)", [random(ROW_BYTES)])?;
    }
    transaction.commit()?;
    database.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)")?;
    for number in 0..megabytes * 4 {
        std::fs::write(folder.join(format!("executions/{number:08}.log.sealed")), random(2500))?;
    }
    Ok(json!({ "made": megabytes }))
}

fn change(folder: &Path, rows: usize) -> Done<Value> {
    let mut database = Connection::open(folder.join("groma.db"))?;
    let count: i64 = database.query_row("SELECT max(id) FROM t", [], |row| row.get(0))?;
    let transaction = database.transaction()?;
    for _ in 0..rows {
        let id = i64::try_from(rand::random_range(0..u64::try_from(count)?))?;
        transaction.execute("UPDATE t SET v = ?1 WHERE id = ?2", (random(ROW_BYTES), id))?;
    }
    transaction.commit()?;
    database.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)")?;
    Ok(json!({ "changed": rows }))
}

fn random(bytes: usize) -> Vec<u8> {
    let mut value = vec![0; bytes];
    rand::rng().fill_bytes(&mut value);
    value
}

fn target(text: &str) -> Target {
    let s3 = text.strip_prefix("http://").and_then(|rest| rest.split_once('/'));
    match s3 {
        None => Target::Local { path: PathBuf::from(text) },
        Some((address, bucket)) => Target::S3(S3 {
            bucket: bucket.to_owned(),
            prefix: String::new(),
            region: "us-east-1".to_owned(),
            endpoint: Some(format!("http://{address}")),
            access: Access {
                key_id: "test".to_owned(),
                secret: Zeroizing::new("test".to_owned()),
                session_token: None,
            },
            allow_http: true,
            virtual_hosted: None,
        }),
    }
}

async fn run(does: &str, folder: &Path, to: &str, chunk_bytes: u32) -> Done<Value> {
    let keyring = Keyring::open(folder, &key(folder), false)?;
    let layout = Layout { chunk_bytes };
    let repository = Repository::open(&target(to), BackupKeys::of(&keyring), Some(layout)).await?;
    let (quiet, cancel) = (Arc::new(Quiet), CancellationToken::new());
    let begun = Instant::now();
    let mut said = match does {
        "create" => {
            let request = Request {
                source: Source::data_folder(folder),
                created: jiff::Timestamp::now(),
                version: "measured".to_owned(),
                witness: Arc::new(|_: &Path| Ok(Facts::default())),
            };
            let made = repository.create(&request, quiet, &cancel).await?;
            json!({ "bytes": made.backup.bytes, "chunks": made.chunks, "sent_chunks": made.chunks - made.reused, "sent_bytes": made.sent_bytes })
        }
        "verify" => {
            let report = repository.verify(None, Depth::Full, quiet, &cancel).await?;
            json!({ "bytes": report.bytes, "sound": report.is_sound() })
        }
        _ => {
            let into = folder.with_extension("restored");
            let report =
                repository.restore(Which::Newest, &into, RestoreOptions::default(), quiet, &cancel).await?;
            json!({ "bytes": report.backup.bytes })
        }
    };
    let seconds = begun.elapsed().as_secs_f64();
    let bytes = said["bytes"].as_f64().unwrap_or_default();
    said["did"] = json!(does);
    said["seconds"] = json!(seconds);
    said["megabytes_per_second"] = json!(bytes / 1e6 / seconds);
    Ok(said)
}
