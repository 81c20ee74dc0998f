use std::process::Command;

use super::quoted;

#[test]
fn a_shell_takes_it_as_one_word() {
    for (path, expected) in [
        ("/home/a/data", "/home/a/data"),
        ("/home/a b/data", "'/home/a b/data'"),
        ("it's; $(here)\n*", "'it'\\''s; $(here)\n*'"),
        ("-rf", "'./-rf'"),
        ("", "''"),
    ] {
        assert_eq!(quoted(path), expected);
        let echoed = Command::new("sh").arg("-c").arg(format!("printf %s {expected}")).output().unwrap();
        let word = String::from_utf8(echoed.stdout).unwrap();
        assert_eq!(word.strip_prefix("./").unwrap_or(&word), path);
    }
}
