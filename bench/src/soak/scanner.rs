//! Somebody who scans this machine, and often changes his mind.

use std::time::{Duration, Instant};

use rand::Rng as _;
use rand::rngs::StdRng;
use serde_json::{Value, json};

use super::Stage;
use crate::load::OpenPorts;
use crate::rest::Rest;
use crate::{Done, pause};

/// How long scans may take to end once they are told to.
const PATIENCE: Duration = Duration::from_secs(60);

/// Scans until the load is over.
pub(super) fn scan(stage: &Stage<'_>, open: &OpenPorts, mut random: StdRng) {
    while !stage.is_over() {
        let mut rest = stage.arena.rest();
        // Whatever fails, fails because the server or its disk is away: the next try may not.
        let _ = one(stage, open, &mut rest, &mut random);
        stage.pause(Duration::from_millis(random.random_range(50..500)));
    }
}

fn one(stage: &Stage<'_>, open: &OpenPorts, rest: &mut Rest, random: &mut StdRng) -> Done {
    let target = format!("127.{}.{}.0/25", random.random_range(1..255), random.random_range(0..255));
    let wanted = json!({
        "kind": "network", "targets": [target], "ports": open.list(), "discovery": false, "force": true,
        "max_rate": random.random_range(200..3000),
    });
    let started = rest.must("POST", "/v1/scans", Some(&wanted.to_string()))?;
    stage.summary.scans.add(1);
    let id = started.pointer("/data/task_id").and_then(Value::as_str).ok_or("a scan without an id")?;
    let id = id.to_owned();
    if random.random_ratio(1, 3) {
        stage.pause(Duration::from_millis(random.random_range(0..1000)));
        cancel(rest, &id, random.random())?;
        stage.summary.cancelled.add(1);
    } else {
        rest.must("GET", &format!("/v1/scan/task/{id}?wait=5"), None)?;
    }
    Ok(())
}

fn cancel(rest: &mut Rest, id: &str, keep: bool) -> Done {
    let wanted = json!({"reason": "changed my mind", "keep_partial_results": keep}).to_string();
    rest.must("POST", &format!("/v1/scan/task/{id}/cancel"), Some(&wanted))?;
    Ok(())
}

/// Cancels what runs until nothing does.
pub(super) fn end_all(stage: &Stage<'_>) -> Done {
    let begun = Instant::now();
    loop {
        let mut rest = stage.arena.rest();
        let active = rest.must("GET", "/v1/scans?active=true", None)?;
        let scans = active.pointer("/data/scans").and_then(Value::as_array).ok_or("no list of scans")?;
        if scans.is_empty() {
            return Ok(());
        }
        if begun.elapsed() > PATIENCE {
            return Err(format!("{} scans run {PATIENCE:?} after they were cancelled", scans.len()).into());
        }
        for scan in scans {
            let id = scan.get("id").and_then(Value::as_str).ok_or("a scan without an id")?;
            // It may have ended just now.
            let _ = cancel(&mut rest, id, true);
        }
        pause(Duration::from_millis(50));
    }
}
