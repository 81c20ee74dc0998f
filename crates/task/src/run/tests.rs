mod world;

use std::sync::atomic::{AtomicUsize, Ordering};

use groma_model::Finding;
use groma_model::Payload;
use groma_model::network::HostFinding;
use serde_json::json;

use super::*;
use world::{Acting, Memory, counted, done, live};

const NEW: Beginning = Beginning::New { resumes: None };

fn cancel(reason: &str) -> StopCause {
    StopCause::Cancel { reason: reason.to_owned() }
}

fn failed(transient: bool) -> UnitError {
    UnitError::Failed { message: "no luck".to_owned(), transient }
}

fn finding() -> Finding {
    let at = groma_model::Timestamp::UNIX_EPOCH;
    Finding::Host(HostFinding {
        address: [10, 0, 0, 1].into(),
        hostname: None,
        response_time_ms: 1.0,
        at,
        slice: None,
    })
}

/// Counts one every tenth of a second.
async fn count(cx: UnitContext, from: i64, to: i64) -> Result<UnitDone, UnitError> {
    for amount in from..to {
        sleep(Duration::from_millis(100)).await;
        cx.report(counted(amount + 1));
    }
    Ok(done(to))
}

#[tokio::test(start_paused = true)]
async fn progress_is_told_every_second_or_two_with_the_time_left() {
    let memory = Memory::default();
    let job = Acting::new(1, 200, |cx, _| count(cx, 0, 200));
    let outcome = live(&memory, job, NEW).over.await.unwrap();
    assert_eq!(outcome, Outcome::Ended(TaskEnd::Completed));
    let progress = memory.progress();
    // Twenty seconds, and once at the end.
    assert!((10..=21).contains(&progress.len()), "{}", progress.len());
    assert_eq!(progress.last().unwrap().ports_scanned, 200);
    for (told, next) in progress.iter().zip(&progress[1..]) {
        assert!(next.ports_scanned >= told.ports_scanned);
        assert!((0..=2001).contains(&(next.elapsed_ms - told.elapsed_ms)), "{told:?} {next:?}");
    }
    assert_eq!(progress[0].estimated_remaining_ms, None, "a guess");
    for told in progress.iter().filter(|told| told.elapsed_ms >= 4000) {
        let left = (200 - told.ports_scanned) * 100;
        let estimated = told.estimated_remaining_ms.unwrap();
        assert!(estimated.abs_diff(left) <= left / 10 + 500, "{told:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_stalled_task_tells_no_time_left() {
    let memory = Memory::default();
    let job = Acting::new(1, 100, |cx, _| async move {
        count(cx.clone(), 0, 50).await?;
        sleep(Duration::from_secs(60)).await;
        count(cx, 50, 100).await
    });
    live(&memory, job, NEW).over.await.unwrap();
    let stalled: Vec<_> = memory.progress().into_iter().filter(|told| told.ports_scanned == 50).collect();
    assert!(stalled.len() >= 20, "it is told that it lives: {}", stalled.len());
    assert!(stalled.iter().rev().skip(1).take(5).all(|told| told.estimated_remaining_ms.is_none()));
}

#[tokio::test(start_paused = true)]
async fn no_more_units_run_than_asked() {
    let (running, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let seen = Arc::clone(&most);
    let job = Acting::new(20, 20, move |_, _| {
        let (running, most) = (Arc::clone(&running), Arc::clone(&most));
        async move {
            most.fetch_max(running.fetch_add(1, Ordering::Relaxed) + 1, Ordering::Relaxed);
            sleep(Duration::from_millis(10)).await;
            running.fetch_sub(1, Ordering::Relaxed);
            Ok(done(1))
        }
    });
    let memory = Memory::default();
    live(&memory, Acting { concurrency: 3, ..job }, NEW).over.await.unwrap();
    assert_eq!(seen.load(Ordering::Relaxed), 3);
    assert_eq!(memory.progress().last().unwrap().ports_scanned, 20);
}

#[tokio::test(start_paused = true)]
async fn a_suspended_task_goes_on_from_its_checkpoints_in_the_next_process() {
    let memory = Memory::default();
    let began = Instant::now();
    // One unit sets its checkpoint when it is told to stop, the other is deaf.
    let job = Acting::new(2, 20, |cx, unit| async move {
        cx.checkpoint(json!(4), counted(4)).await?;
        cx.report(counted(6));
        if unit.spec.key == "0" {
            cx.task.cancel.cancelled().await;
            cx.checkpoint(json!(6), counted(6)).await?;
            return Err(UnitError::Stopped);
        }
        std::future::pending().await
    });
    let life = live(&memory, job, NEW);
    sleep(Duration::from_secs(3)).await;
    assert!(life.stop.ask(StopCause::Suspend));
    assert!(!life.stop.ask(cancel("too late")), "the first cause stands");
    assert_eq!(life.over.await.unwrap(), Outcome::Suspended);
    assert_eq!(began.elapsed().as_secs(), 3 + GRACE.as_secs());
    assert_eq!(memory.story(), ["scan_started"]);
    assert_eq!(memory.progress().last().unwrap().ports_scanned, 12);

    let from = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&from);
    let job = Acting::new(0, 0, move |cx, unit| {
        let start = unit.checkpoint.and_then(|kept| kept.as_i64()).unwrap_or(0);
        from.lock().push((unit.spec.key, start));
        count(cx, start, 10)
    });
    let outcome = live(&memory, job, Beginning::Resumed).over.await.unwrap();
    assert_eq!(outcome, Outcome::Ended(TaskEnd::Completed));
    assert_eq!(*seen.lock(), [("0".to_owned(), 6), ("1".to_owned(), 4)]);
    assert_eq!(memory.story(), ["scan_started", "scan_completed"]);
    let progress = memory.progress();
    assert!(progress.is_sorted_by_key(|told| told.ports_scanned), "{progress:?}");
    assert_eq!(progress.last().unwrap().ports_scanned, 20);
}

#[tokio::test(start_paused = true)]
async fn a_cancel_waits_for_deaf_units_no_longer_than_the_grace() {
    let memory = Memory::default();
    let job = Acting::new(1, 10, |cx, _| async move {
        cx.report(counted(7));
        std::future::pending().await
    });
    let life = live(&memory, job, NEW);
    sleep(Duration::from_secs(10)).await;
    life.stop.ask(cancel("enough"));
    let asked = Instant::now();
    let end = TaskEnd::Cancelled { reason: "enough".to_owned() };
    assert_eq!(life.over.await.unwrap(), Outcome::Ended(end));
    assert_eq!(asked.elapsed(), GRACE);
    assert_eq!(memory.story(), ["scan_started", "scan_completed"]);
    let Some(Payload::NetworkScanCompleted(end)) = memory.0.lock().events.last().cloned() else { panic!() };
    assert!(end.partial);
    assert_eq!(end.results.ports_scanned, 7, "what was told stays told");
}

#[tokio::test(start_paused = true)]
async fn a_cancel_that_a_unit_hears_first_is_a_cancel() {
    for _ in 0..50 {
        let memory = Memory::default();
        let job = Acting::new(1, 1, |cx, _| async move {
            cx.task.cancel.cancelled().await;
            Err(UnitError::Stopped)
        });
        let life = live(&memory, job, NEW);
        sleep(Duration::from_millis(10)).await;
        life.stop.ask(cancel("enough"));
        assert!(matches!(life.over.await.unwrap(), Outcome::Ended(TaskEnd::Cancelled { .. })));
    }
}

#[tokio::test(start_paused = true)]
async fn a_cancel_when_all_is_done_changes_nothing() {
    let memory = Memory::default();
    let job = Acting::new(1, 1, |cx, _| async move {
        cx.task.cancel.cancelled().await;
        Ok(done(1))
    });
    let life = live(&memory, job, NEW);
    sleep(Duration::from_millis(10)).await;
    life.stop.ask(cancel("just then"));
    assert_eq!(life.over.await.unwrap(), Outcome::Ended(TaskEnd::Completed));
}

#[tokio::test(start_paused = true)]
async fn what_fails_for_a_passing_reason_is_tried_again_from_its_checkpoint() {
    let memory = Memory::default();
    let began = Instant::now();
    let from = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&from);
    let job = Acting::new(1, 10, move |cx, unit| {
        let start = unit.checkpoint.and_then(|kept| kept.as_i64()).unwrap_or(0);
        from.lock().push((unit.attempts, start, unit.tally.get("done")));
        async move {
            if start == 6 {
                return Ok(done(10));
            }
            cx.checkpoint(json!(start + 3), counted(start + 3)).await?;
            Err(failed(true))
        }
    });
    let outcome = live(&memory, job, NEW).over.await.unwrap();
    assert_eq!(outcome, Outcome::Ended(TaskEnd::Completed));
    assert_eq!(*seen.lock(), [(0, 0, 0), (1, 3, 3), (2, 6, 6)]);
    assert_eq!(began.elapsed(), BACKOFF * 3, "half a second, then a whole one");
    assert_eq!(memory.story(), ["scan_started", "scan_completed"]);
}

#[tokio::test(start_paused = true)]
async fn what_fails_too_often_or_for_good_is_told_and_the_others_go_on() {
    let memory = Memory::default();
    let tries = Arc::new(AtomicUsize::new(0));
    let tried = Arc::clone(&tries);
    let job = Acting::new(3, 3, move |_, unit| {
        tries.fetch_add(1, Ordering::Relaxed);
        async move {
            match unit.spec.key.as_str() {
                "0" => Err(failed(true)),
                "1" => Err(failed(false)),
                _ => Ok(done(1)),
            }
        }
    });
    let outcome = live(&memory, job, NEW).over.await.unwrap();
    assert_eq!(outcome, Outcome::Ended(TaskEnd::Completed));
    assert_eq!(tried.load(Ordering::Relaxed), 3 + 1 + 1);
    assert_eq!(memory.story(), ["scan_started", "network_error", "network_error", "scan_completed"]);
}

#[tokio::test(start_paused = true)]
async fn a_cancel_does_not_wait_for_the_next_try() {
    let memory = Memory::default();
    let job = Acting::new(1, 1, |_, _| async { Err(failed(true)) });
    let life = live(&memory, job, NEW);
    sleep(Duration::from_millis(100)).await;
    life.stop.ask(cancel("enough"));
    let asked = Instant::now();
    assert!(matches!(life.over.await.unwrap(), Outcome::Ended(TaskEnd::Cancelled { .. })));
    assert_eq!(asked.elapsed(), Duration::ZERO);
    assert_eq!(memory.0.lock().pending.len(), 1, "it is left to a resume");
}

/// Runs a unit that ends everything beside one that would run for ever.
async fn ends_as_failed(fatal: impl Fn() -> UnitError + Clone + Send + Sync + 'static) -> String {
    let memory = Memory::default();
    let job = Acting::new(2, 10, move |cx, unit| {
        let fatal = fatal.clone();
        async move {
            cx.report(counted(2));
            sleep(Duration::from_secs(5)).await;
            if unit.spec.key == "0" {
                return Err(fatal());
            }
            count(cx, 2, 1_000_000).await
        }
    });
    let outcome = live(&memory, job, NEW).over.await.unwrap();
    let Outcome::Ended(TaskEnd::Failed { error }) = outcome else { panic!("{outcome:?}") };
    assert_eq!(memory.story(), ["scan_started", "network_error", "scan_completed"]);
    let told = memory.progress().last().unwrap().ports_scanned;
    let Some(Payload::NetworkScanCompleted(end)) = memory.0.lock().events.last().cloned() else { panic!() };
    assert_eq!((end.results.ports_scanned, end.error.as_ref()), (told, Some(&error)));
    error
}

#[tokio::test(start_paused = true)]
async fn a_fatal_error_or_a_panic_ends_the_task_once() {
    let fatal = ends_as_failed(|| UnitError::Fatal { message: "the wire is cut".to_owned() }).await;
    assert_eq!(fatal, "the wire is cut");
    let panicked = ends_as_failed(|| panic!("a slip of ours")).await;
    assert!(panicked.contains("from within"), "{panicked}");
}

#[tokio::test(start_paused = true)]
async fn a_stop_while_planning_ends_or_leaves_the_task_as_it_was() {
    let waits = || Acting { plan_waits: true, ..Acting::new(1, 1, |_, _| async { Ok(done(1)) }) };
    let memory = Memory::default();
    let life = live(&memory, waits(), NEW);
    life.stop.ask(StopCause::Suspend);
    assert_eq!(life.over.await.unwrap(), Outcome::Suspended);
    assert!(memory.story().is_empty(), "the next process plans anew");
    let life = live(&memory, waits(), NEW);
    sleep(Duration::from_secs(1)).await;
    life.stop.ask(cancel("no"));
    assert!(matches!(life.over.await.unwrap(), Outcome::Ended(TaskEnd::Cancelled { .. })));
    assert_eq!(memory.story(), ["scan_started", "scan_completed"]);
}

#[tokio::test(start_paused = true)]
async fn a_panic_in_planning_ends_the_task_as_failed() {
    let memory = Memory::default();
    let job = Acting { plan_panics: true, ..Acting::new(1, 1, |_, _| async { Ok(done(1)) }) };
    let outcome = live(&memory, job, NEW).over.await.unwrap();
    assert!(matches!(outcome, Outcome::Ended(TaskEnd::Failed { .. })), "{outcome:?}");
    assert_eq!(memory.story(), ["scan_started", "network_error", "scan_completed"]);
}

#[tokio::test(start_paused = true)]
async fn a_task_that_died_between_its_start_and_its_plan_fails() {
    let memory = Memory::default();
    let job = Acting { plan_waits: true, ..Acting::new(1, 1, |_, _| async { Ok(done(1)) }) };
    memory.0.lock().events.push(job.started(TaskId::now(), None, groma_model::Timestamp::UNIX_EPOCH));
    let outcome = live(&memory, job, Beginning::Resumed).over.await.unwrap();
    assert!(matches!(outcome, Outcome::Ended(TaskEnd::Failed { .. })), "{outcome:?}");
    assert_eq!(memory.story(), ["scan_started", "network_error", "scan_completed"]);
}

#[tokio::test(start_paused = true)]
async fn a_task_whose_findings_are_refused_fails_and_one_without_storage_waits() {
    let records = || {
        Acting::new(1, 1, |cx, _| async move {
            sleep(Duration::from_secs(1)).await;
            cx.record(vec![finding()]).await?;
            Ok(done(1))
        })
    };
    let memory = Memory::default();
    memory.0.lock().refuses_findings = true;
    let outcome = live(&memory, records(), NEW).over.await.unwrap();
    assert!(matches!(outcome, Outcome::Ended(TaskEnd::Failed { .. })), "{outcome:?}");
    assert_eq!(memory.story(), ["scan_started", "network_error", "scan_completed"]);

    let memory = Memory::default();
    let life = live(&memory, records(), NEW);
    sleep(Duration::from_millis(500)).await;
    memory.0.lock().refuses = true;
    assert!(matches!(life.over.await.unwrap(), Outcome::Stranded(StoreError::Failed(_))));
    memory.0.lock().refuses = false;
    let outcome = live(&memory, records(), Beginning::Resumed).over.await.unwrap();
    assert_eq!(outcome, Outcome::Ended(TaskEnd::Completed));
    assert_eq!(memory.story(), ["scan_started", "scan_completed"]);
}
