//! Which processes are found, and which are signalled.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::process::{Child, Command};

use super::*;
use crate::process::{COOKIE, OUTER};

fn sleeping(variables: &[(&str, String)]) -> Child {
    let mut command = Command::new("/bin/sleep");
    command.arg("1000").envs(variables.iter().map(|(name, value)| (name, value)));
    command.spawn().unwrap()
}

fn end(mut child: Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}

#[tokio::test]
async fn who_has_the_mark_is_found_however_often_it_is_asked() {
    let (sweeper, id, outer) = (Sweeper::default(), Uuid::now_v7(), Uuid::now_v7());
    let child = sleeping(&[(COOKIE, id.to_string()), (OUTER, outer.to_string())]);
    for _ in 0..3 {
        for cookie in [id, outer] {
            let found = sweeper.find(Wanted { cookie, group: None }).await;
            assert_eq!(found.iter().map(|member| member.pid).collect::<Vec<_>>(), [child.id()]);
            assert_eq!(found[0].name, "sleep");
        }
        assert_eq!(sweeper.find(Wanted { cookie: Uuid::now_v7(), group: None }).await, []);
    }
    // Ended, though nobody has taken note of it yet.
    let mut child = child;
    child.kill().unwrap();
    while Member::of(child.id()).is_some() {
        tokio::task::yield_now().await;
    }
    assert_eq!(sweeper.find(Wanted { cookie: id, group: None }).await, []);
    child.wait().unwrap();
}

#[tokio::test]
async fn who_starts_between_two_walks_is_found_by_the_second() {
    let sweeper = Sweeper::default();
    for _ in 0..20 {
        let id = Uuid::now_v7();
        assert_eq!(sweeper.find(Wanted { cookie: id, group: None }).await, []);
        let child = sleeping(&[(COOKIE, id.to_string())]);
        let found = sweeper.find(Wanted { cookie: id, group: None }).await;
        assert_eq!(found.len(), 1);
        end(child);
    }
}

#[tokio::test]
async fn many_who_ask_at_once_get_their_own_answers() {
    let sweeper = Arc::new(Sweeper::default());
    let children: Vec<_> =
        (0..20).map(|_| Uuid::now_v7()).map(|id| (id, sleeping(&[(COOKIE, id.to_string())]))).collect();
    let mut asking = tokio::task::JoinSet::new();
    for (id, child) in &children {
        let (sweeper, id, pid) = (Arc::clone(&sweeper), *id, child.id());
        asking.spawn(async move {
            let found = sweeper.find(Wanted { cookie: id, group: None }).await;
            assert_eq!(found.iter().map(|member| member.pid).collect::<Vec<_>>(), [pid]);
        });
    }
    while let Some(asked) = asking.join_next().await {
        asked.unwrap();
    }
    children.into_iter().for_each(|(_, child)| end(child));
}

#[test]
fn an_id_that_is_another_process_s_by_now_is_not_signalled() {
    let mut child = sleeping(&[]);
    let member = Member::of(child.id()).unwrap();
    Member { start_ticks: member.start_ticks + 1, ..member.clone() }.signal(Signal::KILL);
    assert!(child.try_wait().unwrap().is_none());
    member.signal(Signal::KILL);
    assert!(!child.wait().unwrap().success());
}
