//! A Groma of its own for each test: its folder, its configuration, its server.
#![allow(dead_code, reason = "each test binary uses a part of it")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, ChildStderr, ChildStdout, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;

/// A home with nothing in it, and a data folder.
pub(crate) struct Groma {
    pub(crate) home: TempDir,
    data_dir: PathBuf,
}

/// What a command left.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ended {
    /// Fails the test unless the command ended with that code.
    #[track_caller]
    pub(crate) fn code(self, expected: i32) -> Self {
        assert_eq!(self.code, expected, "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }

    /// Reads stdout as one JSON document.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// Reads stdout as lines of JSON.
    #[track_caller]
    pub(crate) fn lines(&self) -> Vec<Value> {
        self.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

impl Groma {
    pub(crate) fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let data_dir = home.path().join("data");
        Self { home, data_dir }
    }

    /// A data folder in some other place.
    pub(crate) fn at(data_dir: PathBuf) -> Self {
        Self { home: tempfile::tempdir().unwrap(), data_dir }
    }

    pub(crate) fn data_dir(&self) -> PathBuf {
        self.data_dir.clone()
    }

    /// Returns a command that sees this home and nothing else of the machine's settings.
    pub(crate) fn command(&self, line: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_groma"));
        let path = std::env::var_os("PATH").unwrap_or_default();
        command.env_clear().env("PATH", path).env("HOME", self.home.path());
        command.env("GROMA_DATA_DIR", self.data_dir());
        command.args(line.split(' ').filter(|word| !word.is_empty()));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs a command to its end.
    pub(crate) fn run(&self, line: &str) -> Ended {
        let output = self.command(line).output().unwrap();
        Ended {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Starts a command and leaves it running.
    pub(crate) fn start(&self, line: &str) -> Running {
        self.begin(self.command(line))
    }

    /// Starts a command that was prepared, and leaves it running.
    pub(crate) fn begin(&self, mut command: Command) -> Running {
        let mut child = command.spawn().unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let stderr = BufReader::new(child.stderr.take().unwrap());
        Running { child, stdout, stderr }
    }

    /// Starts a server and waits until it listens.
    pub(crate) fn serve(&self) -> Server {
        let mut running = self.start("serve --listen 127.0.0.1:0");
        let listening = running.line();
        let address = listening.strip_prefix("listening on http://").expect(&listening).parse().unwrap();
        let sign_in = running.line();
        let link = sign_in.strip_prefix("sign in: ").expect(&sign_in).to_owned();
        Server { running, address, link }
    }

    /// Runs a scan of this machine and returns its id.
    pub(crate) fn scan(&self, ports: &str) -> String {
        let scanned = self.run(&format!("scan network 127.0.0.1 -p {ports} -o json")).code(0);
        scanned.json()["scan"]["id"].as_str().unwrap().to_owned()
    }
}

/// A command that runs.
pub(crate) struct Running {
    pub(crate) child: Child,
    stdout: BufReader<ChildStdout>,
    stderr: BufReader<ChildStderr>,
}

impl Running {
    /// Waits for the next line of stdout.
    #[track_caller]
    pub(crate) fn line(&mut self) -> String {
        let mut line = String::new();
        self.stdout.read_line(&mut line).unwrap();
        if line.is_empty() {
            let mut stderr = String::new();
            self.stderr.read_to_string(&mut stderr).unwrap();
            panic!("the command ended; stderr:\n{stderr}");
        }
        line.trim_end().to_owned()
    }

    /// Waits for a line of JSON that fits.
    #[track_caller]
    pub(crate) fn until(&mut self, mut fits: impl FnMut(&Value) -> bool) -> Value {
        loop {
            let value: Value = serde_json::from_str(&self.line()).unwrap();
            if fits(&value) {
                return value;
            }
        }
    }

    /// Waits until stderr has a line with that text.
    pub(crate) fn says(&mut self, text: &str) {
        let mut line = String::new();
        while !line.contains(text) {
            line.clear();
            assert_ne!(self.stderr.read_line(&mut line).unwrap(), 0, "it ended without saying `{text}`");
        }
    }

    pub(crate) fn signal(&self, signal: Signal) {
        let pid = Pid::from_raw(self.child.id().try_into().unwrap()).unwrap();
        kill_process(pid, signal).unwrap();
    }

    /// Waits for the end.
    pub(crate) fn end(mut self) -> Ended {
        let (mut stdout, mut stderr) = (String::new(), String::new());
        let Self { child, stdout: out, stderr: err } = &mut self;
        // Both pipes are read at once, so that neither can fill up while the other is waited for.
        std::thread::scope(|scope| {
            scope.spawn(|| err.read_to_string(&mut stderr).unwrap());
            out.read_to_string(&mut stdout).unwrap();
        });
        let code = child.wait().unwrap().code().unwrap_or(-1);
        Ended { code, stdout, stderr }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It has ended already in most tests.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A server that listens.
pub(crate) struct Server {
    pub(crate) running: Running,
    pub(crate) address: SocketAddr,
    pub(crate) link: String,
}

impl Server {
    /// Asks for a path; returns status and body.
    pub(crate) fn get(&self, path: &str, token: Option<&str>) -> (u16, String) {
        let mut stream = TcpStream::connect(self.address).unwrap();
        let bearer = token.map_or_else(String::new, |token| format!("Authorization: Bearer {token}\r\n"));
        let head =
            format!("GET {path} HTTP/1.1\r\nHost: {}\r\n{bearer}Connection: close\r\n\r\n", self.address);
        stream.write_all(head.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
    }
}

/// Something that listens, to be found by a scan.
pub(crate) struct OpenPort {
    listener: TcpListener,
}

impl OpenPort {
    pub(crate) fn new() -> Self {
        Self { listener: TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap() }
    }

    pub(crate) fn number(&self) -> u16 {
        self.listener.local_addr().unwrap().port()
    }
}
