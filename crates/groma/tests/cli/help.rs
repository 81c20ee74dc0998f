use crate::harness::Groma;

#[test]
fn exit_codes_are_listed() {
    let help = Groma::new().run("help exit-codes").code(0);
    assert!(help.stdout.contains("| 9 |"), "{}", help.stdout);
}

#[test]
fn every_command_has_help() {
    let groma = Groma::new();
    for (topic, expected) in
        [("", "serve"), ("scan network", "--max-rate"), ("events tail", "--since"), ("query", "completed_at")]
    {
        let help = groma.run(&format!("help {topic}")).code(0);
        assert!(help.stdout.contains(expected), "{}", help.stdout);
    }
    groma.run("help nothing").code(2);
}

#[test]
fn every_shell_completes_and_bash_takes_its_script() {
    let groma = Groma::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = groma.run(&format!("completions {shell}")).code(0).stdout;
        assert!(script.contains("scan"), "{shell}");
    }
    let path = groma.home.path().join("groma.bash");
    std::fs::write(&path, groma.run("completions bash").code(0).stdout).unwrap();
    let checked = std::process::Command::new("bash").arg("-n").arg(&path).output().unwrap();
    assert!(checked.status.success(), "{checked:?}");
}

#[test]
fn every_command_has_a_manual_page() {
    let groma = Groma::new();
    assert!(groma.run("man").code(0).stdout.starts_with(".ie"));
    let folder = groma.home.path().join("man/man1");
    groma.run(&format!("man --dir {}", folder.display())).code(0);
    let page = std::fs::read_to_string(folder.join("groma-scan-network.1")).unwrap();
    assert!(page.contains(".TH groma-scan-network 1"), "{page}");
    assert!(page.contains("max\\-rate"), "{page}");
}
