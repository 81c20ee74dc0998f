//! A service: `POST /execute` starts a command, `GET /events` streams what happens (server-sent events).
//!
//! ```text
//! cargo run -p groma-execution --example axum
//! curl -N http://127.0.0.1:3000/events &
//! curl -H 'content-type: application/json' -d '{"command": {"type": "shell", "command": "date"}}' \
//!   http://127.0.0.1:3000/execute
//! ```
//!
//! Whoever reaches it runs anything as you: it listens on this machine alone, and a real service asks who is there.

use std::convert::Infallible;
use std::error::Error;
use std::sync::Arc;

use async_trait::async_trait;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::routing::{get, post};
use axum::{Json, Router};
use futures::{Stream, stream};
use groma_execution::{
    EventHandler, ExecutionConfig, ExecutionEngine, ExecutionError, ExecutionEvent, ExecutionRequest,
    ExecutionResult,
};
use tokio::sync::broadcast::{self, error::RecvError};
use uuid::Uuid;

/// Hands events to everybody who listens. One who is too slow loses some and is told; `read_logs` has all lines.
#[derive(Debug)]
struct Broadcast(broadcast::Sender<ExecutionEvent>);

#[async_trait]
impl EventHandler for Broadcast {
    async fn on_event(&self, event: ExecutionEvent) {
        // Nobody may be listening.
        let _ = self.0.send(event);
    }
}

#[derive(Clone)]
struct App {
    engine: Arc<ExecutionEngine>,
    events: broadcast::Sender<ExecutionEvent>,
}

type Refused = (StatusCode, String);

fn refused(error: ExecutionError) -> Refused {
    let status = match error {
        ExecutionError::Invalid(_) | ExecutionError::Secret(_) => StatusCode::UNPROCESSABLE_ENTITY,
        ExecutionError::NotFound(_) => StatusCode::NOT_FOUND,
        ExecutionError::Exists(_) | ExecutionError::Drift { .. } => StatusCode::CONFLICT,
        _ => StatusCode::SERVICE_UNAVAILABLE,
    };
    (status, error.to_string())
}

async fn execute(
    State(app): State<App>,
    Json(request): Json<ExecutionRequest>,
) -> Result<Json<Uuid>, Refused> {
    app.engine.execute(request).await.map(Json).map_err(refused)
}

async fn result(State(app): State<App>, Path(id): Path<Uuid>) -> Result<Json<Arc<ExecutionResult>>, Refused> {
    app.engine.get_result(id).await.map(Json).map_err(refused)
}

async fn logs(State(app): State<App>, Path(id): Path<Uuid>) -> Result<String, Refused> {
    app.engine.read_logs(id).await.map_err(refused)
}

async fn cancel(State(app): State<App>, Path(id): Path<Uuid>) -> Result<(), Refused> {
    app.engine.cancel(id).await.map_err(refused)
}

async fn events(State(app): State<App>) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let events = stream::unfold(app.events.subscribe(), |mut events| async move {
        let event = match events.recv().await {
            Ok(event) => Event::default().json_data(&event).unwrap_or_default(),
            Err(RecvError::Lagged(count)) => Event::default().event("lagged").data(count.to_string()),
            Err(RecvError::Closed) => return None,
        };
        Some((Ok(event), events))
    });
    Sse::new(events).keep_alive(KeepAlive::default())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let (events_sender, _) = broadcast::channel(4096);
    let config = ExecutionConfig {
        log_dir: Some(std::env::temp_dir().join("executions")),
        ..ExecutionConfig::default()
    };
    let engine = ExecutionEngine::new(config).with_event_handler(Arc::new(Broadcast(events_sender.clone())));
    let app = App { engine: Arc::new(engine), events: events_sender };
    let engine = Arc::clone(&app.engine);
    let routes = Router::new()
        .route("/execute", post(execute))
        .route("/executions/{id}", get(result).delete(cancel))
        .route("/executions/{id}/logs", get(logs))
        .route("/events", get(events))
        .with_state(app);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
    tokio::select! {
        served = axum::serve(listener, routes) => served?,
        // Nothing that was started stays behind.
        _ = tokio::signal::ctrl_c() => engine.shutdown().await,
    }
    Ok(())
}
