use crate::harness::Groma;

#[test]
fn what_is_in_force_is_shown() {
    let groma = Groma::new();
    let path = groma.home.path().join("config.toml");
    std::fs::write(&path, "listen = '127.0.0.1:9999'\n[scan]\nports = '1-10'\n").unwrap();
    let shown = groma.run(&format!("--config {} config show -o json", path.display())).code(0).json();
    assert_eq!(shown["listen"], "127.0.0.1:9999");
    assert_eq!(shown["scan"]["ports"], "1-10");
    assert_eq!(shown["data_dir"], groma.data_dir().to_str().unwrap());
}

#[test]
fn an_unknown_key_ends_every_command() {
    let groma = Groma::new();
    let path = groma.home.path().join("config.toml");
    std::fs::write(&path, "lisen = '127.0.0.1:9999'\n").unwrap();
    let refused = groma.run(&format!("--config {} scans list", path.display())).code(2);
    assert!(refused.stderr.contains("did you mean `listen`?"), "{}", refused.stderr);
    let refused = groma.run(&format!("--config {} scans list -o json", path.display())).code(2);
    let problem: serde_json::Value = serde_json::from_str(&refused.stderr).unwrap();
    assert_eq!(problem["code"], "INVALID_REQUEST");
}

#[test]
fn the_path_is_printed_and_a_named_file_must_exist() {
    let groma = Groma::new();
    let expected = groma.home.path().join(".config/groma/config.toml");
    assert_eq!(groma.run("config path").code(0).stdout.trim(), expected.to_str().unwrap());
    groma.run("--config /nowhere/config.toml status").code(2);
}
