//! The page: inside the release binary, or read from `web/dist` by a debug one.

use std::borrow::Cow;

/// What the built page consists of, by path without a leading slash. Empty in debug builds.
#[cfg(not(debug_assertions))]
static EMBEDDED: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/page.rs"));

/// Served in place of a page that was not built.
const NOT_BUILT: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Groma</title>\
<h1>The page is not part of this binary</h1>\
<p>The API works. <code>cargo xtask up</code> builds the page and a binary that holds it.</p></html>";

/// The files of the page.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Page;

impl Page {
    /// Returns the file at `path`, which has no leading slash.
    pub(crate) fn file(path: &str) -> Option<Cow<'static, [u8]>> {
        built(path).or_else(|| (path == "index.html").then(|| Cow::Borrowed(NOT_BUILT.as_bytes())))
    }
}

#[cfg(not(debug_assertions))]
fn built(path: &str) -> Option<Cow<'static, [u8]>> {
    let at = EMBEDDED.binary_search_by_key(&path, |(name, _)| name).ok()?;
    EMBEDDED.get(at).map(|(_, bytes)| Cow::Borrowed(*bytes))
}

#[cfg(debug_assertions)]
fn built(path: &str) -> Option<Cow<'static, [u8]>> {
    use std::path::{Component, Path};
    let plain = Path::new(path).components().all(|part| matches!(part, Component::Normal(_)));
    let dist = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/dist");
    plain.then(|| std::fs::read(dist.join(path)).ok()).flatten().map(Cow::Owned)
}

#[cfg(test)]
mod tests;
