//! The system's own store: the kernel's keyring, and the Secret Service of a desktop session.

use std::process::{Command, Output, Stdio};

use crate::harness::Groma;

/// Runs lines of shell in which `groma` is the built binary with this home.
fn shell(groma: &Groma, inside: &[&str], lines: &str) -> Output {
    let inner = groma.command("");
    let (program, rest) = inside.split_first().unwrap();
    let mut command = Command::new(program);
    command.args(rest).env_clear();
    for (name, value) in inner.get_envs() {
        command.env(name, value.unwrap());
    }
    let runtime = groma.home.path().join("run");
    std::fs::create_dir_all(&runtime).unwrap();
    command.env("XDG_RUNTIME_DIR", runtime).env("LANG", "C");
    let binary = inner.get_program().to_str().unwrap();
    command.arg(format!("set -e\ngroma() {{ '{binary}' \"$@\"; }}\n{lines}"));
    command.stdin(Stdio::null());
    command.output().unwrap_or_else(|error| panic!("{program} is there: `cargo xtask install`: {error}"))
}

fn told(output: &Output) -> String {
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    format!("{}\n{out}\n{err}", output.status)
}

#[test]
fn a_secret_service_keeps_a_key_as_long_as_it_runs_and_after() {
    let groma = Groma::new();
    let session = ["dbus-run-session", "--", "bash", "-c"];
    let unlocked = "printf secret | gnome-keyring-daemon --unlock --components=secrets >/dev/null\n";
    let first = shell(
        &groma,
        &session,
        &format!(
            "{unlocked}groma keys migrate --delete-secret keychain\ngroma scans list -o json\ngroma keys status -o csv"
        ),
    );
    let text = told(&first);
    assert!(first.status.success() && text.contains("Secret Service"), "{text}");
    assert!(!text.contains("key_file"), "{text}");
    // Another session of the same user, in which the store is unlocked again.
    let second = shell(&groma, &session, &format!("{unlocked}groma keys status -o json"));
    assert!(second.status.success() && told(&second).contains("\"used\": true"), "{}", told(&second));
    let without = groma.run("scans list").code(5);
    assert!(without.stderr.contains("Secret Service"), "{}", without.stderr);
    // Out of the store again; what it kept is deleted from it.
    let key = groma.home.path().join("back.key");
    let back = format!(
        "{unlocked}groma keys migrate --delete-secret key-file {}\ngroma keys status -o csv",
        key.display()
    );
    let back = shell(&groma, &session, &back);
    assert!(back.status.success() && !told(&back).contains("keychain"), "{}", told(&back));
    groma.run("scans list").code(0);
}

#[test]
fn the_kernels_keyring_opens_until_the_machine_ends_and_is_never_the_last() {
    let groma = Groma::new();
    let lines = format!(
        "groma keys add keychain\nrm -r '{0}'\ngroma scans list -o json\ngroma keys status -o csv\n\
         ! groma keys migrate --from $(groma keys status -o csv | grep key_file | cut -d, -f1) keychain",
        groma.home.path().join(".config/groma/keys").display()
    );
    let session = shell(&groma, &["keyctl", "session", "-", "bash", "-c"], &lines);
    let text = told(&session);
    assert!(session.status.success() && text.contains("kernel keyring"), "{text}");
    assert!(text.contains("this is the last slot"), "{text}");
    // Outside of that session there is nothing to open it by.
    let locked = groma.run("scans list").code(5);
    assert!(locked.stderr.contains("kernel keyring"), "{}", locked.stderr);
}
