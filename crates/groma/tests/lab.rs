//! Scans of the lab, where the truth is known: `labs/network` builds it out of network namespaces.
//!
//! Needs root, for the namespaces; half of the scans then run as an ordinary user. Each test has a lab of its own.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::fs::chown;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::keeper::Keeper;

#[path = "support/keeper.rs"]
mod keeper;

/// The ports of each address.
type Ports = BTreeMap<String, BTreeSet<u64>>;

/// The ports that are open somewhere in the two networks, and one that is open nowhere.
const BLOCK_PORTS: &str = "22,80,443,8080,445,3306,5432,4444";

#[test]
fn root_finds_what_is_there_and_nothing_else() {
    finds_what_is_there(&Scanner::root());
}

#[test]
fn an_ordinary_user_finds_what_is_there_and_nothing_else() {
    finds_what_is_there(&Scanner::nobody());
}

#[test]
fn root_misses_next_to_nothing_behind_a_lossy_wire() {
    misses_next_to_nothing(&Scanner::root());
}

#[test]
fn an_ordinary_user_misses_next_to_nothing_behind_a_lossy_wire() {
    misses_next_to_nothing(&Scanner::nobody());
}

/// Scans every kind of host that answers reliably, or never.
fn finds_what_is_there(scanner: &Scanner) {
    let lab = Lab::up();
    let cases: [(&[&str], &str); 5] = [
        (&["10.90.0.10"], "-"),
        (&["fd90::10"], "-"),
        (&["10.90.1.0/24", "10.90.2.0/24"], BLOCK_PORTS),
        // A firewall that drops; what it resets or prohibits is not open either.
        (&["10.90.0.20", "fd90::20"], "1-1024,3389,8443,9000-9200"),
        // So few resets a second that most closed ports look like dropped ones.
        (&["10.90.0.30", "fd90::30"], "1-256,443,3389,8443"),
    ];
    let wrong: Vec<String> = cases
        .iter()
        .filter_map(|(targets, ports)| {
            let found = lab.scan(scanner, targets, ports);
            let truth = lab.open(|address| within(address, targets));
            (found != truth).then(|| format!("{targets:?}: {}", difference(&found, &truth)))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Scans the host that is 20 ms away and loses 5 % each way: 105 open ports among 2,000 others, 20 times.
fn misses_next_to_nothing(scanner: &Scanner) {
    const RUNS: usize = 20;
    let lab = Lab::up();
    let truth = lab.open(|address| address == "10.90.0.40");
    let (mut missed, mut wrong) = (0, Vec::new());
    for run in 0..RUNS {
        let found = lab.scan(scanner, &["10.90.0.40"], "22,80,443,3389,8443,100-1100,49500-50500");
        let (truth, none) = (&truth["10.90.0.40"], BTreeSet::new());
        let found = found.get("10.90.0.40").unwrap_or(&none);
        missed += truth.difference(found).count();
        if !found.is_subset(truth) {
            wrong.push(format!("run {run}: {:?} are not open", found - truth));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let looked_for = truth["10.90.0.40"].len() * RUNS;
    assert!(missed * 1000 < looked_for, "missed {missed} of {looked_for} open ports: 0.1 % or more");
}

/// Who scans, with a home and a copy of the binary that it may run.
struct Scanner {
    home: TempDir,
    become_user: &'static [&'static str],
}

impl Scanner {
    fn root() -> Self {
        Self { home: tempfile::tempdir().unwrap(), become_user: &[] }
    }

    fn nobody() -> Self {
        let home = tempfile::tempdir().unwrap();
        std::fs::copy(env!("CARGO_BIN_EXE_groma"), home.path().join("groma")).unwrap();
        chown(home.path(), Some(65_534), Some(65_534)).expect("tests of the lab have to run as root");
        Self { home, become_user: &["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] }
    }

    fn binary(&self) -> PathBuf {
        if self.become_user.is_empty() {
            env!("CARGO_BIN_EXE_groma").into()
        } else {
            self.home.path().join("groma")
        }
    }
}

/// A lab that is up. It goes down with this value, or with this process however that ends.
struct Lab {
    state: PathBuf,
    prefix: String,
    truth: Value,
    _keeper: Keeper,
}

impl Lab {
    fn up() -> Self {
        let id = std::process::id();
        let (state, prefix) = (std::env::temp_dir().join(format!("groma-lab-test-{id}")), format!("gt{id}"));
        let (text, script) = (state.to_str().unwrap(), script());
        let environment = [("GROMA_LAB_STATE", text), ("GROMA_LAB_PREFIX", &*prefix)];
        let line = r#""$1" down && rm -rf "$GROMA_LAB_STATE""#;
        let keeper = Keeper::new(line, &[script.to_str().unwrap()], &environment);
        let mut lab = Self { state, prefix, truth: Value::Null, _keeper: keeper };
        let made = lab.network(&["up"]).output().unwrap();
        let why = String::from_utf8_lossy(&made.stderr).into_owned();
        assert!(
            made.status.success(),
            "the lab is not up (run the tests as root, after `labs/network install`): {why}"
        );
        lab.truth = serde_json::from_slice(&lab.network(&["truth"]).output().unwrap().stdout).unwrap();
        lab
    }

    fn network(&self, words: &[&str]) -> Command {
        let mut command = Command::new(script());
        command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("GROMA_LAB_STATE", &self.state).env("GROMA_LAB_PREFIX", &self.prefix);
        command.args(words).stdin(Stdio::null());
        command
    }

    /// Returns what is open at the addresses of the truth that fit.
    fn open(&self, fits: impl Fn(&str) -> bool) -> Ports {
        let hosts = self.truth["hosts"].as_object().unwrap().iter();
        let hosts = hosts.filter(|(address, host)| fits(address) && host["open"] != Value::Array(Vec::new()));
        hosts.map(|(address, host)| (address.clone(), numbers(&host["open"], Value::as_u64))).collect()
    }

    /// Scans, and returns what was found open. Fails the test unless the scan ran to its end.
    fn scan(&self, scanner: &Scanner, targets: &[&str], ports: &str) -> Ports {
        let mut command = self.network(&["exec"]);
        command.args(scanner.become_user).arg(scanner.binary());
        command.args(["scan", "network"]).args(targets).args(["--ports", ports, "--output", "json"]);
        command.env("HOME", scanner.home.path()).env("GROMA_DATA_DIR", scanner.home.path().join("data"));
        let ended = command.output().unwrap();
        let why = String::from_utf8_lossy(&ended.stderr).into_owned();
        assert!(ended.status.success(), "{targets:?}: {}: {why}", ended.status);
        let report: Value = serde_json::from_slice(&ended.stdout).unwrap();
        assert_eq!(report["scan"]["status"], "completed", "{targets:?}: {why}");
        let hosts = report["hosts"].as_array().unwrap().iter();
        let open = |port: &Value| port["port"].as_u64().filter(|_| port["state"] == "open");
        let found =
            hosts.map(|host| (host["address"].as_str().unwrap().to_owned(), numbers(&host["ports"], open)));
        found.filter(|(_, ports)| !ports.is_empty()).collect()
    }
}

fn script() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../labs/network")
}

fn numbers(list: &Value, number: impl Fn(&Value) -> Option<u64>) -> BTreeSet<u64> {
    list.as_array().unwrap().iter().filter_map(number).collect()
}

/// Returns whether an address is one of the targets or in one of the lab's /24s among them.
fn within(address: &str, targets: &[&str]) -> bool {
    targets.iter().any(|target| match target.strip_suffix("0/24") {
        Some(block) => address.starts_with(block),
        None => address == *target,
    })
}

fn difference(found: &Ports, truth: &Ports) -> String {
    let pairs = |ports: &Ports| -> BTreeSet<(String, u64)> {
        ports.iter().flat_map(|(address, ports)| ports.iter().map(|port| (address.clone(), *port))).collect()
    };
    let (found, truth) = (pairs(found), pairs(truth));
    format!("not open but found {:?}, open but missed {:?}", &found - &truth, &truth - &found)
}
