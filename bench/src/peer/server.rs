//! A nats-server of our own, on loopback, in a folder that is thrown away.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::{Done, pause};

const PATIENCE: Duration = Duration::from_secs(20);

/// A running nats-server; ended when dropped.
#[derive(Debug)]
pub(super) struct NatsServer {
    child: Child,
    pub(super) address: SocketAddr,
    pub(super) version: String,
}

impl NatsServer {
    /// Starts it with durable streams and waits until it accepts.
    pub(super) fn start(binary: &Path, root: &Path) -> Done<Self> {
        fs::create_dir_all(root)?;
        let version = Command::new(binary).arg("--version").output().map_err(|error| {
            format!(
                "could not run {}: {error}; install nats-server 2.12 or newer, or name it with --nats",
                binary.display()
            )
        })?;
        let version = String::from_utf8_lossy(&version.stdout).trim().replace(": v", " ");
        let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
        let settings = root.join("nats.conf");
        let store = root.join("store");
        fs::write(
            &settings,
            format!(
                "listen: \"{address}\"\nmax_payload: 1MB\nmax_connections: 2000\n\
                 jetstream {{ store_dir: \"{}\", sync_interval: always, max_file_store: 20GB }}\n",
                store.display()
            ),
        )?;
        let tried = Command::new(binary).arg("-t").arg("-c").arg(&settings).output()?;
        if !tried.status.success() {
            let why = String::from_utf8_lossy(&tried.stderr).trim().to_owned();
            return Err(format!("{version} cannot be a peer: {why}; name a newer one with --nats").into());
        }
        let log = fs::File::create(root.join("nats.log"))?;
        let child = Command::new(binary)
            .arg("-c")
            .arg(&settings)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()?;
        let server = Self { child, address, version };
        let begun = Instant::now();
        while TcpStream::connect(address).is_err() {
            if begun.elapsed() > PATIENCE {
                return Err(format!("{} did not listen within {PATIENCE:?}", server.version).into());
            }
            pause(Duration::from_millis(10));
        }
        Ok(server)
    }
}

/// Returns the nats-server that `cargo xtask bench` installed, or else the one on the path.
pub(crate) fn find() -> Done<PathBuf> {
    let beside = std::env::current_exe()?;
    let target = beside.ancestors().nth(2).unwrap_or(Path::new("."));
    let installed = target.join("tools/nats/bin/nats-server");
    Ok(if installed.is_file() { installed } else { PathBuf::from("nats-server") })
}

impl Drop for NatsServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
