//! Opening a file of which some bytes were changed: it opens, or is set aside, or is refused with a reason.

use std::path::PathBuf;
use std::sync::LazyLock;

use groma_database::{Database, Folder, OpError};

use crate::runtime::{block, folder};

struct Sound {
    folder: PathBuf,
    bytes: Vec<u8>,
}

static SOUND: LazyLock<Sound> = LazyLock::new(|| {
    let path = folder();
    {
        let folder = Folder::take(&path).unwrap();
        let (database, _, thread) = Database::open(&folder, 1).unwrap();
        block(async {
            for number in 0..50_i64 {
                let op = move |tx: &mut groma_database::WriteTx<'_>| {
                    let sql = "INSERT INTO journal (sequence, at, type, id, data_sealed) VALUES (?1, 0, 1, zeroblob(16), zeroblob(200))";
                    Ok::<_, OpError<()>>(tx.connection().execute(sql, [number])?)
                };
                database.write(op).await.unwrap();
            }
            database.close().await;
        });
        drop(database);
        thread.join().unwrap();
    }
    let bytes = std::fs::read(path.join(Database::FILE)).unwrap();
    Sound { folder: path, bytes }
});

/// Each change is three bytes of position and length, and what stands there instead; a length of 0 cuts the file.
pub(crate) fn run(data: &[u8]) {
    let Sound { folder: path, bytes } = &*SOUND;
    let mut damaged = bytes.clone();
    let mut rest = data;
    while let [high, low, length, more @ ..] = rest {
        // Positions below 4 KiB, where the header and the schema are, are as likely as all others.
        let position = usize::from(u16::from_be_bytes([*high, *low]));
        let position = if *high < 128 { position % 4096 } else { position * damaged.len() / 65_536 };
        let (change, after) = more.split_at(usize::from(*length).min(more.len()));
        if *length == 0 {
            damaged.truncate(position);
        }
        for (offset, byte) in change.iter().enumerate() {
            if let Some(old) = damaged.get_mut(position + offset) {
                *old = *byte;
            }
        }
        rest = after;
    }
    for entry in std::fs::read_dir(path).unwrap() {
        let entry = entry.unwrap().path();
        if entry.file_name().is_some_and(|name| name.to_string_lossy().starts_with(Database::FILE)) {
            std::fs::remove_file(entry).unwrap();
        }
    }
    std::fs::write(path.join(Database::FILE), &damaged).unwrap();
    let folder = Folder::take(path).unwrap();
    let (database, opened, thread) = match Database::open(&folder, 1) {
        Ok(opened) => opened,
        Err(error) => {
            assert!(!error.to_string().is_empty());
            return;
        }
    };
    if opened.set_aside.is_some() {
        let aside = path.join(format!("{}.damaged-1", Database::FILE));
        assert_eq!(std::fs::read(aside).unwrap().len(), damaged.len(), "what was set aside is not all there");
    }
    block(async {
        // Either may fail: what was not noticed at the start is noticed now.
        let count = |connection: &groma_database::rusqlite::Connection| {
            connection.query_row("SELECT count(*), max(length(data_sealed)) FROM journal", [], |row| {
                row.get::<_, i64>(0)
            })
        };
        let _ = database.read(count).await;
        let op = |tx: &mut groma_database::WriteTx<'_>| {
            let sql = "INSERT INTO journal (sequence, at, type, id, data_sealed) VALUES (1000, 0, 1, zeroblob(16), zeroblob(1))";
            Ok::<_, OpError<()>>(tx.connection().execute(sql, [])?)
        };
        let _ = database.write(op).await;
        database.close().await;
    });
    drop(database);
    thread.join().expect("the writer's thread panicked");
}

pub(crate) fn seeds() -> Vec<Vec<u8>> {
    vec![
        Vec::new(),
        vec![0, 0, 4, b'n', b'o', b'p', b'e'],
        vec![0, 60, 4, 0, 0, 0, 99],
        vec![1, 0, 0],
        vec![200, 0, 3, 255, 255, 255],
        vec![255, 0, 0],
    ]
}
