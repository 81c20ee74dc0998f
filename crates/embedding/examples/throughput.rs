//! Measures the model over a file of texts, one a line, and prints JSON: `throughput FOLDER TEXTS [THREADS [ROUNDS]]`.
//! `bench/embedding_onnxruntime.py` does the same by ONNX Runtime.

use std::error::Error;
use std::io::Write as _;
use std::path::Path;
use std::time::Instant;

use groma_embedding::{Embedder as _, MiniLm};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("which model folder?")?;
    let texts = std::fs::read_to_string(arguments.next().ok_or("which file of texts?")?)?;
    let threads = arguments.next().map_or(Ok(2), |threads| threads.parse())?;
    let rounds: usize = arguments.next().map_or(Ok(15), |rounds| rounds.parse())?;
    let texts: Vec<&str> = texts.lines().collect();
    let begun = Instant::now();
    let model = MiniLm::load_with_threads(Path::new(&folder), threads)?;
    let load = begun.elapsed();
    model.embed(&texts)?;
    let (mut batches, mut singles) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        let begun = Instant::now();
        model.embed(&texts)?;
        batches.push(begun.elapsed().as_secs_f64());
        for text in texts.iter().take(10) {
            let begun = Instant::now();
            model.embed(&[text])?;
            singles.push(begun.elapsed().as_secs_f64() * 1000.0);
        }
    }
    batches.sort_by(f64::total_cmp);
    singles.sort_by(f64::total_cmp);
    let rate = |seconds: Option<&f64>| seconds.map(|seconds| texts.len() as f64 / seconds);
    let figures = serde_json::json!({
        "engine": "rten",
        "texts": texts.len(),
        "tokens_mean": texts.iter().map(|text| model.tokens(text).len()).sum::<usize>() as f64 / texts.len() as f64,
        "threads": threads,
        "rounds": rounds,
        "load_ms": load.as_secs_f64() * 1000.0,
        "batch_per_s_best": rate(batches.first()),
        "batch_per_s_median": rate(batches.get(batches.len() / 2)),
        "single_ms_best": singles.first(),
        "single_ms_median": singles.get(singles.len() / 2),
        "peak_rss_kb": peak_rss_kb(),
    });
    writeln!(std::io::stdout(), "{figures}")?;
    Ok(())
}

fn peak_rss_kb() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches("kB").trim().parse().ok()
}
