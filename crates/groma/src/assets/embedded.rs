//! The page as the build script collected it.

use bytes::Bytes;

struct Embedded {
    name: &'static str,
    bytes: &'static [u8],
    gzip: Option<&'static [u8]>,
    etag: &'static str,
}

/// Sorted by name.
static PAGE: &[Embedded] = include!(concat!(env!("OUT_DIR"), "/page.rs"));

/// Returns the file of that path.
pub(super) fn find(path: &str) -> Option<super::File> {
    let at = PAGE.binary_search_by_key(&path, |file| file.name).ok()?;
    PAGE.get(at).map(|file| super::File {
        bytes: Bytes::from_static(file.bytes),
        gzip: file.gzip.map(Bytes::from_static),
        etag: file.etag.to_owned(),
    })
}
