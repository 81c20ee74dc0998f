use std::collections::BTreeSet;
use std::path::Path;

use groma_api::{Principal, PrincipalKind, Scope};
use groma_database::{Database, Folder, OpError};
use groma_journal::{Journal, JournalOptions};
use groma_model::{Clock, PrincipalId, SystemClock};
use groma_seal::{Keyring, Unlock};

use super::*;
use crate::Identity;

pub(crate) struct Open {
    database: Database,
    keyring: Arc<Keyring>,
    pub(crate) journal: Arc<Journal>,
    pub(crate) inventory: Inventory,
    _folder: Folder,
}

pub(crate) async fn open(root: &Path) -> Open {
    let folder = Folder::take(&root.join("data")).unwrap();
    let keys = Unlock::KeyFolder(root.join("keys"));
    let fresh = !folder.path().join(Database::FILE).exists();
    let keyring = Arc::new(Keyring::open(folder.path(), &keys, fresh).unwrap());
    let (database, _, _) = Database::open(&folder, 1).unwrap();
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let identity = Identity::load(&database, &folder, &keyring, &*clock).await.unwrap();
    let options = JournalOptions { node: identity.node, epoch: identity.epoch, tail_bytes: 1 << 20 };
    let journal =
        Journal::open(database.clone(), Arc::clone(&keyring), Arc::clone(&clock), options).await.unwrap();
    let (kept, told) = (Arc::clone(&keyring), Arc::clone(&journal));
    let inventory = Inventory::new(database.clone(), kept, told, clock, identity.segment);
    inventory.upgrade().await.unwrap();
    Open { database, keyring, journal, inventory, _folder: folder }
}

impl Open {
    async fn change(&self, sql: &'static str) {
        let op = move |tx: &mut groma_database::WriteTx<'_>| {
            Ok::<_, OpError<()>>(tx.connection().execute_batch(sql)?)
        };
        self.database.write(op).await.unwrap();
    }

    /// Writes so many changes to the audit, which are sealed each in its own row.
    async fn audit(&self, count: usize) {
        let principal = Principal {
            id: PrincipalId::now(),
            kind: PrincipalKind::Local,
            name: "somebody".to_owned(),
            scopes: vec![Scope::Admin],
        };
        self.inventory.keep_principal(principal.clone()).await.unwrap();
        for number in 0..count {
            let detail = format!("detail {number}");
            let written =
                self.inventory.audit(Some(principal.clone()), "test", None, "done".to_owned(), detail);
            written.await.unwrap();
        }
    }

    async fn emit(&self, count: i64) {
        for timestamp in 0..count {
            let message = format!("event {timestamp}");
            let payload = system::Error { message, severity: Severity::Info, context: None, timestamp };
            let (journal, event) =
                (Arc::clone(&self.journal), NewEvent { subject: None, payload: payload.into() });
            let op = move |tx: &mut groma_database::WriteTx<'_>| {
                journal.append(tx, vec![event])?;
                Ok::<_, OpError<()>>(())
            };
            self.database.write(op).await.unwrap();
        }
    }

    async fn run(&self) {
        while self.inventory.reencryption_step().await.unwrap() {}
    }
}

#[tokio::test]
async fn every_sealed_column_of_the_schema_is_gone_through() {
    let root = tempfile::tempdir().unwrap();
    let open = open(root.path()).await;
    let schema = open.database.read(|connection| {
        let mut tables = connection.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'")?;
        let tables: Vec<String> = tables
            .query_map([], |row| row.get(0))?
            .collect::<Result<_, groma_database::rusqlite::Error>>()?;
        let (mut sealed, mut keys) = (BTreeSet::new(), std::collections::BTreeMap::new());
        for table in tables {
            let mut columns = connection.prepare("SELECT name, pk FROM pragma_table_info(?1)")?;
            let mut rows = columns.query([&table])?;
            while let Some(row) = rows.next()? {
                let (column, primary): (String, i64) = (row.get(0)?, row.get(1)?);
                if primary > 0 {
                    keys.entry(table.clone()).or_insert_with(Vec::new).push((primary, column.clone()));
                }
                if column.ends_with("_sealed") {
                    sealed.insert((table.clone(), column));
                }
            }
        }
        Ok((sealed, keys))
    });
    let (schema, keys) = schema.await.unwrap();
    let known = COLUMNS.iter().map(|column| (column.table.to_owned(), column.column.to_owned()));
    assert_eq!(
        known.collect::<BTreeSet<_>>(),
        schema,
        "add it to COLUMNS, or its values are lost with their key"
    );
    for column in COLUMNS {
        let mut primary = keys[column.table].clone();
        primary.sort();
        let primary: Vec<_> = primary.iter().map(|(_, name)| name.as_str()).collect();
        assert_eq!(primary, column.primary_key, "{}", column.place);
        let name = format!("{}.{}", column.table, column.column.trim_end_matches("_sealed"));
        assert_eq!(name, column.place);
    }
}

#[tokio::test]
async fn everything_ends_under_the_new_key_and_is_told() {
    let root = tempfile::tempdir().unwrap();
    let open = open(root.path()).await;
    open.audit(1200).await;
    open.emit(700).await;
    assert_eq!(open.inventory.reencryption().await.unwrap(), None);
    let key = open.keyring.renew().unwrap();
    assert!(open.inventory.sealed_before(key).await.unwrap());
    open.inventory.reencryption_begin(key).await.unwrap();
    let claim = open.inventory.reencrypting().unwrap();
    assert!(open.inventory.reencrypting().is_none());
    assert!(open.inventory.reencryption().await.unwrap().unwrap().running);
    open.run().await;
    drop(claim);
    let record = open.inventory.reencryption().await.unwrap().unwrap();
    let seen = (record.done, record.running, record.rows_done, record.rows_total, record.rows_damaged);
    assert_eq!(seen, (true, false, 1901, 1901, 0));
    assert!(!open.inventory.sealed_before(key).await.unwrap());
    open.keyring.retire(&[1]).unwrap();
    let entries = open.inventory.audit_entries(2000).await.unwrap();
    assert_eq!(entries.len(), 1200);
    assert_eq!(entries[0].detail, "detail 1199");
}

#[tokio::test]
async fn it_goes_on_where_it_was_left_and_what_changes_meanwhile_stands() {
    let root = tempfile::tempdir().unwrap();
    let first = open(root.path()).await;
    first.audit(1400).await;
    let key = first.keyring.renew().unwrap();
    first.inventory.reencryption_begin(key).await.unwrap();
    let mut before = first.inventory.reencryption().await.unwrap().unwrap();
    while before.rows_done < 500 {
        assert!(first.inventory.reencryption_step().await.unwrap());
        before = first.inventory.reencryption().await.unwrap().unwrap();
    }
    first.database.close().await;
    drop(first);
    let second = open(root.path()).await;
    let after = second.inventory.reencryption().await.unwrap().unwrap();
    assert_eq!(after, before, "it would begin anew");
    second.audit(10).await;
    second.run().await;
    let ended = second.inventory.reencryption().await.unwrap().unwrap();
    assert!(ended.done && ended.rows_done >= 1400 && ended.rows_damaged == 0, "{ended:?}");
    assert!(!second.inventory.sealed_before(key).await.unwrap());
    assert_eq!(second.inventory.audit_entries(2000).await.unwrap().len(), 1410);
}

#[tokio::test]
async fn damaged_rows_are_counted_and_left() {
    let root = tempfile::tempdir().unwrap();
    let open = open(root.path()).await;
    open.audit(20).await;
    open.change("UPDATE audit SET detail_sealed = x'0100000001ffffffff' WHERE ordinal = 3").await;
    open.change("UPDATE audit SET detail_sealed = x'' WHERE ordinal = 5").await;
    let key = open.keyring.renew().unwrap();
    open.inventory.reencryption_begin(key).await.unwrap();
    open.run().await;
    let record = open.inventory.reencryption().await.unwrap().unwrap();
    assert_eq!((record.done, record.rows_damaged), (true, 2));
    // So that the key by which the damaged row might be rescued is kept.
    assert!(open.inventory.sealed_before(key).await.unwrap());
}
