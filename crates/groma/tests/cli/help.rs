use crate::harness::Groma;

#[test]
fn exit_codes_are_listed() {
    let help = Groma::new().run("help exit-codes").code(0);
    assert!(help.stdout.contains("| 9 |"), "{}", help.stdout);
}

#[test]
fn every_command_has_help() {
    let groma = Groma::new();
    for (topic, expected) in [("", "serve"), ("scan network", "--max-rate"), ("events tail", "--since")] {
        let help = groma.run(&format!("help {topic}")).code(0);
        assert!(help.stdout.contains(expected), "{}", help.stdout);
    }
    groma.run("help nothing").code(2);
}
