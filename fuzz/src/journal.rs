//! Reading a journal of which one row is damaged: the others must come, in order, and the hole must be told.

use std::sync::{Arc, LazyLock};

use groma_database::rusqlite::types::Value;
use groma_database::{Database, Folder, OpError};
use groma_journal::{HistoryRequest, Journal, JournalOptions, NewEvent, Start};
use groma_model::system::{self, Severity};
use groma_model::{Epoch, EventFilter, NodeId, SystemClock};
use groma_seal::{Keyring, Place, Unlock};

use crate::runtime::{block, folder};

struct World {
    database: Database,
    journal: Arc<Journal>,
    keyring: Arc<Keyring>,
    _folder: Folder,
}

const ROWS: i64 = 5;
const DAMAGED: i64 = 3;

static WORLD: LazyLock<World> = LazyLock::new(|| {
    let root = folder();
    let folder = Folder::take(&root.join("data")).unwrap();
    let (database, _, _thread) = Database::open(&folder, 1).unwrap();
    let keyring = Keyring::open(folder.path(), &Unlock::KeyFolder(root.join("keys")), true).unwrap();
    let keyring = Arc::new(keyring);
    // No memory: everything is read from the file.
    let options = JournalOptions { node: NodeId::now(), epoch: Epoch::from_millis(5), tail_bytes: 0 };
    let opened = Journal::open(database.clone(), Arc::clone(&keyring), Arc::new(SystemClock), options);
    let journal = block(opened).unwrap();
    for number in 1..=ROWS {
        let message = format!("event {number}");
        let payload = system::Error { message, severity: Severity::Info, context: None, timestamp: number };
        let (journal, event) = (Arc::clone(&journal), NewEvent { subject: None, payload: payload.into() });
        let written = database.write(move |tx| Ok::<_, OpError<()>>(journal.append(tx, vec![event])?));
        block(written).unwrap();
    }
    World { database, journal, keyring, _folder: folder }
});

/// The columns that can be damaged, in the order of the bits of the first byte.
const COLUMNS: [&str; 6] = ["at", "type", "subject_kind", "subject", "id", "data_sealed"];

fn write(sql: String, values: Vec<Value>) -> bool {
    let op = move |tx: &mut groma_database::WriteTx<'_>| {
        let parameters = groma_database::rusqlite::params_from_iter(values);
        Ok::<_, OpError<()>>(tx.connection().execute(&sql, parameters)?)
    };
    block(WORLD.database.write(op)).is_ok()
}

/// The first byte says which columns are damaged, the rest what stands in them.
pub(crate) fn run(data: &[u8]) {
    let world = &*WORLD;
    let Some((columns, mut rest)) = data.split_first() else { return };
    let mut take = |count: usize| {
        let (taken, left) = rest.split_at(count.min(rest.len()));
        rest = left;
        taken
    };
    let (mut sets, mut values) = (Vec::new(), Vec::new());
    for (bit, column) in COLUMNS.iter().enumerate() {
        if columns & (1 << bit) == 0 {
            continue;
        }
        let value = match *column {
            "at" | "type" | "subject_kind" => {
                let mut number = [0; 8];
                let given = take(8);
                number[..given.len()].copy_from_slice(given);
                Value::Integer(i64::from_le_bytes(number))
            }
            "data_sealed" if columns & 0x40 != 0 => {
                // Sealed as it should be: what is inside is what nobody wrote.
                let text = serde_json::to_vec(&String::from_utf8_lossy(take(usize::MAX))).unwrap();
                Value::Blob(world.keyring.seal(Place::new("journal.data", &DAMAGED.to_be_bytes()), &text))
            }
            _ => {
                let count = take(1).first().map_or(0, |count| usize::from(*count));
                Value::Blob(take(count).to_vec())
            }
        };
        sets.push(format!("{column} = ?{}", sets.len() + 1));
        values.push(value);
    }
    if sets.is_empty() {
        return;
    }
    let keep =
        format!("CREATE TEMP TABLE IF NOT EXISTS kept AS SELECT * FROM journal WHERE sequence = {DAMAGED}");
    assert!(write(keep, Vec::new()));
    let damaged = write(format!("UPDATE journal SET {} WHERE sequence = {DAMAGED}", sets.join(", ")), values);
    let read = if damaged { Some(block(read_all())) } else { None };
    let put_back = "REPLACE INTO journal SELECT * FROM kept".to_owned();
    assert!(write(put_back, Vec::new()));
    let Some((paged, followed)) = read else { return };
    for (how, numbers) in [("by pages", paged), ("by a cursor", followed)] {
        let others: Vec<u64> = numbers.iter().copied().filter(|number| *number != DAMAGED as u64).collect();
        assert_eq!(others, [1, 2, 4, 5], "read {how}: {numbers:?}");
    }
}

/// Returns the numbers of what can be read, by both ways.
async fn read_all() -> (Vec<u64>, Vec<u64>) {
    let journal = &WORLD.journal;
    let request = HistoryRequest { limit: 100, ..HistoryRequest::default() };
    let page = journal.history(request).await.expect("a damaged row hides all others from pages");
    let paged: Vec<u64> = page.frames.iter().filter_map(|frame| Some(frame.sequence?.number)).collect();
    assert!(page.gap || paged.len() == ROWS as usize, "a missing row is not told");
    let mut cursor = journal.cursor(Start::Oldest, EventFilter::default()).await.unwrap();
    let (mut followed, mut told) = (Vec::new(), false);
    while let Some(delivery) = cursor.poll().await.expect("a damaged row hides all others from cursors") {
        for frame in delivery.frames() {
            match frame.sequence {
                Some(sequence) => followed.push(sequence.number),
                None => told = true,
            }
        }
    }
    assert!(told || followed.len() == ROWS as usize, "a missing row is not told to a cursor");
    (paged, followed)
}

pub(crate) fn seeds() -> Vec<Vec<u8>> {
    vec![
        vec![0b01, 1, 2, 3],
        vec![0b10, 250],
        vec![0b100, 9],
        vec![0b1000, 16, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16],
        vec![0b1100, 1, 0, 0, 0, 0, 0, 0, 0, 3, 1, 2, 3],
        vec![0b1_0000, 3, 1, 2, 3],
        vec![0b10_0000, 20, 1, 0, 0, 0, 1],
        vec![0b110_0000, b'x'],
    ]
}
