//! Lines of output in streams of events: none too few, in order, whoever goes on where.

use futures::StreamExt as _;
use groma_api::{Backend, EventQuery};
use groma_model::{ExecutionId, Frame};
use std::sync::Arc;

use crate::executions::{begin, open, over};

/// Reads a stream to the head: frames with their data.
async fn frames(
    backend: &Arc<dyn Backend>,
    id: ExecutionId,
    types: &str,
    after: &str,
) -> Vec<(Frame, serde_json::Value)> {
    let query = EventQuery {
        types: Some(types.to_owned()),
        subject: Some(format!("execution/{id}")),
        after: Some(after.to_owned()),
        follow: Some(false),
        ..EventQuery::default()
    };
    let events = backend.events(query).await.unwrap();
    let data = |frame: Frame| {
        let envelope = frame.envelope().unwrap();
        (frame, serde_json::from_str(envelope.data.get()).unwrap())
    };
    events.map(|frame| data(frame.unwrap())).collect().await
}

fn numbers(frames: &[(Frame, serde_json::Value)]) -> Vec<u64> {
    let lines = frames.iter().filter(|(frame, _)| frame.event_type.contains(".std"));
    lines.map(|(_, data)| data["lineNumber"].as_u64().unwrap()).collect()
}

#[tokio::test]
async fn every_line_comes_once_in_order_and_a_resumed_reader_loses_none() {
    let (world, app, backend) = open().await;
    let line = "i=0; while [ $i -lt 8 ]; do seq 1 150; i=$((i+1)); sleep 0.02; done";
    let id = begin(&backend, crate::support::shell(line)).await;
    over(&backend, id).await;
    let all = frames(&backend, id, "groma.execution.stdout", "oldest").await;
    assert_eq!(numbers(&all), (1..=1200).collect::<Vec<_>>());
    assert!(all.iter().all(|(frame, _)| frame.sequence.is_none() == frame.event_type.contains(".std")));
    let again = frames(&backend, id, "groma.execution.*", "oldest").await;
    assert_eq!(numbers(&again), numbers(&all));
    // The same line is told under the same id.
    let ids = |frames: &[(Frame, serde_json::Value)]| -> Vec<_> {
        let lines = frames.iter().filter(|(frame, _)| frame.event_type.contains(".std"));
        lines.map(|(frame, _)| frame.envelope().unwrap().id).collect()
    };
    assert_eq!(ids(&again), ids(&all));
    // From each position on, exactly what was not told before it.
    for (at, (frame, data)) in all.iter().enumerate() {
        let Some(sequence) = frame.sequence else { continue };
        let last = data["lastLine"].as_u64().unwrap();
        assert_eq!(numbers(&all[..at]).last().copied(), Some(last));
        let rest = frames(&backend, id, "groma.execution.stdout", &sequence.to_string()).await;
        assert_eq!(numbers(&rest), (last + 1..=1200).collect::<Vec<_>>());
    }
    assert!(numbers(&frames(&backend, id, "groma.execution.stderr", "oldest").await).is_empty());
    for types in ["groma.*", "*", "groma.execution.output_advanced"] {
        assert!(numbers(&frames(&backend, id, types, "oldest").await).is_empty());
    }
    // A log that is gone is told.
    for entry in std::fs::read_dir(world.data().join("executions")).unwrap() {
        std::fs::remove_file(entry.unwrap().path()).unwrap();
    }
    let gone = frames(&backend, id, "groma.execution.stdout", "oldest").await;
    let (gap, data) = &gone[0];
    assert_eq!((gap.event_type, gap.sequence), ("groma.system.stream_gap", None));
    assert_eq!(data["snapshotUrl"], format!("/v1/executions/{id}/logs"));
    drop(backend);
    world.close(app).await;
}
