use proptest::prelude::{any, proptest};

use super::ConfigFile;
use crate::output::Format;

#[test]
fn a_full_file_is_read() {
    let file = ConfigFile::parse(
        "data_dir = '~/groma'\nlisten = '127.0.0.1:8000'\noutput = 'json'\n\
         [scan]\nports = '1-1024'\nconcurrency = 500\ntimeout = '500ms'\nexclude = ['10.0.0.1']\n",
    )
    .unwrap();
    assert_eq!(file.output, Some(Format::Json));
    assert_eq!(file.scan.concurrency, Some(500));
    assert_eq!(file.listen.unwrap().port(), 8000);
}

#[test]
fn an_unknown_key_names_the_nearest_known_one() {
    for (text, expected) in [
        ("lisen = '127.0.0.1:1'", "unknown key `lisen`; did you mean `listen`?"),
        ("datadir = 'x'", "unknown key `datadir`; did you mean `data_dir`?"),
        ("[scan]\nmaxrate = 5", "unknown key `scan.maxrate`; did you mean `scan.max_rate`?"),
        ("qqq = 1", "unknown key `qqq`; known are"),
    ] {
        let why = ConfigFile::parse(text).unwrap_err();
        assert!(why.starts_with(expected), "{why}");
    }
}

#[test]
fn wrong_types_and_values_are_refused() {
    for text in [
        "listen = 7463",
        "listen = 'localhost'",
        "output = 'xml'",
        "[scan]\ntimeout = '1'",
        "scan = 3",
        "= x",
    ] {
        assert!(ConfigFile::parse(text).is_err(), "{text}");
    }
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in any::<String>()) {
        let _ = ConfigFile::parse(&text);
    }
}
