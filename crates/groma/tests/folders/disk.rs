//! Disks that are full or read-only.

use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

use crate::harness::Groma;
use crate::journal::{in_order, one_whole_scan, whole};
use crate::keeper::Keeper;

#[test]
fn a_disk_that_fills_up_is_told_and_nothing_acknowledged_is_lost() {
    let disk = Disk::of_megabytes(16);
    let groma = Groma::at(disk.path().join("data"));
    let server = groma.serve();
    let mut tail = groma.start("events tail --follow --after oldest -o ndjson");
    let scan = "scan network 127.0.0.1 -p 1-1500 --max-rate 300 --detach";
    let scan = groma.run(scan).code(0).stdout.trim().to_owned();
    let mut seen = Vec::new();
    tail.until(|event| {
        seen.push(event.clone());
        event["type"] == "groma.network.scan_progress"
            && event["data"]["portsScanned"].as_u64().unwrap() >= 200
    });
    let filler = disk.fill();
    let alarm = tail.until(|event| {
        seen.push(event.clone());
        event["type"] == "groma.system.error"
    });
    assert_eq!(alarm["sequence"], Value::Null, "what cannot be journaled has no place in the journal");
    assert_eq!(alarm["data"]["severity"], "critical");
    assert!(alarm["data"]["message"].as_str().unwrap().contains("full"), "{alarm}");
    assert_eq!(server.get("/readyz", None).0, 503);
    assert_eq!(server.get("/livez", None).0, 200);
    let refused = groma.run("scan network 127.0.0.1 -p 9").code(8);
    assert!(refused.stderr.contains("the disk is full"), "{}", refused.stderr);
    seen.pop();
    assert_eq!(whole(&groma), seen, "reading goes on, and nobody saw what is not there");
    drop((tail, server));

    // Nothing is pretended at a start on a full disk either.
    let started = groma.run("scans list");
    assert!(
        started.code == 0 || started.code == 8 && started.stderr.contains("the disk is full"),
        "{started:?}"
    );

    std::fs::remove_file(filler).unwrap();
    let _server = groma.serve();
    let mut tail = groma.start("events tail --follow --after oldest -o ndjson");
    let mut again = Vec::new();
    tail.until(|event| {
        again.push(event.clone());
        event["type"] == "groma.network.scan_completed"
    });
    assert_eq!(again[..seen.len()], seen, "everything that was seen is there");
    in_order(&again);
    one_whole_scan(&again, &scan, 1500);
}

#[test]
fn a_folder_cannot_begin_on_a_full_disk() {
    let disk = Disk::of_megabytes(1);
    let groma = Groma::at(disk.path().join("data"));
    let filler = disk.fill();
    let refused = groma.run("scan network 127.0.0.1 -p 9").code(8);
    assert!(refused.stderr.contains("the disk is full"), "{}", refused.stderr);
    std::fs::remove_file(filler).unwrap();
    groma.run("scan network 127.0.0.1 -p 9").code(0);
}

#[test]
fn a_folder_on_a_read_only_disk_is_told() {
    let disk = Disk::of_megabytes(8);
    let groma = Groma::at(disk.path().join("data"));
    disk.remount("ro");
    let refused = groma.run("scans list").code(8);
    assert!(refused.stderr.contains("read-only"), "{}", refused.stderr);
    disk.remount("rw");
    let scan = groma.scan("9");
    disk.remount("ro");
    for line in ["scans list", "serve --listen 127.0.0.1:0", "scan network 127.0.0.1 -p 9"] {
        let refused = groma.run(line).code(8);
        assert!(refused.stderr.contains("read-only"), "{line}: {}", refused.stderr);
    }
    disk.remount("rw");
    assert!(groma.run("scans list -o json").code(0).stdout.contains(&scan));
}

/// A small disk in memory, unmounted however the test ends.
struct Disk {
    at: TempDir,
    _keeper: Keeper,
}

impl Disk {
    fn of_megabytes(size: u32) -> Self {
        let at = tempfile::tempdir().unwrap();
        let path = at.path().to_str().unwrap();
        let keeper = Keeper::new(r#"umount -l "$1"; rmdir "$1""#, &[path], &[]);
        mount(&["-t", "tmpfs", "-o", &format!("mode=700,size={size}m"), "tmpfs", path]);
        Self { at, _keeper: keeper }
    }

    fn path(&self) -> &Path {
        self.at.path()
    }

    fn remount(&self, how: &str) {
        mount(&["-o", &format!("remount,{how}"), self.path().to_str().unwrap()]);
    }

    /// Takes all the space that is left; returns the file that holds it.
    fn fill(&self) -> PathBuf {
        let path = self.path().join("filler");
        let mut filler = File::create(&path).unwrap();
        for size in [65_536, 4096, 1] {
            loop {
                match filler.write_all(&vec![b'.'; size]) {
                    Ok(()) => {}
                    Err(error) if error.kind() == ErrorKind::StorageFull => break,
                    Err(error) => panic!("{error}"),
                }
            }
        }
        path
    }
}

fn mount(words: &[&str]) {
    let mounted = Command::new("mount").args(words).output().unwrap();
    let why = String::from_utf8_lossy(&mounted.stderr);
    assert!(mounted.status.success(), "run these tests as root: mount {words:?}: {why}");
}
