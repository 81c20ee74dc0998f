//! SHA-256 of files that do not fit into memory well.

use std::fs::File;
use std::io::{self, Read, Write};

use ring::digest::{Context, SHA256};

const BUFFER_BYTES: usize = 1 << 17;

/// Counts and digests what passes.
pub(crate) struct Digest {
    context: Context,
    bytes: u64,
}

impl Digest {
    pub(crate) fn new() -> Self {
        Self { context: Context::new(&SHA256), bytes: 0 }
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.context.update(bytes);
        self.bytes += bytes.len() as u64;
    }

    pub(crate) const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Returns it in lower-case hexadecimal.
    pub(crate) fn finish(self) -> String {
        self.context.finish().as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// Digests a file; `step` hears how many bytes are done, and stops the work by returning false.
pub(crate) fn of_file(mut file: &File, step: &mut dyn FnMut(u64) -> bool) -> io::Result<Option<Digest>> {
    let mut digest = Digest::new();
    let mut buffer = vec![0; BUFFER_BYTES];
    loop {
        let count = file.read(&mut buffer)?;
        let Some(read) = buffer.get(..count).filter(|read| !read.is_empty()) else { return Ok(Some(digest)) };
        digest.update(read);
        if !step(digest.bytes()) {
            return Ok(None);
        }
    }
}

/// Writes to something and digests what was written.
pub(crate) struct Digesting<W> {
    to: W,
    pub(crate) digest: Digest,
}

impl<W> Digesting<W> {
    pub(crate) fn new(to: W) -> Self {
        Self { to, digest: Digest::new() }
    }
}

impl<W: Write> Write for Digesting<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.to.write(bytes)?;
        self.digest.update(bytes.get(..count).unwrap_or_default());
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}
