//! What processes start and leave behind.

use groma_execution::{Containment, ExecutionStatus, Mechanism};

use crate::world::{World, alive, marked, pid_in};

/// Runs the fixture in each containment that there is here.
fn worlds() -> Vec<World> {
    let kinds = [Containment::ProcessGroup, Containment::Auto];
    kinds.map(|kind| World::with(|config| config.containment = kind)).into()
}

#[tokio::test]
async fn a_child_that_ignores_term_goes_with_its_leader() {
    for world in worlds() {
        let pid = world.pid("child");
        let wait = format!("wait:{}", world.path("child").display());
        let result = world.run(&["child[", "ignore-term", &pid, "forever", "]", &wait]).await;
        assert_eq!(result.status, ExecutionStatus::Completed);
        let teardown = result.teardown.clone().unwrap();
        assert_eq!((teardown.swept, teardown.survivors.len(), teardown.pipes_held), (1, 0, false));
        assert!(!alive(pid_in(&world.path("child")).await));
        world.over().await;
    }
}

#[tokio::test]
async fn a_daemon_of_a_session_of_its_own_is_found() {
    for world in worlds() {
        let pid = world.pid("daemon");
        let wait = format!("wait:{}", world.path("daemon").display());
        let result = world.run(&["child[", "daemon", &pid, "forever", "]", &wait, "exit:5"]).await;
        assert_eq!((result.status, result.exit_code), (ExecutionStatus::Failed, Some(5)));
        let teardown = result.teardown.clone().unwrap();
        // Those in between may be about to end.
        assert!((1..=3).contains(&teardown.swept) && teardown.survivors.is_empty(), "{teardown:?}");
        assert!(!alive(pid_in(&world.path("daemon")).await));
        world.over().await;
    }
}

#[tokio::test]
async fn a_storm_of_processes_ends() {
    for world in worlds() {
        let result = world.run(&["storm:40", "out:blown"]).await;
        let teardown = result.teardown.clone().unwrap();
        assert_eq!(teardown.survivors, []);
        assert!(teardown.swept > 0 && teardown.swept <= 40, "{teardown:?}");
        assert_eq!(marked(result.id), Vec::<u32>::new());
        world.over().await;
    }
}

#[tokio::test]
async fn who_leaves_group_and_mark_behind_is_held_by_the_control_group_or_told() {
    for world in worlds() {
        let pid = world.pid("hidden");
        let wait = format!("wait:{}", world.path("hidden").display());
        // A process is in its control group a moment after it started; what it starts before that is not.
        let moment = "sleep:300";
        let result = world.run(&[moment, "child[", "setsid", "clear-env", &pid, "forever", "]", &wait]).await;
        let teardown = result.teardown.clone().unwrap();
        let hidden = pid_in(&world.path("hidden")).await;
        if teardown.mechanism == Mechanism::Cgroup {
            assert_eq!((teardown.swept, teardown.pipes_held), (1, false));
            assert!(!alive(hidden));
        } else {
            // Nobody can find it; that it is somewhere shows in the output that it holds open.
            assert!(teardown.pipes_held);
            let pid = rustix::process::Pid::from_raw(hidden.cast_signed()).unwrap();
            rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
        }
        world.over().await;
    }
}

#[tokio::test]
async fn processes_of_others_are_left_alone() {
    let other = World::new();
    let id = other.start(&[&other.pid("other"), "forever"]).await;
    let pid = pid_in(&other.path("other")).await;
    let one = World::new();
    one.run(&["storm:5"]).await;
    one.over().await;
    assert!(alive(pid));
    other.engine.cancel(id).await.unwrap();
    other.over().await;
}
