//! A file of log lines that is put aside when it has grown: `groma.log`, `groma.log.1`, `groma.log.2`, …
//!
//! `tracing-appender` rotates by the hour or day alone, which bounds nothing when something repeats itself.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use parking_lot::Mutex;

/// How long a file that could not be opened is left alone.
const AGAIN: Duration = Duration::from_secs(5);

/// The files.
#[derive(Debug)]
pub(super) struct Rolling {
    path: PathBuf,
    bytes_max: u64,
    files_max: usize,
    open: Mutex<Open>,
    told: AtomicBool,
}

#[derive(Debug, Default)]
struct Open {
    file: Option<File>,
    bytes: u64,
    failed: Option<Instant>,
}

impl Rolling {
    pub(super) fn new(path: PathBuf, bytes_max: u64, files_max: usize) -> Self {
        Self { path, bytes_max, files_max, open: Mutex::default(), told: AtomicBool::new(false) }
    }

    /// Opens the file, so that who starts the program learns at once that it cannot be written.
    pub(super) fn try_open(&self) -> io::Result<()> {
        let result = self.opened(&mut self.open.lock());
        self.told.store(result.is_err(), Ordering::Relaxed);
        result
    }

    fn opened(&self, open: &mut Open) -> io::Result<()> {
        if open.file.is_some() {
            return Ok(());
        }
        if let Some(folder) = self.path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder)?;
        }
        let file = OpenOptions::new().create(true).append(true).mode(0o600).open(&self.path)?;
        open.bytes = file.metadata()?.len();
        open.file = Some(file);
        open.failed = None;
        Ok(())
    }

    /// Puts the file aside and begins another.
    fn roll(&self, open: &mut Open) -> io::Result<()> {
        open.file = None;
        let name = |number: usize| match number {
            0 => self.path.clone(),
            number => {
                let mut name = self.path.clone().into_os_string();
                name.push(format!(".{number}"));
                PathBuf::from(name)
            }
        };
        if self.files_max < 2 {
            std::fs::remove_file(&self.path)?;
        }
        for number in (0..self.files_max.saturating_sub(1)).rev() {
            match std::fs::rename(name(number), name(number + 1)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        self.opened(open)
    }

    fn put(&self, open: &mut Open, line: &[u8]) -> io::Result<()> {
        self.opened(open)?;
        if open.bytes > 0 && open.bytes + line.len() as u64 > self.bytes_max {
            self.roll(open)?;
        }
        if let Some(file) = &mut open.file {
            file.write_all(line)?;
            open.bytes += line.len() as u64;
        }
        Ok(())
    }
}

impl Write for &Rolling {
    /// Takes the line in any case: who logs must not fail because the log does.
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let mut open = self.open.lock();
        if open.failed.is_some_and(|at| at.elapsed() < AGAIN) {
            return Ok(line.len());
        }
        if let Err(error) = self.put(&mut open, line) {
            open.file = None;
            open.failed = Some(Instant::now());
            if !self.told.swap(true, Ordering::Relaxed) {
                let path = self.path.display();
                crate::output::say(format!("warning: the log {path} can no longer be written: {error}"));
            }
        } else {
            self.told.store(false, Ordering::Relaxed);
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
