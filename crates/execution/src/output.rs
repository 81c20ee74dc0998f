//! The output of a command: read, freed of secrets, cut into lines, written to the log, and told how far it is.

pub(crate) mod cut;
mod intake;
mod keep;
mod pending;
mod pipe;
mod position;
mod progress;
mod recorder;
pub(crate) mod redact;
mod tee;

#[cfg(test)]
mod tests;

pub(crate) use position::{Kept, OutputOptions, Position, Pumped};
pub(crate) use redact::Redactor;
pub use tee::Tee;

use std::io;
use std::sync::Arc;
use std::time::Duration;

use groma_execution_types::Stream;
use tokio::process::{ChildStderr, ChildStdout};
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use zeroize::Zeroizing;

use self::intake::Intake;
use self::pipe::{Pipe, read_some};
use self::recorder::Recorder;
use self::tee::Passing;
use crate::{LogSink, Note};

/// Time between two tellings of a line that is redrawn.
const PROGRESS_EVERY: Duration = Duration::from_millis(250);
/// Bytes that are read at most of a pipe that is given up: more than pipes hold.
const REST_BYTES_MAX: usize = 2 << 20;

/// The output of one execution, of all its attempts.
#[derive(Debug)]
pub(crate) struct Output {
    stdout: Intake,
    stderr: Intake,
    recorder: Recorder,
    passing: Passing,
    position: watch::Sender<Position>,
    /// A line that was redrawn and is not told yet, and when the last was.
    drawn: Option<Vec<u8>>,
    drawn_at: Option<Instant>,
}

impl Output {
    /// Returns output of which nothing was read. Nothing is made in the sink before the first note or byte. `secrets`
    /// are replaced before anything is kept.
    pub(crate) fn new(
        id: Uuid,
        sink: Option<Arc<dyn LogSink>>,
        options: OutputOptions,
        secrets: &[Zeroizing<Vec<u8>>],
    ) -> Self {
        let redactor = Redactor::new(secrets);
        let intake =
            |stream| Intake::new(stream, options.line_bytes_max, options.result_bytes_max, &redactor);
        Self {
            stdout: intake(Stream::Stdout),
            stderr: intake(Stream::Stderr),
            recorder: Recorder::new(id, sink, options.log_bytes_max),
            passing: Passing::default(),
            position: watch::Sender::new(Position::default()),
            drawn: None,
            drawn_at: None,
        }
    }

    /// Hands output on to `tee` as it comes, too.
    pub(crate) fn tee(&mut self, tee: Arc<dyn Tee>) {
        self.passing = Passing::to(tee);
    }

    /// Writes a note into the index. When it returns, the end of this process (not of the computer) loses it no more:
    /// except that of a process, which is written with what comes next, or after a moment of reading.
    ///
    /// # Errors
    /// When the index cannot be made or written.
    pub(crate) async fn note(&mut self, note: &Note) -> io::Result<()> {
        self.recorder.note(note).await
    }

    /// Reads both pipes until both have ended, or until `give_up`: then what is there is still read, without waiting.
    /// A log that cannot be written is told once; reading goes on. May be called for each attempt.
    pub(crate) async fn pump(
        &mut self,
        stdout: Option<ChildStdout>,
        stderr: Option<ChildStderr>,
        give_up: CancellationToken,
    ) -> Pumped {
        self.pump_from(stdout, stderr, give_up).await
    }

    /// Returns how far it is, now and later.
    pub(crate) fn position(&self) -> watch::Receiver<Position> {
        self.position.subscribe()
    }

    /// Returns what a result carries of it.
    pub(crate) fn kept(&self) -> Kept {
        let (stdout, stderr) = (self.stdout.keep(), self.stderr.keep());
        let truncated = stdout.truncated() || stderr.truncated();
        Kept { stdout: stdout.text(), stderr: stderr.text(), truncated }
    }

    async fn pump_from<O: Pipe, E: Pipe>(
        &mut self,
        mut stdout: Option<O>,
        mut stderr: Option<E>,
        give_up: CancellationToken,
    ) -> Pumped {
        self.read_now();
        let given_up = give_up.cancelled();
        tokio::pin!(given_up);
        let mut held = false;
        while stdout.is_some() || stderr.is_some() {
            let room = self.recorder.pending.room() && self.passing.room();
            let due = self.due();
            tokio::select! {
                read = read_some(stdout.as_mut().filter(|_| room), &mut self.stdout) => {
                    self.took(Stream::Stdout, read, &mut stdout);
                }
                read = read_some(stderr.as_mut().filter(|_| room), &mut self.stderr) => {
                    self.took(Stream::Stderr, read, &mut stderr);
                }
                () = self.recorder.wrote() => self.publish(),
                () = self.passing.passed() => {}
                () = sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() => self.idle(),
                () = &mut given_up => {
                    held |= self.rest(Stream::Stdout, &mut stdout);
                    held |= self.rest(Stream::Stderr, &mut stderr);
                    break;
                }
            }
        }
        self.draw();
        self.recorder.settle().await;
        self.publish();
        self.passing.settle().await;
        Pumped { held }
    }

    /// Takes what was read of a pipe, or its end.
    fn took<P>(&mut self, stream: Stream, read: io::Result<usize>, pipe: &mut Option<P>) {
        let now = Instant::now();
        let intake = if stream == Stream::Stdout { &mut self.stdout } else { &mut self.stderr };
        match read {
            Ok(read @ 1..) => {
                self.passing.push(stream, intake.took(read, now));
                self.position.send_if_modified(|position| {
                    position.last_read = now;
                    false
                });
                if let Some(drawn) = progress::redrawn(intake.text()) {
                    self.drawn = Some(drawn.to_vec());
                    intake.redrawn();
                }
                intake.hand_on(&mut self.recorder.pending);
            }
            // A pipe that cannot be read has ended as far as anybody can tell.
            Ok(0) | Err(_) => {
                self.passing.push(stream, intake.finish(now));
                intake.end(&mut self.recorder.pending);
                *pipe = None;
            }
        }
        self.recorder.start();
        if self.draw_due(now).is_some_and(|due| due <= now) {
            self.draw();
        }
    }

    /// Reads what is in a pipe that is given up. Returns whether it had not ended.
    fn rest<P: Pipe>(&mut self, stream: Stream, pipe: &mut Option<P>) -> bool {
        let mut bytes = 0;
        while let Some(open) = pipe {
            let intake = if stream == Stream::Stdout { &mut self.stdout } else { &mut self.stderr };
            match open.read_now(intake.buffer()) {
                Ok(Some(read)) if bytes < REST_BYTES_MAX => {
                    bytes += read;
                    self.took(stream, Ok(read), pipe);
                }
                Err(error) => self.took(stream, Err(error), pipe),
                Ok(_) => {
                    self.took(stream, Ok(0), pipe);
                    return true;
                }
            }
        }
        false
    }

    /// Returns when something is to be told although nothing comes.
    fn due(&self) -> Option<Instant> {
        let drawn = self.draw_due(Instant::now());
        let due = [self.stdout.due(), self.stderr.due(), drawn, self.recorder.later_due()];
        due.into_iter().flatten().min()
    }

    /// Tells what has waited long enough.
    fn idle(&mut self) {
        let now = Instant::now();
        for intake in [&mut self.stdout, &mut self.stderr] {
            if intake.due().is_some_and(|due| due <= now) {
                intake.hand_on_partial(&mut self.recorder.pending);
            }
        }
        self.recorder.start();
        if self.draw_due(now).is_some_and(|due| due <= now) {
            self.draw();
        }
    }

    /// Returns when a line that was redrawn is to be told: the first at once, `now`.
    fn draw_due(&self, now: Instant) -> Option<Instant> {
        self.drawn.as_ref()?;
        Some(self.drawn_at.map_or(now, |at| at + PROGRESS_EVERY))
    }

    /// Tells the line that was redrawn last.
    fn draw(&mut self) {
        if let Some(drawn) = self.drawn.take() {
            self.drawn_at = Some(Instant::now());
            self.position.send_modify(|position| position.progress = Some(progress::shown(&drawn)));
        }
    }

    /// Says that reading begins.
    fn read_now(&mut self) {
        self.position.send_if_modified(|position| {
            position.last_read = Instant::now();
            false
        });
    }

    /// Tells how far the log is.
    fn publish(&mut self) {
        let ((lines, bytes), gap) = (self.recorder.written(), self.recorder.gap());
        let fault = self.recorder.fault();
        let lost = if fault.is_some() { self.recorder.pending.lines().saturating_sub(lines) } else { 0 };
        self.position.send_if_modified(|position| {
            let changed = position.lines != lines || position.gap != gap || position.lost != lost;
            (position.lines, position.bytes, position.gap, position.lost) = (lines, bytes, gap, lost);
            if position.fault.as_deref() != fault {
                position.fault = fault.map(str::to_owned);
                return true;
            }
            changed
        });
    }
}
