//! How fast commands start and end.

use std::path::Path;

use super::side::{Side, measure, shell};
use crate::report::{Report, Table, Verdict};
use crate::spread::Spread;
use crate::{Done, say};

const AT_ONCE: [usize; 3] = [1, 16, 64];
/// What is promised of the rate with sixteen at once.
const OF_TOKIO: f64 = 0.9;
const OF_XARGS: f64 = 2.5;
/// Megabytes of the small and the large parent.
const PARENTS: [usize; 2] = [1, 512];
const OF_PARENTS: f64 = 2.0;

/// Commands a second: ours, tokio's processes alone, processkit, `xargs -P`.
pub(crate) fn rates(root: &Path, rounds: usize, commands: usize, report: &mut Report) -> Done {
    let head = [
        "at once",
        "engine, /s",
        "÷ tokio",
        "÷ `xargs -P`",
        "÷ processkit",
        "without log ÷ tokio",
        "nor control group ÷ tokio",
    ];
    let mut table = Table::new("`/bin/true`, from start to proven end", &head);
    for at_once in AT_ONCE {
        let (mut ours, mut tokio, mut xargs, mut peer) = (vec![], vec![], vec![], vec![]);
        let (mut bare, mut group) = (vec![], vec![]);
        for _ in 0..rounds {
            let rate = |side| -> Done<f64> {
                let args = format!("--count {commands} --at-once {at_once} -- /bin/true");
                let args: Vec<String> = args.split(' ').map(str::to_owned).collect();
                Ok(commands as f64 / measure(side, root, &args)?.seconds)
            };
            let mine = rate(Side::Engine)?;
            ours.push(mine);
            let alone = rate(Side::Tokio)?;
            tokio.push(mine / alone);
            bare.push(rate(Side::EngineBare)? / alone);
            group.push(rate(Side::EngineGroup)? / alone);
            let line = format!("seq {commands} | xargs -P {at_once} -n 1 /bin/true");
            xargs.push(mine / (commands as f64 / shell(&line)?.as_secs_f64()));
            peer.push(mine / rate(Side::Processkit)?);
        }
        let sides = [&ours, &tokio, &xargs, &peer, &bare, &group].map(|rounds| Spread::of(rounds));
        say(&format!("spawn, {at_once} at once: {}/s, ÷ tokio {}", sides[0].show(0), sides[1].show(2)));
        let mut row = vec![at_once.to_string(), sides[0].show(0)];
        row.extend(sides[1..].iter().map(|side| side.show(2)));
        table.row(row);
        if at_once == 16 {
            report.verdict(Verdict::at_least("Spawn rate ÷ tokio, 16 at once", sides[1].median, OF_TOKIO, 2));
            report.verdict(Verdict::at_least("Spawn rate ÷ `xargs -P16`", sides[2].median, OF_XARGS, 2));
        }
    }
    report.table(table);
    Ok(())
}

/// One command after the other within a small and within a large parent.
pub(crate) fn parents(root: &Path, rounds: usize, report: &mut Report) -> Done {
    const COMMANDS: usize = 200;
    let mut table = Table::new(
        "`/bin/true`, one at a time, by memory of the parent",
        &["side", "1 MB, ms", "512 MB, ms", "ratio"],
    );
    for (side, name) in [(Side::Engine, "engine"), (Side::Tokio, "tokio"), (Side::Processkit, "processkit")] {
        let (mut small, mut large, mut ratio) = (vec![], vec![], vec![]);
        for _ in 0..rounds {
            let each = |ballast: usize| -> Done<f64> {
                let args = format!("--count {COMMANDS} --ballast {ballast} -- /bin/true");
                let args: Vec<String> = args.split(' ').map(str::to_owned).collect();
                Ok(measure(side, root, &args)?.seconds * 1e3 / COMMANDS as f64)
            };
            let (little, much) = (each(PARENTS[0])?, each(PARENTS[1])?);
            small.push(little);
            large.push(much);
            ratio.push(much / little);
        }
        let ratio = Spread::of(&ratio);
        say(&format!("{name} in a large parent: {} times as long", ratio.show(2)));
        table.row(vec![
            name.to_owned(),
            Spread::of(&small).show(2),
            Spread::of(&large).show(2),
            ratio.show(2),
        ]);
        if side == Side::Engine {
            report.verdict(Verdict::at_most(
                "Spawn in a 512 MB parent ÷ in a small one",
                ratio.median,
                OF_PARENTS,
                2,
            ));
        }
    }
    report.table(table);
    Ok(())
}
