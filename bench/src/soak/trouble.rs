//! What goes wrong with the server: it is killed, stopped, its disk is full.

use std::time::Duration;

use rand::Rng as _;
use rand::rngs::StdRng;

use super::Stage;
use crate::Done;

/// Makes trouble until the load is over; returns with the server ready.
pub(super) fn make(stage: &Stage<'_>, mut random: StdRng) -> Done {
    loop {
        stage.pause(Duration::from_millis(random.random_range(1_000..10_000)));
        if stage.is_over() {
            return Ok(());
        }
        match random.random_range(0..10) {
            0..4 => {
                stage.arena.kill()?;
                stage.summary.kills.add(1);
            }
            4..6 => {
                stage.arena.stop()?;
                stage.summary.stops.add(1);
            }
            6..9 => {
                let time = Duration::from_millis(random.random_range(500..4_000));
                if stage.arena.fill(|| stage.pause(time))? {
                    stage.summary.full_disks.add(1);
                }
            }
            _ => {}
        }
    }
}
