//! Commands at a terminal.

use std::io::{Read as _, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use crate::harness::Groma;

/// A command at a terminal of its own, made by `script`.
struct Screen {
    child: Child,
    typed: ChildStdin,
    screen: ChildStdout,
    shown: Vec<u8>,
}

impl Screen {
    fn new(groma: &Groma, line: &str) -> Self {
        let inner = groma.command("");
        let mut script = Command::new("script");
        let line =
            format!("{line}; exit $?").replace("groma ", &format!("{} ", inner.get_program().display()));
        script.args(["-qec", &line, "/dev/null"]).env_clear().env("TERM", "xterm");
        for (name, value) in inner.get_envs() {
            script.env(name, value.unwrap());
        }
        script.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = script.spawn().expect("script is there: it belongs to util-linux");
        let (typed, screen) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        Self { child, typed, screen, shown: Vec::new() }
    }

    /// Waits until the screen shows a text behind what was waited for before.
    fn shows(&mut self, text: &str) {
        let mut byte = [0];
        while !String::from_utf8_lossy(&self.shown).contains(text) {
            assert_ne!(self.screen.read(&mut byte).unwrap(), 0, "{}", String::from_utf8_lossy(&self.shown));
            self.shown.push(byte[0]);
        }
        self.shown.clear();
    }

    fn types(&mut self, text: &str) {
        self.typed.write_all(text.as_bytes()).unwrap();
        self.typed.flush().unwrap();
    }

    fn end(mut self) -> (String, i32) {
        self.screen.read_to_end(&mut self.shown).unwrap();
        (String::from_utf8(self.shown).unwrap(), self.child.wait().unwrap().code().unwrap_or(-1))
    }
}

#[test]
fn a_prompt_is_shown_and_answered() {
    let groma = Groma::new();
    let ask = "groma exec --shell 'printf \"name? \"; read name; printf \"again? \"; read again; echo $name-$again'";
    let mut screen = Screen::new(&groma, &format!("{ask} && {ask}"));
    // Twice: the first has to give the terminal back.
    for _ in 0..2 {
        screen.shows("name? ");
        screen.types("Ada\r");
        screen.shows("again? ");
        screen.types("Eve\r");
        screen.shows("Ada-Eve");
    }
    assert_eq!(screen.end().1, 0);
}

#[test]
fn ctrl_c_at_a_terminal_ends_the_command() {
    let groma = Groma::new();
    for (options, reads) in [("", true), ("--stdin /dev/null", false)] {
        let line = if reads { "read name" } else { "exec sleep 3600" };
        let command = format!("groma exec {options} --shell 'printf \"ready \"; {line}'");
        let mut screen = Screen::new(&groma, &command);
        screen.shows("ready ");
        screen.types("\u{3}");
        assert_eq!(screen.end().1, 130);
        let newest = groma.newest();
        // What shares the terminal may end by it before it is asked to.
        let directly = reads && newest["status"] == "failed" && newest["signal"] == 2;
        assert!(directly || newest["status"] == "cancelled", "{newest}");
    }
}

#[test]
fn a_plan_is_shown_as_it_runs() {
    let groma = Groma::new();
    let file = groma.home.path().join("plan.json");
    let step = |id: &str, line: &str| serde_json::json!({"id": id, "request": {"command": {"type": "shell", "command": line}}});
    let steps = [step("first", "echo one"), step("second", "echo two; exit 4")];
    std::fs::write(&file, serde_json::json!({"name": "nightly", "steps": steps}).to_string()).unwrap();
    let screen = Screen::new(&groma, &format!("groma plan run {}", file.display()));
    let (shown, code) = screen.end();
    assert_eq!(code, 3, "{shown}");
    assert!(shown.contains('✓') && shown.contains('✗') && shown.contains("nightly"), "{shown}");
    assert!(shown.contains("exit code 4") && shown.contains("two"), "{shown}");
}
