//! Every target over its seeds, among which are the inputs that once failed.

#![allow(clippy::unwrap_used, clippy::panic, reason = "what is not as expected fails the test")]

use std::path::Path;

use groma_fuzz::TARGETS;

fn all(name: &str) {
    let target = TARGETS.iter().find(|target| target.name == name).unwrap();
    for seed in (target.seeds)() {
        (target.run)(&seed);
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds").join(name);
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        (target.run)(&std::fs::read(entry.unwrap().path()).unwrap());
    }
}

macro_rules! targets {
    ($($name:ident),*) => {
        $(#[test] fn $name() { all(stringify!($name)); })*

        #[test]
        fn every_target_is_tested() {
            let mut known: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
            let mut tested = vec![$(stringify!($name)),*];
            known.sort_unstable();
            tested.sort_unstable();
            assert_eq!(known, tested);
            for entry in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds")).unwrap() {
                let name = entry.unwrap().file_name().into_string().unwrap();
                assert!(known.contains(&name.as_str()), "seeds for `{name}`, which is no target");
            }
        }
    };
}

targets!(
    words, query, stream, scan, edge, client, sealed, keys, journal, database, archive, declare, webhook,
    log, redact, lines, backup, search, snapshot
);
