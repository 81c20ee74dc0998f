//! `/docs`: the API for people, made of the same documents that programs read, and of nothing from elsewhere.

mod example;
mod html;
mod operations;
mod page;
mod schema;

use std::sync::OnceLock;

use axum::http::HeaderMap;
use axum::response::Response;
use bytes::Bytes;

use crate::document::Document;

const STYLE: &str = include_str!("docs/docs.css");
const SCRIPT: &str = include_str!("docs/docs.js");

/// The page and what it is dressed in; made when first asked for.
#[derive(Debug, Default)]
pub(crate) struct Docs {
    page: OnceLock<Document>,
    style: OnceLock<Document>,
    script: OnceLock<Document>,
}

impl Docs {
    /// Answers `/docs`.
    pub(crate) fn page(&self, headers: &HeaderMap) -> Response {
        let page = self.page.get_or_init(|| Document::new(page::page().into()));
        page.send("text/html; charset=utf-8", headers)
    }

    /// Answers `/docs/docs.css`.
    pub(crate) fn style(&self, headers: &HeaderMap) -> Response {
        let style = self.style.get_or_init(|| Document::new(Bytes::from_static(STYLE.as_bytes())));
        style.send("text/css; charset=utf-8", headers)
    }

    /// Answers `/docs/docs.js`.
    pub(crate) fn script(&self, headers: &HeaderMap) -> Response {
        let script = self.script.get_or_init(|| Document::new(Bytes::from_static(SCRIPT.as_bytes())));
        script.send("text/javascript; charset=utf-8", headers)
    }
}

#[cfg(test)]
mod tests;
