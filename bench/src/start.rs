//! The binary from outside: how soon `groma serve` is ready on an empty folder, what it needs while idle, its size.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use crate::report::{Report, Table, Verdict};
use crate::spread::Spread;
use crate::{Done, say};

const READY_TARGET_MS: f64 = 300.0;
const RSS_TARGET_MB: f64 = 60.0;
/// Quiet for so long counts as idle.
const IDLE: Duration = Duration::from_secs(2);
const PATIENCE: Duration = Duration::from_secs(20);

/// Starts the binary in fresh folders, one after another.
pub(crate) fn measure(root: &Path, binary: &Path, rounds: usize, report: &mut Report) -> Done {
    if !binary.is_file() {
        return Err(format!(
            "there is no {}: build the release first, or name it with --binary",
            binary.display()
        )
        .into());
    }
    let (mut ready, mut idle) = (Vec::new(), Vec::new());
    for round in 0..rounds {
        let begun = Instant::now();
        let mut server = Server::start(binary, &root.join(format!("start-{round}")))?;
        server.await_ready(begun)?;
        ready.push(begun.elapsed().as_secs_f64() * 1e3);
        idle.push(server.idle_megabytes()?);
    }
    let (ready, idle) = (Spread::of(&ready), Spread::of(&idle));
    let size = fs::metadata(binary)?.len() as f64 / 1e6;
    say(&format!(
        "start: ready after {} ms, idle with {} MB, binary {size:.1} MB",
        ready.show(1),
        idle.show(1)
    ));
    let mut table = Table::new("`groma serve` on an empty folder, and its binary", &["", ""]);
    table.row(vec!["from start until `/readyz` says so, ms".to_owned(), ready.show(1)]);
    table.row(vec!["resident memory while idle, MB".to_owned(), idle.show(1)]);
    table.row(vec!["size of the binary with the page inside, MB".to_owned(), format!("{size:.1}")]);
    report.table(table);
    report.verdict(Verdict::below(
        "Start to ready on an empty folder, median",
        ready.median,
        READY_TARGET_MS,
        "ms",
    ));
    report.verdict(Verdict::below("Resident memory while idle, median", idle.median, RSS_TARGET_MB, "MB"));
    Ok(())
}

/// A running server; ended when dropped.
struct Server {
    child: Child,
    address: String,
    /// Kept open: a server that cannot say its sign-in link ends.
    output: Option<BufReader<ChildStdout>>,
}

impl Server {
    /// Starts it and waits until it says where it listens.
    fn start(binary: &Path, root: &Path) -> Done<Self> {
        fs::create_dir_all(root)?;
        let child = Command::new(binary)
            .args(["serve", "--listen", "127.0.0.1:0", "--data-dir"])
            .arg(root.join("data"))
            .env("HOME", root)
            .env("XDG_CONFIG_HOME", root.join("config"))
            .env("XDG_RUNTIME_DIR", root)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let mut server = Self { child, address: String::new(), output: None };
        let output = server.child.stdout.take().ok_or("the server has no stdout")?;
        let mut output = BufReader::new(output);
        let mut line = String::new();
        while output.read_line(&mut line)? > 0 {
            if let Some((_, address)) = line.split_once("listening on http://") {
                address.trim().clone_into(&mut server.address);
                server.output = Some(output);
                return Ok(server);
            }
            line.clear();
        }
        Err("the server ended before it listened".into())
    }

    fn await_ready(&self, begun: Instant) -> Done {
        while begun.elapsed() < PATIENCE {
            let mut stream = TcpStream::connect(&self.address)?;
            stream.set_read_timeout(Some(PATIENCE))?;
            write!(stream, "GET /readyz HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.address)?;
            let mut answer = String::new();
            stream.read_to_string(&mut answer)?;
            if answer.starts_with("HTTP/1.1 200 ") {
                return Ok(());
            }
        }
        Err(format!("the server was not ready after {PATIENCE:?}").into())
    }

    /// Returns the resident memory once nothing has happened for a while.
    fn idle_megabytes(&mut self) -> Done<f64> {
        let (_never, quiet) = std::sync::mpsc::channel::<()>();
        let _ = quiet.recv_timeout(IDLE);
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib: f64 =
            line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).ok_or("no VmRSS")?;
        Ok(kib * 1024.0 / 1e6)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The folder is thrown away: there is nothing to be saved by a gentle end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
