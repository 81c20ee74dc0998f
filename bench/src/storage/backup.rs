//! Backups beside restic: what `bench/backup_restic` says, as a table.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::report::{Report, Table};
use crate::spread::{Spread, number};
use crate::{Done, say, workspace};

const STEPS: [(&str, &str); 4] = [
    ("first", "a first backup"),
    ("again", "a backup after 1 row in 1,000 was changed"),
    ("verify", "reading everything back (restic: `check --read-data`)"),
    ("restore", "a restore"),
];

pub(crate) fn measure(
    root: &Path,
    throughput: &Path,
    megabytes: usize,
    rounds: usize,
    report: &mut Report,
) -> Done {
    if !throughput.is_file() {
        return Err(format!(
            "there is no {}: build the example `backup_throughput` of groma-backup for release, or name it with --throughput",
            throughput.display()
        )
        .into());
    }
    let mut script = Command::new("python3");
    script.arg(workspace().join("bench/backup_restic")).arg("--folder").arg(root);
    script.args(["--megabytes", &megabytes.to_string(), "--runs", &rounds.to_string()]).arg(throughput);
    let output = script.output()?;
    if !output.status.success() {
        let why = String::from_utf8_lossy(&output.stderr);
        return Err(format!("bench/backup_restic ended with {}: {why}", output.status).into());
    }
    let (mut seconds, mut end) = (BTreeMap::new(), Value::Null);
    for line in String::from_utf8(output.stdout)?.lines() {
        let said: Value = serde_json::from_str(line)?;
        match (text(&said, "who"), text(&said, "step"), said.get("all").and_then(Value::as_array)) {
            (Some(who), Some(step), Some(all)) => {
                let all: Vec<f64> = all.iter().filter_map(Value::as_f64).collect();
                seconds.insert((who.to_owned(), step.to_owned()), all);
            }
            _ => end = said,
        }
    }
    let megabytes = end.get("megabytes").and_then(Value::as_f64).ok_or("bench/backup_restic told no size")?;
    let peer = text(&end, "restic").unwrap_or("restic");
    let title = format!(
        "Backups of {} MB that no compression helps, to a folder of the same disk",
        number(megabytes, 0)
    );
    let mut table = Table::new(&title, &["", "ours, MB/s", &format!("{peer}, MB/s"), "ratio"]);
    for (step, name) in STEPS {
        let of = |who: &str| seconds.get(&(who.to_owned(), step.to_owned()));
        let rates = |all: &Vec<f64>| -> Vec<f64> { all.iter().map(|seconds| megabytes / seconds).collect() };
        let ours = rates(of("ours").ok_or("bench/backup_restic told nothing of ours")?);
        let (theirs, ratio) = match of("restic").map(rates) {
            Some(theirs) => {
                let ratio: Vec<f64> = ours.iter().zip(&theirs).map(|(ours, theirs)| ours / theirs).collect();
                (Spread::of(&theirs).show(0), Spread::of(&ratio).show(2))
            }
            None => ("not had: it is not installed".to_owned(), String::new()),
        };
        let ours = Spread::of(&ours).show(0);
        say(&format!("{name}: {ours} MB/s, {peer} {theirs} MB/s"));
        table.row(vec![name.to_owned(), ours, theirs, ratio]);
    }
    report.table(table);
    Ok(())
}

fn text<'a>(said: &'a Value, name: &str) -> Option<&'a str> {
    said.get(name).and_then(Value::as_str)
}
