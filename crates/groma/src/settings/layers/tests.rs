use std::collections::BTreeSet;

use proptest::prelude::*;

use super::{Layers, Origin};
use crate::settings::keys::Kind;
use crate::settings::{KEYS, Values};

fn values(text: &str) -> Result<Values, String> {
    Values::of(&Layers::of_file(text)?)
}

#[test]
fn the_table_and_the_types_name_the_same_settings() {
    let mut every = toml::Table::new();
    let mut layers = Layers::default();
    for key in KEYS {
        let value = match key.name {
            "output" => "json",
            "listen" => "127.0.0.1:1",
            "log.format" => "json",
            "scan.timeout" => "1s",
            _ if key.kind == Kind::Switch => "true",
            _ if key.kind == Kind::Number => "7",
            _ => "warn",
        };
        layers.set(key.name, key.kind.read(value).unwrap(), Origin::Default);
        every.insert(key.name.to_owned(), toml::Value::Boolean(true));
    }
    let values = Values::of(&layers).unwrap();
    let written = toml::Table::try_from(&values).unwrap();
    let mut names = BTreeSet::new();
    for (name, value) in &written {
        match value.as_table() {
            Some(inner) => names.extend(inner.keys().map(|inner| format!("{name}.{inner}"))),
            None => {
                names.insert(name.clone());
            }
        }
    }
    assert_eq!(names, every.keys().cloned().collect());
}

#[test]
fn a_whole_file_is_read_and_each_line_known() {
    let text =
        "listen = \"0.0.0.0:80\"\n\n[scan]\nports = \"22\"\ntimeout = \"500ms\"\n[log]\nformat = 'json'\n";
    let layers = Layers::of_file(text).unwrap();
    assert_eq!(layers.origin("listen"), Origin::File(1));
    assert_eq!(layers.origin("scan.timeout"), Origin::File(5));
    assert_eq!(layers.origin("https"), Origin::Default);
    assert_eq!(values(text).unwrap().scan.ports.as_deref(), Some("22"));
}

#[test]
fn the_environment_lies_on_top_of_the_file() {
    let mut layers = Layers::of_file("listen = '127.0.0.1:1'\n[scan]\nexclude = ['10.0.0.1']").unwrap();
    layers
        .environment(|name| match name {
            "GROMA_LISTEN" => Some("127.0.0.1:2".to_owned()),
            "GROMA_SCAN_EXCLUDE" => Some("10.0.0.2, 10.0.0.3".to_owned()),
            "GROMA_HTTPS" => Some("yes".to_owned()),
            "GROMA_SERVER_CONNECTIONS_MAX" => Some("9".to_owned()),
            _ => None,
        })
        .unwrap();
    let values = Values::of(&layers).unwrap();
    assert_eq!(values.listen.unwrap().port(), 2);
    assert_eq!(values.scan.exclude, ["10.0.0.2", "10.0.0.3"]);
    assert!(values.https);
    assert_eq!(values.server.connections_max, 9);
    assert_eq!(layers.origin("listen"), Origin::Environment("GROMA_LISTEN".to_owned()));
}

#[test]
fn what_is_not_valid_is_named() {
    for (text, told) in [
        ("lisen = 'x'", "line 1: unknown key `lisen`; did you mean `listen`?"),
        ("[scan]\n\nport = 'x'", "line 3: unknown key `scan.port`; did you mean `scan.ports`?"),
        ("listen = 'nowhere'", "listen"),
        ("https = 'yes'", "https"),
        ("[scan]\ntimeout = '5'", "scan.timeout"),
        ("tls_cert = '/x'", "belong together"),
        ("[server]\nconnections_max = 0", "server.connections_max"),
        ("[log]\nlevel = 'a=b=c'", "log.level"),
        ("listen = ", "TOML"),
    ] {
        let why = values(text).unwrap_err();
        assert!(why.contains(told), "{text}: {why}");
    }
    let mut layers = Layers::default();
    let why = layers.environment(|name| (name == "GROMA_HTTPS").then(|| "perhaps".to_owned())).unwrap_err();
    assert!(why.starts_with("GROMA_HTTPS: `perhaps`"), "{why}");
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,200}") {
        let _ = values(&text);
    }

    #[test]
    fn no_toml_makes_it_panic(name in "[a-z_.]{1,20}", value in "[\\[\\]{}'\",=0-9a-z. ]{0,30}") {
        let _ = values(&format!("{name} = {value}"));
        let _ = values(&format!("[{name}]\nports = {value}"));
    }
}
