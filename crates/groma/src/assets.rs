//! The page: inside the release binary, or read from `web/dist` by a debug one.

#[cfg(not(debug_assertions))]
mod embedded;
#[cfg(debug_assertions)]
mod on_disk;

use bytes::Bytes;
use groma_http::{Asset, Assets};

#[cfg(not(debug_assertions))]
use embedded::find;
#[cfg(debug_assertions)]
use on_disk::find;

/// Served in place of a page that was not built.
const NOT_BUILT: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Groma</title>\
<h1>The page is not part of this binary</h1>\
<p>The API works. <code>cargo xtask up</code> builds the page and a binary that holds it.</p></html>";

/// The files of the page.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Page;

/// One file as it was built.
struct File {
    bytes: Bytes,
    gzip: Option<Bytes>,
    etag: String,
}

impl Assets for Page {
    fn get(&self, path: &str) -> Option<Asset> {
        let file = find(path).or_else(|| (path == "index.html").then(not_built))?;
        Some(Asset {
            bytes: file.bytes,
            gzip: file.gzip,
            content_type: content_type(path),
            etag: file.etag,
            // The bundler puts a hash into the name of everything there.
            immutable: path.starts_with("assets/"),
        })
    }
}

fn not_built() -> File {
    File { bytes: Bytes::from_static(NOT_BUILT.as_bytes()), gzip: None, etag: "not-built".to_owned() }
}

/// Returns the media type by the name's ending; what is unknown is offered as a download, not run.
fn content_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, ending)| ending) {
        Some("html") => "text/html; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("json" | "map") => "application/json",
        Some("webmanifest") => "application/manifest+json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some("woff2") => "font/woff2",
        Some("txt") => "text/plain; charset=utf-8",
        Some("wasm") => "application/wasm",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests;
