//! A plan that runs, on a terminal: a line for the whole, one for each step that runs, with the last line it wrote.

use std::collections::HashMap;
use std::time::Duration;

use async_trait::async_trait;
use groma_app::execution::EventHandler;
use groma_execution_types::{ExecutionEvent, ExecutionPlan, ExecutionStatus, Line, Progress};
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use parking_lot::Mutex;
use uuid::Uuid;

use super::steps::{Steps, how};
use crate::output::plain;

/// Running steps that get a line of their own; a terminal has not many more.
const SHOWN_MAX: usize = 12;
const TICK: Duration = Duration::from_millis(250);

/// Shows a plan that runs.
#[derive(Debug)]
pub(super) struct Live {
    screen: MultiProgress,
    whole: ProgressBar,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    steps: Steps,
    bars: HashMap<Uuid, ProgressBar>,
}

impl Live {
    /// Returns nothing where the terminal cannot be drawn on.
    pub(super) fn new(plan: &ExecutionPlan) -> Option<Self> {
        let screen = MultiProgress::with_draw_target(ProgressDrawTarget::stderr_with_hz(8));
        if screen.is_hidden() {
            return None;
        }
        let whole = screen.add(ProgressBar::new(plan.steps.len() as u64));
        style(&whole, "{prefix} [{bar:24}] {pos}/{len}  {elapsed}");
        whole.set_prefix(plain(plan.name.as_deref().unwrap_or("plan")));
        whole.enable_steady_tick(TICK);
        Some(Self { screen, whole, state: Mutex::default() })
    }

    /// Takes everything away but what was told of ended steps.
    pub(super) fn finish(&self) {
        for (_, bar) in self.state.lock().bars.drain() {
            bar.finish_and_clear();
        }
        self.whole.finish_and_clear();
    }

    fn begin(&self, state: &mut State, id: Uuid, step: String) {
        if state.bars.len() >= SHOWN_MAX {
            return;
        }
        let bar = self.screen.add(ProgressBar::new_spinner());
        style(&bar, "  {spinner} {prefix}  {elapsed}  {wide_msg}");
        bar.set_prefix(plain(&step));
        bar.enable_steady_tick(TICK);
        state.bars.insert(id, bar);
    }

    fn line(&self, line: &Line) {
        if let Some(bar) = self.state.lock().bars.get(&line.execution_id) {
            bar.set_message(plain(&line.line));
        }
    }

    fn progress(&self, progress: &Progress) {
        match progress.execution_id {
            None => self.whole.set_position(progress.completed),
            Some(id) => {
                let state = self.state.lock();
                if let (Some(bar), Some(text)) = (state.bars.get(&id), &progress.current_step) {
                    bar.set_message(plain(text));
                }
            }
        }
    }
}

#[async_trait]
impl EventHandler for Live {
    async fn on_event(&self, event: ExecutionEvent) {
        match event {
            ExecutionEvent::Started(started) => {
                let state = &mut *self.state.lock();
                if let Some((id, step)) = state.steps.started(&started) {
                    self.begin(state, id, step);
                }
            }
            ExecutionEvent::Stdout(line) | ExecutionEvent::Stderr(line) => self.line(&line),
            ExecutionEvent::Progress(progress) => self.progress(&progress),
            ExecutionEvent::Completed(ended)
            | ExecutionEvent::Failed(ended)
            | ExecutionEvent::Cancelled(ended) => {
                let state = &mut *self.state.lock();
                let Some(step) = state.steps.ended(&ended) else { return };
                if let Some(bar) = ended.execution_id.and_then(|id| state.bars.remove(&id)) {
                    bar.finish_and_clear();
                    self.screen.remove(&bar);
                }
                let mark = if ended.status == ExecutionStatus::Completed { '✓' } else { '✗' };
                // A terminal that takes no more has nobody to be told.
                let _ = self.screen.println(format!("  {mark} {}  {}", plain(&step), plain(&how(&ended))));
            }
            ExecutionEvent::OutputAdvanced(_) | ExecutionEvent::OutputGap(_) => {}
        }
    }
}

/// Templates are constants; a bar without style still tells what runs.
fn style(bar: &ProgressBar, template: &str) {
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style.progress_chars("=> "));
    }
}
