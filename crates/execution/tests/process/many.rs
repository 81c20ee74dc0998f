//! Very many.

use groma_execution::{Command, ExecutionRequest, ExecutionStatus};

use crate::world::World;

async fn run(world: &World, count: usize) {
    let mut ids = Vec::new();
    for _ in 0..count {
        let command = Command::Exec { program: "/bin/true".into(), args: Vec::new() };
        ids.push(world.engine.execute(ExecutionRequest::new(command)).await.unwrap());
    }
    for id in ids {
        let result = world.engine.wait(id).await.unwrap();
        assert_eq!(result.status, ExecutionStatus::Completed, "{result:?}");
        assert!(result.teardown.as_ref().unwrap().survivors.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_through_one_engine_leave_nothing_open() {
    let world = World::with(|config| {
        config.log_dir = None;
        config.max_concurrent = 16;
        config.results_max = 20_000;
    });
    let tasks = tokio::runtime::Handle::current().metrics().num_alive_tasks();
    run(&world, 10_000).await;
    world.over().await;
    let metrics = tokio::runtime::Handle::current().metrics();
    crate::world::until("tasks end", || (metrics.num_alive_tasks() <= tasks).then_some(())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_logs_and_few_results_in_memory() {
    let world = World::with(|config| config.results_max = 10);
    let (mut first, mut last) = (None, None);
    for at in 0..300 {
        let id = world.start(&[&format!("out:{at}")]).await;
        (first, last) = (first.or(Some(id)), Some(id));
    }
    for id in [last.unwrap(), first.unwrap()] {
        // One that is no longer in memory is read from its log.
        assert_eq!(world.engine.wait(id).await.unwrap().status, ExecutionStatus::Completed);
    }
    assert_eq!(world.engine.read_logs(first.unwrap()).await.unwrap(), "0\n");
    world.engine.shutdown().await;
    assert_eq!(world.engine.list().len(), 10);
    world.over().await;
}
