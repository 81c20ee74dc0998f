//! The page: files that the binary carries.

use std::fmt;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use bytes::Bytes;
use groma_api::{ApiError, ErrorCode};

use crate::edge::Edge;
use crate::negotiate::{accepts, has_already};
use crate::problem::problem;

/// One file of the page.
#[derive(Debug, Clone)]
pub struct Asset {
    /// The file.
    pub bytes: Bytes,
    /// The file packed by gzip, if that pays.
    pub gzip: Option<Bytes>,
    /// Its media type, such as `text/html; charset=utf-8`.
    pub content_type: &'static str,
    /// Changes whenever the file does; without quotes.
    pub etag: String,
    /// Whether the name holds a hash of the file, so that it never changes.
    pub immutable: bool,
}

/// Where the files of the page come from.
pub trait Assets: fmt::Debug + Send + Sync {
    /// Returns the file at `path`, which has no leading slash: `index.html`, `assets/app-1a2b.js`.
    fn get(&self, path: &str) -> Option<Asset>;
}

/// No page at all: every path outside the API is unknown.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoAssets;

impl Assets for NoAssets {
    fn get(&self, _: &str) -> Option<Asset> {
        None
    }
}

const INDEX: &str = "index.html";

/// Answers a path that no operation has.
pub(crate) fn answer(edge: &Edge, request: &Request) -> Response {
    let Some(asset) = find(edge, request) else {
        let detail = "nothing is served at this path: see /openapi.json for what is";
        return problem(&ApiError::new(ErrorCode::NotFound, detail));
    };
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        let detail = format!("{} does not exist here: a page can only be read", request.method());
        let mut response = problem(&ApiError::new(ErrorCode::MethodNotAllowed, detail));
        response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET,HEAD"));
        return response;
    }
    send(asset, request)
}

fn find(edge: &Edge, request: &Request) -> Option<Asset> {
    let path = request.uri().path();
    if path == "/v1" || path.starts_with("/v1/") {
        return None;
    }
    let assets = &edge.options.assets;
    let name = path.trim_start_matches('/');
    let exact = if name.is_empty() { assets.get(INDEX) } else { assets.get(name) };
    // The page's own router knows the other paths; programs that ask for them get a 404.
    let page =
        || accepts(request.headers(), &header::ACCEPT, "text/html").then(|| assets.get(INDEX)).flatten();
    exact.or_else(page)
}

fn send(asset: Asset, request: &Request) -> Response {
    let packed = asset.gzip.filter(|_| accepts(request.headers(), &header::ACCEPT_ENCODING, "gzip"));
    let etag =
        if packed.is_some() { format!("\"{}-gz\"", asset.etag) } else { format!("\"{}\"", asset.etag) };
    let cache = if asset.immutable { "public, max-age=31536000, immutable" } else { "no-cache" };
    let known = has_already(request.headers(), &etag);
    let gzip = packed.is_some();
    let bytes = if known { Bytes::new() } else { packed.unwrap_or(asset.bytes) };
    let mut response = Response::new(Body::from(bytes));
    if known {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    }
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Ok(etag) = HeaderValue::from_str(&etag) {
        headers.insert(header::ETAG, etag);
    }
    if !known {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.content_type));
        if gzip {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
    }
    response
}
