//! The binary from outside: a server on a folder of its own, and what it uses.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::rest::Rest;
use crate::{Done, pause};

const PATIENCE: Duration = Duration::from_secs(30);
/// What all readers and writers share one token for must not be held back by what one may ask.
const UNLIMITED: [(&str, &str); 2] =
    [("GROMA_SERVER_REQUESTS_PER_SECOND", "1000000"), ("GROMA_SERVER_REQUESTS_BURST", "1000000")];

/// A running server; ended when dropped.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    binary: PathBuf,
    root: PathBuf,
    data: PathBuf,
    pub(crate) address: SocketAddr,
    /// Signs a browser in, once.
    pub(crate) link: String,
    /// Kept open: a server that cannot say its sign-in link ends.
    _output: BufReader<ChildStdout>,
}

impl Server {
    /// Starts it below `root` and waits until it says where it listens.
    pub(crate) fn start(binary: &Path, root: &Path) -> Done<Self> {
        Self::start_at(binary, root, &root.join("data"), "127.0.0.1:0")
    }

    /// Starts it on a data folder in some place, at a known address.
    pub(crate) fn start_at(binary: &Path, root: &Path, data: &Path, listen: &str) -> Done<Self> {
        if !binary.is_file() {
            return Err(format!(
                "there is no {}: build the release first, or name it with --binary",
                binary.display()
            )
            .into());
        }
        fs::create_dir_all(root)?;
        let log = fs::OpenOptions::new().create(true).append(true).open(root.join("server.log"))?;
        let mut child = command(binary, root, data)
            .args(["serve", "--listen", listen])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()?;
        let output = child.stdout.take().ok_or("the server has no stdout")?;
        let mut output = BufReader::new(output);
        let said = said(&mut output, "listening on http://")
            .and_then(|address| Ok((address.parse::<SocketAddr>()?, said(&mut output, "sign in: ")?)));
        match said {
            Ok((address, link)) => Ok(Self {
                child,
                binary: binary.to_owned(),
                root: root.to_owned(),
                data: data.to_owned(),
                address,
                link,
                _output: output,
            }),
            Err(why) => {
                let _ = child.kill();
                let _ = child.wait();
                Err(format!("the server did not start: {why}; see {}", root.join("server.log").display())
                    .into())
            }
        }
    }

    /// Waits until it says that it is ready.
    pub(crate) fn await_ready(&self) -> Done {
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            if Rest::new(self.address, None).call("GET", "/readyz", None)?.status == 200 {
                return Ok(());
            }
            pause(Duration::from_millis(1));
        }
        Err(format!("the server was not ready after {PATIENCE:?}").into())
    }

    /// Makes a token of these scopes.
    pub(crate) fn token(&self, scopes: &[&str]) -> Done<String> {
        let mut words = vec!["token", "create", "--name", "load"];
        scopes.iter().for_each(|scope| words.extend(["--scope", *scope]));
        Ok(self.groma(&words)?.trim().to_owned())
    }

    /// Runs another command on the same folder; returns what it says.
    pub(crate) fn groma(&self, words: &[&str]) -> Done<String> {
        let output =
            command(&self.binary, &self.root, &self.data).args(words).stdin(Stdio::null()).output()?;
        if !output.status.success() {
            let why = String::from_utf8_lossy(&output.stderr);
            return Err(format!("`groma {}` ended with {}: {why}", words.join(" "), output.status).into());
        }
        Ok(String::from_utf8(output.stdout)?)
    }

    /// Returns the resident memory, in bytes.
    pub(crate) fn resident(&self) -> Done<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib: u64 =
            line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).ok_or("no VmRSS")?;
        Ok(kib * 1024)
    }

    /// Returns the processor time used so far.
    pub(crate) fn processor(&self) -> Done<Duration> {
        processor(self.child.id())
    }

    /// Ends it as a crash would.
    pub(crate) fn kill(mut self) -> Done {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Ends it in order.
    pub(crate) fn stop(mut self, patience: Duration) -> Done {
        let pid = Pid::from_raw(self.child.id().try_into()?).ok_or("the server has no process")?;
        kill_process(pid, Signal::INT)?;
        let begun = Instant::now();
        loop {
            match self.child.try_wait()? {
                Some(status) if status.success() => return Ok(()),
                Some(status) => return Err(format!("the server was stopped and ended with {status}").into()),
                None if begun.elapsed() > patience => {
                    return Err(format!("the server was stopped and did not end in {patience:?}").into());
                }
                None => pause(Duration::from_millis(5)),
            }
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The folder is thrown away, or opened again by one that has to bear it: a gentle end saves nothing.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Returns the processor time that a process used so far.
pub(crate) fn processor(pid: u32) -> Done<Duration> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    let fields = stat.rsplit_once(')').map_or("", |(_, fields)| fields);
    let ticks: u64 =
        fields.split_whitespace().skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
    // Linux counts a hundred ticks a second towards programs, whatever it does inside.
    Ok(Duration::from_millis(ticks * 10))
}

/// A command that sees this folder and nothing else of the machine's settings.
pub(crate) fn command(binary: &Path, root: &Path, data: &Path) -> Command {
    let mut command = Command::new(binary);
    command
        .env("HOME", root)
        .env("XDG_CONFIG_HOME", root.join("config"))
        .env("XDG_RUNTIME_DIR", root)
        .env("GROMA_DATA_DIR", data)
        .envs(UNLIMITED);
    command
}

/// Reads lines until one begins with `what`; returns the rest of it.
fn said(output: &mut BufReader<ChildStdout>, what: &str) -> Done<String> {
    let mut line = String::new();
    while output.read_line(&mut line)? > 0 {
        if let Some(rest) = line.strip_prefix(what) {
            return Ok(rest.trim().to_owned());
        }
        line.clear();
    }
    Err(format!("it ended before it said `{what}`").into())
}
