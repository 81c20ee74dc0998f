//! One try: the request, signed, and what the receiver made of it.

use std::error::Error as _;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use groma_api::WebhookFormat;
use groma_model::Timestamp;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HeaderValue, USER_AGENT};
use hyper::{Method, Request, Uri};
use hyper_util::client::legacy::{Client, Error};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tokio::time::Instant;

use crate::answer::{self, Answer};
use crate::connector::{Connector, Tls, Trust};
use crate::message::Message;
use crate::schedule::Policy;
use crate::secret::{Secret, signature};

/// How much of an answer is read, in bytes.
const RESPONSE_MAX: usize = 1024;
const AGENT: &str = concat!("Groma/", env!("CARGO_PKG_VERSION"));

/// Where to, in which form, signed by what.
#[derive(Debug, Clone)]
pub(crate) struct Address {
    pub(crate) uri: Uri,
    pub(crate) format: WebhookFormat,
    pub(crate) allow_private: bool,
    /// Newest first.
    pub(crate) secrets: Vec<Secret>,
}

/// Sends messages; connections are kept between them.
#[derive(Debug)]
pub(crate) struct Sender {
    public: Client<Connector, Full<Bytes>>,
    private: Client<Connector, Full<Bytes>>,
    answer: Duration,
    body: Duration,
}

impl Sender {
    pub(crate) fn new(policy: &Policy, trust: Trust) -> Self {
        let tls = Arc::new(Tls::new(trust));
        let client = |allow_private| {
            let connector = Connector { allow_private, timeout: policy.connect, tls: Arc::clone(&tls) };
            Client::builder(TokioExecutor::new())
                .pool_timer(TokioTimer::new())
                .pool_idle_timeout(Duration::from_secs(30))
                .pool_max_idle_per_host(policy.in_flight_max)
                .build(connector)
        };
        Self { public: client(false), private: client(true), answer: policy.answer, body: policy.body }
    }

    /// Sends a message once. `at` signs and dates the try.
    pub(crate) async fn send(&self, to: &Address, message: &Message, at: Timestamp) -> Answer {
        let request = match request(to, message, at) {
            Ok(request) => request,
            Err(error) => return Answer::failed(error),
        };
        let until = Instant::now() + self.answer;
        let client = if to.allow_private { &self.private } else { &self.public };
        let response = match tokio::time::timeout_at(until, client.request(request)).await {
            Ok(Ok(response)) => response,
            Ok(Err(error)) => return Answer::failed(whole(&error)),
            Err(_) => return Answer::failed(format!("no answer within {:?}", self.answer)),
        };
        let (head, body) = response.into_parts();
        let now = SystemTime::UNIX_EPOCH + Duration::from_micros(at.micros().try_into().unwrap_or_default());
        let (verdict, error) = answer::read(head.status, &head.headers, now);
        let response = beginning(body, until.min(Instant::now() + self.body)).await;
        Answer { status: Some(head.status.as_u16()), error, response, verdict }
    }
}

fn request(to: &Address, message: &Message, at: Timestamp) -> Result<Request<Full<Bytes>>, String> {
    let written =
        message.write(to.format).map_err(|error| format!("the event cannot be written: {error}"))?;
    let (id, seconds) = (message.id.to_string(), at.micros().div_euclid(1_000_000));
    let signature = signature(&to.secrets, &id, seconds, &written.body);
    let mut request = Request::builder()
        .method(Method::POST)
        .uri(to.uri.clone())
        .header(CONTENT_TYPE, HeaderValue::from_static(written.content_type))
        .header(USER_AGENT, HeaderValue::from_static(AGENT))
        .header("webhook-id", id)
        .header("webhook-timestamp", seconds)
        .header("webhook-signature", signature);
    for (name, value) in written.headers {
        request = request.header(name, value);
    }
    request.body(Full::new(written.body)).map_err(|error| format!("the request cannot be written: {error}"))
}

/// Reads the beginning of an answer, for the log. What it says after its status changes nothing, so neither do a body
/// that ends early, never ends, or never comes.
async fn beginning(mut body: Incoming, until: Instant) -> Option<String> {
    let mut bytes = Vec::new();
    while bytes.len() < RESPONSE_MAX {
        match tokio::time::timeout_at(until, body.frame()).await {
            Ok(Some(Ok(frame))) => bytes.extend_from_slice(frame.data_ref().map_or(&[], |data| data)),
            _ => break,
        }
    }
    bytes.truncate(RESPONSE_MAX);
    (!bytes.is_empty()).then(|| String::from_utf8_lossy(&bytes).into_owned())
}

/// Returns an error with its causes; the client's own words say less than they do.
fn whole(error: &Error) -> String {
    let mut parts = Vec::new();
    let mut cause = error.source();
    while let Some(error) = cause {
        let part = error.to_string();
        if !parts.iter().any(|known: &String| known.contains(&part)) {
            parts.push(part);
        }
        cause = error.source();
    }
    if parts.is_empty() { error.to_string() } else { parts.join(": ") }
}
