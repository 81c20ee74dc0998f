//! The data folder as the system shows it.

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::finding::Finding;
use crate::output::quoted;

const DISK_ERROR_BELOW: u64 = 64 * 1024 * 1024;
const DISK_WARNING_BELOW: u64 = 1024 * 1024 * 1024;
/// How many files a finding names.
const NAMED_MAX: usize = 3;

/// Looks at the folder, the file system and the files.
pub(super) fn findings(folder: &Path) -> Vec<Finding> {
    let own = own(folder);
    let inside = own.verdict != super::Verdict::Error && folder.is_dir();
    let mut findings = vec![own, file_system(folder), disk(folder)];
    if inside {
        findings.push(files(folder));
        findings.extend(set_aside(folder));
    }
    findings
}

/// Whether the data folder is ours alone.
pub(super) fn own(folder: &Path) -> Finding {
    const CHECK: &str = "data folder";
    let shown = folder.display();
    let metadata = match std::fs::metadata(folder) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return absent(folder),
        Err(error) => {
            let advice = "let the user who runs Groma read it, or name another folder with --data-dir";
            return Finding::error(CHECK, format!("{shown} cannot be read: {error}"), advice);
        }
    };
    let me = rustix::process::geteuid().as_raw();
    if !metadata.is_dir() {
        return Finding::error(CHECK, format!("{shown} is not a folder"), "move it away, or use --data-dir");
    }
    if metadata.uid() != me {
        let found = format!("{shown} belongs to user {}, this is user {me}", metadata.uid());
        let advice = "run Groma as its owner, or use a folder of your own with --data-dir";
        return Finding::error(CHECK, found, advice);
    }
    let mode = metadata.mode() & 0o777;
    if mode & 0o700 != 0o700 {
        let found = format!("{shown} cannot be used by its owner (mode {mode:o})");
        return Finding::error(CHECK, found, format!("chmod 700 {}", quoted(folder)));
    }
    if mode & 0o077 != 0 {
        let found = format!("{shown} can be entered by others (mode {mode:o})");
        return Finding::warning(CHECK, found, format!("chmod 700 {}", quoted(folder)));
    }
    Finding::ok(CHECK, format!("{shown} is yours alone (mode {mode:o})"))
}

/// Whether the first command could make the folder.
fn absent(folder: &Path) -> Finding {
    const CHECK: &str = "data folder";
    let shown = folder.display();
    let above = existing(folder);
    if rustix::fs::access(above, rustix::fs::Access::WRITE_OK | rustix::fs::Access::EXEC_OK).is_err() {
        let found = format!("{shown} does not exist, and nothing can be made in {}", above.display());
        return Finding::error(
            CHECK,
            found,
            "make the folder for this user, or name another with --data-dir",
        );
    }
    Finding::ok(CHECK, format!("{shown} does not exist yet: the first command makes it"))
}

/// Whether the file system can be trusted with a database.
pub(super) fn file_system(folder: &Path) -> Finding {
    const CHECK: &str = "file system";
    let existing = existing(folder);
    let stat = match rustix::fs::statfs(existing) {
        Ok(stat) => stat,
        Err(error) => {
            let found = format!("the kind at {} cannot be told: {error}", existing.display());
            return Finding::warning(CHECK, found, "look with `findmnt --target`");
        }
    };
    // The kind is a number of 32 bits whose type differs between platforms.
    let magic = (stat.f_type as u64 & 0xffff_ffff) as u32;
    match kind(magic) {
        Kind::Network(name) => Finding::warning(
            CHECK,
            format!("{} is on a network file system ({name})", existing.display()),
            "use a folder on a local disk with --data-dir: locks and syncs of network file systems do not keep what \
             a database needs, and two machines could open it at once",
        ),
        Kind::Memory(name) => Finding::warning(
            CHECK,
            format!("{} is kept in memory ({name})", existing.display()),
            "use a folder on a disk with --data-dir, unless everything may be lost at the next start",
        ),
        Kind::User => Finding::warning(
            CHECK,
            format!("{} is on a file system of a program's own (FUSE)", existing.display()),
            "make sure that it is a local disk that syncs and locks, or use another folder with --data-dir",
        ),
        Kind::Local(name) => Finding::ok(CHECK, format!("{name} at {}", existing.display())),
        Kind::Other => Finding::ok(CHECK, format!("a local one (kind {magic:#x}) at {}", existing.display())),
    }
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Network(&'static str),
    Memory(&'static str),
    User,
    Local(&'static str),
    Other,
}

/// Tells a file system by the number that the system has for it (statfs(2)).
pub(super) const fn kind(magic: u32) -> Kind {
    match magic {
        0x6969 => Kind::Network("NFS"),
        0x517b | 0xff53_4d42 | 0xfe53_4d42 => Kind::Network("SMB"),
        0x0102_1997 => Kind::Network("9p"),
        0x00c3_6400 => Kind::Network("Ceph"),
        0x0bd0_0bd0 => Kind::Network("Lustre"),
        0x5346_414f | 0x6b41_4653 => Kind::Network("AFS"),
        0x7375_7245 => Kind::Network("Coda"),
        0x0116_1970 => Kind::Network("GFS2"),
        0x7461_636f => Kind::Network("OCFS2"),
        0x0102_1994 => Kind::Memory("tmpfs"),
        0x8584_58f6 => Kind::Memory("ramfs"),
        0x6573_5546 => Kind::User,
        0xef53 => Kind::Local("ext4"),
        0x5846_5342 => Kind::Local("XFS"),
        0x9123_683e => Kind::Local("Btrfs"),
        0x2fc1_2fc1 => Kind::Local("ZFS"),
        0xca45_1a4e => Kind::Local("bcachefs"),
        0xf2f5_2010 => Kind::Local("F2FS"),
        0x794c_7630 => Kind::Local("overlay (of a container)"),
        _ => Kind::Other,
    }
}

/// Whether there is room to write.
pub(super) fn disk(folder: &Path) -> Finding {
    const CHECK: &str = "disk space";
    let existing = existing(folder);
    let stat = match rustix::fs::statvfs(existing) {
        Ok(stat) => stat,
        Err(error) => {
            let found = format!("the free space at {} cannot be told: {error}", existing.display());
            return Finding::warning(CHECK, found, "look with df");
        }
    };
    if stat.f_flag.contains(rustix::fs::StatVfsMountFlags::RDONLY) {
        let found = format!("the file system at {} is read-only", existing.display());
        return Finding::error(CHECK, found, "mount it for writing, or use another folder with --data-dir");
    }
    let free = stat.f_bavail.saturating_mul(stat.f_frsize);
    let found = format!("{} MiB are free at {}", free / 1024 / 1024, existing.display());
    // Some file systems do not count their files.
    if stat.f_files > 0 && stat.f_favail == 0 {
        let found = format!("no more files can be made at {}: inodes are used up", existing.display());
        return Finding::error(CHECK, found, "remove files that are not needed: `df -i` shows the figures");
    }
    if free < DISK_ERROR_BELOW {
        Finding::error(CHECK, found, "make room: Groma stops writing when the disk is full")
    } else if free < DISK_WARNING_BELOW {
        Finding::warning(CHECK, found, "make room before a large scan")
    } else {
        Finding::ok(CHECK, found)
    }
}

/// Whether what is in the folder is ours alone.
fn files(folder: &Path) -> Finding {
    const CHECK: &str = "files";
    let me = rustix::process::geteuid().as_raw();
    let files = list(folder);
    let select = |odd: &dyn Fn(&Metadata) -> bool| -> Vec<&Path> {
        files.iter().filter(|(_, metadata)| odd(metadata)).map(|(path, _)| path.as_path()).collect()
    };
    let foreign = select(&|file| file.uid() != me);
    if !foreign.is_empty() {
        let found = format!("{} in the data folder belongs to another user", named(&foreign));
        let advice = format!(
            "sudo chown -R {me} {}; and do not run Groma by sudo, which leaves such files",
            quoted(folder)
        );
        return Finding::error(CHECK, found, advice);
    }
    let open = select(&|file| file.is_file() && file.mode() & 0o077 != 0);
    if !open.is_empty() {
        let paths: Vec<String> = open.iter().map(quoted).collect();
        let found = format!("{} can be read by others", named(&open));
        return Finding::warning(CHECK, found, format!("chmod 600 {}", paths.join(" ")));
    }
    let bytes: u64 = files.iter().filter(|(_, file)| file.is_file()).map(|(_, file)| file.len()).sum();
    Finding::ok(CHECK, format!("all of them yours alone: {}, with {} MiB", files.len(), bytes >> 20))
}

/// Whether a damaged database was once set aside.
fn set_aside(folder: &Path) -> Option<Finding> {
    let aside: Vec<PathBuf> = list(folder)
        .into_iter()
        .map(|(path, _)| path)
        .filter(|path| path.to_string_lossy().contains(".damaged-"))
        .collect();
    let paths: Vec<&Path> = aside.iter().map(PathBuf::as_path).collect();
    let first = paths.first()?;
    let advice = format!(
        "restore a backup while nobody holds the folder, or try `sqlite3 {} .recover`; delete it when it is not needed",
        quoted(first)
    );
    Some(Finding::warning("damage", format!("{} was damaged and set aside", named(&paths)), advice))
}

/// Lists what is in the folder and in the folders below it, which hold no others.
fn list(folder: &Path) -> Vec<(PathBuf, Metadata)> {
    let entries = |folder: &Path| -> Vec<(PathBuf, Metadata)> {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        // Of a link, what it is itself; a file that goes meanwhile is not missed.
        entries.filter_map(|entry| Some((entry.path(), entry.metadata().ok()?))).collect()
    };
    let mut files = entries(folder);
    let below: Vec<_> =
        files.iter().filter(|(_, file)| file.is_dir()).flat_map(|(path, _)| entries(path)).collect();
    files.extend(below);
    files.sort_by(|(a, _), (b, _)| a.cmp(b));
    files
}

fn named(paths: &[&Path]) -> String {
    let name = |path: &&Path| path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    let names: Vec<String> = paths.iter().take(NAMED_MAX).map(name).collect();
    match paths.len().saturating_sub(NAMED_MAX) {
        0 => names.join(", "),
        more => format!("{} and {more} more", names.join(", ")),
    }
}

/// Returns the nearest folder above that is there.
pub(super) fn existing(folder: &Path) -> &Path {
    folder.ancestors().find(|path| path.exists()).unwrap_or(folder)
}
