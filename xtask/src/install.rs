//! Installing what tasks need, where that can be done without asking.

use crate::shell::{Done, cargo, command, has, run, say, target};

/// The server that speaks S3 to the tests of backups.
const MOTO: &str = "moto[server]==5.2.5";

/// Makes sure that Node.js and npm are there.
///
/// # Errors
/// When they are not and cannot be installed.
pub(crate) fn node() -> Done {
    packages(&[("node", "nodejs"), ("npm", "npm")], "build the page")
}

/// Makes sure that what the tests run is there: a browser, and the tools of the network lab (its slow wire is built
/// by the C compiler).
///
/// # Errors
/// When something is missing and cannot be installed.
pub(crate) fn for_tests() -> Done {
    const TOOLS: &[(&str, &str)] = &[
        ("chromium", "chromium fonts-liberation"),
        ("curl", "curl"),
        ("nft", "nftables"),
        ("ip", "iproute2"),
        ("python3", "python3 python3-venv"),
        ("gcc", "gcc libc6-dev"),
        ("g++", "g++"),
        ("setpriv", "util-linux"),
        ("unshare", "util-linux"),
        ("keyctl", "keyutils"),
        ("gnome-keyring-daemon", "gnome-keyring"),
        ("dbus-run-session", "dbus"),
    ];
    packages(TOOLS, "run the tests")
}

/// Makes sure that the server is there with which backups are tested: in the target folder, where the tests look for it.
///
/// # Errors
/// When it is not and cannot be installed.
pub(crate) fn moto() -> Done {
    let folder = target().join("moto");
    let installed = folder.join("installed");
    if std::fs::read_to_string(&installed).is_ok_and(|version| version == MOTO) {
        return Ok(());
    }
    packages(&[("python3", "python3 python3-venv")], "run the tests")?;
    run(command("python3", &["-m", "venv", "--clear"]).arg(&folder))
        .map_err(|why| format!("{why}; on Debian: sudo apt-get install python3-venv"))?;
    let python = folder.join("bin/python");
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", MOTO];
    run(&mut command(&python.to_string_lossy(), &pip))?;
    std::fs::write(&installed, MOTO)
        .map_err(|error| format!("could not write {}: {error}", installed.display()))
}

/// Makes sure that the peer of backups is there.
///
/// # Errors
/// When it is not and cannot be installed.
pub(crate) fn restic() -> Done {
    packages(&[("restic", "restic")], "measure backups")
}

/// Makes sure that cargo-nextest is there.
///
/// # Errors
/// When it is not and cannot be installed.
pub(crate) fn nextest() -> Done {
    let mut ask = cargo(&["nextest", "--version"]);
    if ask.output().is_ok_and(|output| output.status.success()) {
        return Ok(());
    }
    say("cargo-nextest is missing: building it, once");
    run(&mut cargo(&["install", "cargo-nextest", "--locked"]))
}

/// Installs the packages of missing programs, given as (program, packages), by apt-get as root.
fn packages(wanted: &[(&str, &str)], purpose: &str) -> Done {
    let missing: Vec<&str> = wanted
        .iter()
        .filter(|(program, _)| !present(program))
        .flat_map(|(_, packages)| packages.split(' '))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let list = missing.join(" ");
    if !has("apt-get") || !is_root() {
        return Err(format!("to {purpose}, install first: {list} (on Debian: sudo apt-get install {list})"));
    }
    say(&format!("installing {list}"));
    let apt = |args: &[&str]| {
        let mut apt = crate::shell::command("apt-get", args);
        apt.env("DEBIAN_FRONTEND", "noninteractive");
        apt
    };
    run(&mut apt(&["-qq", "update"]))?;
    run(apt(&["-qq", "-y", "--no-install-recommends", "install"]).args(missing))
}

/// Ordinary users often have no `sbin` on their path, where Debian keeps network tools.
fn present(program: &str) -> bool {
    has(program)
        || ["/usr/sbin", "/sbin"].iter().any(|folder| std::path::Path::new(folder).join(program).is_file())
}

/// Returns whether this is root.
pub(crate) fn is_root() -> bool {
    let asked = crate::shell::command("id", &["-u"]).output();
    asked.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}
