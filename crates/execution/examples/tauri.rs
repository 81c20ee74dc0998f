//! A desktop program: every event goes to the page.
//!
//! Tauri itself is no dependency here, for it would bring hundreds of packages and the system's web view to everybody
//! who builds this crate. [`AppHandle`] below stands for the one method of it that is used; in a program of yours:
//!
//! ```ignore
//! use tauri::{AppHandle, Emitter, Manager, State};
//!
//! #[tauri::command]
//! async fn execute(engine: State<'_, ExecutionEngine>, request: ExecutionRequest) -> Result<Uuid, String> {
//!     engine.execute(request).await.map_err(|error| error.to_string())
//! }
//!
//! tauri::Builder::default()
//!     .setup(|app| {
//!         let handler = TauriEventHandler::new(app.handle().clone());
//!         app.manage(ExecutionEngine::default().with_event_handler(Arc::new(handler)));
//!         Ok(())
//!     })
//!     .invoke_handler(tauri::generate_handler![execute])
//! ```
//!
//! and on the page: `listen("execution_output", (event) => show(event.payload.line))`.

use std::error::Error;
use std::fmt::Debug;
use std::io::{self, Write};
use std::sync::Arc;

use async_trait::async_trait;
use groma_execution::{Command, EventHandler, ExecutionEngine, ExecutionEvent, ExecutionRequest};
use serde::Serialize;

/// What is used of `tauri::AppHandle`.
trait AppHandle: Debug + Send + Sync {
    /// `tauri::Emitter::emit`.
    fn emit(&self, event: &str, payload: serde_json::Value);
}

#[derive(Debug)]
struct TauriEventHandler<A> {
    app_handle: A,
}

impl<A: AppHandle> TauriEventHandler<A> {
    const fn new(app_handle: A) -> Self {
        Self { app_handle }
    }

    fn emit(&self, name: &str, payload: &impl Serialize) {
        if let Ok(payload) = serde_json::to_value(payload) {
            self.app_handle.emit(name, payload);
        }
    }
}

#[async_trait]
impl<A: AppHandle> EventHandler for TauriEventHandler<A> {
    async fn on_event(&self, event: ExecutionEvent) {
        match &event {
            ExecutionEvent::Started(started) => self.emit("execution_started", started),
            ExecutionEvent::Stdout(line) | ExecutionEvent::Stderr(line) => {
                self.emit("execution_output", line);
            }
            ExecutionEvent::OutputGap(gap) => self.emit("execution_output_gap", gap),
            ExecutionEvent::OutputAdvanced(position) => self.emit("execution_output_advanced", position),
            ExecutionEvent::Progress(progress) => self.emit("execution_progress", progress),
            ExecutionEvent::Completed(ended)
            | ExecutionEvent::Failed(ended)
            | ExecutionEvent::Cancelled(ended) => {
                self.emit("execution_complete", ended);
            }
        }
    }
}

/// Shows what a page would be told.
#[derive(Debug)]
struct Page;

impl AppHandle for Page {
    fn emit(&self, event: &str, payload: serde_json::Value) {
        let _ = writeln!(io::stdout(), "{event} {payload}");
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let engine = ExecutionEngine::default().with_event_handler(Arc::new(TauriEventHandler::new(Page)));
    let id = engine
        .execute(ExecutionRequest::new(Command::Shell { command: "echo hello; date".to_owned() }))
        .await?;
    engine.wait(id).await?;
    engine.shutdown().await;
    Ok(())
}
