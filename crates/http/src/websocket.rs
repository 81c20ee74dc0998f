//! `GET /v1/events/ws`: many filtered streams over one connection, with acknowledgements.

mod fault;
mod subscription;
mod subscriptions;

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::FromRequestParts;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade, close_code};
use axum::response::Response;
use futures::future::BoxFuture;
use groma_api::{ApiError, Backend, ErrorCode, StreamMessage, StreamRequest};
use tokio::time::{Instant, MissedTickBehavior};

use self::fault::fault;
use self::subscription::Subscription;
use self::subscriptions::{Subscriptions, Turn};
use crate::action::remote;
use crate::admission::Caller;
use crate::call::{Call, parse};
use crate::edge::Edge;
use crate::peer::Connection;

/// The largest message a client may send.
const MESSAGE_BYTES_MAX: usize = 64 * 1024;
/// How long a peer has to answer our close.
const FAREWELL: Duration = Duration::from_secs(1);
const STOPPING: Leave = Leave::Saying(close_code::AWAY, "the server is stopping");

/// Turns the request into a WebSocket.
pub(crate) async fn upgrade(mut call: Call) -> Result<Response, ApiError> {
    call.no_query()?;
    let upgrade = WebSocketUpgrade::from_request_parts(&mut call.parts, &()).await.map_err(|error| {
        ApiError::invalid("Upgrade", format!("only a WebSocket can be opened here: {error}"))
    })?;
    let backend = call.backend()?;
    let connection = call.parts.extensions.get::<Arc<Connection>>().cloned();
    let upgrade = upgrade.max_message_size(MESSAGE_BYTES_MAX).max_frame_size(MESSAGE_BYTES_MAX);
    Ok(upgrade.on_upgrade(move |socket| async move {
        let stopping = call.edge.stopping();
        let subscriptions = Subscriptions::default();
        let talk = Talk {
            socket,
            subscriptions,
            backend,
            edge: call.edge,
            caller: call.caller,
            remote: remote(connection.as_ref().map(|connection| connection.peer)),
            stopping,
            heard: Instant::now(),
        };
        talk.run().await;
        drop(connection);
    }))
}

/// How a conversation ends.
#[derive(Debug, Clone, Copy)]
enum Leave {
    /// The peer is gone: there is nobody to tell.
    Silently,
    /// The peer said goodbye, and is answered the same.
    Answering,
    /// With a close code and its reason.
    Saying(u16, &'static str),
}

struct Talk {
    socket: WebSocket,
    subscriptions: Subscriptions,
    backend: Arc<dyn Backend>,
    edge: Arc<Edge>,
    caller: Option<Caller>,
    /// Where it comes from, if over a network.
    remote: Option<IpAddr>,
    stopping: BoxFuture<'static, ()>,
    heard: Instant,
}

enum Step {
    Tick,
    Heard(Option<Result<Message, axum::Error>>),
    Turn(Turn),
}

impl Talk {
    async fn run(mut self) {
        let Err(leave) = self.talk().await else { return };
        let farewell = async {
            match leave {
                Leave::Silently => return,
                // The answer is written by the next read.
                Leave::Answering => {}
                Leave::Saying(code, reason) => {
                    let close = Message::Close(Some(CloseFrame { code, reason: reason.into() }));
                    if self.socket.send(close).await.is_err() {
                        return;
                    }
                }
            }
            // Reads to the end: a connection closed on unread bytes would lose the close frame.
            while let Some(Ok(_)) = self.socket.recv().await {}
        };
        // Whoever does not answer in time is simply left.
        tokio::time::timeout(FAREWELL, farewell).await.ok();
    }

    async fn talk(&mut self) -> Result<(), Leave> {
        let period = self.edge.options.keep_alive;
        let mut tick = tokio::time::interval(period);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        tick.reset();
        loop {
            let step = tokio::select! {
                biased;
                () = &mut self.stopping => return Err(STOPPING),
                _ = tick.tick() => Step::Tick,
                heard = self.socket.recv() => Step::Heard(heard),
                turn = self.subscriptions.next() => Step::Turn(turn),
            };
            match step {
                Step::Tick => self.tick(period * 3).await?,
                Step::Heard(None) => return Err(Leave::Silently),
                Step::Heard(Some(Ok(Message::Close(_)))) => return Err(Leave::Answering),
                Step::Heard(Some(Err(error))) => {
                    tracing::debug!(%error, "a WebSocket message could not be read");
                    let (code, reason) = fault(error).ok_or(Leave::Silently)?;
                    return Err(Leave::Saying(code, reason));
                }
                Step::Heard(Some(Ok(message))) => {
                    self.heard = Instant::now();
                    self.hear(message).await?;
                }
                Step::Turn(Turn::Events(text)) => self.send(Message::Text(text.into())).await?,
                Step::Turn(Turn::Ended { id, error }) => self.refuse(Some(id), &error).await?,
            }
        }
    }

    async fn tick(&mut self, patience: Duration) -> Result<(), Leave> {
        if self.heard.elapsed() >= patience {
            return Err(Leave::Saying(close_code::POLICY, "no answer to pings"));
        }
        if let Some(caller) = &self.caller
            && caller.recheck(&self.edge).await.is_err()
        {
            return Err(Leave::Saying(close_code::POLICY, "signed out"));
        }
        self.send(Message::Ping(bytes::Bytes::new())).await
    }

    async fn hear(&mut self, message: Message) -> Result<(), Leave> {
        let text = match message {
            Message::Text(text) => text,
            Message::Binary(_) => {
                let error = ApiError::new(ErrorCode::InvalidRequest, "send JSON as text, not as binary");
                return self.refuse(None, &error).await;
            }
            _ => return Ok(()),
        };
        match parse("the WebSocket message", text.as_bytes()) {
            Ok(StreamRequest::Subscribe { id, types, subject, after }) => {
                match self.subscribe(id.clone(), &types, subject, after).await {
                    Ok(message) => self.tell(&message).await,
                    Err(error) => self.refuse(Some(id), &error).await,
                }
            }
            Ok(StreamRequest::Unsubscribe { id }) => match self.subscriptions.remove(&id) {
                Some(_) => Ok(()),
                None => self.refuse(Some(id.clone()), &unknown(&id)).await,
            },
            Ok(StreamRequest::Ack { id, sequence }) => match self.subscriptions.get_mut(&id) {
                Some(open) => {
                    open.acknowledge(sequence);
                    Ok(())
                }
                None => self.refuse(Some(id.clone()), &unknown(&id)).await,
            },
            Err(error) => {
                let id = serde_json::from_str::<serde_json::Value>(&text).ok();
                let id = id.and_then(|value| value.get("id")?.as_str().map(str::to_owned));
                self.refuse(id, &error).await
            }
        }
    }

    /// Opens a stream, or gives an open one another filter.
    async fn subscribe(
        &mut self,
        id: String,
        types: &[String],
        subject: Option<String>,
        after: Option<String>,
    ) -> Result<StreamMessage, ApiError> {
        let before = self.subscriptions.check(&id)?;
        // Each costs as much as a request of its own.
        if let (Some(caller), Some(_)) = (&self.caller, self.remote) {
            self.edge.rates.principal(caller.principal.id)?;
        }
        let mut opened =
            Subscription::open(&*self.backend, id, types, subject, after.as_deref(), before).await?;
        let message = StreamMessage::Subscribed { id: opened.id().to_owned(), sequence: opened.position() };
        if let Some(old) = self.subscriptions.remove(opened.id())
            && after.is_none()
        {
            opened.inherit(old);
        }
        self.subscriptions.insert(opened);
        Ok(message)
    }

    async fn refuse(&mut self, id: Option<String>, error: &ApiError) -> Result<(), Leave> {
        self.tell(&StreamMessage::Error { id, problem: error.problem() }).await
    }

    async fn tell(&mut self, message: &StreamMessage) -> Result<(), Leave> {
        let text = serde_json::to_string(message).map_err(|error| {
            tracing::error!(%error, "a WebSocket message could not be written");
            Leave::Saying(close_code::ERROR, "internal error")
        })?;
        self.send(Message::Text(text.into())).await
    }

    /// Sends a message; a peer that takes nothing for too long is gone.
    async fn send(&mut self, message: Message) -> Result<(), Leave> {
        let patience = self.edge.options.keep_alive * 3;
        tokio::select! {
            biased;
            () = &mut self.stopping => Err(STOPPING),
            sent = tokio::time::timeout(patience, self.socket.send(message)) => match sent {
                Ok(Ok(())) => Ok(()),
                Ok(Err(_)) | Err(_) => Err(Leave::Silently),
            },
        }
    }
}

fn unknown(id: &str) -> ApiError {
    let id: String = id.chars().take(80).collect();
    ApiError::new(ErrorCode::NotFound, format!("no stream `{id}` is open here")).at("id")
}
