//! Small files share chunks: a hundred thousand short logs are not a hundred thousand objects.
//!
//! Which files share one follows from their names and sizes alone, so that it stays as it is when files come and go: a bundle
//! ends behind a file with a chance of its share of half a chunk, decided by the digest of its name. A file that comes or goes
//! changes the bundle that it is in, and no other.

use crate::keys::sha256;
use crate::source::SourceFile;

/// Files that are read one after the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Group {
    /// Cut into chunks.
    Large(SourceFile),
    /// Together in one chunk.
    Bundle(Vec<SourceFile>),
}

/// Files in one bundle, however small they are.
const FILES_MAX: usize = 4096;

/// Groups files, which are ordered by path.
pub(crate) fn group(files: Vec<SourceFile>, chunk_bytes: u32) -> Vec<Group> {
    let chunk = u64::from(chunk_bytes);
    let mut groups = Vec::new();
    let mut bundle: Vec<SourceFile> = Vec::new();
    let mut bytes = 0;
    for file in files {
        // A file that grows while it is read must still fit.
        if file.bytes > chunk / 4 {
            groups.push(Group::Large(file));
            continue;
        }
        if bytes + file.bytes > chunk || bundle.len() >= FILES_MAX {
            groups.push(Group::Bundle(std::mem::take(&mut bundle)));
            bytes = 0;
        }
        bytes += file.bytes;
        let ends = ends_behind(&file, chunk);
        bundle.push(file);
        if ends {
            groups.push(Group::Bundle(std::mem::take(&mut bundle)));
            bytes = 0;
        }
    }
    if !bundle.is_empty() {
        groups.push(Group::Bundle(bundle));
    }
    groups
}

fn ends_behind(file: &SourceFile, chunk: u64) -> bool {
    let [a, b, c, d, e, f, g, h, ..] = sha256(file.path.as_bytes());
    u64::from_be_bytes([a, b, c, d, e, f, g, h]) % (chunk / 2) < file.bytes
}

#[cfg(test)]
mod tests;
