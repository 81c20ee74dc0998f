//! How fast output is read, beside what everybody has: run with `--release --run-ignored only --no-capture`.

use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Instant;

use tokio::process::Command;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::{Output, OutputOptions};
use crate::{LogSink, PlainLogs};

const LINES: &str = "yes 0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789 \
                     | head -c 1000000000";

async fn shell(command: &str) -> f64 {
    let begin = Instant::now();
    let done = Command::new("/bin/sh").args(["-c", command]).stdout(Stdio::null()).status().await.unwrap();
    assert!(done.success());
    begin.elapsed().as_secs_f64()
}

async fn ours(folder: Option<&Path>, secrets: &[&str]) -> f64 {
    let sink = folder.map(|folder| Arc::new(PlainLogs::new(folder)) as Arc<dyn LogSink>);
    let options =
        OutputOptions { line_bytes_max: 64 << 10, log_bytes_max: 4 << 30, result_bytes_max: 64 << 10 };
    let secrets: Vec<_> = secrets.iter().map(|secret| Zeroizing::new(secret.as_bytes().to_vec())).collect();
    let begin = Instant::now();
    let mut output = Output::new(Uuid::now_v7(), sink, options, &secrets);
    let mut child = Command::new("/bin/sh").args(["-c", LINES]).stdout(Stdio::piped()).spawn().unwrap();
    output.pump(child.stdout.take(), None, CancellationToken::new()).await;
    child.wait().await.unwrap();
    let took = begin.elapsed().as_secs_f64();
    assert_eq!(output.position().borrow().bytes, if folder.is_some() { 1_000_000_000 } else { 0 });
    took
}

#[ignore = "it measures, and writes a gigabyte"]
#[tokio::test(flavor = "multi_thread")]
async fn beside_cat_and_tee() {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("file");
    for round in 0..3 {
        let cat = shell(&format!("{LINES} | cat >/dev/null")).await;
        let tee = shell(&format!("{LINES} | tee {} >/dev/null", file.display())).await;
        std::fs::remove_file(&file).unwrap();
        let read = ours(None, &[]).await;
        let folder = place.path().join("logs");
        let logged = ours(Some(&folder), &[]).await;
        std::fs::remove_dir_all(&folder).unwrap();
        let redacted = ours(Some(&folder), &["correct horse battery staple", "hunter22"]).await;
        std::fs::remove_dir_all(&folder).unwrap();
        println!(
            "{round}: cat {cat:.2} s, tee {tee:.2} s; read {read:.2} s = {:.2} of cat; logged {logged:.2} s = {:.2} of tee; \
             with secrets {redacted:.2} s",
            cat / read,
            tee / logged
        );
    }
}
