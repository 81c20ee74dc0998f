//! Where a soak takes place: a folder, on a small disk if there can be one, and whichever server has it now.

use std::fs::{self, File};
use std::io::{ErrorKind, Write as _};
use std::net::SocketAddr;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};

use super::item::{GAUGE, MARK, number};
use crate::Done;
use crate::load::OpenPorts;
use crate::rest::Rest;
use crate::server::Server;

const DISK_MEGABYTES: u32 = 1024;
/// How long a server may take to come back.
const PATIENCE: Duration = Duration::from_secs(60);

/// A folder that is served most of the time.
pub(super) struct Arena {
    binary: PathBuf,
    root: PathBuf,
    pub(super) address: SocketAddr,
    pub(super) token: String,
    /// For scans to find.
    pub(super) ports: OpenPorts,
    server: Mutex<Option<Server>>,
    disk: Option<Disk>,
}

impl Arena {
    /// Makes the folder, starts a server and declares what will be published.
    pub(super) fn open(binary: &Path, root: &Path) -> Done<Self> {
        fs::create_dir_all(root)?;
        let disk =
            if rustix::process::geteuid().is_root() { Some(Disk::mount(&root.join("disk"))?) } else { None };
        let data = data(root, disk.as_ref());
        let server = Server::start_at(binary, root, &data, "127.0.0.1:0")?;
        let token = server.token(&["read", "scan", "operate", "admin"])?;
        let address = server.address;
        let arena = Self {
            binary: binary.to_owned(),
            root: root.to_owned(),
            address,
            token,
            ports: OpenPorts::listen(4)?,
            server: Mutex::new(Some(server)),
            disk,
        };
        for (name, class) in [(MARK, "kept"), (GAUGE, "latest")] {
            let schema = json!({"type": "object", "required": ["publisher", "number"]});
            let wanted = json!({"name": name, "class": class, "schema": schema}).to_string();
            arena.rest().must("POST", "/v1/event-types", Some(&wanted))?;
        }
        Ok(arena)
    }

    /// Returns a connection of one's own.
    pub(super) fn rest(&self) -> Rest {
        Rest::new(self.address, Some(&self.token))
    }

    /// Returns the number of the newest event.
    pub(super) fn head(&self) -> Done<u64> {
        let page = self.rest().must("GET", "/v1/events/history?limit=1", None)?;
        let head = page.pointer("/data/head").and_then(Value::as_str).ok_or("a page without its head")?;
        number(head)
    }

    /// Returns the server's resident memory, in bytes.
    pub(super) fn resident(&self) -> Done<u64> {
        self.server().as_ref().ok_or("no server runs")?.resident()
    }

    /// Kills the server and starts another one, at the same address.
    pub(super) fn kill(&self) -> Done {
        let mut server = self.server();
        if let Some(server) = server.take() {
            server.kill()?;
        }
        *server = Some(self.start()?);
        Ok(())
    }

    /// Stops the server in order and starts another one.
    pub(super) fn stop(&self) -> Done {
        let mut server = self.server();
        if let Some(server) = server.take() {
            server.stop(PATIENCE)?;
        }
        *server = Some(self.start()?);
        Ok(())
    }

    /// Takes all the space that is left on the disk for a while; returns whether there is such a disk.
    pub(super) fn fill(&self, wait: impl FnOnce()) -> Done<bool> {
        let Some(disk) = &self.disk else { return Ok(false) };
        let filler = disk.fill()?;
        wait();
        fs::remove_file(filler)?;
        // A server that could not write takes nothing more until it is started again, and says so.
        if Rest::new(self.address, None).call("GET", "/readyz", None)?.status != 200 {
            self.kill()?;
        }
        Ok(true)
    }

    /// Ends the server in order and throws the folder away.
    pub(super) fn close(self) -> Done {
        let server = self.server().take();
        if let Some(server) = server {
            server.stop(PATIENCE)?;
        }
        let Self { root, disk, .. } = self;
        drop(disk);
        fs::remove_dir_all(root)?;
        Ok(())
    }

    fn start(&self) -> Done<Server> {
        let data = data(&self.root, self.disk.as_ref());
        let server = Server::start_at(&self.binary, &self.root, &data, &self.address.to_string())?;
        server.await_ready()?;
        Ok(server)
    }

    fn server(&self) -> MutexGuard<'_, Option<Server>> {
        self.server.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn data(root: &Path, disk: Option<&Disk>) -> PathBuf {
    disk.map_or(root.join("data"), |disk| disk.at.join("data"))
}

/// A small disk in memory.
struct Disk {
    at: PathBuf,
    /// Unmounts it when its stdin closes, which happens even if this process is killed.
    keeper: Child,
}

impl Disk {
    fn mount(at: &Path) -> Done<Self> {
        fs::create_dir_all(at)?;
        let options = format!("mode=700,size={DISK_MEGABYTES}m");
        let mounted =
            Command::new("mount").args(["-t", "tmpfs", "-o", &options, "tmpfs"]).arg(at).output()?;
        if !mounted.status.success() {
            let why = String::from_utf8_lossy(&mounted.stderr).into_owned();
            return Err(format!("could not mount a disk in memory at {}: {why}", at.display()).into());
        }
        let keeper = Command::new("/bin/sh")
            .args(["-c", "read -r _; umount -l \"$1\"", "keeper"])
            .arg(at)
            // Whoever stops a soak signals its whole group.
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        Ok(Self { at: at.to_owned(), keeper })
    }

    /// Returns the file that holds all the space that was left.
    fn fill(&self) -> Done<PathBuf> {
        let path = self.at.join("filler");
        let mut filler = File::create(&path)?;
        for size in [1 << 20, 4096, 1] {
            let block = vec![b'.'; size];
            loop {
                match filler.write_all(&block) {
                    Ok(()) => {}
                    Err(error) if error.kind() == ErrorKind::StorageFull => break,
                    Err(error) => return Err(error.into()),
                }
            }
        }
        Ok(path)
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
    }
}
