//! Objects of a repository of backups that are not what we wrote.

use std::sync::LazyLock;

use groma_backup::{BackupKeys, fuzz};
use groma_seal::{Keyring, Unlock};

use crate::runtime::folder;

static KEYS: LazyLock<BackupKeys> = LazyLock::new(|| {
    let keys = folder();
    BackupKeys::of(&Keyring::open(&keys, &Unlock::KeyFile(keys.join("the.key")), true).unwrap())
});

/// The first byte says what the rest is read as.
pub(crate) fn run(data: &[u8]) {
    let Some((first, rest)) = data.split_first() else { return };
    match first % 4 {
        0 => fuzz::config(&KEYS, rest),
        1 => fuzz::entry(&KEYS, rest),
        2 => fuzz::opened(rest),
        _ => fuzz::names(&String::from_utf8_lossy(rest)),
    }
}

pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let digest = "ab".repeat(32);
    let id = "6f9619ff-8b86-4d01-b42d-00c04fc964ff";
    let backup = format!(
        r#"2{{"id":"{id}","body":{{"backup":{{"created":"2026-01-01T00:00:00Z","version":"1","schema":1,"journal":{{"epoch":1,"number":2}},"counts":null,"facts":{{}},"chunks":["{digest}.0:100","{digest}.7:4"],"files":[{{"path":"executions/a","bytes":54,"sha256":"{digest}","chunk":0,"offset":50}}]}}}}}}"#
    );
    let texts = [
        format!(r#"0{{"format":1,"folder":"{id}","chunk_bytes":1048576,"check":"{digest}"}}"#),
        r#"0{"format":2}"#.to_owned(),
        format!("1GROMABK1{}", "x".repeat(100)),
        backup.replace("executions/a", "../a"),
        backup.replace(r#""bytes":54"#, r#""bytes":55"#),
        backup.replace("executions/a", "/etc/passwd"),
        backup,
        format!(
            r#"2{{"id":"{id}","body":{{"trash":{{"chunks":["{digest}.1"],"keys":["{digest}.18446744073709551615"]}}}}}}"#
        ),
        format!(r#"2{{"id":"{id}","body":{{"damaged":{{"chunks":[]}}}}}}"#),
        format!("3chunks/ab/{digest}.12"),
        format!("3keys/{digest}.0"),
        "3log/000000000012".to_owned(),
    ];
    texts.map(String::into_bytes).into()
}
