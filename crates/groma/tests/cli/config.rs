use crate::harness::Groma;

#[test]
fn what_is_in_force_is_shown() {
    let groma = Groma::new();
    let path = groma.home.path().join("config.toml");
    std::fs::write(&path, "listen = '127.0.0.1:9999'\n[scan]\nports = '1-10'\n").unwrap();
    let shown = groma.run(&format!("--config {} config show -o json", path.display())).code(0).json();
    let of = |name: &str| shown.as_array().unwrap().iter().find(|setting| setting["name"] == name).unwrap();
    assert_eq!(of("listen")["value"], "127.0.0.1:9999");
    assert_eq!(of("listen")["origin"], "file, line 1");
    assert_eq!(of("scan.ports")["value"], "1-10");
    assert_eq!(of("scan.ports")["origin"], "file, line 3");
    assert_eq!(of("data_dir")["value"], groma.data_dir().to_str().unwrap());
    assert_eq!(of("data_dir")["origin"], "environment, GROMA_DATA_DIR");
    assert_eq!(of("output")["origin"], "option --output");
    assert_eq!(of("https")["origin"], "default");
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

#[test]
fn a_file_is_checked_and_the_environment_is_too() {
    let groma = Groma::new();
    let path = groma.home.path().join("other.toml");
    std::fs::write(&path, "[log]\nformat = 'xml'\n").unwrap();
    let refused = groma.run(&format!("config check {}", path.display())).code(2);
    assert!(refused.stderr.contains("xml"), "{}", refused.stderr);
    std::fs::write(&path, "[log]\nformat = 'json'\n").unwrap();
    groma.run(&format!("config check {}", path.display())).code(0);
    let output = groma.command("config show").env("GROMA_HTTPS", "perhaps").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("GROMA_HTTPS"));
}

#[test]
fn the_documentation_lists_every_setting() {
    let told = Groma::new().run("config reference").code(0).stdout;
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/configuration.md");
    let page = std::fs::read_to_string(path).unwrap();
    let between =
        page.split("<!-- settings -->\n").nth(1).unwrap().split("<!-- /settings -->").next().unwrap();
    assert_eq!(
        between, told,
        "put what `groma config reference` prints between the marks of docs/configuration.md"
    );
}
