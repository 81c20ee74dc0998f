//! A person at a terminal.

use std::fs;
use std::io::{Read, Write};
use std::process::{Command, Stdio};

use crate::harness::Groma;

const PASSPHRASE: &str = "correct horse battery";

/// Runs a command at a terminal of its own, where `answers` are typed at each `prompt`; returns what the terminal showed
/// and how the command ended.
fn at_terminal(groma: &Groma, line: &str, answers: &[(&str, &str)]) -> (String, i32) {
    let inner = groma.command(line);
    let words: Vec<_> = std::iter::once(inner.get_program()).chain(inner.get_args()).collect();
    let words: Vec<_> = words.iter().map(|word| format!("'{}'", word.to_str().unwrap())).collect();
    let mut script = Command::new("script");
    script.args(["-qec", &words.join(" "), "/dev/null"]).env_clear();
    for (name, value) in inner.get_envs() {
        script.env(name, value.unwrap());
    }
    script.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = script.spawn().expect("script is there: it belongs to util-linux");
    let (mut typed, mut screen) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    let mut shown = Vec::new();
    let mut seen = 0;
    let mut byte = [0];
    for (prompt, answer) in answers {
        while !String::from_utf8_lossy(&shown[seen..]).contains(prompt) {
            assert_ne!(screen.read(&mut byte).unwrap(), 0, "{}", String::from_utf8_lossy(&shown));
            shown.push(byte[0]);
        }
        seen = shown.len();
        typed.write_all(answer.as_bytes()).unwrap();
        typed.flush().unwrap();
    }
    screen.read_to_end(&mut shown).unwrap();
    let code = child.wait().unwrap().code().unwrap_or(-1);
    (String::from_utf8(shown).unwrap(), code)
}

#[test]
fn a_passphrase_is_asked_for_without_being_shown() {
    let groma = Groma::new();
    groma.scan("9");
    let twice =
        [("new passphrase: ", "correct horse battery\r"), ("once more: ", "correct horse batterie\r")];
    let (shown, code) = at_terminal(&groma, "keys add passphrase", &twice);
    assert!(code == 2 && shown.contains("not the same"), "{code} {shown}");
    // Corrected while typing.
    let twice = [
        ("new passphrase: ", "correct horse batterie\u{7f}\u{7f}y\r"),
        ("once more: ", "wrong\u{15}correct horse battery\r"),
    ];
    let (shown, code) = at_terminal(&groma, "keys add passphrase", &twice);
    assert!(code == 0 && !shown.contains("horse"), "{code} {shown}");
    fs::remove_dir_all(groma.home.path().join(".config/groma/keys")).unwrap();
    let answers =
        [("passphrase for ", "no such words at all\r"), ("passphrase for ", &format!("{PASSPHRASE}\r"))];
    let (shown, code) = at_terminal(&groma, "scans list -o csv", &answers);
    assert!(code == 0 && shown.contains("does not open") && !shown.contains("horse"), "{code} {shown}");
    assert!(shown.contains("completed"), "{shown}");
}

#[test]
fn who_gives_up_at_the_prompt_leaves_nothing_behind() {
    let groma = Groma::new();
    let recovery = groma.run("keys recovery").code(0).stdout.trim().to_owned();
    fs::remove_dir_all(groma.home.path().join(".config/groma/keys")).unwrap();
    let (shown, code) = at_terminal(&groma, "scans list", &[("recovery key for ", "\u{3}")]);
    assert!(code == 5 && shown.contains("given up"), "{code} {shown}");
    let (shown, code) = at_terminal(&groma, "scans list", &[("recovery key for ", &format!("{recovery}\r"))]);
    assert_eq!(code, 0, "{shown}");
}
