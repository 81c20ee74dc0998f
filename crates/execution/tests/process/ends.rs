//! How processes end, and what they leave behind.

use groma_execution::ExecutionStatus;

use crate::world::World;

#[tokio::test]
async fn what_exits_at_once_completes() {
    let world = World::new();
    let result = world.run(&[]).await;
    assert_eq!((result.status, result.exit_code), (ExecutionStatus::Completed, Some(0)));
    assert!(result.teardown.as_ref().unwrap().survivors.is_empty());
    assert_eq!(world.over().await.len(), 2);
}
