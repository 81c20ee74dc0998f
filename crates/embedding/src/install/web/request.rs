//! One request for the rest of a file.

use std::error::Error;
use std::sync::mpsc::SyncSender;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Empty};
use hyper::body::Incoming;
use hyper::header::{ACCEPT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, LOCATION, RANGE, USER_AGENT};
use hyper::{Response, StatusCode};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use tokio::sync::oneshot;
use tokio::time::timeout;
use url::Url;

use super::super::InstallError;
use super::tls;
use crate::pins::ModelFile;

/// Hubs send to where the bytes are, once or twice.
const REDIRECTS_MAX: usize = 5;

/// What is asked for.
pub(super) struct Request {
    pub(super) url: Url,
    /// The first byte that is wanted.
    pub(super) from: u64,
    /// How long the whole file must be.
    pub(super) length: u64,
    /// How long to wait for anything.
    pub(super) idle: Duration,
}

/// What comes.
pub(super) enum Answer {
    /// Bytes follow, the first of which has this place in the file.
    Begin { from: u64 },
    /// Some of them.
    Chunk(Bytes),
    /// No more follow.
    End(Result<(), Trouble>),
}

/// Why a file did not come.
pub(super) enum Trouble {
    /// Trying again may help.
    Broken(String),
    /// It does not.
    Final(InstallError),
}

impl From<InstallError> for Trouble {
    fn from(error: InstallError) -> Self {
        Self::Final(error)
    }
}

impl Trouble {
    pub(super) fn too_long(found: u64, file: &ModelFile) -> Self {
        Self::Final(InstallError::Length { from: file.name.to_owned(), found, expected: file.bytes })
    }
}

impl Request {
    /// Sends everything that comes to `to`, until that is closed or `unwanted` is.
    pub(super) fn run(self, to: SyncSender<Answer>, unwanted: oneshot::Receiver<()>) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let ended = match runtime {
            Ok(runtime) => runtime.block_on(async {
                tokio::select! {
                    ended = self.fetch(&to) => ended,
                    _ = unwanted => Ok(()),
                }
            }),
            Err(error) => Err(Trouble::Final(InstallError::Thread(error))),
        };
        // Nobody is there to be told when whoever asked went away.
        let _ = to.send(Answer::End(ended));
    }

    async fn fetch(&self, to: &SyncSender<Answer>) -> Result<(), Trouble> {
        let mut answer = self.ask().await?;
        if to.send(Answer::Begin { from: self.begin(&answer)? }).is_err() {
            return Ok(());
        }
        while let Some(frame) = self.wait(answer.frame()).await? {
            let frame = frame.map_err(|error| broken(&error))?;
            if let Ok(chunk) = frame.into_data()
                && to.send(Answer::Chunk(chunk)).is_err()
            {
                break;
            }
        }
        Ok(())
    }

    /// Asks, and follows to where the answer is.
    async fn ask(&self) -> Result<Response<Incoming>, Trouble> {
        let secure = self.url.scheme() == "https";
        let mut url = self.url.clone();
        for _ in 0..=REDIRECTS_MAX {
            let connector = tls::connector(url.scheme() == "https").map_err(Trouble::Broken)?;
            let client = Client::builder(TokioExecutor::new()).build(connector);
            let mut request = hyper::Request::get(url.as_str())
                .header(USER_AGENT, concat!("groma/", env!("CARGO_PKG_VERSION")))
                .header(ACCEPT_ENCODING, "identity");
            if self.from > 0 {
                request = request.header(RANGE, format!("bytes={}-", self.from));
            }
            let request = request.body(Empty::<Bytes>::new());
            let request = request.map_err(|error| self.unusable(&url, &error.to_string()))?;
            let answer = self.wait(client.request(request)).await?.map_err(|error| broken(&error))?;
            if !answer.status().is_redirection() {
                return Ok(answer);
            }
            let place = answer.headers().get(LOCATION).and_then(|place| place.to_str().ok());
            let place = place.and_then(|place| url.join(place).ok());
            url = place.ok_or_else(|| self.unusable(&url, "it sends on to nowhere"))?;
            if !(url.scheme() == "https" || url.scheme() == "http" && !secure) {
                return Err(self.unusable(&url, "it was sent on to without encryption"));
            }
        }
        Err(self.unusable(&url, "it sends on and on"))
    }

    /// Returns the place of the answer's first byte in the file.
    fn begin(&self, answer: &Response<Incoming>) -> Result<u64, Trouble> {
        let header = |name| answer.headers().get(name).and_then(|value| value.to_str().ok());
        let status = answer.status();
        let (from, whole) = match status {
            StatusCode::OK => (0, header(CONTENT_LENGTH).and_then(|length| length.parse().ok())),
            StatusCode::PARTIAL_CONTENT => {
                let (from, whole) = header(CONTENT_RANGE)
                    .and_then(range)
                    .ok_or_else(|| self.unusable(&self.url, "it does not say which part it sends"))?;
                if from != self.from {
                    return Err(self.unusable(&self.url, "it sends another part than was asked for"));
                }
                (from, whole)
            }
            status if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS => {
                return Err(Trouble::Broken(format!("the server answers {status}")));
            }
            status => {
                let url = self.url.to_string();
                return Err(Trouble::Final(InstallError::Refused { url, status: status.as_u16() }));
            }
        };
        match whole {
            Some(found) if found != self.length => Err(Trouble::Final(InstallError::Length {
                from: self.url.to_string(),
                found,
                expected: self.length,
            })),
            _ => Ok(from),
        }
    }

    async fn wait<T>(&self, for_it: impl Future<Output = T>) -> Result<T, Trouble> {
        let waited = timeout(self.idle, for_it).await;
        waited.map_err(|_| Trouble::Broken(format!("nothing came within {:?}", self.idle)))
    }

    fn unusable(&self, url: &Url, why: &str) -> Trouble {
        // Where one is sent on to may carry a signature that is nobody's business.
        let shown = format!("{}://{}{}", url.scheme(), url.host_str().unwrap_or_default(), url.path());
        Trouble::Final(InstallError::Url { url: shown, why: why.to_owned() })
    }
}

/// Reads `bytes <first>-<last>/<whole or *>`.
fn range(header: &str) -> Option<(u64, Option<u64>)> {
    let (places, whole) = header.strip_prefix("bytes ")?.split_once('/')?;
    let (first, _) = places.split_once('-')?;
    Some((first.trim().parse().ok()?, whole.trim().parse().ok()))
}

fn broken(error: &dyn Error) -> Trouble {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    Trouble::Broken(text)
}
