//! Where Groma is, and how it is reached.

use std::fmt;
use std::path::Path;
use std::time::Duration;

use groma_api::{ApiError, ErrorCode, PROTOCOL_HEADER, PROTOCOL_VERSION, StatusOperations, VersionInfo};
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use reqwest::redirect::Policy;

/// How long it may take to connect.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a holder may take to say who it is.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(5);
/// Shorter than the server's patience with a silent connection, so that no request goes out on one that closes.
const IDLE_TIMEOUT: Duration = Duration::from_secs(5);

/// A Groma in another process. Cloning shares the connections.
#[derive(Clone)]
pub struct Client {
    pub(crate) place: String,
    /// What went wrong in the making is told by the first call, where it can be handled like any other failure.
    pub(crate) ready: Result<Ready, ApiError>,
}

#[derive(Clone)]
pub(crate) struct Ready {
    pub(crate) http: reqwest::Client,
    pub(crate) base: String,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("place", &self.place).finish_non_exhaustive()
    }
}

impl Client {
    /// Returns a client of the Groma that listens on the unix socket at `path`. Connects when first used.
    #[must_use]
    pub fn unix(path: impl AsRef<Path>) -> Self {
        let path = path.as_ref();
        let http = builder(HeaderMap::new()).unix_socket(path).build();
        Self::made(format!("the socket {}", path.display()), "http://localhost", http)
    }

    /// Returns a client of the Groma at `base_url`, such as `http://127.0.0.1:7463`. Connects when first used.
    #[must_use]
    pub fn http(base_url: &str, token: &str) -> Self {
        let mut headers = HeaderMap::new();
        match HeaderValue::from_str(&format!("Bearer {token}")) {
            Ok(mut value) => {
                value.set_sensitive(true);
                headers.insert(AUTHORIZATION, value);
            }
            Err(_) => {
                let error = ApiError::invalid("token", "the token holds characters that no token has");
                return Self { place: base_url.to_owned(), ready: Err(error) };
            }
        }
        Self::made(base_url.to_owned(), base_url.trim_end_matches('/'), builder(headers).build())
    }

    /// Asks who answers, and refuses a holder that speaks another protocol.
    ///
    /// # Errors
    /// When nobody answers, or the versions differ.
    pub async fn handshake(&self) -> Result<VersionInfo, ApiError> {
        let answer = tokio::time::timeout(HANDSHAKE_TIMEOUT, self.version()).await;
        let version = answer.map_err(|_| {
            let seconds = HANDSHAKE_TIMEOUT.as_secs();
            let detail =
                format!("Groma at {} said nothing for {seconds} seconds: is it stopped?", self.place);
            ApiError::new(ErrorCode::Unavailable, detail)
        })??;
        if version.protocol == PROTOCOL_VERSION {
            return Ok(version);
        }
        let detail = format!(
            "Groma {} at {} speaks protocol {}, this one {PROTOCOL_VERSION}: use the same version for both",
            version.version, self.place, version.protocol
        );
        Err(ApiError::new(ErrorCode::VersionMismatch, detail))
    }

    fn made(place: String, base: &str, http: reqwest::Result<reqwest::Client>) -> Self {
        let ready = http.map(|http| Ready { http, base: base.to_owned() }).map_err(|error| {
            ApiError::new(
                ErrorCode::Internal,
                format!("a client of Groma at {place} could not be made: {error}"),
            )
        });
        Self { place, ready }
    }
}

fn builder(mut headers: HeaderMap) -> reqwest::ClientBuilder {
    headers.insert(HeaderName::from_static(PROTOCOL_HEADER), HeaderValue::from(PROTOCOL_VERSION));
    reqwest::Client::builder()
        .default_headers(headers)
        .redirect(Policy::none())
        .no_proxy()
        .connect_timeout(CONNECT_TIMEOUT)
        .pool_idle_timeout(IDLE_TIMEOUT)
}
