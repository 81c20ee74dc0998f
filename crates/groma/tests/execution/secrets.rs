use std::path::Path;

use crate::harness::Groma;

const SECRET: &str = "swordfish-Zx81-battery";

/// Fails the test if the secret is in a file below the folder.
fn search(folder: &Path) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            search(&path);
        } else if let Ok(bytes) = std::fs::read(&path) {
            let found = bytes.windows(SECRET.len()).any(|window| window == SECRET.as_bytes());
            assert!(!found, "{}", path.display());
        }
    }
}

#[test]
fn a_secret_reaches_the_command_and_nothing_else() {
    for plain in ["", "--plain-log"] {
        let groma = Groma::new();
        let server = groma.serve();
        let file = groma.home.path().join("length");
        let line = format!(
            "echo before $TOKEN after; printf %s \"$TOKEN\" | wc -c > {}; echo $TOKEN >&2; read x",
            file.display()
        );
        let mut command = groma.shell(&format!("{plain} --secret TOKEN --stdin -"), &line);
        command.env("TOKEN", SECRET).stdin(std::process::Stdio::piped());
        let mut running = groma.begin(command);
        assert_eq!(running.line(), "before *** after");
        let own = std::fs::read(format!("/proc/{}/cmdline", running.child.id())).unwrap();
        assert!(!String::from_utf8_lossy(&own).contains(SECRET));
        let pid = groma.becomes("running")["pid"].as_u64().unwrap();
        let childs = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap();
        assert!(!String::from_utf8_lossy(&childs).contains(SECRET));
        drop(running.child.stdin.take());
        let ended = running.end();
        assert!(ended.stderr.contains("***") && !ended.stderr.contains(SECRET), "{}", ended.stderr);
        assert_eq!(std::fs::read_to_string(&file).unwrap().trim(), SECRET.len().to_string());
        for command in
            ["executions show last -o json", "executions logs last", "events tail -o ndjson", "audit -o json"]
        {
            assert!(!groma.run(command).code(0).stdout.contains(SECRET), "{command}");
        }
        assert_eq!(groma.run("executions logs last --stream stderr").code(0).stdout, "***\n");
        search(&groma.data_dir());
        drop(server);
        search(&groma.data_dir());
    }
}

#[test]
fn a_secret_in_an_argument_is_refused() {
    let groma = Groma::new();
    let mut command = groma.command("exec --secret TOKEN -- echo");
    command.arg(SECRET).env("TOKEN", SECRET);
    let refused = groma.begin(command).end().code(2);
    assert!(refused.stderr.contains("args") && !refused.stderr.contains(SECRET), "{}", refused.stderr);
    groma.run("exec --secret TOKEN -- true").code(2);
}
