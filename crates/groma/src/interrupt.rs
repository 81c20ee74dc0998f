//! Ctrl-C and SIGTERM: the first stops in order where a command knows how, the second ends at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use crate::failure::Failure;

/// What has arrived so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Arrived {
    count: u32,
    terminate: bool,
}

/// How the user asked to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stop {
    /// Ctrl-C: the person at the terminal wants the work to stop.
    Interrupt,
    /// SIGTERM: whoever runs the process wants it gone; the work may go on elsewhere.
    Terminate,
}

/// Counts the requests to stop; clones count the same ones.
#[derive(Debug, Clone)]
pub(crate) struct Interrupts {
    arrived: watch::Receiver<Arrived>,
    /// How many the command deals with by itself.
    handled: Arc<AtomicU32>,
}

impl Interrupts {
    /// Begins to listen; from now on signals do not end the process by themselves.
    ///
    /// # Errors
    /// When the system refuses to register a handler.
    pub(crate) fn listen() -> Result<Self, Failure> {
        let refused = |error: std::io::Error| {
            let why = format!("could not listen for Ctrl-C: {error}");
            Failure::new(groma_api::ErrorCode::Internal, why)
        };
        let mut interrupt = signal(SignalKind::interrupt()).map_err(refused)?;
        let mut terminate = signal(SignalKind::terminate()).map_err(refused)?;
        let (sender, arrived) = watch::channel(Arrived::default());
        tokio::spawn(async move {
            loop {
                let terminated = tokio::select! {
                    _ = interrupt.recv() => false,
                    _ = terminate.recv() => true,
                    () = sender.closed() => return,
                };
                sender.send_modify(|arrived| {
                    arrived.count += 1;
                    arrived.terminate |= terminated;
                });
            }
        });
        Ok(Self { arrived, handled: Arc::default() })
    }

    /// Promises that the running command stops in order by itself at the first request.
    pub(crate) fn handle(&self) {
        self.handled.store(1, Ordering::Relaxed);
    }

    /// Promises that the running command deals with the second request as well: what it started must not outlive it.
    pub(crate) fn handle_two(&self) {
        self.handled.store(2, Ordering::Relaxed);
    }

    /// Resolves with the first request to stop.
    pub(crate) async fn first(&self) -> Stop {
        let arrived = self.reach(1).await;
        if arrived.terminate { Stop::Terminate } else { Stop::Interrupt }
    }

    /// Resolves with the second request to stop.
    pub(crate) async fn second(&self) {
        self.reach(2).await;
    }

    /// Resolves when the command must be dropped: at the first request that it does not deal with.
    pub(crate) async fn end_now(&self) {
        let mut count = 1;
        loop {
            self.reach(count).await;
            if count > self.handled.load(Ordering::Relaxed) {
                return;
            }
            count += 1;
        }
    }

    async fn reach(&self, count: u32) -> Arrived {
        let mut arrived = self.arrived.clone();
        let reached = arrived.wait_for(|arrived| arrived.count >= count).await.map(|arrived| *arrived);
        match reached {
            Ok(arrived) => arrived,
            // The listener is gone with its runtime: nothing can arrive any more.
            Err(_) => std::future::pending().await,
        }
    }
}
