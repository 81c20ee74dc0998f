//! A damaged database is set aside, and those who read it before are told.

use futures::StreamExt as _;
use groma_api::EventQuery;
use groma_model::Payload;
use groma_model::system::{GapReason, Severity};

use crate::support::*;

#[tokio::test]
async fn a_damaged_database_is_set_aside_and_readers_are_told_of_the_gap() {
    let world = World::new();
    let app = world.open().await;
    let backend = owner(&app);
    let scan = start(&backend, quick(30)).await;
    ended(&backend, scan).await;
    let seen = journal(&backend).await.last().unwrap().sequence.unwrap();
    drop(backend);
    world.close(app).await;

    let file = world.data().join("groma.db");
    let mut bytes = std::fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[..64].fill(0xA5);
    bytes[middle..middle + 4096].fill(0xA5);
    std::fs::write(&file, &bytes).unwrap();

    let app = world.open().await;
    let backend = owner(&app);
    let aside: Vec<_> = std::fs::read_dir(world.data())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.contains(".damaged-") && !name.ends_with("-wal") && !name.ends_with("-shm"))
        .collect();
    assert_eq!(aside.len(), 1, "{aside:?}");
    assert_eq!(std::fs::read(world.data().join(&aside[0])).unwrap(), bytes, "it is kept as it was");
    let events = journal(&backend).await;
    let first = &events[0];
    assert!(first.sequence.unwrap() > seen, "the new history sorts behind the old");
    assert!(first.sequence.unwrap().epoch > seen.epoch);
    let Some(Ok(Payload::SystemError(error))) = first.payload() else { panic!("{first:?}") };
    assert_eq!(error.severity, Severity::Critical);
    assert!(error.message.contains(&aside[0]), "{}", error.message);

    let query = EventQuery { after: Some(seen.to_string()), ..EventQuery::default() };
    let mut stream = backend.events(query).await.unwrap();
    let gap = stream.next().await.unwrap().unwrap();
    assert!(gap.sequence.is_none());
    let Some(Ok(Payload::StreamGap(gap))) = gap.envelope().unwrap().payload() else { panic!("{gap:?}") };
    assert_eq!((gap.from, gap.reason), (seen, GapReason::HistoryReset));
    let next = stream.next().await.unwrap().unwrap();
    assert_eq!(next.sequence, first.sequence, "and then everything of the new history");

    // It works as a new one does.
    let scan = start(&backend, quick(30)).await;
    ended(&backend, scan).await;
}
