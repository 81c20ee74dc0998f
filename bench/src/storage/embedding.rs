//! The model by our own runtime beside ONNX Runtime: the same file, texts and number of threads, in turns.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use groma_embedding::{Embedder as _, MiniLm};
use serde_json::Value;

use crate::report::{Report, Table, Verdict};
use crate::spread::{Spread, percentile};
use crate::{Done, say, workspace};

/// How often each side embeds all texts in a round.
const TIMES: usize = 5;
/// Texts that are embedded alone.
const ALONE: usize = 10;
const TARGET: f64 = 0.9;

pub(crate) fn measure(model: &Path, python: Option<&Path>, rounds: usize, report: &mut Report) -> Done {
    let bench = workspace().join("bench");
    let texts = bench.join("embedding_texts.txt");
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let title = format!(
        "all-MiniLM-L6-v2 on {threads} threads, the texts of `bench/embedding_texts.txt`, by `rten` here"
    );
    let head = ["", "all texts at once, /s", "one text alone, ms"];
    let read = std::fs::read_to_string(&texts)?;
    let lines: Vec<&str> = read.lines().collect();
    let ours = MiniLm::load_with_threads(model, threads)?;
    ours.embed(&lines)?;
    let mut columns: [Vec<f64>; 6] = Default::default();
    let mut peer = String::new();
    for _ in 0..rounds {
        let (rate, alone) = ours_once(&ours, &lines)?;
        columns.iter_mut().zip([rate, alone]).for_each(|(column, cell)| column.push(cell));
        let Some(python) = python else { continue };
        let script = bench.join("embedding_onnxruntime.py");
        let mut theirs = Command::new(python);
        theirs.args([&script, model, &texts]).args([threads.to_string(), TIMES.to_string()]);
        let output = theirs.output()?;
        if !output.status.success() {
            let why = String::from_utf8_lossy(&output.stderr);
            return Err(format!("{} ended with {}: {why}", script.display(), output.status).into());
        }
        let figures: Value = serde_json::from_slice(&output.stdout)?;
        let figure = |name: &str| {
            figures
                .get(name)
                .and_then(Value::as_f64)
                .ok_or_else(|| format!("ONNX Runtime's side tells no {name}"))
        };
        let (their_rate, their_alone) = (figure("batch_per_s_median")?, figure("single_ms_median")?);
        figures.get("engine").and_then(Value::as_str).unwrap_or_default().clone_into(&mut peer);
        let cells = [their_rate, their_alone, rate / their_rate, their_alone / alone];
        columns.iter_mut().skip(2).zip(cells).for_each(|(column, cell)| column.push(cell));
    }
    let [rate, alone, their_rate, their_alone, ratio, ratio_alone] =
        columns.map(|rounds| Spread::of(&rounds));
    let mut table = Table::new(&title, &head);
    table.row(vec!["ours, in the process".to_owned(), rate.show(0), alone.show(2)]);
    if python.is_none() {
        let why = "not had: no --python with bench/embedding_requirements.txt in it".to_owned();
        table.row(vec!["ONNX Runtime".to_owned(), why, String::new()]);
    } else {
        table.row(vec![peer, their_rate.show(0), their_alone.show(2)]);
        table.row(vec!["ratio, of speed".to_owned(), ratio.show(2), ratio_alone.show(2)]);
        let what = "Embeddings/s ÷ ONNX Runtime, median";
        report.verdict(Verdict::at_least(what, ratio.median, TARGET, 2));
    }
    say(&format!("embedding: {} texts/s, ratio {}", rate.show(0), ratio.show(2)));
    report.table(table);
    Ok(())
}

/// Returns texts a second, all at once, and the milliseconds that one takes; the middle of each.
fn ours_once(model: &MiniLm, texts: &[&str]) -> Done<(f64, f64)> {
    let (mut batches, mut alone) = (Vec::new(), Vec::new());
    for _ in 0..TIMES {
        let begun = Instant::now();
        model.embed(texts)?;
        batches.push(begun.elapsed().as_secs_f64());
        for text in texts.iter().take(ALONE) {
            let begun = Instant::now();
            model.embed(&[text])?;
            alone.push(begun.elapsed().as_secs_f64() * 1e3);
        }
    }
    Ok((texts.len() as f64 / percentile(&batches, 0.5), percentile(&alone, 0.5)))
}
